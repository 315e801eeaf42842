package sts

// firstParty is a Microsoft application that each tenant knows without an object of its own.
type firstParty struct {
	name   string
	family bool // shares refresh tokens with the others of family 1 (the answer's foci)
}

// firstPartyClient finds a public client of Microsoft's by its application id.
// Source: learn.microsoft.com, "Verify first-party Microsoft applications in sign-in reports".
func firstPartyClient(appID string) (firstParty, bool) {
	switch appID {
	case "04b07795-8ddb-461a-bbee-02f9e1bf7b46":
		return firstParty{"Microsoft Azure CLI", true}, true
	case "1950a258-227b-4e31-a9cf-717495945fc2":
		return firstParty{"Microsoft Azure PowerShell", true}, true
	case "872cd9fa-d31f-45e0-9eab-6e460a02d1f1":
		return firstParty{"Visual Studio", true}, true
	case "aebc6443-996d-45c2-90f0-388ff96faa56":
		return firstParty{"Visual Studio Code", true}, true
	case "14d82eec-204b-4c2f-b7e8-296a70dab67e":
		return firstParty{"Microsoft Graph Command Line Tools", false}, true
	case "a94f9c62-97fe-4d19-b06d-472bed8d2bcf":
		return firstParty{"Azure SQL Database and Data Warehouse", false}, true
	case "579a7132-0e58-4d80-b1e1-7a1e2d337859":
		return firstParty{"AzCopy", false}, true
	case "c44b4083-3bb0-49c1-b47d-974e53cbdf3c":
		return firstParty{"Azure Portal", false}, true
	}
	return firstParty{}, false
}
