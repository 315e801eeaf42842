//go:build !linux

package sandbox

import (
	"context"
	"log/slog"
	"net"
	"runtime"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Supported says whether this system has what sandboxes are made of.
const Supported = false

func unsupported() error {
	return fault.Newf(fault.Unsupported, "", "", "a sandbox is made of Linux namespaces, which %s does not have: "+
		"`alcedo env --vm NAME` prints variables that point the SDKs at the cloud", runtime.GOOS)
}

// Run says that there is no sandbox here.
func Run(context.Context, Options) (int, error) { return 1, unsupported() }

// Child is for Linux alone.
func Child([]string) (status int, child bool) { return 0, false }

// Server is for Linux alone.
type Server struct{}

// NewServer returns a server that serves nothing.
func NewServer(Attach, *slog.Logger) *Server { return &Server{} }

// Serve closes l and says that there is no sandbox here.
func (*Server) Serve(l net.Listener) error {
	if err := l.Close(); err != nil {
		return fault.Wrap("sandbox.Serve", err)
	}
	return unsupported()
}

// Close does nothing.
func (*Server) Close() error { return nil }
