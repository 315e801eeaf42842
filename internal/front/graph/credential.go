package graph

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"net/http"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// passwordCredential is the resource type of that name. SecretText is shown once.
type passwordCredential struct {
	CustomKeyIdentifier *string   `json:"customKeyIdentifier"`
	DisplayName         *string   `json:"displayName"`
	EndDateTime         time.Time `json:"endDateTime"`
	Hint                *string   `json:"hint"`
	KeyID               string    `json:"keyId"`
	SecretText          *string   `json:"secretText"`
	StartDateTime       time.Time `json:"startDateTime"`
}

func showPassword(p directory.PasswordCredential) passwordCredential {
	return passwordCredential{
		DisplayName: nullable(p.DisplayName), Hint: nullable(p.Hint), KeyID: p.KeyID, SecretText: nullable(p.SecretText),
		StartDateTime: p.Start.UTC(), EndDateTime: p.End.UTC(),
	}
}

func showPasswords(list []directory.PasswordCredential) []passwordCredential {
	out := make([]passwordCredential, 0, len(list))
	for _, p := range list {
		p.SecretText = ""
		out = append(out, showPassword(p))
	}
	return out
}

// keepPasswords is what a PATCH of passwordCredentials does: secrets that it leaves out are deleted, new ones are made
// by addPassword only.
func keepPasswords(wanted []passwordCredential, have []directory.PasswordCredential) ([]directory.PasswordCredential, error) {
	var out []directory.PasswordCredential
next:
	for _, w := range wanted {
		for _, h := range have {
			if strings.EqualFold(w.KeyID, h.KeyID) {
				out = append(out, h)
				continue next
			}
		}
		return nil, badRequest("Request_BadRequest", "New password credentials must be generated with service actions.")
	}
	return out, nil
}

// keyCredential is the resource type of that name.
type keyCredential struct {
	CustomKeyIdentifier *string   `json:"customKeyIdentifier"`
	DisplayName         *string   `json:"displayName"`
	EndDateTime         time.Time `json:"endDateTime"`
	Key                 *string   `json:"key"`
	KeyID               string    `json:"keyId"`
	StartDateTime       time.Time `json:"startDateTime"`
	Type                string    `json:"type"`
	Usage               string    `json:"usage"`
}

// showKeys lists certificates. Graph leaves key out of what it shows unless it is selected; we show null always.
func showKeys(list []directory.KeyCredential) []keyCredential {
	out := make([]keyCredential, 0, len(list))
	for _, k := range list {
		id := strings.ToUpper(hex.EncodeToString(k.CustomKeyIdentifier))
		out = append(out, keyCredential{
			CustomKeyIdentifier: &id, DisplayName: nullable(k.DisplayName), KeyID: k.KeyID, Type: k.Type, Usage: k.Usage,
			StartDateTime: k.Start.UTC(), EndDateTime: k.End.UTC(),
		})
	}
	return out
}

// readKeys is what a PATCH of keyCredentials does: it replaces the list. An entry without a key keeps the certificate
// of the same keyId.
func readKeys(wanted []keyCredential, have []directory.KeyCredential) ([]directory.KeyCredential, error) {
	out := make([]directory.KeyCredential, 0, len(wanted))
next:
	for _, w := range wanted {
		if w.Key == nil {
			for _, h := range have {
				if strings.EqualFold(w.KeyID, h.KeyID) {
					out = append(out, h)
					continue next
				}
			}
			return nil, badRequest("Request_BadRequest", "Key credential is missing a value for property 'key'.")
		}
		der, err := decodeCertificate(*w.Key)
		if err != nil {
			return nil, badRequest("Request_BadRequest", "Invalid value specified for property 'key' of resource 'KeyCredential'.")
		}
		k := directory.KeyCredential{
			Key: der, Type: w.Type, Usage: w.Usage, Start: w.StartDateTime, End: w.EndDateTime,
		}
		if isGUID(w.KeyID) {
			k.KeyID = strings.ToLower(w.KeyID)
		}
		if w.DisplayName != nil {
			k.DisplayName = *w.DisplayName
		}
		out = append(out, k)
	}
	return out, nil
}

// decodeCertificate reads base64 of a certificate in DER, or of its PEM, which Graph accepts as well.
func decodeCertificate(s string) ([]byte, error) {
	der, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(der, []byte("-----BEGIN")) {
		if block, _ := pem.Decode(der); block != nil {
			return block.Bytes, nil
		}
	}
	return der, nil
}

// addPassword draws a secret.
func (f *front) addPassword(set string) func(*request) (*httpx.Response, error) {
	return func(r *request) (*httpx.Response, error) {
		o, err := f.object(r, set)
		if err != nil {
			return nil, err
		}
		body, err := optional(r.Request)
		if err != nil {
			return nil, err
		}
		var wanted passwordCredential
		if _, err := body.member("passwordCredential", &wanted); err != nil {
			return nil, err
		}
		p := directory.PasswordCredential{Start: wanted.StartDateTime, End: wanted.EndDateTime}
		if wanted.DisplayName != nil {
			p.DisplayName = *wanted.DisplayName
		}
		made, err := f.Directory.AddSecret(r.Context(), r.caller, f.sets[strings.ToLower(set)].id(o), p)
		if err != nil {
			return nil, err
		}
		shown := showPassword(made)
		return &httpx.Response{Status: http.StatusOK, Body: struct {
			Context string `json:"@odata.context"`
			passwordCredential
		}{f.context(r, "microsoft.graph.passwordCredential"), shown}}, nil
	}
}

// removePassword deletes a secret.
func (f *front) removePassword(set string) func(*request) (*httpx.Response, error) {
	return func(r *request) (*httpx.Response, error) {
		o, err := f.object(r, set)
		if err != nil {
			return nil, err
		}
		body, err := readObject(r.Request)
		if err != nil {
			return nil, err
		}
		var keyID string
		if ok, err := body.member("keyId", &keyID); err != nil || !ok {
			return nil, badRequest("Request_BadRequest", "A value is required for parameter 'keyId'.")
		}
		if err := f.Directory.RemoveSecret(r.Context(), r.caller, f.sets[strings.ToLower(set)].id(o), keyID); err != nil {
			return nil, err
		}
		return noContent(), nil
	}
}

func nullable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
