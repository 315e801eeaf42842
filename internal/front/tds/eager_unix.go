//go:build unix

package tds

import (
	"errors"
	"io"
	"net"
	"syscall"
)

// attempts returns what reads from a socket without waiting; nil where it is none of the system's.
func attempts(nc net.Conn) attempt {
	socket, ok := nc.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return nil // Read will tell
	}
	var ( // of the attempt under way
		into   []byte
		more   func() bool
		got    int
		failed error
	)
	ask := func(fd uintptr) {
		for {
			got, failed = syscall.Read(int(fd), into) // Go's sockets do not block
			if !errors.Is(failed, syscall.EAGAIN) || !more() {
				return
			}
		}
	}
	return func(p []byte, again func() bool) (int, bool, error) {
		if len(p) == 0 {
			return 0, false, nil
		}
		into, more, got, failed = p, again, 0, nil
		err := raw.Control(ask)
		into = nil
		switch {
		case err != nil || failed != nil:
			return 0, false, nil
		case got == 0:
			return 0, true, io.EOF
		}
		return got, true, nil
	}
}
