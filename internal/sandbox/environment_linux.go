package sandbox

import "strings"

// environment is base without what would lead a client away from the sandbox, and with the certificate bundle in the
// variables by which OpenSSL and Go, requests, Node and curl are told. authority is a file of the cloud's certificate
// alone, for Node, which adds it to its own roots.
func environment(base []string, bundle, authority string) []string {
	out := make([]string, 0, len(base)+4)
	for _, entry := range base {
		name, _, _ := strings.Cut(entry, "=")
		if !misleads(name) {
			out = append(out, entry)
		}
	}
	return append(out,
		"SSL_CERT_FILE="+bundle, "REQUESTS_CA_BUNDLE="+bundle, "CURL_CA_BUNDLE="+bundle, "NODE_EXTRA_CA_CERTS="+authority)
}

// misleads reports whether a variable redirects clients: proxies, other identity endpoints (protocol.md 1.6), other
// authorities' files, and the resolver's own switches.
func misleads(name string) bool {
	switch upper := strings.ToUpper(name); upper {
	case "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "FTP_PROXY":
		return true
	}
	switch name {
	case "IMDS_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST", "ARM_MSI_ENDPOINT",
		"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
		"LOCALDOMAIN", "RES_OPTIONS", "HOSTALIASES":
		return true
	}
	return strings.HasPrefix(name, "IDENTITY_") || strings.HasPrefix(name, "MSI_")
}
