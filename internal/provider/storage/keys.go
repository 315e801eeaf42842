package storage

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// listKeys answers the shared keys. Kerberos keys, which $expand=kerb asks for, only accounts joined to a domain have.
func (p *provider) listKeys(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	if expand := queryOf(call, "$expand"); expand != "" && !strings.EqualFold(expand, "kerb") {
		return nil, invalidValues("$expand")
	}
	a, err := p.account(ctx, call.ID)
	if err != nil {
		return nil, err
	}
	return keysAnswer(a, call.APIVersion), nil
}

// regenerateKey replaces one of the two. What was signed with it is no longer worth anything.
func (p *provider) regenerateKey(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	var body struct {
		KeyName string `json:"keyName"`
	}
	if err := readBody(call, &body); err != nil {
		return nil, err
	}
	i := keyIndex(body.KeyName)
	if i < 0 {
		return nil, invalidValues("keyName")
	}
	a, err := p.change(ctx, call.ID, func(a *blob.Account) (err error) {
		a.Keys[i], err = p.newKey(keyNames()[i], call.Now.UTC())
		return err
	})
	if err != nil {
		return nil, err
	}
	return keysAnswer(a, call.APIVersion), nil
}

func keyIndex(name string) int {
	for i, known := range keyNames() {
		if strings.EqualFold(name, known) {
			return i
		}
	}
	return -1
}

// keysAnswer shows the keys; until 2015-06-15 by their names.
func keysAnswer(a *blob.Account, version string) *resource.Answer {
	if version <= version2015 {
		return &resource.Answer{Body: map[string]string{
			"key1": base64.StdEncoding.EncodeToString(a.Keys[0].Value), "key2": base64.StdEncoding.EncodeToString(a.Keys[1].Value),
		}}
	}
	type key struct {
		CreationTime string `json:"creationTime,omitempty"`
		KeyName      string `json:"keyName"`
		Value        string `json:"value"`
		Permissions  string `json:"permissions"`
	}
	keys := make([]key, 0, len(a.Keys))
	for _, k := range a.Keys {
		shown := key{KeyName: k.Name, Value: base64.StdEncoding.EncodeToString(k.Value), Permissions: "FULL"}
		if version >= "2021-02-01" {
			shown.CreationTime = moment(k.Created)
		}
		keys = append(keys, shown)
	}
	return &resource.Answer{Body: map[string]any{"keys": keys}}
}

// revokeUserDelegationKeys ends all user delegation keys that were given out so far.
func (p *provider) revokeUserDelegationKeys(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	_, err := p.change(ctx, call.ID, func(a *blob.Account) error {
		a.DelegationRevoked = call.Now.UTC()
		return nil
	})
	return &resource.Answer{Status: 200}, err
}

// readBody reads the JSON of an action. The content type says nothing: the tutorial's client sends a form's.
func readBody(call *resource.Call, into any) error {
	if len(call.Body) == 0 {
		return fault.New(fault.Invalid, "storage.readBody", "InvalidRequestContent", "The request content was invalid and "+
			"could not be deserialized: the request body is missing.")
	}
	if err := json.Unmarshal(call.Body, into); err != nil {
		return fault.New(fault.Invalid, "storage.readBody", "InvalidRequestContent",
			"The request content was invalid and could not be deserialized: '"+err.Error()+"'.")
	}
	return nil
}
