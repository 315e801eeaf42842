//go:build !unix

package tds

import "net"

// attempts returns nil: the system's sockets cannot be read without waiting.
func attempts(net.Conn) attempt { return nil }
