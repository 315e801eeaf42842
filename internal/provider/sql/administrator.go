package sql

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
)

// administrator is a server's Entra administrator, within a server and as a resource of its own.
type administrator struct {
	Type          *string `json:"administratorType"`
	PrincipalType *string `json:"principalType"`
	Login         *string `json:"login"`
	SID           *string `json:"sid"`
	TenantID      *string `json:"tenantId"`
	EntraOnly     *bool   `json:"azureADOnlyAuthentication"`
}

// given reports whether somebody is named. Clients send an administrator of nothing but nulls.
func (a *administrator) given() bool { return a != nil && (a.Login != nil || a.SID != nil) }

// shape checks an administrator and gives it as answers have it.
func (p *provider) shape(a *administrator) (map[string]any, error) {
	if a.Type != nil && !strings.EqualFold(*a.Type, "ActiveDirectory") {
		return nil, invalid("administratorType")
	}
	if a.Login == nil || *a.Login == "" {
		return nil, invalid("login")
	}
	if a.SID == nil {
		return nil, invalid("sid")
	}
	sid, err := uuid.Parse(*a.SID)
	if err != nil {
		return nil, invalid("sid")
	}
	if a.TenantID != nil && *a.TenantID != "" && !strings.EqualFold(*a.TenantID, p.TenantID) {
		return nil, invalid("tenantId")
	}
	out := map[string]any{
		"administratorType": "ActiveDirectory", "login": *a.Login, "sid": sid.String(), "tenantId": p.TenantID,
		"azureADOnlyAuthentication": a.EntraOnly != nil && *a.EntraOnly,
	}
	if a.PrincipalType != nil {
		kinds := []string{"User", "Group", "Application"}
		for _, kind := range kinds {
			if strings.EqualFold(kind, *a.PrincipalType) {
				out["principalType"] = kind
			}
		}
		if out["principalType"] == nil {
			return nil, invalid("principalType")
		}
	}
	return out, nil
}

// administration settles who administers a server. The SQL administrator is chosen once; the Entra one is set with the
// server, and changed through its own resource only.
func (p *provider) administration(ch *resource.Change, shown map[string]any, sent *serverProperties) error {
	if ch.New.Hidden == nil {
		ch.New.Hidden = map[string]any{}
	}
	if ch.Old != nil {
		return p.changed(ch, shown, sent)
	}
	entraOnly := false
	if sent.Administrators.given() {
		admin, err := p.shape(sent.Administrators)
		if err != nil {
			return err
		}
		shown["administrators"], entraOnly = admin, admin["azureADOnlyAuthentication"] == true
	} else if sent.Administrators != nil && sent.Administrators.EntraOnly != nil && *sent.Administrators.EntraOnly {
		return noAdministrator()
	}
	if entraOnly && sent.Login == nil {
		login, err := p.unchosenLogin()
		shown["administratorLogin"] = login
		return err
	}
	if sent.Login == nil {
		return invalid("Login")
	}
	if err := checkLogin(*sent.Login); err != nil {
		return err
	}
	shown["administratorLogin"] = *sent.Login
	if sent.Password == nil {
		return invalid("Password")
	}
	return p.setPassword(ch.New, *sent.Login, *sent.Password)
}

func (p *provider) changed(ch *resource.Change, shown map[string]any, sent *serverProperties) error {
	login := text(ch.Old.Properties["administratorLogin"])
	shown["administratorLogin"] = login
	if admin := ch.Old.Properties["administrators"]; admin != nil {
		shown["administrators"] = admin
	}
	if sent.Login != nil && !strings.EqualFold(*sent.Login, login) {
		return invalid("administratorLogin")
	}
	if sent.Password == nil {
		return nil
	}
	if entraOnly(ch.Old) {
		return refuse("AadOnlyAuthenticationIsEnabled", "Azure Active Directory Only Authentication is enabled. Please contact your system administrator.")
	}
	return p.setPassword(ch.New, login, *sent.Password)
}

func (p *provider) setPassword(doc *resource.Document, login, password string) error {
	if err := checkPassword(password, login); err != nil {
		return err
	}
	hash, err := p.Registry.Hash(password)
	doc.Hidden[hiddenPassword] = string(hash)
	return err
}

func noAdministrator() error {
	return refuse("InvalidServerAADOnlyAuthNoAADAdminPropertyName",
		"AAD Admin is not configured, AAD Admin must be set before enabling/disabling AAD Only Authentication.")
}

