package blob

import (
	"net/http"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/blob/sas"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// maxSkew is how far the clock of a client that signs may be away.
const maxSkew = 15 * time.Minute

// authenticate turns the request's credential into an access: a bearer token, a signature by an account key, a shared
// access signature, or nobody.
func (f *front) authenticate(x *exchange) error {
	x.access = blob.Access{ClientIP: clientIP(x.r), HTTPS: x.r.TLS != nil, RequestID: x.id}
	x.access.Caller.RequestID = x.id
	values := x.r.Header["Authorization"]
	signed := sas.Present(x.query)
	if len(values) == 0 || strings.TrimSpace(values[0]) == "" {
		if signed {
			return f.bySAS(x, "")
		}
		return nil
	}
	scheme, rest, _ := strings.Cut(strings.TrimSpace(values[0]), " ")
	rest = strings.TrimSpace(rest)
	if len(values) > 1 || rest == "" {
		return refusal(fault.Invalid, "InvalidAuthenticationInfo")
	}
	switch lower(scheme) {
	case "bearer":
		if signed && x.query.Has("sduoid") {
			return f.bySAS(x, rest) // a signature for one user, who shows a token as well
		}
		return f.byToken(x, rest)
	case "sharedkey", "sharedkeylite":
		return f.byKey(x, lower(scheme) == "sharedkeylite", rest)
	}
	return refusal(fault.Invalid, "InvalidAuthenticationInfo")
}

// byKey checks a signature by one of the account's keys.
func (f *front) byKey(x *exchange, lite bool, rest string) error {
	credential, ok := parseKeyCredential(lite, rest)
	if !ok {
		return refusal(fault.Invalid, "InvalidAuthenticationInfo")
	}
	if !x.account.AllowSharedKeyAccess {
		return refusal(fault.Denied, "KeyBasedAuthenticationNotPermitted")
	}
	if err := f.fresh(x); err != nil {
		return err
	}
	texts, err := stringsToSign(x.r, x.account.Name, x.version, lite)
	if err != nil {
		return err
	}
	keys := [2][]byte{x.account.Keys[0].Value, x.account.Keys[1].Value}
	if !strings.EqualFold(credential.account, x.account.Name) || !credential.holds(keys, texts) {
		return unauthenticated("The MAC signature found in the HTTP request '" + credential.text +
			"' is not the same as any computed signature. Server used following string to sign: '" + texts[0] + "'.")
	}
	x.access.By = blob.SharedKey
	return nil
}

// fresh checks the date that a signed request must have.
func (f *front) fresh(x *exchange) error {
	text := x.in("X-Ms-Date")
	if text == "" {
		text = x.in("Date")
	}
	if text == "" {
		return unauthenticated("Request date header not specified")
	}
	date, err := http.ParseTime(text)
	if err != nil {
		return unauthenticated("The Date header in the request is incorrect.")
	}
	if age := x.at.Sub(date); age > maxSkew || age < -maxSkew {
		return unauthenticated("Request date header too old: '" + date.UTC().Format(http.TimeFormat) + "'")
	}
	return nil
}

// unauthenticated is 403 AuthenticationFailed with its detail.
func unauthenticated(text string) error {
	return detailed(fault.Unauthenticated, "AuthenticationFailed", &detail{elements: [][2]string{{"AuthenticationErrorDetail", text}}})
}
