//go:build unix

package cli

import "syscall"

// detached gives the child a session of its own, so that Ctrl-C in this terminal does not reach it.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
