package sql

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// thePolicy is the only name that a connection policy has.
const thePolicy = "default"

func connectionAnswer(doc *resource.Document) map[string]any {
	kind := text(doc.Hidden[hiddenConnection])
	if kind == "" {
		kind = "Default"
	}
	return map[string]any{
		"id": doc.ID + "/connectionPolicies/" + thePolicy, "name": thePolicy, "type": Namespace + "/servers/connectionPolicies",
		"location": doc.Location, "properties": map[string]any{"connectionType": kind},
	}
}

func (p *provider) getConnectionPolicy(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(call.ID.Name(), thePolicy) {
		return nil, missing(call.ID)
	}
	return &resource.Answer{Body: connectionAnswer(doc)}, nil
}

func (p *provider) listConnectionPolicies(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: map[string]any{"value": []any{connectionAnswer(doc)}}}, nil
}

// putConnectionPolicy records how clients are led to the database. Here they always talk to the server itself.
// Source: learn.microsoft.com/rest/api/sql/server-connection-policies/create-or-update.
func (p *provider) putConnectionPolicy(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	if !strings.EqualFold(call.ID.Name(), thePolicy) {
		return nil, invalid("connectionPolicyName")
	}
	var body struct {
		Properties struct {
			Type string `json:"connectionType"`
		} `json:"properties"`
	}
	if err := read(call.Body, &body); err != nil {
		return nil, err
	}
	kind := ""
	for _, known := range []string{"Default", "Proxy", "Redirect"} {
		if strings.EqualFold(known, body.Properties.Type) {
			kind = known
		}
	}
	if kind == "" {
		return nil, invalid("connectionType")
	}
	doc, err := p.changeServer(ctx, call, func(doc *resource.Document) error {
		doc.Hidden[hiddenConnection] = kind
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: connectionAnswer(doc)}, nil
}
