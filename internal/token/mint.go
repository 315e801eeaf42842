package token

import (
	"context"
	"encoding/base64"
	"io"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Mint signs c, which needs Audience, Version and Expires. See Claims for what Mint fills in.
func (s *Service) Mint(ctx context.Context, c Claims) (string, error) {
	const op = "token.Mint"
	if c.Version != V1 && c.Version != V2 {
		return "", fault.Newf(fault.Internal, op, "", "version %q", c.Version)
	}
	if err := s.fill(&c); err != nil {
		return "", fault.Wrap(op, err)
	}
	life := time.Duration(c.Expires-c.NotBefore) * time.Second
	if c.Audience == "" || life <= 0 || life > MaxLifetime {
		return "", fault.Newf(fault.Internal, op, "", "audience %q, life %s", c.Audience, life)
	}
	set, err := s.published(ctx)
	if err != nil {
		return "", fault.Wrap(op, err)
	}
	signer := set.signing.v2
	if c.Version == V1 {
		signer = set.signing.v1
	}
	raw, err := jwt.Signed(signer).Claims(c).Serialize()
	return raw, fault.Wrap(op, err)
}

// fill sets the claims that the caller has left to us.
func (s *Service) fill(c *Claims) error {
	if c.TenantID == "" {
		c.TenantID = s.tenant
	}
	if c.Issuer == "" && c.Version == V1 {
		c.Issuer = s.cloud.IssuerV1(c.TenantID)
	} else if c.Issuer == "" {
		c.Issuer = s.cloud.IssuerV2(c.TenantID)
	}
	if c.IssuedAt == 0 {
		c.IssuedAt = s.clock.Now().Unix()
	}
	if c.NotBefore == 0 {
		c.NotBefore = c.IssuedAt
	}
	for _, opaque := range []struct {
		claim  *string
		bytes  int
		prefix string
	}{{&c.UTI, 16, ""}, {&c.AIO, 30, ""}, {&c.RH, 33, "1."}} {
		if *opaque.claim != "" {
			continue
		}
		b := make([]byte, opaque.bytes)
		if _, err := io.ReadFull(s.rand, b); err != nil {
			return err
		}
		*opaque.claim = opaque.prefix + base64.RawURLEncoding.EncodeToString(b)
	}
	return nil
}
