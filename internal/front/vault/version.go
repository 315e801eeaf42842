package vault

import (
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// apiVersion is an api-version that the data plane has: a number up to 7.6, a date before and after those.
type apiVersion string

// newestNumbered is the version that the refusal of an unknown one recommends.
const newestNumbered = "7.6"

// readVersion takes the api-version of a request.
func readVersion(r *http.Request) (apiVersion, error) {
	q, err := httpx.Query(r)
	if err != nil {
		return "", badParameter("The query string of the request could not be read.")
	}
	text, ok := httpx.Value(q, "api-version")
	if !ok || text == "" {
		return "", badParameter("api-version must be specified")
	}
	if !known(text) {
		return "", badParameter("The specified version (%s) is not recognized. Consider using the latest supported version (%s).",
			clip(text), newestNumbered)
	}
	return apiVersion(strings.ToLower(text)), nil
}

// known reports whether Key Vault has a version: those that were, and any dated one since the numbers ended, so that a
// client newer than this program is served in the newest shape.
func known(text string) bool {
	switch strings.ToLower(text) {
	case "2015-06-01", "2016-10-01",
		"7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6",
		"7.0-preview", "7.1-preview", "7.2-preview", "7.3-preview", "7.4-preview.1", "7.5-preview.1", "7.6-preview.1", "7.6-preview.2":
		return true
	}
	date, preview, isPreview := strings.Cut(strings.ToLower(text), "-preview")
	if isPreview && strings.Trim(preview, ".0123456789") != "" || !isDate(date) {
		return false
	}
	return date >= "2025-06-01"
}

func isDate(s string) bool {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	for i := range len(s) {
		if i != 4 && i != 7 && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s[5:7] >= "01" && s[5:7] <= "12" && s[8:] >= "01" && s[8:] <= "31"
}

// dated reports whether the version is one of the first, which have dates.
func (v apiVersion) dated() bool { return v == "2015-06-01" || v == "2016-10-01" }

// converts reports whether the version can ask for a secret in another format: those with dates after the numbers can.
func (v apiVersion) converts() bool { return !v.dated() && !strings.HasPrefix(string(v), "7.") }

// orders reports whether the version knows of the order of certificates in a chain.
func (v apiVersion) orders() bool { return v.converts() || strings.HasPrefix(string(v), "7.6") }

// attributes are the attributes of an object as a version shows them.
type attributes struct {
	Enabled         bool   `json:"enabled"`
	NotBefore       int64  `json:"nbf,omitempty"`
	Expires         int64  `json:"exp,omitempty"`
	Created         int64  `json:"created"`
	Updated         int64  `json:"updated"`
	RecoveryLevel   string `json:"recoveryLevel,omitempty"`
	RecoverableDays int    `json:"recoverableDays,omitempty"`
}

// attributes shapes attributes. The first versions know no soft deletion that all vaults have; the days came with 7.1,
// and the levels that name another retention than 90 days with 7.1 too.
func (rq *request) attributes(a vault.Attributes, r vault.Recovery) attributes {
	out := attributes{
		Enabled: a.Enabled, NotBefore: a.NotBefore, Expires: a.Expires, Created: a.Created, Updated: a.Updated,
		RecoveryLevel: r.Level, RecoverableDays: r.Days,
	}
	switch {
	case rq.version == "2015-06-01":
		out.RecoveryLevel, out.RecoverableDays = "", 0
	case rq.version.dated():
		out.RecoveryLevel, out.RecoverableDays = "Purgeable", 0
	case strings.HasPrefix(string(rq.version), "7.0"):
		out.RecoveryLevel, out.RecoverableDays = strings.TrimPrefix(r.Level, "Customized"), 0
	}
	return out
}

// newAttributes are attributes as a client sends them; what it leaves out is nil.
type newAttributes struct {
	Enabled   *bool  `json:"enabled"`
	NotBefore *int64 `json:"nbf"`
	Expires   *int64 `json:"exp"`
}

// seconds is a time that may be left out; 0 is none.
func seconds(t *int64) int64 {
	if t == nil {
		return 0
	}
	return *t
}

// deletion is what an answer about a deleted object has beyond one about a live one.
type deletion struct {
	RecoveryID    string `json:"recoveryId,omitempty"`
	Deleted       int64  `json:"deletedDate,omitempty"`
	ScheduledDate int64  `json:"scheduledPurgeDate,omitempty"`
}

// deletion shapes the deletion of an object; path is deletedsecrets and its like.
func (rq *request) deletion(path, name string, d *vault.Deletion) deletion {
	if d == nil {
		return deletion{}
	}
	return deletion{rq.base + "/" + path + "/" + name, d.At, d.PurgeAt}
}
