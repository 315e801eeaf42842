package vault

import (
	"encoding/base64"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/vault"
	"github.com/alcedo-cloud/alcedo/internal/vault/jwk"
)

// use is the body of an operation with a key; each operation knows some of it.
type use struct {
	Alg    string `json:"alg"`
	Value  string `json:"value"` // of verify, the signature
	Digest string `json:"digest"`
	IV     string `json:"iv"`
	AAD    string `json:"aad"`
	Tag    string `json:"tag"`
}

// used is what an operation with a key answers.
type used struct {
	KID   string `json:"kid"`
	Value string `json:"value"`
	IV    string `json:"iv,omitempty"`
	AAD   string `json:"aad,omitempty"`
	Tag   string `json:"tag,omitempty"`
}

// readUse reads the body and asks for the algorithm.
func (rq *request) readUse() (*use, error) {
	body := new(use)
	if err := rq.decode(body); err != nil {
		return nil, err
	}
	if body.Alg == "" {
		return nil, badParameter("Property 'alg' is required.\r\n")
	}
	return body, nil
}

// box decodes the members of an encryption.
func (u *use) box() (b jwk.Box, err error) {
	for _, m := range []struct {
		name, text string
		into       *[]byte
	}{{"value", u.Value, &b.Value}, {"iv", u.IV, &b.IV}, {"aad", u.AAD, &b.AAD}, {"tag", u.Tag, &b.Tag}} {
		if *m.into, err = jwk.Decode(m.name, m.text); err != nil {
			return b, err
		}
	}
	return b, nil
}

func (rq *request) used(v vault.KeyVersion, b jwk.Box) *httpx.Response {
	text := base64.RawURLEncoding.EncodeToString
	return &httpx.Response{Body: used{KID: rq.kid(v.Name, v.Version), Value: text(b.Value), IV: text(b.IV), AAD: text(b.AAD), Tag: text(b.Tag)}}
}

// wraps reports whether the path says wrapkey or unwrapkey.
func (rq *request) wraps() bool {
	return strings.HasSuffix(strings.ToLower(strings.TrimRight(rq.URL.Path, "/")), "wrapkey")
}

func (f *front) encrypt(rq *request) (*httpx.Response, error) {
	body, err := rq.readUse()
	if err != nil {
		return nil, err
	}
	plain, err := body.box()
	if err != nil {
		return nil, err
	}
	closed, v, err := f.Vaults.Encrypt(rq.ctx(), rq.access, rq.keyVersion(), body.Alg, plain, rq.wraps())
	if err != nil {
		return nil, err
	}
	return rq.used(v, closed), nil
}

func (f *front) decrypt(rq *request) (*httpx.Response, error) {
	body, err := rq.readUse()
	if err != nil {
		return nil, err
	}
	closed, err := body.box()
	if err != nil {
		return nil, err
	}
	value, v, err := f.Vaults.Decrypt(rq.ctx(), rq.access, rq.keyVersion(), body.Alg, closed, rq.wraps())
	if err != nil {
		return nil, err
	}
	return rq.used(v, jwk.Box{Value: value}), nil
}

func (f *front) sign(rq *request) (*httpx.Response, error) {
	body, err := rq.readUse()
	if err != nil {
		return nil, err
	}
	digest, err := jwk.Decode("value", body.Value)
	if err != nil {
		return nil, err
	}
	sig, v, err := f.Vaults.Sign(rq.ctx(), rq.access, rq.keyVersion(), body.Alg, digest)
	if err != nil {
		return nil, err
	}
	return rq.used(v, jwk.Box{Value: sig}), nil
}

func (f *front) verify(rq *request) (*httpx.Response, error) {
	body, err := rq.readUse()
	if err != nil {
		return nil, err
	}
	digest, err := jwk.Decode("digest", body.Digest)
	if err != nil {
		return nil, err
	}
	sig, err := jwk.Decode("value", body.Value)
	if err != nil {
		return nil, err
	}
	good, err := f.Vaults.Verify(rq.ctx(), rq.access, rq.keyVersion(), body.Alg, digest, sig)
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Body: map[string]bool{"value": good}}, nil
}

func (f *front) releaseKey(rq *request) (*httpx.Response, error) {
	var body struct {
		Target string `json:"target"`
	}
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	if body.Target == "" {
		return nil, badParameter("Property target is required.\r\n")
	}
	return nil, f.Vaults.ReleaseKey(rq.ctx(), rq.access, rq.params["name"], rq.params["version"])
}

func (f *front) keyAttestation(rq *request) (*httpx.Response, error) {
	return nil, f.Vaults.GetKeyAttestation(rq.ctx(), rq.access, rq.params["name"], rq.params["version"])
}

func (f *front) randomBytes(rq *request) (*httpx.Response, error) {
	var body struct {
		Count int `json:"count"`
	}
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	b, err := f.Vaults.RandomBytes(rq.ctx(), rq.access, body.Count)
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Body: map[string]string{"value": base64.RawURLEncoding.EncodeToString(b)}}, nil
}

// keyVersion is the version that the path names; "" is the newest.
func (rq *request) keyVersion() vault.KeyVersion {
	return vault.KeyVersion{Name: rq.params["name"], Version: rq.params["version"]}
}
