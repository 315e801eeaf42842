package keyvault

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// secretBody is a secret as Resource Manager's clients send it.
type secretBody struct {
	Tags       *map[string]string `json:"tags"`
	Properties struct {
		Value       *string `json:"value"`
		ContentType *string `json:"contentType"`
		Attributes  struct {
			Enabled   *bool  `json:"enabled"`
			NotBefore *int64 `json:"nbf"`
			Expires   *int64 `json:"exp"`
		} `json:"attributes"`
	} `json:"properties"`
}

func readSecret(call *resource.Call) (*secretBody, error) {
	body := new(secretBody)
	if err := json.Unmarshal(call.Body, body); err != nil {
		return nil, invalidValue("secret") // the decoder's own text may quote the value
	}
	return body, nil
}

// access is the resource provider's own: Resource Manager has decided.
func access(call *resource.Call) vault.Access {
	return vault.Access{Caller: call.Caller, Vault: call.ID.Names[0], Management: true}
}

// vaultOf finds the vault above the secrets that a call is about, which must be where the call says.
func (p *provider) vaultOf(ctx context.Context, call *resource.Call) (*vault.Vault, error) {
	above := *call
	above.ID = call.ID.Container()
	if call.ID.Name() == "" {
		id, ok := resource.ParseID(strings.TrimSuffix(call.ID.String(), "/"+call.ID.Types[len(call.ID.Types)-1]))
		if !ok {
			return nil, fault.Newf(fault.Internal, "keyvault.vaultOf", "", "no vault above %s", call.ID)
		}
		above.ID = id
	}
	doc, err := above.Document(ctx)
	if err != nil {
		return nil, err
	}
	v, ok, err := p.Vaults.Vault(ctx, doc.Name)
	if err != nil || !ok {
		return nil, fault.Wrap("keyvault.vaultOf", orMissing(err, doc.Name))
	}
	return v, nil
}

// shapeSecret is a secret as Resource Manager shows it: never with its value.
func shapeSecret(v *vault.Vault, s *vault.Secret) *resource.Document {
	attributes := map[string]any{"enabled": s.Attributes.Enabled, "created": s.Attributes.Created, "updated": s.Attributes.Updated}
	if s.Attributes.NotBefore != 0 {
		attributes["nbf"] = s.Attributes.NotBefore
	}
	if s.Attributes.Expires != 0 {
		attributes["exp"] = s.Attributes.Expires
	}
	properties := map[string]any{
		"attributes": attributes, "secretUri": v.URI + "secrets/" + s.Name,
		"secretUriWithVersion": v.URI + "secrets/" + s.Name + "/" + s.Version,
	}
	if s.ContentType != "" {
		properties["contentType"] = s.ContentType
	}
	return &resource.Document{
		ID: v.ResourceID + "/secrets/" + s.Name, Name: s.Name, Type: Namespace + "/vaults/secrets", Location: v.Location,
		Tags: s.Tags, Properties: properties,
	}
}

// secret reads the newest version of a secret without its value: by the list of one, which asks for no value.
func (p *provider) secret(ctx context.Context, call *resource.Call) (*vault.Secret, error) {
	s, err := p.Vaults.DescribeSecret(ctx, access(call), call.ID.Name())
	if fault.Is(err, fault.NotFound) {
		return nil, fault.Newf(fault.NotFound, "keyvault.secret", "SecretNotFound", "The secret '%s' was not found in the vault '%s'.",
			call.ID.Name(), call.ID.Names[0])
	}
	return s, err
}

func (p *provider) getSecret(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	v, err := p.vaultOf(ctx, call)
	if err != nil {
		return nil, err
	}
	s, err := p.secret(ctx, call)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: shapeSecret(v, s)}, nil
}

