package imds

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

const secret = "c2VjcmV0"

func TestAppService(t *testing.T) {
	const arm = "resource=https%3A%2F%2Fmanagement.chinacloudapi.cn%2F"
	notFound := fault.New(fault.Invalid, "test", "invalid_request", "Identity not found")
	for _, c := range []struct {
		name, method, target, form string
		headers                    []string
		err                        error
		status                     int
		body                       string
		sel                        identity.Selector
	}{
		{"2019", "GET", "/msi/token?api-version=2019-08-01&" + arm, "", []string{"X-IDENTITY-HEADER: " + secret}, nil, 200, `"expires_on":"1795521600","resource":"https://management.chinacloudapi.cn/","token_type":"Bearer"}`, identity.Selector{}},
		{"2019, slashes and case", "GET", "//MSI/Token/?api-version=2019-08-01&" + arm, "", []string{"X-IDENTITY-HEADER: " + secret}, nil, 200, `"client_id":"` + clientID, identity.Selector{}},
		{"2019 user-assigned", "GET", "/msi/token?api-version=2019-08-01&client_id=c&" + arm, "", []string{"X-IDENTITY-HEADER: " + secret}, nil, 200, ``, identity.Selector{ClientID: "c"}},
		{"2019 by resource", "GET", "/msi/token?api-version=2019-08-01&mi_res_id=%2Fr&" + arm, "", []string{"X-IDENTITY-HEADER: " + secret}, nil, 200, ``, identity.Selector{ResourceID: "/r"}},
		{"2017", "GET", "/msi/token?api-version=2017-09-01&clientid=c&" + arm, "", []string{"secret: " + secret}, nil, 200, `"expires_on":"11/24/2026 12:00:00 +00:00"`, identity.Selector{ClientID: "c"}},
		{"Cloud Shell", "POST", "/msi/token/" + secret, arm, []string{"Metadata: true"}, nil, 200, `"expires_in":"86340"`, identity.Selector{}},
		{"Cloud Shell user-assigned", "POST", "/msi/token/" + secret, arm + "&msi_res_id=%2Fr", []string{"Metadata: true"}, nil, 200, ``, identity.Selector{ResourceID: "/r"}},

		{"no secret", "GET", "/msi/token?api-version=2019-08-01&" + arm, "", nil, nil, 401, `{"StatusCode":401,"Message":"`, identity.Selector{}},
		{"wrong secret", "GET", "/msi/token?api-version=2019-08-01&" + arm, "", []string{"X-IDENTITY-HEADER: x"}, nil, 401, `"CorrelationId":"00000000-0000-4000-8000-000000000000"}`, identity.Selector{}},
		{"wrong secret with the right one in the path", "GET", "/msi/token/" + secret + "?api-version=2019-08-01&" + arm, "", []string{"X-IDENTITY-HEADER: x"}, nil, 401, `401`, identity.Selector{}},
		{"wrong secret, Cloud Shell", "POST", "/msi/token/x", arm, []string{"Metadata: true"}, nil, 401, `{"error":{"code":"unauthorized_client"`, identity.Selector{}},
		{"no metadata header", "POST", "/msi/token/" + secret, arm, nil, nil, 400, `{"error":{"code":"invalid_request","message":"Required metadata header not specified"}}`, identity.Selector{}},
		{"wrong api-version", "GET", "/msi/token?api-version=2018-02-01&" + arm, "", []string{"X-IDENTITY-HEADER: " + secret}, nil, 400, `The api-version '2018-02-01' is not supported`, identity.Selector{}},
		{"the other form's api-version", "GET", "/msi/token?api-version=2019-08-01&" + arm, "", []string{"secret: " + secret}, nil, 400, `is not supported`, identity.Selector{}},
		{"no resource", "GET", "/msi/token?api-version=2019-08-01", "", []string{"X-IDENTITY-HEADER: " + secret}, nil, 400, `Required query variable 'resource' is missing`, identity.Selector{}},
		{"no identity", "GET", "/msi/token?api-version=2019-08-01&" + arm, "", []string{"X-IDENTITY-HEADER: " + secret}, notFound, 400, `"Message":"No Managed Identity found for specified ClientId/ResourceId/PrincipalId."`, identity.Selector{}},
		{"no identity 2017", "GET", "/msi/token?api-version=2017-09-01&" + arm, "", []string{"secret: " + secret}, notFound, 400, `"Message":"No MSI found for specified ClientId/ResourceId."`, identity.Selector{}},
		{"duplicate", "POST", "/msi/token/" + secret, arm + "&resource=x", []string{"Metadata: true"}, nil, 400, `duplicate`, identity.Selector{}},
		{"large form", "POST", "/msi/token/" + secret, strings.Repeat("x", maxForm+1), []string{"Metadata: true"}, nil, 413, `too large`, identity.Selector{}},
		{"other path", "GET", "/msi", "", nil, nil, 404, `Not found`, identity.Selector{}},
		{"too deep", "GET", "/msi/token/a/b", "", nil, nil, 404, `Not found`, identity.Selector{}},
		{"other method", "PUT", "/msi/token", "", nil, nil, 405, `Method not allowed`, identity.Selector{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ids := &tokens{err: c.err}
			h := front(t, ids, Limits{}).AppService(func(s string) (resource.ID, bool) {
				return parsed(t, machineID), s == secret
			})
			w := send(t, h, c.method, c.target, c.form, c.headers...)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
				t.Fatalf("%d %s, want %d %s", w.Code, w.Body, c.status, c.body)
			}
			if !json.Valid(w.Body.Bytes()) {
				t.Errorf("not JSON: %s", w.Body)
			}
			if c.status == 200 {
				if got := ids.calls[0]; got.machine != machineID || got.sel != c.sel || got.audience != "https://management.chinacloudapi.cn/" {
					t.Errorf("asked %+v", got)
				}
			} else if c.err == nil && len(ids.calls) > 0 {
				t.Errorf("a refused request asked for a token: %+v", ids.calls)
			}
		})
	}
}

func TestAppServiceURL(t *testing.T) {
	endpoint, shell := AppServiceURL("http://127.0.0.1:1/", "a/b")
	if endpoint != "http://127.0.0.1:1/msi/token" || shell != endpoint+"/"+url.PathEscape("a/b") {
		t.Errorf("%s %s", endpoint, shell)
	}
}
