package sql

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// theAuthentication is the only name that this setting has as a resource.
const theAuthentication = "Default"

func entraOnlyAnswer(doc *resource.Document) map[string]any {
	return map[string]any{
		"id": doc.ID + "/azureADOnlyAuthentications/" + theAuthentication, "name": theAuthentication,
		"type":       Namespace + "/servers/azureADOnlyAuthentications",
		"properties": map[string]any{"azureADOnlyAuthentication": entraOnly(doc)},
	}
}

func (p *provider) getEntraOnly(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(call.ID.Name(), theAuthentication) {
		return nil, missing(call.ID)
	}
	return &resource.Answer{Body: entraOnlyAnswer(doc)}, nil
}

func (p *provider) listEntraOnly(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: map[string]any{"value": []any{entraOnlyAnswer(doc)}}}, nil
}

// putEntraOnly says whether SQL logins are refused.
// Source: learn.microsoft.com/rest/api/sql/server-azure-ad-only-authentications/create-or-update.
func (p *provider) putEntraOnly(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	if !strings.EqualFold(call.ID.Name(), theAuthentication) {
		return nil, invalid("authenticationName")
	}
	var body struct {
		Properties struct {
			EntraOnly *bool `json:"azureADOnlyAuthentication"`
		} `json:"properties"`
	}
	if err := read(call.Body, &body); err != nil {
		return nil, err
	}
	if body.Properties.EntraOnly == nil {
		return nil, invalid("azureADOnlyAuthentication")
	}
	doc, err := p.setEntraOnly(ctx, call, *body.Properties.EntraOnly)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: entraOnlyAnswer(doc)}, nil
}

func (p *provider) setEntraOnly(ctx context.Context, call *resource.Call, on bool) (*resource.Document, error) {
	return p.changeServer(ctx, call, func(doc *resource.Document) error {
		admin := adminOf(doc)
		if admin == nil {
			return noAdministrator()
		}
		admin["azureADOnlyAuthentication"] = on
		return nil
	})
}

// deleteEntraOnly lets SQL logins in again.
func (p *provider) deleteEntraOnly(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	if !entraOnly(doc) {
		return &resource.Answer{Status: 204}, nil
	}
	_, err = p.setEntraOnly(ctx, call, false)
	return &resource.Answer{Status: 200}, err
}
