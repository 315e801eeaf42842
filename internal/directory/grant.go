package directory

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// AddGroupMembers puts objects into a group, all or none.
func (s *Service) AddGroupMembers(ctx context.Context, c caller.Caller, groupID string, members ...string) error {
	return s.update(ctx, c, "directory.AddGroupMembers", func(tx store.Tx) error {
		for _, m := range members {
			if err := s.AddMember(tx, groupID, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// RemoveGroupMember takes an object out of a group.
func (s *Service) RemoveGroupMember(ctx context.Context, c caller.Caller, groupID, memberID string) error {
	return s.update(ctx, c, "directory.RemoveGroupMember", func(tx store.Tx) error {
		return s.RemoveMember(tx, groupID, memberID)
	})
}

// AddSecret is AddPassword at the door: kind-checked by the caller, for an application or a service principal.
func (s *Service) AddSecret(ctx context.Context, c caller.Caller, objectID string, p PasswordCredential) (PasswordCredential, error) {
	var out PasswordCredential
	err := s.update(ctx, c, "directory.AddSecret", func(tx store.Tx) (err error) {
		out, err = s.addPassword(tx, objectID, p)
		return err
	})
	return out, err
}

// RemoveSecret deletes a secret by its key id.
func (s *Service) RemoveSecret(ctx context.Context, c caller.Caller, objectID, keyID string) error {
	return s.update(ctx, c, "directory.RemoveSecret", func(tx store.Tx) error {
		return s.changeCredentials(tx, objectID, func(passwords *[]PasswordCredential, _ *[]KeyCredential) error {
			for i, p := range *passwords {
				if strings.EqualFold(p.KeyID, keyID) {
					*passwords = append((*passwords)[:i], (*passwords)[i+1:]...)
					return nil
				}
			}
			return invalid("keyId", "No password credential found with keyId.")
		})
	})
}

// SetAdministrator gives or takes the role Global Administrator of a user or service principal.
func (s *Service) SetAdministrator(ctx context.Context, c caller.Caller, id string, administrator bool) error {
	return s.update(ctx, c, "directory.SetAdministrator", func(tx store.Tx) error {
		if _, ok, err := get[User](tx, kindUser, canonical(id)); err != nil {
			return err
		} else if ok {
			return modify(s, tx, kindUser, id, func(u *User) error { u.Administrator = administrator; return nil })
		}
		return modify(s, tx, kindServicePrincipal, id, func(p *ServicePrincipal) error {
			p.Administrator = administrator
			return nil
		})
	})
}

// MakeReader makes a service principal one of the Directory Readers.
func (s *Service) MakeReader(tx store.Tx, objectID string) error {
	err := modify(s, tx, kindServicePrincipal, objectID, func(p *ServicePrincipal) error { p.Reader = true; return nil })
	return fault.Wrap("directory.MakeReader", err)
}