// adminOf is the Entra administrator that a server's document has; nil where there is none.
func adminOf(doc *resource.Document) map[string]any {
	admin, ok := doc.Properties["administrators"].(map[string]any)
	if !ok {
		return nil
	}
	return admin
}

func entraOnly(doc *resource.Document) bool { return adminOf(doc)["azureADOnlyAuthentication"] == true }

// administratorOf is the same for the service.
func administratorOf(doc *resource.Document) *sqldb.Administrator {
	admin := adminOf(doc)
	if admin == nil {
		return nil
	}
	return &sqldb.Administrator{
		Login: text(admin["login"]), ObjectID: text(admin["sid"]), TenantID: text(admin["tenantId"]), Type: text(admin["principalType"]),
	}
}

// theAdministrator is the only name that an administrator has as a resource.
const theAdministrator = "ActiveDirectory"

// above is the call as one on the resource one level up, whose document the core keeps.
func above(call *resource.Call) (*resource.Call, error) {
	up := *call
	if call.ID.Name() != "" {
		up.ID = call.ID.Container()
		return &up, nil
	}
	path := call.ID.String()
	id, ok := resource.ParseID(path[:strings.LastIndexByte(path, '/')])
	if !ok {
		return nil, stored(path)
	}
	up.ID = id
	return &up, nil
}

func administratorAnswer(doc *resource.Document) map[string]any {
	shown := map[string]any{}
	for name, value := range adminOf(doc) {
		shown[name] = value
	}
	return map[string]any{
		"id": doc.ID + "/administrators/" + theAdministrator, "name": theAdministrator, "type": Namespace + "/servers/administrators",
		"properties": shown,
	}
}

func (p *provider) getAdministrator(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	if adminOf(doc) == nil || !strings.EqualFold(call.ID.Name(), theAdministrator) {
		return nil, missing(call.ID)
	}
	return &resource.Answer{Body: administratorAnswer(doc)}, nil
}

func (p *provider) listAdministrators(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	rows := []any{}
	if adminOf(doc) != nil {
		rows = append(rows, administratorAnswer(doc))
	}
	return &resource.Answer{Body: map[string]any{"value": rows}}, nil
}

// serverAbove is the server that a child is in.
func (p *provider) serverAbove(ctx context.Context, call *resource.Call) (*resource.Document, error) {
	up, err := above(call)
	if err != nil {
		return nil, err
	}
	return up.Document(ctx)
}

// changeServer changes the server above a child, and has logins obey it.
func (p *provider) changeServer(ctx context.Context, call *resource.Call, fn func(doc *resource.Document) error) (*resource.Document, error) {
	up, err := above(call)
	if err != nil {
		return nil, err
	}
	return up.Update(ctx, func(ch *resource.Change) error {
		if err := fn(ch.New); err != nil {
			return err
		}
		return p.register(ch.Tx, ch.New, nil, "")
	})
}

// putAdministrator makes or replaces the Entra administrator. Whether others than Entra's may log in stays as it is.
// Source: learn.microsoft.com/rest/api/sql/server-azure-ad-administrators/create-or-update.
func (p *provider) putAdministrator(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	if !strings.EqualFold(call.ID.Name(), theAdministrator) {
		return nil, invalid("administratorName")
	}
	var body struct {
		Properties administrator `json:"properties"`
	}
	if err := read(call.Body, &body); err != nil {
		return nil, err
	}
	admin, err := p.shape(&body.Properties)
	if err != nil {
		return nil, err
	}
	status := 200
	doc, err := p.changeServer(ctx, call, func(doc *resource.Document) error {
		if status = 200; adminOf(doc) == nil {
			status = 201
		}
		admin["azureADOnlyAuthentication"] = entraOnly(doc)
		doc.Properties["administrators"] = admin
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Status: status, Body: administratorAnswer(doc)}, nil
}

// deleteAdministrator takes the Entra administrator away, unless nobody could log in then.
func (p *provider) deleteAdministrator(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	status := 200
	_, err := p.changeServer(ctx, call, func(doc *resource.Document) error {
		if status = 200; adminOf(doc) == nil {
			status = 204
		}
		if entraOnly(doc) {
			return refuse("AadOnlyAuthenticationIsEnabled", "The administrator cannot be removed while Azure Active Directory Only Authentication is enabled.")
		}
		delete(doc.Properties, "administrators")
		return nil
	})
	return &resource.Answer{Status: status}, err
}
