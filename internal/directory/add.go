package directory

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// AddUser creates a user. The domain of the name must be the tenant's.
func (s *Service) AddUser(ctx context.Context, c caller.Caller, u User) (*User, error) {
	const op = "directory.AddUser"
	if err := s.allow(ctx, c, toWrite); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := s.checkDomain(u.UserPrincipalName); err != nil {
		return nil, err
	}
	var err error
	if u.PasswordHash, err = s.hashChosen(ctx, u.Password); err != nil {
		return nil, err
	}
	u.Password = ""
	var out User
	err = s.update(ctx, c, op, func(tx store.Tx) (err error) {
		out, err = s.CreateUser(tx, u)
		return err
	})
	return &out, err
}

func (s *Service) checkDomain(userPrincipalName string) error {
	if _, domain, ok := strings.Cut(userPrincipalName, "@"); ok && !strings.EqualFold(domain, s.Domain()) {
		return invalid("userPrincipalName",
			"The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.")
	}
	return nil
}

// hashChosen checks and hashes a password that somebody chose, before a transaction begins. "" stays "".
func (s *Service) hashChosen(ctx context.Context, password string) (string, error) {
	if password == "" {
		return "", nil
	}
	if !complex(password) {
		return "", invalid("passwordProfile",
			"The specified password does not comply with password complexity requirements. Please provide a different password.")
	}
	select {
	case s.hashes <- struct{}{}:
		defer func() { <-s.hashes }()
	case <-ctx.Done():
		return "", fault.Wrap("directory.hashChosen", ctx.Err())
	}
	return s.hash(password, false)
}

// complex is Entra's rule: 8 to 256 characters of three of the four sorts.
func complex(password string) bool {
	if n := len([]rune(password)); n < 8 || n > maxPassword {
		return false
	}
	sorts := 0
	for _, in := range []func(rune) bool{
		func(r rune) bool { return r >= 'a' && r <= 'z' },
		func(r rune) bool { return r >= 'A' && r <= 'Z' },
		func(r rune) bool { return r >= '0' && r <= '9' },
		func(r rune) bool { return r > ' ' && r < 0x7f && !strings.ContainsRune(alphanumerics, r) },
	} {
		if strings.ContainsFunc(password, in) {
			sorts++
		}
	}
	return sorts >= 3
}

const alphanumerics = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// AddGroup creates a group with members.
func (s *Service) AddGroup(ctx context.Context, c caller.Caller, g Group, members []string) (*Group, error) {
	var out Group
	err := s.update(ctx, c, "directory.AddGroup", func(tx store.Tx) (err error) {
		for _, owner := range g.Owners {
			if o, err := principalObject(tx, canonical(owner)); err != nil || o == nil {
				return orNotFound(err, owner)
			}
		}
		if out, err = s.CreateGroup(tx, g); err != nil {
			return err
		}
		for _, m := range members {
			if err := s.AddMember(tx, out.ObjectID, m); err != nil {
				return err
			}
		}
		return nil
	})
	return &out, err
}

// AddApplication creates an application. Its key credentials may be as AddKey takes them.
func (s *Service) AddApplication(ctx context.Context, c caller.Caller, a Application) (*Application, error) {
	var out Application
	err := s.update(ctx, c, "directory.AddApplication", func(tx store.Tx) (err error) {
		if err = s.fillKeys(a.Keys); err != nil {
			return err
		}
		out, err = s.CreateApplication(tx, a)
		return err
	})
	return &out, err
}

func (s *Service) fillKeys(keys []KeyCredential) error {
	if len(keys) > maxCredentials {
		return invalid("keyCredentials", "The directory object quota limit for the Principal has been exceeded.")
	}
	for i, k := range keys {
		filled, err := s.fillKey(k)
		if err != nil {
			return err
		}
		keys[i] = filled
	}
	return nil
}

// AddServicePrincipal creates the service principal of p's application.
func (s *Service) AddServicePrincipal(ctx context.Context, c caller.Caller, p ServicePrincipal) (*ServicePrincipal, error) {
	var out *ServicePrincipal
	err := s.update(ctx, c, "directory.AddServicePrincipal", func(tx store.Tx) (err error) {
		out, err = s.createServicePrincipal(tx, p)
		return err
	})
	return out, err
}
