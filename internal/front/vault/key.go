package vault

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/vault"
	"github.com/alcedo-cloud/alcedo/internal/vault/jwk"
)

// keyRoutes are the operations on keys. Clients that mean the newest version leave its segment empty, so that the
// operations on a version are there without one too.
// Source: learn.microsoft.com/rest/api/keyvault/keys.
func (f *front) keyRoutes() []route {
	routes := []route{
		row("GET", "keys", f.listKeys),
		row("PUT", "keys/{name}", f.importKey),
		row("GET", "keys/{name}", f.getKey),
		row("PATCH", "keys/{name}", f.updateKey),
		row("DELETE", "keys/{name}", f.deleteKey),
		row("POST", "keys/restore", f.restoreKey),
		row("POST", "keys/{name}/create", f.createKey),
		row("POST", "keys/{name}/backup", f.backupKey),
		row("POST", "keys/{name}/rotate", f.rotateKey),
		row("GET", "keys/{name}/versions", f.listKeyVersions),
		row("GET", "keys/{name}/rotationpolicy", f.getRotationPolicy),
		row("PUT", "keys/{name}/rotationpolicy", f.updateRotationPolicy),
		row("GET", "keys/{name}/attestation", f.keyAttestation),
		row("GET", "keys/{name}/{version}", f.getKey),
		row("PATCH", "keys/{name}/{version}", f.updateKey),
		row("GET", "keys/{name}/{version}/attestation", f.keyAttestation),
		row("GET", "deletedkeys", f.listDeletedKeys),
		row("GET", "deletedkeys/{name}", f.getDeletedKey),
		row("DELETE", "deletedkeys/{name}", f.purgeKey),
		row("POST", "deletedkeys/{name}/recover", f.recoverKey),
		row("POST", "rng", f.randomBytes),
	}
	for verb, handle := range map[string]func(*request) (*httpx.Response, error){
		"encrypt": f.encrypt, "decrypt": f.decrypt, "wrapkey": f.encrypt, "unwrapkey": f.decrypt,
		"sign": f.sign, "verify": f.verify, "release": f.releaseKey,
	} {
		routes = append(routes, row("POST", "keys/{name}/"+verb, handle), row("POST", "keys/{name}/{version}/"+verb, handle))
	}
	return routes
}

// keyAttributes are attributes with what only keys have.
type keyAttributes struct {
	attributes
	Exportable *bool `json:"exportable,omitempty"`
}

// keyBundle is a key as answers have it.
type keyBundle struct {
	Key        jwk.Wire          `json:"key"`
	Attributes keyAttributes     `json:"attributes"`
	Tags       map[string]string `json:"tags,omitempty"`
	Managed    bool              `json:"managed,omitempty"`
	deletion
}

// keyItem is a key as lists have it.
type keyItem struct {
	KID        string            `json:"kid"`
	Attributes keyAttributes     `json:"attributes"`
	Tags       map[string]string `json:"tags,omitempty"`
	Managed    bool              `json:"managed,omitempty"`
	deletion
}

func (rq *request) kid(name, version string) string {
	kid := rq.base + "/keys/" + name
	if version != "" {
		kid += "/" + version
	}
	return kid
}

// keyAttributes shapes a key's attributes: exportable came with 7.3, and is false here.
func (rq *request) keyAttributes(k *vault.Key) keyAttributes {
	a := keyAttributes{attributes: rq.attributes(k.Attributes, k.Recovery)}
	old := rq.version.dated()
	for _, v := range []string{"7.0", "7.1", "7.2"} {
		old = old || strings.HasPrefix(string(rq.version), v)
	}
	if !old {
		a.Exportable = new(bool)
	}
	return a
}

func (rq *request) keyBundle(k *vault.Key) keyBundle {
	b := keyBundle{
		Key: k.JWK, Attributes: rq.keyAttributes(k), Tags: k.Tags, Managed: k.Managed,
		deletion: rq.deletion("deletedkeys", k.Name, k.Deleted),
	}
	b.Key.KID = rq.kid(k.Name, k.Version)
	return b
}

// keyItems shapes rows of a list. Only those of versions have a version in their kid.
func (rq *request) keyItems(rows []*vault.Key, versions bool) []keyItem {
	out := make([]keyItem, len(rows))
	for i, k := range rows {
		out[i] = keyItem{
			KID: rq.kid(k.Name, ""), Attributes: rq.keyAttributes(k), Tags: k.Tags, Managed: k.Managed,
			deletion: rq.deletion("deletedkeys", k.Name, k.Deleted),
		}
		if versions {
			out[i].KID = rq.kid(k.Name, k.Version)
		}
	}
	return out
}

func (rq *request) keyAnswer(k *vault.Key, err error) (*httpx.Response, error) {
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Body: rq.keyBundle(k)}, nil
}

// newKeyAttributes are a key's attributes as a client sends them.
type newKeyAttributes struct {
	newAttributes
	Exportable bool `json:"exportable"`
}

// newKey is what clients send beside the material.
type newKey struct {
	Attributes    newKeyAttributes  `json:"attributes"`
	Tags          map[string]string `json:"tags"`
	ReleasePolicy json.RawMessage   `json:"release_policy"`
}

