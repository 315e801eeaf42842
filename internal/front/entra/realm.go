package entra

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// realm is the answer of version 1 of the user realm: which server takes the user's password.
type realm struct {
	Version           string `json:"ver"`
	AccountType       string `json:"account_type"` // Managed or Unknown
	DomainName        string `json:"domain_name,omitempty"`
	CloudInstanceName string `json:"cloud_instance_name"`
	CloudAudienceURN  string `json:"cloud_audience_urn"`
}

// realmV2 is that of version 2.
type realmV2 struct {
	NameSpaceType     string `json:"NameSpaceType"`
	Login             string `json:"Login"`
	DomainName        string `json:"DomainName"`
	BrandName         string `json:"FederationBrandName,omitempty"`
	CloudInstanceName string `json:"cloud_instance_name"`
}

// userRealm answers GET /common/userrealm/{user}?api-version=1.0, and /common/userrealm?user={user}&api-version=2.1.
func (f *front) userRealm(c *call) (*httpx.Response, error) {
	query, err := httpx.Query(c.Request)
	if err != nil {
		return nil, err
	}
	name := ""
	if c.rest != "userrealm" {
		name = c.tail
	} else if name, _ = httpx.Value(query, "user"); name == "" {
		return nil, fault.New(fault.Invalid, "entra.userRealm", "AADSTS900144",
			"The request body must contain the following parameter: 'user'.")
	}
	_, domain, _ := strings.Cut(name, "@")
	account := "Unknown"
	if strings.EqualFold(domain, f.directory.Domain()) {
		account = "Managed"
	} else if _, ok, err := f.directory.UserByName(c.Context(), name); err != nil {
		return nil, err
	} else if ok {
		account = "Managed"
	}
	version, _ := httpx.Value(query, "api-version")
	if major, err := strconv.ParseFloat(version, 32); err == nil && major >= 2 {
		out := realmV2{NameSpaceType: account, Login: name, DomainName: domain, CloudInstanceName: f.cloud.TokenExtra}
		if account == "Managed" {
			out.BrandName = f.directory.TenantDisplayName()
		}
		return &httpx.Response{Status: http.StatusOK, Body: out}, nil
	}
	out := realm{
		Version: "1.0", AccountType: account, DomainName: domain,
		CloudInstanceName: f.cloud.TokenExtra, CloudAudienceURN: "urn:federation:MicrosoftOnline",
	}
	return &httpx.Response{Status: http.StatusOK, Body: out}, nil
}
