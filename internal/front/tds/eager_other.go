//go:build !unix

package tds

import "net"

// readiness returns nil: the system cannot be asked without waiting.
func readiness(net.Conn) func(again func() bool) bool { return nil }
