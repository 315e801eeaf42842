package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// hide covers the state folder, and the socket where it lies elsewhere. A command that stands in the folder still does,
// in an empty one of the same name: left where it was, it could reach what is covered by relative paths.
func (c childSettings) hide() error {
	cwd, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("find the current folder: %w", err)
	}
	if physical, err := filepath.EvalSymlinks(cwd); err == nil {
		cwd = physical
	}
	hidden := ""
	if c.Hide != "" {
		if hidden, err = filepath.EvalSymlinks(c.Hide); err != nil {
			return fmt.Errorf("find the state folder: %w", err)
		}
		if err := coverAround(hidden, cwd); err != nil {
			return err
		}
	}
	// What the first cover took away needs no second one.
	socket, err := filepath.EvalSymlinks(c.Socket)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the socket: %w", err)
	}
	dir := filepath.Dir(socket)
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 == 0 { // a folder of the cloud's own, with its other sockets
		return coverAround(dir, cwd)
	}
	return bindOver("/dev/null", socket)
}

// coverAround covers dir. Where cwd is in it, cwd is made anew and entered.
func coverAround(dir, cwd string) error {
	if err := coverFolder(dir); err != nil {
		return fmt.Errorf("cover %s: %w", dir, err)
	}
	if cwd != dir && !strings.HasPrefix(cwd, dir+"/") {
		return nil
	}
	if err := os.MkdirAll(cwd, 0o755); err != nil {
		return err
	}
	return unix.Chdir(cwd)
}
