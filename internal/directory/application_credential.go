package directory

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// AddFederatedCredential adds a credential to an application. A name that is taken is a fault Exists.
func (s *Service) AddFederatedCredential(ctx context.Context, c caller.Caller, objectID string, f FederatedCredential) (*FederatedCredential, error) {
	if err := s.allow(ctx, c, toWrite); err != nil {
		return nil, fault.Wrap("directory.AddFederatedCredential", err)
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	var out *FederatedCredential
	err := s.update(ctx, c, "directory.AddFederatedCredential", func(tx store.Tx) error {
		objectID := canonical(objectID)
		if storable(f.Name) && storable(objectID) {
			if _, ok, err := read[FederatedCredential](tx, federatedKey(objectID, f.Name)); err != nil {
				return err
			} else if ok {
				return fault.Newf(fault.Exists, "directory.AddFederatedCredential", "Request_MultipleObjectsWithSameKeyValue",
					"FederatedIdentityCredential with name %s already exists.", f.Name)
			}
		}
		if err := s.PutFederatedCredential(tx, objectID, f); err != nil {
			return err
		}
		var err error
		out, _, err = read[FederatedCredential](tx, federatedKey(objectID, f.Name))
		return err
	})
	return out, err
}

// ModifyFederatedCredential has change edit a credential of an application, found by name or id.
func (s *Service) ModifyFederatedCredential(
	ctx context.Context, c caller.Caller, objectID, nameOrID string, change func(*FederatedCredential) error,
) error {
	return s.update(ctx, c, "directory.ModifyFederatedCredential", func(tx store.Tx) error {
		f, err := findFederated(tx, objectID, nameOrID)
		if err != nil {
			return err
		}
		if err := change(&f); err != nil {
			return err
		}
		return s.PutFederatedCredential(tx, objectID, f)
	})
}

// RemoveFederatedCredential deletes a credential of an application, found by name or id.
func (s *Service) RemoveFederatedCredential(ctx context.Context, c caller.Caller, objectID, nameOrID string) error {
	return s.update(ctx, c, "directory.RemoveFederatedCredential", func(tx store.Tx) error {
		f, err := findFederated(tx, objectID, nameOrID)
		if err != nil {
			return err
		}
		_, err = s.DeleteFederatedCredential(tx, objectID, f.Name)
		return err
	})
}

func findFederated(tx store.Tx, objectID, nameOrID string) (FederatedCredential, error) {
	if !storable(objectID) {
		return FederatedCredential{}, notFound(nameOrID)
	}
	all, err := federatedOf(tx, canonical(objectID))
	if err != nil {
		return FederatedCredential{}, err
	}
	for _, f := range all {
		if strings.EqualFold(f.Name, nameOrID) || strings.EqualFold(f.ID, nameOrID) {
			return f, nil
		}
	}
	return FederatedCredential{}, notFound(nameOrID)
}