// putSecret makes a secret, or a new version of one.
func (p *provider) putSecret(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	v, err := p.vaultOf(ctx, call)
	if err != nil {
		return nil, err
	}
	body, err := readSecret(call)
	if err != nil {
		return nil, err
	}
	if body.Properties.Value == nil {
		return nil, missing("value")
	}
	status := 200
	if _, err := p.secret(ctx, call); fault.Is(err, fault.NotFound) {
		status = 201
	} else if err != nil {
		return nil, err
	}
	n := vault.NewSecret{Value: *body.Properties.Value, Enabled: body.Properties.Attributes.Enabled}
	if body.Properties.ContentType != nil {
		n.ContentType = *body.Properties.ContentType
	}
	if t := body.Properties.Attributes.NotBefore; t != nil {
		n.NotBefore = *t
	}
	if t := body.Properties.Attributes.Expires; t != nil {
		n.Expires = *t
	}
	if body.Tags != nil {
		n.Tags = *body.Tags
	}
	s, err := p.Vaults.SetSecret(ctx, access(call), call.ID.Name(), n)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Status: status, Body: shapeSecret(v, s)}, nil
}

// patchSecret changes the newest version of a secret; a new value makes a new version.
func (p *provider) patchSecret(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	v, err := p.vaultOf(ctx, call)
	if err != nil {
		return nil, err
	}
	body, err := readSecret(call)
	if err != nil {
		return nil, err
	}
	was, err := p.secret(ctx, call)
	if err != nil {
		return nil, err
	}
	a := body.Properties.Attributes
	patch := vault.Patch{ContentType: body.Properties.ContentType, Tags: body.Tags, Enabled: a.Enabled, NotBefore: a.NotBefore, Expires: a.Expires}
	if body.Properties.Value != nil {
		n := vault.NewSecret{
			Value: *body.Properties.Value, ContentType: was.ContentType, Enabled: &was.Attributes.Enabled, Tags: was.Tags,
			NotBefore: was.Attributes.NotBefore, Expires: was.Attributes.Expires,
		}
		if was, err = p.Vaults.SetSecret(ctx, access(call), call.ID.Name(), n); err != nil {
			return nil, err
		}
	}
	s, err := p.Vaults.UpdateSecret(ctx, access(call), call.ID.Name(), was.Version, patch)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: shapeSecret(v, s)}, nil
}

// listSecrets lists the secrets of a vault page by page, without values.
func (p *provider) listSecrets(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	v, err := p.vaultOf(ctx, call)
	if err != nil {
		return nil, err
	}
	page, err := readPage(call.Query)
	if err != nil {
		return nil, err
	}
	rows, next, err := p.Vaults.ListSecrets(ctx, access(call), page)
	if err != nil {
		return nil, err
	}
	shown := make([]*resource.Document, 0, len(rows))
	for _, s := range rows {
		shown = append(shown, shapeSecret(v, s))
	}
	return &resource.Answer{Body: paged(call, shown, next)}, nil
}

// readPage reads $top and $skiptoken.
func readPage(q url.Values) (vault.Page, error) {
	var page vault.Page
	if top := q.Get("$top"); top != "" {
		n, err := strconv.Atoi(top)
		if err != nil || n < 1 {
			return page, bad("$top", "The value '%s' of the query parameter '$top' is not valid. It must be a whole number above 0.", top)
		}
		page.Most = min(n, vault.MaxPage)
	}
	if token := q.Get("$skiptoken"); token != "" {
		after, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil || len(after) == 0 || len(after) > 256 {
			return page, bad("$skiptoken", "The $skiptoken '%s' is not valid.", token)
		}
		page.After = string(after)
	}
	return page, nil
}

// paged is a page with the link to the next.
func paged(call *resource.Call, rows []*resource.Document, next string) map[string]any {
	out := map[string]any{"value": rows}
	if next != "" {
		query := url.Values{"api-version": {call.APIVersion}, "$skiptoken": {base64.RawURLEncoding.EncodeToString([]byte(next))}}
		if top := call.Query.Get("$top"); top != "" {
			query.Set("$top", top)
		}
		out["nextLink"] = call.BaseURL + (&url.URL{Path: call.ID.String()}).EscapedPath() + "?" + query.Encode()
	}
	return out
}
