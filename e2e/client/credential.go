package main

import (
	"fmt"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// azureCLI is the client id of az, with which a user's password is exchanged for a token.
const azureCLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

// identity selects a managed identity; all empty is the default one.
type identity struct{ clientID, objectID, resourceID string }

func (i identity) kind() azidentity.ManagedIDKind {
	switch {
	case i.clientID != "":
		return azidentity.ClientID(i.clientID)
	case i.objectID != "":
		return azidentity.ObjectID(i.objectID)
	case i.resourceID != "":
		return azidentity.ResourceID(i.resourceID)
	}
	return nil
}

// newCredential makes one of azidentity's credentials. What it needs comes from the variables that the SDK documents.
func newCredential(as string, id identity, options azcore.ClientOptions) (azcore.TokenCredential, error) {
	tenant, client := os.Getenv("AZURE_TENANT_ID"), os.Getenv("AZURE_CLIENT_ID")
	switch as {
	case "managed":
		return azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{ClientOptions: options, ID: id.kind()})
	case "default":
		return azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{ClientOptions: options})
	case "workload":
		return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{ClientOptions: options})
	case "secret":
		return azidentity.NewClientSecretCredential(tenant, client, os.Getenv("AZURE_CLIENT_SECRET"),
			&azidentity.ClientSecretCredentialOptions{ClientOptions: options})
	case "certificate":
		pem, err := os.ReadFile(os.Getenv("AZURE_CLIENT_CERTIFICATE_PATH"))
		if err != nil {
			return nil, err
		}
		certificates, key, err := azidentity.ParseCertificates(pem, nil)
		if err != nil {
			return nil, err
		}
		return azidentity.NewClientCertificateCredential(tenant, client, certificates, key,
			&azidentity.ClientCertificateCredentialOptions{ClientOptions: options})
	case "password":
		user, password := os.Getenv("AZURE_USERNAME"), os.Getenv("AZURE_PASSWORD")
		//lint:ignore SA1019 old programs still use this grant, so alcedo serves it.
		old := &azidentity.UsernamePasswordCredentialOptions{ClientOptions: options}
		return azidentity.NewUsernamePasswordCredential(tenant, azureCLI, user, password, old)
	}
	return nil, fmt.Errorf("no credential is called %q", as)
}
