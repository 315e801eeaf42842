package arm_test

import (
	"strings"
	"testing"
)

const v = "?api-version=2021-04-01"

func TestUnauthenticated(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	const (
		authority = "https://login.chinacloudapi.cn/" + tenantID
		invalid   = "Authentication failed. The 'Authorization' header is provided in an invalid format."
		missing   = "Authentication failed. The 'Authorization' header is missing."
		principal = "The received access token is not valid: at least one of the claims 'puid' or 'altsecid' or 'oid' should be present. " +
			"If you are accessing as application please make sure service principal is properly created in the tenant."
		audiences = "'https://management.core.chinacloudapi.cn/','https://management.core.chinacloudapi.cn'," +
			"'https://management.chinacloudapi.cn/','https://management.chinacloudapi.cn'"
	)
	for _, test := range []struct{ header, code, message string }{
		{"", "AuthenticationFailed", missing},
		{"Basic dTpw", "AuthenticationFailed", invalid},
		{"Bearer", "AuthenticationFailed", invalid},
		{"owner", "AuthenticationFailed", invalid},
		{"Bearer a b", "AuthenticationFailed", invalid},
		{"Bearer nonsense", "InvalidAuthenticationToken", "The access token is invalid."},
		{"Bearer signature", "InvalidAuthenticationToken", "The access token is invalid."},
		{"Bearer early", "InvalidAuthenticationToken", "The access token is not valid yet."},
		{"Bearer subject", "InvalidAuthenticationToken", principal},
		{"Bearer noid", "InvalidAuthenticationToken", principal},
		{
			"Bearer expired", "ExpiredAuthenticationToken",
			"The access token expiry UTC time '11/23/2026 9:11:12 AM' is earlier than current UTC time '11/23/2026 10:11:12 AM'.",
		},
		{
			"Bearer audience", "InvalidAuthenticationTokenAudience",
			"The access token has been obtained for wrong audience or resource 'https://vault.azure.cn'. " +
				"It should exactly match with one of the allowed audiences " + audiences + ".",
		},
		{
			"Bearer tenant", "InvalidAuthenticationTokenTenant",
			"The access token is from the wrong issuer 'https://sts.chinacloudapi.cn/" + other + "/'. It must match the tenant " +
				"'https://sts.chinacloudapi.cn/" + tenantID + "/' associated with this subscription. Please use the authority (URL) '" + authority +
				"' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but " +
				"information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and " +
				"see this error message, please try back later.",
		},
	} {
		for _, path := range []string{rg, sub, "/subscriptions", "/subscriptions/" + other, boxes + "/b", rg + "x"} {
			a := w.refuse(401, test.code, test.message, "GET", path+v, "", "Authorization: "+test.header)
			challenge := a.Header().Get("WWW-Authenticate")
			want := `Bearer authorization_uri="` + authority + `", error="invalid_token", error_description="`
			if !strings.HasPrefix(challenge, want) || !strings.HasSuffix(challenge, `."`) || strings.Count(challenge, `"`) != 6 {
				t.Errorf("%s: WWW-Authenticate: %s", test.header, challenge)
			}
		}
	}
}

func TestAuthorityByCloud(t *testing.T) {
	for name, want := range map[string]string{
		"AzureCloud":        `authorization_uri="https://login.windows.net/` + tenantID + `"`,
		"AzureUSGovernment": `authorization_uri="https://login.microsoftonline.us/` + tenantID + `"`,
	} {
		w := newWorld(t, name)
		a := w.refuse(401, "AuthenticationFailed", "", "GET", rg+v, "", "Authorization:")
		if got := a.Header().Get("WWW-Authenticate"); !strings.Contains(got, want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestBearerInAnyCase(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	w.want(200, "GET", rg+v, "", "Authorization: bearer owner")
	w.want(200, "GET", rg+v, "", "Authorization: BEARER   owner")
}

// TestChallengeIsClean: what an unverified token says is quoted, but cannot leave its header or grow it.
func TestChallengeIsClean(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	a := w.refuse(401, "InvalidAuthenticationTokenAudience", "", "GET", rg+v, "", "Authorization: Bearer evil")
	challenge := a.Header().Get("WWW-Authenticate")
	if strings.ContainsAny(challenge, "\r\n") || strings.Count(challenge, `"`) != 6 || len(challenge) > 2000 {
		t.Error(challenge)
	}
	if a.Header().Get("X-Evil") != "" {
		t.Error("a header was smuggled in")
	}
}

func TestBrokenVerifierTellsNothing(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	a := w.refuse(500, "InternalServerError", "", "GET", rg+v, "", "Authorization: Bearer broken")
	if strings.Contains(a.Body.String(), "disk") || a.Header().Get("WWW-Authenticate") != "" {
		t.Error(a.Body)
	}
	if !strings.Contains(a.errorAt("message"), a.Header().Get("x-ms-request-id")) {
		t.Errorf("the message lacks the tracking id: %s", a.Body)
	}
}

func TestVersionComesBeforeToken(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	const missing = "The api-version query parameter (?api-version=) is required for all requests."
	for _, q := range []string{"", "?", "?api-version=", "?$top=1", "?apiversion=2021-04-01"} {
		w.refuse(400, "MissingApiVersionParameter", missing, "GET", rg+q, "", "Authorization:")
	}
	for _, q := range []string{
		"?api-version=latest", "?api-version=2021-4-1", "?api-version=2021-04-01-", "?api-version=2021-04-01&api-version=2021-04-01",
		"?api-version=2021-04-01&API-Version=2016-09-01", "?api-version=%3Cscript%3E", "?api-version=2021-04-01'",
	} {
		w.refuse(400, "InvalidApiVersionParameter", "", "GET", rg+q, "", "Authorization:")
	}
	w.refuse(400, "InvalidApiVersionParameter", "", "GET", rg+"?api-version=1999-01-01", "")
	w.refuse(400, "InvalidQueryString", "", "GET", rg+"?api-version=2021-04-01&x=%zz", "")
	w.refuse(400, "InvalidRequestUri", "", "GET", sub+"/resourceGroups/a%00b"+v, "", "Authorization:")
	w.refuse(400, "InvalidRequestUri", "", "GET", "/subscriptions/"+strings.Repeat("a", 3000)+v, "", "Authorization:")
}
