package cloud

// The application ids are the same in every cloud.
// Source: learn.microsoft.com "Verify first-party Microsoft applications in sign-in reports".
const (
	appResourceManager = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
	appGraph           = "00000003-0000-0000-c000-000000000000"
	appAADGraph        = "00000002-0000-0000-c000-000000000000"
	appStorage         = "e406a681-f3d4-42a8-90b6-c2b029497af1"
	appKeyVault        = "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"
	appManagedHSM      = "589d5083-6f11-4d30-a62a-a4b316a14abf"
	appSQL             = "022907d3-0f1b-48f7-badc-1ba6abab6d66"
)

func public() Cloud {
	return complete(Cloud{
		Name: "AzureCloud", IMDSName: "AzurePublicCloud", DisplayName: "Azure",
		Login: "login.microsoftonline.com",
		LoginAliases: []string{
			"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net",
		},
		STS: "sts.windows.net", TenantSuffix: "onmicrosoft.com", TokenExtra: "microsoftonline.com",
		ResourceManager: "management.azure.com", Management: "management.core.windows.net",
		Graph: "graph.microsoft.com", AADGraph: "graph.windows.net", Portal: "portal.azure.com",
		Batch: "batch.core.windows.net", Gallery: "gallery.azure.com", SQLManagement: "management.core.windows.net:8443",
		VMImageAliases: "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/main/arm-compute/quickstart-templates/aliases.json",
		StorageSuffix:  "core.windows.net", KeyVaultSuffix: "vault.azure.net", ManagedHSMSuffix: "managedhsm.azure.net",
		SQLSuffix: "database.windows.net", RegistrySuffix: "azurecr.io",
		IdentitySuffix: "identity.azure.net", MetadataSubject: "metadata.azure.com",
		FederatedAudience: "api://AzureADTokenExchange",
		Locations: []Location{
			{"eastus", "East US"},
			{"eastus2", "East US 2"},
			{"centralus", "Central US"},
			{"northcentralus", "North Central US"},
			{"southcentralus", "South Central US"},
			{"westus", "West US"},
			{"westus2", "West US 2"},
			{"westus3", "West US 3"},
			{"westcentralus", "West Central US"},
			{"canadacentral", "Canada Central"},
			{"canadaeast", "Canada East"},
			{"brazilsouth", "Brazil South"},
			{"northeurope", "North Europe"},
			{"westeurope", "West Europe"},
			{"uksouth", "UK South"},
			{"ukwest", "UK West"},
			{"francecentral", "France Central"},
			{"germanywestcentral", "Germany West Central"},
			{"switzerlandnorth", "Switzerland North"},
			{"norwayeast", "Norway East"},
			{"swedencentral", "Sweden Central"},
			{"polandcentral", "Poland Central"},
			{"italynorth", "Italy North"},
			{"spaincentral", "Spain Central"},
			{"israelcentral", "Israel Central"},
			{"uaenorth", "UAE North"},
			{"qatarcentral", "Qatar Central"},
			{"southafricanorth", "South Africa North"},
			{"centralindia", "Central India"},
			{"southindia", "South India"},
			{"westindia", "West India"},
			{"eastasia", "East Asia"},
			{"southeastasia", "Southeast Asia"},
			{"japaneast", "Japan East"},
			{"japanwest", "Japan West"},
			{"koreacentral", "Korea Central"},
			{"koreasouth", "Korea South"},
			{"australiaeast", "Australia East"},
			{"australiasoutheast", "Australia Southeast"},
			{"australiacentral", "Australia Central"},
		},
	})
}

