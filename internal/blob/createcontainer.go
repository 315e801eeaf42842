package blob

import (
	"context"
	"errors"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// CreateContainer is what Create Container asks for.
type CreateContainer struct {
	Metadata                    map[string]string
	Public                      PublicAccess
	DefaultEncryptionScope      string
	DenyEncryptionScopeOverride bool
	VersionImmutability         bool // immutableStorageWithVersioning, by Resource Manager alone; the account may have it for all
}

// CreateContainer makes a container. One that is there is a fault of kind Exists, reason ContainerAlreadyExists.
func (s *Service) CreateContainer(ctx context.Context, a Access, t Target, r CreateContainer) (*Container, error) {
	g, err := s.permit(ctx, a, request{op: OpCreateContainer, target: t})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(checkContainerName(t.Container), checkMetadata(r.Metadata), checkPublic(g.account, r.Public)); err != nil {
		return nil, err
	}
	var made *Container
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		switch _, err := readContainer(tx, t.Account, t.Container); {
		case err == nil:
			return refuse(fault.Exists, "ContainerAlreadyExists")
		case !fault.Is(err, fault.NotFound):
			return err
		}
		now := s.tick(0)
		made = &Container{
			Name: t.Container, ETag: ETag(now), Created: now, Modified: now, Metadata: r.Metadata, Public: r.Public,
			DefaultEncryptionScope: r.DefaultEncryptionScope, DenyEncryptionScopeOverride: r.DenyEncryptionScopeOverride,
			VersionImmutability: r.VersionImmutability || g.account.VersionImmutability,
		}
		if _, err := io.ReadFull(s.Rand, made.instance[:]); err != nil {
			return err
		}
		return tx.Put(keyContainer(t.Account, t.Container), made.encode())
	})
	if err != nil {
		return nil, fault.Wrap("blob.CreateContainer", err)
	}
	return made.shown(made.Modified), nil
}

func checkPublic(a *Account, p PublicAccess) error {
	switch p {
	case Private:
		return nil
	case PublicBlobs, PublicContainer:
		if !a.AllowBlobPublicAccess {
			return refuse(fault.Conflict, "PublicAccessNotPermitted")
		}
		return nil
	}
	return invalidHeader("x-ms-blob-public-access", string(p))
}
