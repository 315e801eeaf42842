package sandbox

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/dns"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/gateway"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/pki"
)

// TestMain is also the child that Run starts, and the command that tests run inside.
func TestMain(m *testing.M) {
	if status, child := Child(os.Args); child {
		os.Exit(status)
	}
	if len(os.Args) > 2 && os.Args[1] == probeArgument {
		os.Exit(probe(os.Args[2], os.Args[3:]))
	}
	// Under the race detector every process would sleep for a second at its end, and tests run many.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// world is a cloud with nothing in it but handlers that say who was asked.
type world struct {
	folder string // state folder, with the socket and a secret
	socket string
	ca     []byte

	mu       sync.Mutex
	attached []string      // machines
	ended    chan struct{} // one for each sandbox that ended
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{folder: filepath.Join(t.TempDir(), "state"), ended: make(chan struct{}, 64)}
	w.socket = filepath.Join(w.folder, "sandbox.sock")
	if err := os.Mkdir(w.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.folder, "secret"), []byte("the key"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := cloud.ByName("AzureChinaCloud")
	if err != nil {
		t.Fatal(err)
	}
	authority, err := pki.Open("", c, clock.System{}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w.ca = authority.PEM()
	log := discard()
	g, err := gateway.New(gateway.Config{
		Cloud: c, Certificates: authority, Log: log,
		Routes: []gateway.Route{{
			Match: gateway.On(cloud.HostResourceManager, cloud.HostLogin),
			Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				fmt.Fprintf(rw, "%s %s over %s", r.Host, r.URL.Path, r.Proto)
			}),
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := g.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
	names := dns.New(c, netip.MustParseAddr(GatewayAddress))
	w.serve(t, func(ctx context.Context, r Request) (Handlers, error) {
		if r.Machine == "missing" {
			return Handlers{}, fault.New(fault.NotFound, "test", "", "no virtual machine is named missing")
		}
		w.attach(ctx, r.Machine)
		return Handlers{
			HTTPS: g.ServeTLS, DNS: names.ServeListener, DNSPacket: names.ServePacket, CA: w.ca,
			IMDS: func(l net.Listener) error {
				return httpx.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
					fmt.Fprintf(rw, "I am %s", r.Machine)
				}), log).Serve(l)
			},
		}, nil
	})
	return w
}

// serve listens at w.socket until the test ends.
func (w *world) serve(t *testing.T, attach Attach) {
	t.Helper()
	l, err := net.Listen("unix", w.socket)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(w.socket, 0o600); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelInfo}))
	server := NewServer(attach, log)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		if err := errors.Join(server.Close(), <-served); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

func (w *world) attach(ctx context.Context, machine string) {
	w.mu.Lock()
	w.attached = append(w.attached, machine)
	w.mu.Unlock()
	context.AfterFunc(ctx, func() { w.ended <- struct{}{} })
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// run runs a command on machine ("" for a workstation) and returns its output and status.
func (w *world) run(t *testing.T, machine string, command ...string) (string, int, error) {
	t.Helper()
	return w.runWith(t, Options{Machine: machine, Command: command})
}

func (w *world) runWith(t *testing.T, o Options) (string, int, error) {
	t.Helper()
	requireNamespaces(t)
	o.Socket, o.HideFolder = w.socket, w.folder
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if o.Stdin == nil {
		o.Stdin = null
	}
	o.Stdout, o.Stderr = in, in
	text := make(chan string)
	go func() {
		var b bytes.Buffer
		_, _ = io.Copy(&b, out)
		text <- b.String()
	}()
	status, err := Run(t.Context(), o)
	_ = in.Close()
	output := <-text
	_ = out.Close()
	return output, status, err
}

// must is run for commands that have to succeed.
func (w *world) must(t *testing.T, machine string, command ...string) string {
	t.Helper()
	out, status, err := w.run(t, machine, command...)
	if err != nil || status != 0 {
		t.Fatalf("%q on %q: status %d, %v; output:\n%s", command, machine, status, err, out)
	}
	return out
}

// namespaces says once why this machine forbids sandboxes, if it does.
var namespaces = sync.OnceValue(func() error {
	cmd, err := childCommand(Options{Command: []string{"true"}}, os.Geteuid() != 0)
	if err != nil {
		return err
	}
	cmd.Args = []string{"alcedo", probeArgument, "nothing"}
	return cmd.Run()
})

// requireNamespaces skips the test where this machine forbids sandboxes.
func requireNamespaces(t *testing.T) {
	t.Helper()
	if err := namespaces(); err != nil {
		if os.Getenv("ALCEDO_REQUIRE_CLIENTS") == "1" {
			t.Fatalf("no namespaces here: %v", err)
		}
		t.Skipf("no namespaces here: %v", err)
	}
}

// self is this test binary as a command: its probe of that name.
func self(t *testing.T, name string, args ...string) []string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return append([]string{exe, probeArgument, name}, args...)
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
