package cli

import "syscall"

// detached gives the child a process group of its own, so that Ctrl-C in this console does not reach it.
func detached() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
