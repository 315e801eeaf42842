package sandbox

import "os"

// Where distributions keep the certificates that their clients trust.
var bundles = []string{
	"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Alpine, Arch
	"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora, Red Hat
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // the file behind it
	"/etc/ssl/ca-bundle.pem",                            // openSUSE
	"/etc/ssl/cert.pem",                                 // Alpine, macOS, OpenSSL's default
}

// SystemCertificates is this machine's bundle of certificates, as PEM that ends with a line's end, or nil where it has
// none in a file that is known.
func SystemCertificates() []byte {
	for _, name := range bundles {
		if content, err := os.ReadFile(name); err == nil {
			return joinPEM(content, nil)
		}
	}
	return nil
}

// joinPEM is bundle, its last line ended, and then authority.
func joinPEM(bundle, authority []byte) []byte {
	out := make([]byte, 0, len(bundle)+1+len(authority))
	out = append(out, bundle...)
	if len(out) > 0 && out[len(out)-1] != '\n' {
		out = append(out, '\n')
	}
	return append(out, authority...)
}