func china() Cloud {
	return complete(Cloud{
		Name: "AzureChinaCloud", IMDSName: "AzureChinaCloud", DisplayName: "Azure China",
		Login:        "login.partner.microsoftonline.cn",
		LoginAliases: []string{"login.partner.microsoftonline.cn", "login.chinacloudapi.cn", "sts.chinacloudapi.cn"},
		STS:          "sts.chinacloudapi.cn", TenantSuffix: "partner.onmschina.cn", TokenExtra: "partner.microsoftonline.cn",
		ResourceManager: "management.chinacloudapi.cn", Management: "management.core.chinacloudapi.cn",
		Graph: "microsoftgraph.chinacloudapi.cn", AADGraph: "graph.chinacloudapi.cn", Portal: "portal.azure.cn",
		Batch: "batch.chinacloudapi.cn", Gallery: "gallery.chinacloudapi.cn",
		SQLManagement:  "management.core.chinacloudapi.cn:8443",
		VMImageAliases: "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/main/arm-compute/quickstart-templates/aliases.json",
		StorageSuffix:  "core.chinacloudapi.cn", KeyVaultSuffix: "vault.azure.cn", ManagedHSMSuffix: "managedhsm.azure.cn",
		SQLSuffix: "database.chinacloudapi.cn", RegistrySuffix: "azurecr.cn",
		IdentitySuffix: "identity.chinacloudapi.cn", MetadataSubject: "metadata.azure.cn",
		FederatedAudience: "api://AzureADTokenExchangeChina",
		Locations: []Location{
			{"chinanorth", "China North"},
			{"chinaeast", "China East"},
			{"chinanorth2", "China North 2"},
			{"chinaeast2", "China East 2"},
			{"chinanorth3", "China North 3"},
			{"chinaeast3", "China East 3"},
		},
	})
}

func usGovernment() Cloud {
	return complete(Cloud{
		Name: "AzureUSGovernment", IMDSName: "AzureUSGovernmentCloud", DisplayName: "Azure US Government",
		Login: "login.microsoftonline.us",
		LoginAliases: []string{
			"login.microsoftonline.us", "login.usgovcloudapi.net", "login-us.microsoftonline.com", "sts.windows.net",
		},
		STS: "sts.windows.net", TenantSuffix: "onmicrosoft.us", TokenExtra: "microsoftonline.us",
		ResourceManager: "management.usgovcloudapi.net", Management: "management.core.usgovcloudapi.net",
		Graph: "graph.microsoft.us", AADGraph: "graph.windows.net", Portal: "portal.azure.us",
		Batch: "batch.core.usgovcloudapi.net", Gallery: "gallery.usgovcloudapi.net",
		SQLManagement:  "management.core.usgovcloudapi.net:8443",
		VMImageAliases: "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/main/arm-compute/quickstart-templates/aliases.json",
		StorageSuffix:  "core.usgovcloudapi.net", KeyVaultSuffix: "vault.usgovcloudapi.net",
		ManagedHSMSuffix: "managedhsm.usgovcloudapi.net",
		SQLSuffix:        "database.usgovcloudapi.net", RegistrySuffix: "azurecr.us",
		IdentitySuffix: "identity.usgovcloudapi.net", MetadataSubject: "metadata.azure.us",
		FederatedAudience: "api://AzureADTokenExchangeUSGov",
		Locations: []Location{
			{"usgovvirginia", "USGov Virginia"},
			{"usgovarizona", "USGov Arizona"},
			{"usgovtexas", "USGov Texas"},
			{"usdodeast", "USDoD East"},
			{"usdodcentral", "USDoD Central"},
		},
	})
}

// complete derives the audiences from the names.
func complete(c Cloud) Cloud {
	c.Resources = []Resource{
		{ResourceManager, appResourceManager, []string{"https://" + c.Management, "https://" + c.ResourceManager}},
		{Graph, appGraph, []string{"https://" + c.Graph}},
		{AADGraph, appAADGraph, []string{"https://" + c.AADGraph}},
		// Storage's audience is the public one in every cloud.
		{Storage, appStorage, []string{"https://storage.azure.com"}},
		{KeyVault, appKeyVault, []string{"https://" + c.KeyVaultSuffix}},
		{ManagedHSM, appManagedHSM, []string{"https://" + c.ManagedHSMSuffix}},
		{SQL, appSQL, []string{"https://" + c.SQLSuffix}},
		{TokenExchange, "fb60f99c-7a34-4190-8149-302f77469936", exchangeAudiences(c.FederatedAudience)},
	}
	return c
}

// exchangeAudiences is the public audience, which clients outside their cloud's defaults send too, and the cloud's own.
func exchangeAudiences(own string) []string {
	if own == "api://AzureADTokenExchange" {
		return []string{own}
	}
	return []string{own, "api://AzureADTokenExchange"}
}
