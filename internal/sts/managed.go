package sts

import (
	"context"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// MIRequest asks for a token of a managed identity. The service that hosts the identity makes it, once it has settled
// which identity the connection may use; nothing in it is taken from the client but Resource and Bypass.
type MIRequest struct {
	ObjectID, AppID string // GUIDs of the identity's service principal
	ResourceID      string // xms_mirid: the identity's resource, or the machine's for a system-assigned one
	AzureResourceID string // xms_az_rid: the machine that asks; "" leaves the claim out
	Resource        string // the audience, as the client wrote it
	Bypass          bool   // do not serve a cached token
}

// MIToken is a token of a managed identity.
type MIToken struct {
	AccessToken                    string
	IssuedAt, NotBefore, ExpiresOn time.Time
	ClientID, Resource             string // the identity's application id; the audience as requested
}

// ManagedIdentityToken returns a token of an identity, from the cache until half of its life is over. An audience that
// no service answers to is a fault Invalid with the reason AADSTS500011.
func (s *Service) ManagedIdentityToken(_ context.Context, _ MIRequest) (MIToken, error) {
	return MIToken{}, fault.New(fault.Unavailable, "sts.ManagedIdentityToken", "", "The token service is not ready.")
}
