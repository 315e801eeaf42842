package entra_test

import (
	"net/http"
	"testing"
)

// FuzzTokenForm sends any body to both token endpoints: every answer is one that Entra could give, and none a failure
// of ours.
func FuzzTokenForm(f *testing.F) {
	w := newWorld(f, "AzureCloud")
	for _, seed := range []string{
		"", "a=b;c", "grant_type=password&grant_type=x", "%zz=1", "grant_type=client_credentials&client_id=%00",
		"grant_type=client_credentials&scope=/.default&client_id=" + w.app.AppID + "&client_secret=x",
		"grant_type=client_credentials&scope=https%3A%2F%2Fmanagement.azure.com%2F.default&client_id=" + w.app.AppID + "&client_secret=" + w.secret,
		"grant_type=client_credentials&client_id=" + w.app.AppID + "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=a.b.c",
		"grant_type=refresh_token&refresh_token=1.AAAA&client_id=" + azClient + "&scope=openid",
		"grant_type=password&username=a&password=b&scope=.default+%2F+%2F%2F.default&client_id=" + azClient,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		mine := *w
		mine.t = t
		for _, path := range []string{v1, v2} {
			resp := mine.do(http.MethodPost, path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, body)
			if resp.StatusCode >= 500 {
				t.Fatalf("%s answered %d to %q", path, resp.StatusCode, body)
			}
		}
	})
}
