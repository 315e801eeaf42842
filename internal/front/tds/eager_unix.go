//go:build unix

package tds

import (
	"errors"
	"net"
	"syscall"
)

// readiness returns what asks a socket whether it has bytes to read, or has ended; nil where it is none of the system's.
func readiness(nc net.Conn) func(again func() bool) bool {
	socket, ok := nc.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return nil // Read will tell
	}
	var (
		first [1]byte
		more  func() bool
		found bool
	)
	ask := func(fd uintptr) {
		for found = false; !found; {
			_, _, err := syscall.Recvfrom(int(fd), first[:], syscall.MSG_PEEK) // Go's sockets do not block
			if found = !errors.Is(err, syscall.EAGAIN); !found && !more() {
				return
			}
		}
	}
	return func(again func() bool) bool {
		more = again
		return raw.Control(ask) == nil && found
	}
}
