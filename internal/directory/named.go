package directory

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// PrincipalsByName finds the users, groups and service principals whose display name or user principal name it is,
// without regard to case. Display names need not be unique.
func (s *Service) PrincipalsByName(ctx context.Context, name string) ([]Principal, error) {
	st, err := s.mirror.View(ctx)
	if err != nil {
		return nil, fault.Wrap("directory.PrincipalsByName", err)
	}
	return st.named(name), nil
}

func (st *state) named(name string) []Principal {
	st.mu.RLock()
	var ids []string
	for id, u := range st.users {
		if strings.EqualFold(u.DisplayName, name) || strings.EqualFold(u.UserPrincipalName, name) {
			ids = append(ids, id)
		}
	}
	for id, g := range st.groups {
		if strings.EqualFold(g.DisplayName, name) {
			ids = append(ids, id)
		}
	}
	for id, p := range st.servicePrincipals {
		if strings.EqualFold(p.DisplayName, name) {
			ids = append(ids, id)
		}
	}
	st.mu.RUnlock()
	var found []Principal
	for _, id := range ids {
		if p, ok := st.principal(id); ok {
			found = append(found, p)
		}
	}
	return found
}
