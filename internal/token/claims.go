package token

import "time"

// Versions of tokens, the claim ver.
const (
	V1 = "1.0"
	V2 = "2.0"
)

// Claims are those of Entra's access tokens and id_tokens, v1 and v2. Empty ones are left out. Times are seconds since
// 1970. Source: learn.microsoft.com, "Access token claims reference" and "ID token claims reference".
type Claims struct {
	Audience  string `json:"aud"`
	Issuer    string `json:"iss"` // "" has Mint take the tenant's, by Version
	IssuedAt  int64  `json:"iat"` // 0 has Mint take the present
	NotBefore int64  `json:"nbf"` // 0 has Mint take IssuedAt
	Expires   int64  `json:"exp"`

	ACR               string   `json:"acr,omitempty"` // v1 user tokens: "1"
	AIO               string   `json:"aio,omitempty"` // opaque; "" has Mint draw one
	AMR               []string `json:"amr,omitempty"` // how the user signed in: pwd
	AppID             string   `json:"appid,omitempty"`
	AppIDACR          string   `json:"appidacr,omitempty"` // "0" public client, "1" secret, "2" certificate
	AuthTime          int64    `json:"auth_time,omitempty"`
	AuthorizedParty   string   `json:"azp,omitempty"`    // v2 for appid
	AZPACR            string   `json:"azpacr,omitempty"` // v2 for appidacr
	Email             string   `json:"email,omitempty"`
	FamilyName        string   `json:"family_name,omitempty"`
	GivenName         string   `json:"given_name,omitempty"`
	Groups            []string `json:"groups,omitempty"`
	IdentityProvider  string   `json:"idp,omitempty"`
	IDType            string   `json:"idtyp,omitempty"` // app, or user
	IPAddress         string   `json:"ipaddr,omitempty"`
	Name              string   `json:"name,omitempty"`
	Nonce             string   `json:"nonce,omitempty"`
	ObjectID          string   `json:"oid,omitempty"`
	PreferredUsername string   `json:"preferred_username,omitempty"`
	PUID              string   `json:"puid,omitempty"`
	RH                string   `json:"rh,omitempty"` // opaque; "" has Mint draw one
	Roles             []string `json:"roles,omitempty"`
	Scopes            string   `json:"scp,omitempty"` // what a user has consented to, separated by spaces
	SessionID         string   `json:"sid,omitempty"`
	Subject           string   `json:"sub,omitempty"`
	TenantID          string   `json:"tid"` // "" has Mint take the tenant's
	UniqueName        string   `json:"unique_name,omitempty"`
	UPN               string   `json:"upn,omitempty"`
	UTI               string   `json:"uti,omitempty"` // token identifier; "" has Mint draw one
	Version           string   `json:"ver"`           // V1 or V2
	WIDs              []string `json:"wids,omitempty"`
	AzureResourceID   string   `json:"xms_az_rid,omitempty"` // the machine that asked for a managed identity's token
	ClientCapability  []string `json:"xms_cc,omitempty"`
	IdentityRelation  string   `json:"xms_idrel,omitempty"` // "7 n" of an application, "1 n" of a user
	ManagedIdentity   string   `json:"xms_mirid,omitempty"` // the resource whose identity the subject is
	TenantDBTime      string   `json:"xms_tcdt,omitempty"`
}

// Client is the application that obtained the token.
func (c Claims) Client() string {
	if c.AppID != "" {
		return c.AppID
	}
	return c.AuthorizedParty
}

// Delegated reports whether a user stands behind the token, not an application alone.
func (c Claims) Delegated() bool { return c.Scopes != "" || c.IDType == "user" }

// Username is the user's principal name, "" for applications.
func (c Claims) Username() string {
	for _, name := range []string{c.UPN, c.PreferredUsername, c.UniqueName} {
		if name != "" && c.Delegated() {
			return name
		}
	}
	return ""
}

func seconds(n int64) time.Time { return time.Unix(n, 0).UTC() }
