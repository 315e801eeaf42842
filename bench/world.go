package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/config"
	"github.com/alcedo-cloud/alcedo/internal/control"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/rbac/assignments"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
)

// fill writes role assignments into the store of an instance that is down: through Resource Manager it would take
// minutes. A tenth as many principals hold Reader in as many resource groups, ten each; one of the
// groups is "bench".
func fill(ctx context.Context, folder string, owner control.Credentials, n int) (err error) {
	const reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	backend, err := pebble.Open(pebble.Options{Dir: filepath.Join(folder, config.StoreFolder)})
	if err != nil {
		return err
	}
	s := store.Enforce(backend)
	defer func() { err = errors.Join(err, s.Close()) }()
	nobody := func(context.Context, string) ([]string, error) { return nil, nil }
	unknown := func(context.Context, string) (rbac.PrincipalType, bool, error) {
		return rbac.ServicePrincipal, true, nil
	}
	service, err := assignments.Open(ctx, assignments.Config{
		Store: s, Clock: clock.System{}, TenantID: owner.TenantID, Groups: nobody, PrincipalType: unknown,
	})
	if err != nil {
		return err
	}
	principals := make([]string, max(1, n/10))
	for i := range principals {
		principals[i] = uuid.NewString()
	}
	const batch = 5000
	for from := 0; from < n; from += batch {
		err := s.Update(ctx, func(tx store.Tx) error {
			for i := from; i < min(n, from+batch); i++ {
				group := "bench"
				if k := (i%len(principals) + i/len(principals)) % len(principals); k > 0 {
					group = fmt.Sprintf("group%d", k)
				}
				scope := "/subscriptions/" + owner.SubscriptionID + "/resourceGroups/" + group
				a := rbac.Assignment{
					Name: uuid.NewString(), Scope: rbac.NewScope(scope), RoleName: reader,
					PrincipalID: principals[i%len(principals)], PrincipalType: rbac.ServicePrincipal,
					CreatedOn: time.Now().UTC(), UpdatedOn: time.Now().UTC(), CreatedBy: owner.ClientID, UpdatedBy: owner.ClientID,
				}
				if err := service.Assign(tx, a); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
