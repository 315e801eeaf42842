package graph

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// federated is the resource type federatedIdentityCredential.
type federated struct {
	Context     string   `json:"@odata.context,omitempty"`
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Issuer      string   `json:"issuer"`
	Subject     string   `json:"subject"`
	Description *string  `json:"description"`
	Audiences   []string `json:"audiences"`
}

func showFederated(context string, c directory.FederatedCredential) federated {
	return federated{context, c.ID, c.Name, c.Issuer, c.Subject, nullable(c.Description), c.Audiences}
}

// application finds the application that a path names.
func (f *front) application(r *request) (string, error) {
	o, err := f.object(r, "applications")
	if err != nil {
		return "", err
	}
	return o.(*directory.Application).ObjectID, nil
}

func (f *front) federatedContext(r *request, id, suffix string) string {
	return f.context(r, "applications('"+id+"')/federatedIdentityCredentials"+suffix)
}

func (f *front) federatedList(r *request) (*httpx.Response, error) {
	id, err := f.application(r)
	if err != nil {
		return nil, err
	}
	list, err := f.Directory.ReadFederatedCredentials(r.Context(), r.caller, id)
	if err != nil {
		return nil, err
	}
	value := make([]federated, 0, len(list))
	for _, c := range list {
		value = append(value, showFederated("", c))
	}
	return &httpx.Response{Status: http.StatusOK, Body: fields{
		{"@odata.context", f.federatedContext(r, id, "")}, {"value", value},
	}}, nil
}

func (f *front) federatedRead(r *request) (*httpx.Response, error) {
	id, err := f.application(r)
	if err != nil {
		return nil, err
	}
	list, err := f.Directory.ReadFederatedCredentials(r.Context(), r.caller, id)
	if err != nil {
		return nil, err
	}
	want := r.params["name"]
	if name, ok := alternate(want, "name"); ok {
		want = name
	}
	for _, c := range list {
		if strings.EqualFold(c.ID, want) || strings.EqualFold(c.Name, want) {
			return &httpx.Response{Status: http.StatusOK, Body: showFederated(f.federatedContext(r, id, "/$entity"), c)}, nil
		}
	}
	return nil, fault.Newf(fault.NotFound, "graph.federatedRead", "Request_ResourceNotFound",
		"Resource '%s' does not exist or one of its queried reference-property objects are not present.", clip(want))
}

func (f *front) federatedCreate(r *request) (*httpx.Response, error) {
	id, err := f.application(r)
	if err != nil {
		return nil, err
	}
	body, err := readObject(r.Request)
	if err != nil {
		return nil, err
	}
	var c directory.FederatedCredential
	if err := setFederated(&c, body); err != nil {
		return nil, err
	}
	made, err := f.Directory.AddFederatedCredential(r.Context(), r.caller, id, c)
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Status: http.StatusCreated, Body: showFederated(f.federatedContext(r, id, "/$entity"), *made)}, nil
}

func (f *front) federatedUpdate(r *request) (*httpx.Response, error) {
	id, err := f.application(r)
	if err != nil {
		return nil, err
	}
	body, err := readObject(r.Request)
	if err != nil {
		return nil, err
	}
	err = f.Directory.ModifyFederatedCredential(r.Context(), r.caller, id, r.params["name"], func(c *directory.FederatedCredential) error {
		name := c.Name
		if err := setFederated(c, body); err != nil {
			return err
		}
		if c.Name != name {
			return badRequest("Request_BadRequest", "Property 'name' is read-only and cannot be set.")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return noContent(), nil
}

func (f *front) federatedDelete(r *request) (*httpx.Response, error) {
	id, err := f.application(r)
	if err != nil {
		return nil, err
	}
	if err := f.Directory.RemoveFederatedCredential(r.Context(), r.caller, id, r.params["name"]); err != nil {
		return nil, err
	}
	return noContent(), nil
}

func setFederated(c *directory.FederatedCredential, body object) error {
	for name, raw := range body {
		var target any
		switch name {
		case "name":
			target = &c.Name
		case "issuer":
			target = &c.Issuer
		case "subject":
			target = &c.Subject
		case "description":
			target = &c.Description
		case "audiences":
			c.Audiences = nil
			target = &c.Audiences
		default:
			if strings.Contains(name, "@") || name == "id" {
				continue
			}
			return badRequest("Request_BadRequest",
				"The property '%s' does not exist on type 'microsoft.graph.federatedIdentityCredential'. Make sure to only use property names that are defined by the type.", clip(name))
		}
		if err := json.Unmarshal(raw, target); err != nil {
			return badRequest("Request_BadRequest", "Property %s in payload has a value that does not match schema.", name)
		}
	}
	return nil
}
