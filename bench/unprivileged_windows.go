package main

import (
	"os"
	"syscall"
)

// unprivileged has nothing to do where there is no root.
func (p *postgres) unprivileged() (*syscall.SysProcAttr, int, error) { return nil, os.Getuid(), nil }
