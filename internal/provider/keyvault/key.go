package keyvault

import (
	"context"
	"encoding/json"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/vault"
	"github.com/alcedo-cloud/alcedo/internal/vault/jwk"
)

// keyBody is a key as Resource Manager's clients ask for it.
type keyBody struct {
	Tags       map[string]string `json:"tags"`
	Properties struct {
		Kty            string          `json:"kty"`
		KeyOps         []string        `json:"keyOps"`
		KeySize        int             `json:"keySize"`
		CurveName      string          `json:"curveName"`
		ReleasePolicy  json.RawMessage `json:"release_policy"`
		RotationPolicy json.RawMessage `json:"rotationPolicy"`
		Attributes     struct {
			Enabled    *bool `json:"enabled"`
			NotBefore  int64 `json:"nbf"`
			Expires    int64 `json:"exp"`
			Exportable bool  `json:"exportable"`
		} `json:"attributes"`
	} `json:"properties"`
}

// sentPolicy reports whether a member of a body has a value.
func sentPolicy(text json.RawMessage) bool { return len(text) > 0 && string(text) != "null" }

// putKey makes a key where there is none of its name. One that is there is answered as it is: Resource Manager never
// makes a second version.
// Source: learn.microsoft.com/rest/api/keyvault/keys/keys/create-if-not-exist.
func (p *provider) putKey(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	v, err := p.vaultOf(ctx, call)
	if err != nil {
		return nil, err
	}
	var body keyBody
	if err := json.Unmarshal(call.Body, &body); err != nil {
		return nil, invalidValue("key")
	}
	if sentPolicy(body.Properties.RotationPolicy) {
		return nil, bad("properties.rotationPolicy", "A rotation policy cannot be set through Resource Manager. Set it on the vault.")
	}
	k, err := p.Vaults.GetKey(ctx, access(call), call.ID.Name(), "")
	switch {
	case err == nil:
		return &resource.Answer{Body: shapeKey(v, k, "")}, nil
	case !fault.Is(err, fault.NotFound):
		return nil, err
	}
	a := body.Properties.Attributes
	k, err = p.Vaults.CreateKey(ctx, access(call), call.ID.Name(), jwk.Parameters{
		Type: jwk.Type(body.Properties.Kty), Size: body.Properties.KeySize, Curve: body.Properties.CurveName,
	}, vault.NewKey{
		Ops: body.Properties.KeyOps, Enabled: a.Enabled, NotBefore: a.NotBefore, Expires: a.Expires, Tags: body.Tags,
		Exportable: a.Exportable, ReleasePolicy: sentPolicy(body.Properties.ReleasePolicy),
	})
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: shapeKey(v, k, "")}, nil
}

// getKey shows a key by its newest version, or one version of it.
func (p *provider) getKey(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	version := ""
	if len(call.ID.Names) > 2 {
		version = call.ID.Name()
	}
	v, err := p.vaultOf(ctx, keyCall(call))
	if err != nil {
		return nil, err
	}
	k, err := p.Vaults.GetKey(ctx, access(call), call.ID.Names[1], version)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: shapeKey(v, k, version)}, nil
}

// keyCall is a call on a version as one on its key, which is where the vault is above.
func keyCall(call *resource.Call) *resource.Call {
	if len(call.ID.Types) < 3 {
		return call
	}
	above := *call
	above.ID = call.ID.Container()
	return &above
}

func (p *provider) listKeys(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	v, err := p.vaultOf(ctx, call)
	if err != nil {
		return nil, err
	}
	page, err := readPage(call.Query)
	if err != nil {
		return nil, err
	}
	rows, next, err := p.Vaults.ListKeys(ctx, access(call), page)
	if err != nil {
		return nil, err
	}
	shown := make([]*resource.Document, 0, len(rows))
	for _, k := range rows {
		shown = append(shown, shapeKey(v, k, ""))
	}
	return &resource.Answer{Body: paged(call, shown, next)}, nil
}

func (p *provider) listKeyVersions(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	id, ok := resource.ParseID(call.ID.String()[:len(call.ID.String())-len("/versions")])
	if !ok {
		return nil, fault.Newf(fault.Internal, "keyvault.listKeyVersions", "", "no key above %s", call.ID)
	}
	above := *call
	above.ID = id
	v, err := p.vaultOf(ctx, &above)
	if err != nil {
		return nil, err
	}
	page, err := readPage(call.Query)
	if err != nil {
		return nil, err
	}
	rows, next, err := p.Vaults.ListKeyVersions(ctx, access(call), call.ID.Names[1], page)
	if err != nil {
		return nil, err
	}
	shown := make([]*resource.Document, 0, len(rows))
	for _, k := range rows {
		shown = append(shown, shapeKey(v, k, k.Version))
	}
	return &resource.Answer{Body: paged(call, shown, next)}, nil
}

// shapeKey is a key as Resource Manager shows it; version is "" for the key itself.
func shapeKey(v *vault.Vault, k *vault.Key, version string) *resource.Document {
	attributes := map[string]any{
		"enabled": k.Attributes.Enabled, "created": k.Attributes.Created, "updated": k.Attributes.Updated,
		"recoveryLevel": k.Recovery.Level, "exportable": false,
	}
	if k.Attributes.NotBefore != 0 {
		attributes["nbf"] = k.Attributes.NotBefore
	}
	if k.Attributes.Expires != 0 {
		attributes["exp"] = k.Attributes.Expires
	}
	uri := v.URI + "keys/" + k.Name
	properties := map[string]any{
		"attributes": attributes, "kty": string(k.JWK.Kty), "keyOps": k.JWK.KeyOps, "keyUri": uri, "keyUriWithVersion": uri + "/" + k.Version,
	}
	if k.JWK.Crv != "" {
		properties["curveName"] = k.JWK.Crv
	}
	if modulus, err := jwk.Decode("n", k.JWK.N); err == nil && len(modulus) > 0 {
		properties["keySize"] = 8 * len(modulus)
	}
	doc := &resource.Document{
		ID: v.ResourceID + "/keys/" + k.Name, Name: k.Name, Type: Namespace + "/vaults/keys", Location: v.Location,
		Tags: k.Tags, Properties: properties,
	}
	if version != "" {
		doc.ID, doc.Name, doc.Type = doc.ID+"/versions/"+version, version, doc.Type+"/versions"
	}
	return doc
}
