package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alcedo-cloud/alcedo/internal/config"
	"github.com/alcedo-cloud/alcedo/internal/gateway"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/sandbox"
)

// graceTime is how long requests under way may go on after the instance was told to stop.
const graceTime = 5 * time.Second

// serving is what exists while the instance serves.
type serving struct {
	record   config.Instance
	gateway  *gateway.Gateway
	tls      net.Listener
	proxy    net.Listener
	sql      net.Listener
	servers  []bound
	sandbox  net.Listener
	remove   []string // files and folders that go at a clean exit
	stop     chan struct{}
	once     *sync.Once
	recorded bool // the instance's record is in the folder
	stopped  bool // by Serve's end, or by Close where Serve was never called
}

// bound is a server with its listener.
type bound struct {
	server   *http.Server
	listener net.Listener
}

// Listen opens every listener and records the instance in its folder. Connections are queued from then on; Serve answers
// them.
func (a *App) Listen(ctx context.Context) error {
	s := &a.serving
	s.stop, s.once = make(chan struct{}), new(sync.Once)
	s.record = config.Instance{PID: os.Getpid(), Started: a.Clock.Now(), Cloud: a.cloud.Name}
	var err error
	s.gateway, err = gateway.New(gateway.Config{
		Cloud: a.cloud, Certificates: a.services.authority, Routes: a.fronts.routes, Log: a.Log,
	})
	if err != nil {
		return err
	}
	if err := a.listenTCP(ctx); err != nil {
		return err
	}
	if err := a.listenSockets(ctx); err != nil {
		return err
	}
	if err := a.writeCertificates(); err != nil {
		return err
	}
	if err := s.record.Write(a.Settings.Folder); err != nil {
		return err
	}
	s.recorded = true
	return nil
}

func (a *App) listenTCP(ctx context.Context) (err error) {
	s := &a.serving
	var lc net.ListenConfig
	if s.tls, err = lc.Listen(ctx, "tcp", a.Settings.Listen); err != nil {
		return fmt.Errorf("%w: choose another address with --listen", err)
	}
	s.record.Listen = s.tls.Addr().String()
	if s.proxy, err = lc.Listen(ctx, "tcp", "127.0.0.1:0"); err != nil {
		return err
	}
	s.record.Proxy = s.proxy.Addr().String()
	address := a.Settings.SQL
	if address == "" {
		address = "127.0.0.1:0"
	}
	if s.sql, err = lc.Listen(ctx, "tcp", address); err != nil {
		return fmt.Errorf("%w: choose another address with --sql", err)
	}
	s.record.SQL = s.sql.Addr().String()
	identity, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.servers = append(s.servers, bound{httpx.NewServer(a.fronts.appService, a.Log), identity})
	s.record.Identity = identity.Addr().String()
	if a.Settings.DevStorage == "" {
		return nil
	}
	if err := a.openDevelopmentAccounts(ctx); err != nil {
		return err
	}
	storage, err := lc.Listen(ctx, "tcp", a.Settings.DevStorage)
	if err != nil {
		return fmt.Errorf("%w: choose another address with --dev-storage", err)
	}
	s.servers = append(s.servers, bound{httpx.NewServer(a.fronts.devStorage, a.Log), httpx.Spelling(storage)})
	s.record.DevStorage = storage.Addr().String()
	return nil
}

// listenSockets opens the control socket and the sandbox socket. Only the user who runs the instance may open them.
func (a *App) listenSockets(ctx context.Context) error {
	s := &a.serving
	dir, temporary, err := config.SocketFolder(a.Settings.Folder)
	if err != nil {
		return err
	}
	if temporary {
		s.remove = append(s.remove, dir)
	}
	s.record.ControlSocket = filepath.Join(dir, "control.sock")
	s.record.SandboxSocket = filepath.Join(dir, "sandbox.sock")
	control, err := listenSocket(ctx, s.record.ControlSocket)
	if err != nil {
		return err
	}
	s.servers = append(s.servers, bound{httpx.NewServer(a.fronts.control, a.Log), control})
	s.sandbox, err = listenSocket(ctx, s.record.SandboxSocket)
	return err
}

// listenSocket replaces a socket that a killed instance left behind: the folder's lock says that nobody serves it.
func listenSocket(ctx context.Context, path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	// The folder is closed to others (0700) before and after.
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Serve answers until ctx ends or the operator stops the instance, then lets requests under way finish.
func (a *App) Serve(ctx context.Context) error {
	s := &a.serving
	group, running := errgroup.WithContext(ctx)
	working, finish := context.WithCancel(running)
	defer finish()
	group.Go(func() error { return s.gateway.ServeTLS(s.tls) })
	group.Go(func() error { return s.gateway.ServeProxy(s.proxy) })
	group.Go(func() error { return a.fronts.databases.Serve(working, s.sql) })
	for _, b := range s.servers {
		group.Go(func() error { return closed(b.server.Serve(b.listener)) })
	}
	group.Go(func() error { return sandbox.Serve(s.sandbox, a.attach, a.Log) })
	group.Go(func() error { return a.maintain(working) })
	group.Go(func() error { return a.sweepBlobs(working) })
	group.Go(func() error {
		select {
		case <-running.Done():
		case <-s.stop:
		}
		finish()
		return a.stopServing()
	})
	return group.Wait()
}

// closed takes the errors that a listener's end gives for what they are: none.
func closed(err error) error {
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// requestStop has Serve return.
func (a *App) requestStop() { a.serving.once.Do(func() { close(a.serving.stop) }) }

// stopServing closes the listeners and takes the record away. It may be called more than once.
func (a *App) stopServing() error {
	s := &a.serving
	if s.gateway == nil || s.stopped {
		return nil
	}
	s.stopped = true
	ctx, cancel := context.WithTimeout(context.Background(), graceTime)
	defer cancel()
	var errs []error
	if s.sandbox != nil {
		errs = append(errs, closed(s.sandbox.Close())) // ends the sandboxes too
	}
	errs = append(errs, s.gateway.Shutdown(ctx))
	for _, l := range []net.Listener{s.tls, s.proxy, s.sql} {
		if l != nil {
			errs = append(errs, closed(l.Close()))
		}
	}
	for _, b := range s.servers {
		if err := b.server.Shutdown(ctx); err != nil {
			errs = append(errs, b.server.Close())
		}
		errs = append(errs, closed(b.listener.Close()))
	}
	for _, path := range s.remove {
		errs = append(errs, os.RemoveAll(path))
	}
	return errors.Join(errs...)
}

// MetadataAddress opens a listener of this process at which the metadata service of the machine answers, for programs
// that embed the cloud. It is closed with the instance.
func (a *App) MetadataAddress(ctx context.Context, resourceID string) (string, error) {
	id, ok := resource.ParseID(resourceID)
	if !ok || id.Name() == "" {
		return "", fmt.Errorf("%q is no resource id", resourceID)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := httpx.NewServer(a.fronts.metadata.For(id), a.Log)
	go func() {
		if err := closed(server.Serve(l)); err != nil {
			a.Log.Error("a machine's metadata service ended", "machine", resourceID, "error", err)
		}
	}()
	a.onClose(server.Close)
	return l.Addr().String(), nil
}