func (n *newKey) value(ops []string) vault.NewKey {
	return vault.NewKey{
		Ops: ops, Enabled: n.Attributes.Enabled, Tags: n.Tags,
		NotBefore: seconds(n.Attributes.NotBefore), Expires: seconds(n.Attributes.Expires),
		Exportable: n.Attributes.Exportable, ReleasePolicy: given(n.ReleasePolicy),
	}
}

// given reports whether a member was there and not null.
func given(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

func (f *front) createKey(rq *request) (*httpx.Response, error) {
	var body struct {
		newKey
		Kty     jwk.Type `json:"kty"`
		KeySize int      `json:"key_size"`
		Crv     string   `json:"crv"`
		KeyOps  []string `json:"key_ops"`
		// Whatever the exponent, a vault's key has 65537: another is for managed HSMs. Source: recordings of @azure/keyvault-keys.
		PublicExponent int `json:"public_exponent"`
	}
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	if body.Kty == "" {
		return nil, badParameter("Property kty is required.\r\n")
	}
	return rq.keyAnswer(f.Vaults.CreateKey(rq.ctx(), rq.access, rq.params["name"], jwk.Parameters{
		Type: body.Kty, Size: body.KeySize, Curve: body.Crv,
	}, body.value(body.KeyOps)))
}

func (f *front) importKey(rq *request) (*httpx.Response, error) {
	var body struct {
		newKey
		Key *jwk.Wire `json:"key"`
		HSM bool      `json:"Hsm"`
	}
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	if body.Key == nil {
		return nil, badParameter("Property key is required.\r\n")
	}
	return rq.keyAnswer(f.Vaults.ImportKey(rq.ctx(), rq.access, rq.params["name"], *body.Key, body.HSM, body.value(body.Key.KeyOps)))
}

func (f *front) getKey(rq *request) (*httpx.Response, error) {
	return rq.keyAnswer(f.Vaults.GetKey(rq.ctx(), rq.access, rq.params["name"], rq.params["version"]))
}

func (f *front) updateKey(rq *request) (*httpx.Response, error) {
	var body struct {
		Tags          *map[string]string `json:"tags"`
		Attributes    newAttributes      `json:"attributes"`
		KeyOps        *[]string          `json:"key_ops"`
		ReleasePolicy json.RawMessage    `json:"release_policy"`
	}
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	if given(body.ReleasePolicy) {
		return nil, badParameter("AKV.SKR.1005: Non-exportable keys must not have release policy")
	}
	return rq.keyAnswer(f.Vaults.UpdateKey(rq.ctx(), rq.access, rq.params["name"], rq.params["version"], vault.KeyPatch{
		Patch: vault.Patch{
			Enabled: body.Attributes.Enabled, NotBefore: body.Attributes.NotBefore, Expires: body.Attributes.Expires, Tags: body.Tags,
		},
		Ops: body.KeyOps,
	}))
}

func (f *front) deleteKey(rq *request) (*httpx.Response, error) {
	return rq.keyAnswer(f.Vaults.DeleteKey(rq.ctx(), rq.access, rq.params["name"]))
}

func (f *front) getDeletedKey(rq *request) (*httpx.Response, error) {
	return rq.keyAnswer(f.Vaults.GetDeletedKey(rq.ctx(), rq.access, rq.params["name"]))
}

func (f *front) recoverKey(rq *request) (*httpx.Response, error) {
	return rq.keyAnswer(f.Vaults.RecoverKey(rq.ctx(), rq.access, rq.params["name"]))
}

func (f *front) purgeKey(rq *request) (*httpx.Response, error) {
	if err := f.Vaults.PurgeKey(rq.ctx(), rq.access, rq.params["name"]); err != nil {
		return nil, err
	}
	return &httpx.Response{Status: http.StatusNoContent}, nil
}

func (f *front) listKeys(rq *request) (*httpx.Response, error) {
	p, err := rq.page()
	if err != nil {
		return nil, err
	}
	rows, next, err := f.Vaults.ListKeys(rq.ctx(), rq.access, p)
	if err != nil {
		return nil, err
	}
	return rq.paged(rq.keyItems(rows, false), "/keys", next, p), nil
}

func (f *front) listDeletedKeys(rq *request) (*httpx.Response, error) {
	p, err := rq.page()
	if err != nil {
		return nil, err
	}
	rows, next, err := f.Vaults.ListDeletedKeys(rq.ctx(), rq.access, p)
	if err != nil {
		return nil, err
	}
	return rq.paged(rq.keyItems(rows, false), "/deletedkeys", next, p), nil
}

func (f *front) listKeyVersions(rq *request) (*httpx.Response, error) {
	p, err := rq.page()
	if err != nil {
		return nil, err
	}
	name := rq.params["name"]
	rows, next, err := f.Vaults.ListKeyVersions(rq.ctx(), rq.access, name, p)
	if err != nil {
		return nil, err
	}
	return rq.paged(rq.keyItems(rows, true), "/keys/"+name+"/versions", next, p), nil
}

func (f *front) backupKey(rq *request) (*httpx.Response, error) {
	sealed, err := f.Vaults.BackupKey(rq.ctx(), rq.access, rq.params["name"])
	if err != nil {
		return nil, err
	}
	return backedUp(sealed), nil
}

func (f *front) restoreKey(rq *request) (*httpx.Response, error) {
	sealed, err := rq.backup()
	if err != nil {
		return nil, err
	}
	return rq.keyAnswer(f.Vaults.RestoreKey(rq.ctx(), rq.access, sealed))
}
