package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/control"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// instance is what a folder is: one cloud with one tenant. It is made once and never changes.
type instance struct {
	Cloud       string              `json:"cloud"`
	Credentials control.Credentials `json:"credentials"`
	IdentityKey []byte              `json:"identityKey"` // signs the identity headers of `alcedo env`
}

func instanceKey() []byte { return store.Key("app", "instance") }

// identify reads which cloud the folder holds, or draws a new one, which found will write.
func (a *App) identify(ctx context.Context) (first bool, err error) {
	var data []byte
	err = store.View(ctx, a.store, func(r store.Reader) error {
		item, err := r.Get(instanceKey())
		data = item.Value
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		if err := a.draw(); err != nil {
			return false, err
		}
		return true, nil
	case err != nil:
		return false, err
	}
	if err := json.Unmarshal(data, &a.instance); err != nil {
		return false, fmt.Errorf("the instance record of %s: %w", a.Settings.Folder, err)
	}
	if want := a.Settings.Cloud; want != "" {
		asked, err := cloud.ByName(want)
		if err != nil {
			return false, err
		}
		if asked.Name != a.instance.Cloud {
			return false, fault.Newf(fault.Conflict, "app.identify", "",
				"%s holds %s, not %s: leave --cloud out, or give another folder with --data",
				a.Settings.Folder, a.instance.Cloud, asked.Name)
		}
	}
	a.cloud, err = cloud.ByName(a.instance.Cloud)
	return false, err
}

// draw makes up a new instance.
func (a *App) draw() (err error) {
	name := a.Settings.Cloud
	if name == "" {
		name = cloud.All()[0].Name
	}
	if a.cloud, err = cloud.ByName(name); err != nil {
		return err
	}
	var c control.Credentials
	for _, id := range []*string{&c.TenantID, &c.SubscriptionID} {
		drawn, err := uuid.NewRandomFromReader(a.Rand)
		if err != nil {
			return err
		}
		*id = drawn.String()
	}
	key := make([]byte, 32)
	if _, err := io.ReadFull(a.Rand, key); err != nil {
		return err
	}
	a.instance = instance{Cloud: a.cloud.Name, Credentials: c, IdentityKey: key}
	return nil
}
