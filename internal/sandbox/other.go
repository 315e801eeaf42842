//go:build !linux

package sandbox

import (
	"context"
	"errors"
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

// Serve turns sandboxes away until l is closed.
func Serve(l net.Listener, _ Attach, log *slog.Logger) error {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return errors.Join(fault.Wrap("sandbox.Serve", err), l.Close())
		}
		if err := conn.Close(); err != nil {
			log.Debug("cannot turn a sandbox away", "error", err)
		}
	}
}
