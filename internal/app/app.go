// Package app is the one composition root: it opens the store, makes the services, hangs the fronts under their names,
// and serves. The binary, the tests and the embedding package all start a cloud through it. It decides nothing.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/config"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
)

// Config is what an instance is made from. All of it must be set.
type Config struct {
	Settings config.Settings
	Version  string
	Clock    clock.Clock
	Rand     io.Reader
	Outbound *http.Client // fetches the keys of foreign issuers and the sources of copies from outside
	Log      *slog.Logger
}

// System is the configuration of a real instance: the machine's clock, randomness and network.
func System(s config.Settings, log *slog.Logger, version string) Config {
	return Config{
		Settings: s,
		Version:  version,
		Clock:    clock.System{},
		Rand:     rand.Reader,
		Outbound: &http.Client{Timeout: 10 * time.Second},
		Log:      log,
	}
}

// App is an instance.
type App struct {
	Config
	cloud    cloud.Cloud
	store    store.Store
	instance instance
	services services
	fronts   fronts
	serving  serving

	mu      sync.Mutex
	closers []func() error // in the order of opening
}

// Open opens the folder, makes it a cloud at the first start, and makes the services. Nothing listens yet.
func Open(ctx context.Context, c Config) (*App, error) {
	a := &App{Config: c}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	if err := a.lock(); err != nil {
		return err
	}
	if err := a.openStore(); err != nil {
		return err
	}
	first, err := a.identify(ctx)
	if err != nil {
		return err
	}
	if err := a.makeServices(ctx); err != nil {
		return err
	}
	if first {
		if err := a.found(ctx); err != nil {
			return fmt.Errorf("make the cloud: %w", err)
		}
	}
	if err := a.makeFronts(); err != nil {
		return err
	}
	return nil
}

// lock takes the folder for this process. A second instance on one folder would find the first one's records changing.
func (a *App) lock() error {
	folder := a.Settings.Folder
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("state folder: %w", err)
	}
	lock, err := vfs.Default.Lock(filepath.Join(folder, config.LockFile))
	if err != nil {
		if i, readErr := config.ReadInstance(folder); readErr == nil {
			return fault.Newf(fault.Conflict, "app.lock", "",
				"a cloud is running in %s already (process %d, %s): use it, stop it with `alcedo down`, or give another folder with --data",
				folder, i.PID, i.Listen)
		}
		return fault.Newf(fault.Conflict, "app.lock", "",
			"another process holds %s: stop it, or give another folder with --data", folder)
	}
	a.onClose(func() error { return errors.Join(a.forget(), lock.Close()) })
	return nil
}

// forget takes the instance's record away, when all else is closed but the lock: who sees it gone may start the next
// instance on the folder, and none can have recorded itself before.
func (a *App) forget() error {
	if !a.serving.recorded {
		return nil
	}
	return config.RemoveInstance(a.Settings.Folder)
}

func (a *App) openStore() error {
	options := pebble.Options{InMemory: a.Settings.Ephemeral, Apart: [][]byte{blob.InlineContents()}}
	if !a.Settings.Ephemeral {
		options.Dir = filepath.Join(a.Settings.Folder, config.StoreFolder)
	}
	backend, err := pebble.Open(options)
	if err != nil {
		return err
	}
	a.store = store.Enforce(backend)
	a.onClose(a.store.Close)
	return nil
}

// Close stops serving and closes what is open, the last opened first.
func (a *App) Close() error {
	errs := []error{a.stopServing()}
	a.mu.Lock()
	closers := a.closers
	a.closers = nil
	a.mu.Unlock()
	for _, c := range slices.Backward(closers) {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

// onClose has Close call c, before what was opened earlier.
func (a *App) onClose(c func() error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closers = append(a.closers, c)
}
