package sts

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/token"
)

// Lives of access tokens. A user's is drawn at random so that clients do not all come back at once.
// Source: learn.microsoft.com, "Configurable token lifetimes".
const (
	applicationLife = time.Hour
	userLifeLeast   = time.Hour
	userLifeSpread  = 30 * time.Minute
)

// How a client proved itself: the claim appidacr or azpacr.
const (
	proofNone        = "0"
	proofSecret      = "1"
	proofCertificate = "2" // and federated assertions
)

// The template ids of directory roles that the claim wids names.
const (
	roleGlobalAdministrator = "62e90394-69f5-4237-9190-012177145e10"
	roleMember              = "b79fbf4d-3ef9-4689-8143-76b194e85509" // what every user is
)

// issueToApplication mints a token that the client asked for itself.
func (s *Service) issueToApplication(ctx context.Context, x *exchange) (TokenResponse, error) {
	life := applicationLife
	if x.client.managed != "" {
		life = managedLife
	}
	claims := s.applicationClaims(x.target, x.client)
	return s.access(ctx, x, claims, life)
}

// issueToUser mints what a user's grant yields: an access token, and an id_token and a refresh token where wanted.
func (s *Service) issueToUser(ctx context.Context, x *exchange) (TokenResponse, error) {
	extra, err := s.random(2)
	if err != nil {
		return TokenResponse{}, err
	}
	life := userLifeLeast + time.Duration(binary.BigEndian.Uint16(extra))*userLifeSpread>>16
	out, err := s.access(ctx, x, s.userClaims(x), life)
	if err != nil {
		return TokenResponse{}, err
	}
	out.Scope = x.target.granted
	if x.request.Version == V1 {
		out.Scope = x.target.scopes
	}
	if x.request.Form["client_info"] == "1" {
		if out.ClientInfo, err = s.clientInfo(x); err != nil {
			return TokenResponse{}, err
		}
	}
	if x.asked.openID {
		if out.IDToken, err = s.idToken(ctx, x); err != nil {
			return TokenResponse{}, err
		}
	}
	if x.asked.offline {
		if out.RefreshToken, err = s.refreshToken(ctx, x); err != nil {
			return TokenResponse{}, err
		}
		if x.client.family {
			out.FamilyID = "1"
		}
	}
	return out, nil
}

// access mints the access token and fills what answers say of it.
func (s *Service) access(ctx context.Context, x *exchange, claims token.Claims, life time.Duration) (TokenResponse, error) {
	capable, err := capabilities(x.request)
	if err != nil {
		return TokenResponse{}, err
	}
	claims.ClientCapability = capable
	out := TokenResponse{
		Life: life.Truncate(time.Second), NotBefore: x.now.Add(-backdate), ExpiresOn: x.now.Add(life), Resource: x.target.name,
	}
	claims.IssuedAt, claims.NotBefore, claims.Expires = out.NotBefore.Unix(), out.NotBefore.Unix(), out.ExpiresOn.Unix()
	out.AccessToken, err = s.tokens.Mint(ctx, claims)
	return out, err
}

// setClient names the client in the claims of an access token, as its version does.
func setClient(claims *token.Claims, c client) {
	if claims.Version == token.V2 {
		claims.AuthorizedParty, claims.AZPACR = c.id, c.proof
		return
	}
	claims.AppID, claims.AppIDACR = c.id, c.proof
}

// userClaims are those of an access token for a user.
func (s *Service) userClaims(x *exchange) token.Claims {
	u := x.user
	claims := token.Claims{
		Audience: x.target.claim, Version: x.target.version, IDType: "user", TenantID: s.tenantID,
		Name: u.name, ObjectID: u.objectID, PUID: passportID(u.objectID), Scopes: x.target.scopes,
		Subject: pairwise(x.target.claim, u.objectID, s.tenantID), WIDs: directoryRoles(u),
	}
	setClient(&claims, x.client)
	if claims.Version == token.V2 {
		claims.PreferredUsername = u.principalName
		return claims
	}
	claims.ACR, claims.AMR = "1", []string{"pwd"}
	claims.FamilyName, claims.GivenName = u.surname, u.givenName
	claims.UniqueName, claims.UPN = u.principalName, u.principalName
	return claims
}

// idToken mints the token that tells the client who signed in.
func (s *Service) idToken(ctx context.Context, x *exchange) (string, error) {
	u := x.user
	claims := token.Claims{
		Audience: x.client.id, Version: token.V2, TenantID: s.tenantID,
		Name: u.name, ObjectID: u.objectID, Subject: pairwise(x.client.id, u.objectID, s.tenantID), Nonce: x.signIn.Nonce,
		IssuedAt: x.now.Add(-backdate).Unix(), Expires: x.now.Add(applicationLife).Unix(),
	}
	if x.request.Version == V1 {
		claims.Version, claims.AMR = token.V1, []string{"pwd"}
		claims.FamilyName, claims.GivenName = u.surname, u.givenName
		claims.UniqueName, claims.UPN = u.principalName, u.principalName
	} else {
		claims.PreferredUsername = u.principalName
	}
	return s.tokens.Mint(ctx, claims)
}

func (s *Service) clientInfo(x *exchange) (string, error) {
	text, err := json.Marshal(struct {
		UID  string `json:"uid"`
		UTID string `json:"utid"`
	}{x.user.objectID, s.tenantID})
	return base64.RawURLEncoding.EncodeToString(text), err
}

// pairwise is the subject of a user's token: another one for each audience.
func pairwise(audience, objectID, tenantID string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{audience, objectID, tenantID}, "\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// passportID is the user's identifier in Microsoft's older directory, which some services still read.
func passportID(objectID string) string {
	sum := sha256.Sum256([]byte(objectID))
	return "10032" + strings.ToUpper(hex.EncodeToString(sum[:6]))[1:]
}

func directoryRoles(u user) []string {
	if u.administrator {
		return []string{roleGlobalAdministrator, roleMember}
	}
	return []string{roleMember}
}
