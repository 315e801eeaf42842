//go:build unix

package main

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// unprivileged lets a root's benchmark run PostgreSQL, which refuses root.
func (p *postgres) unprivileged() (*syscall.SysProcAttr, int, error) {
	if os.Getuid() != 0 {
		return nil, os.Getuid(), nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, 0, err
	}
	uid, err := strconv.Atoi(nobody.Uid)
	if err != nil {
		return nil, 0, err
	}
	gid, err := strconv.Atoi(nobody.Gid)
	if err != nil {
		return nil, 0, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, uid, os.Chown(p.folder, uid, gid)
}
