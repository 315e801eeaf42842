package vault

import (
	"net/http"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// serviceVersion is what the header x-ms-keyvault-service-version says. Clients log it and read nothing from it.
const serviceVersion = "1.9.2784.1"

// exchange has the names of a request, and the headers of its answer.
type exchange struct {
	request string
	tenant  string // of the vault, for the challenge
	header  http.Header
}

// begin gives a request its id and its answer the headers that every one has.
func (f *front) begin(r *http.Request) *exchange {
	x := &exchange{request: f.ids.New(), tenant: f.TenantID, header: make(http.Header, 16)}
	for name, values := range f.fixed {
		x.header[name] = values
	}
	own := [...]string{x.request, networkInfo(r)}
	x.header["X-Ms-Request-Id"], x.header["X-Ms-Keyvault-Network-Info"] = own[0:1:1], own[1:2:2]
	if id := httpx.Echoed(r, "X-Ms-Client-Request-Id"); id != "" {
		x.header["X-Ms-Client-Request-Id"] = []string{id}
	}
	return x
}

// fixedHeader has what every answer says. All share its values; nobody writes to them.
func fixedHeader() http.Header {
	return http.Header{
		"Cache-Control":                 {"no-cache"},
		"Pragma":                        {"no-cache"},
		"Expires":                       {"-1"},
		"Strict-Transport-Security":     {"max-age=31536000;includeSubDomains"},
		"X-Content-Type-Options":        {"nosniff"},
		"X-Ms-Keyvault-Service-Version": {serviceVersion},
	}
}

// of says which vault answers.
func (x *exchange) of(v *vault.Vault) {
	x.header["X-Ms-Keyvault-Region"] = []string{v.Location}
	if v.TenantID != "" {
		x.tenant = v.TenantID
	}
}

// networkInfo is how the client came in.
func networkInfo(r *http.Request) string {
	a := clientAddress(r)
	switch {
	case a.Is4():
		return "conn_type=Ipv4;addr=" + a.String() + ";act_addr_fam=InterNetwork;"
	case a.Is6():
		return "conn_type=Ipv6;addr=" + a.WithZone("").String() + ";act_addr_fam=InterNetworkV6;"
	}
	return "conn_type=Undetermined;"
}
