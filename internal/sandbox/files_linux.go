package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Folders with the sockets of daemons that look names up outside of the sandbox for the C library.
var resolverSockets = []string{"/run/nscd", "/var/run/nscd"}

// workshops are folders over which the files are made before they are bound to their places. What lies under them is
// back when that is done.
var workshops = []string{"/sys", "/mnt", "/media", "/srv", "/opt"}

// authorityFile is the name of the authority's certificate in a covered state folder.
const authorityFile = "ca.pem"

// dress arranges the files that the command sees in this fresh mount namespace, and returns its environment.
func (c childSettings) dress(authority []byte) ([]string, error) {
	// Mounts made here stay here; what the machine mounts or unmounts later still shows.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return nil, fmt.Errorf("part from the machine's mounts: %w", err)
	}
	shop, err := openWorkshop()
	if err != nil {
		return nil, err
	}
	if err := shop.resolver(); err != nil {
		return nil, err
	}
	bundle, err := shop.certificates(authority)
	if err != nil {
		return nil, err
	}
	if err := shop.close(); err != nil {
		return nil, err
	}
	ca, err := c.authorityPath(authority, bundle)
	if err != nil {
		return nil, err
	}
	if ca == "" {
		if ca, err = placeAuthority(authority); err != nil {
			return nil, err
		}
	}
	if bundle == "" {
		bundle = ca
	}
	return environment(os.Environ(), bundle, ca), nil
}

// authorityPath is a file with the authority's certificate alone, or the bundle where there is none. On a virtual machine
// the state folder is covered first, and the file put into the cover.
func (c childSettings) authorityPath(authority []byte, bundle string) (string, error) {
	path := filepath.Join(c.Hide, authorityFile)
	if c.Machine == "" {
		if _, err := os.Stat(path); c.Hide == "" || err != nil {
			return bundle, nil
		}
		return path, nil
	}
	if err := c.hide(); err != nil {
		return "", err
	}
	if c.Hide == "" {
		return bundle, nil
	}
	return path, os.WriteFile(path, authority, 0o644)
}

// workshop is a memory file system in which files are made to be bound over others.
type workshop struct{ dir string }

func openWorkshop() (workshop, error) {
	for _, dir := range workshops {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			continue
		}
		if err := coverFolder(dir); err != nil {
			return workshop{}, fmt.Errorf("mount a file system: %w", err)
		}
		return workshop{dir}, nil
	}
	return workshop{}, fmt.Errorf("none of %s is a folder", strings.Join(workshops, ", "))
}

// coverFolder mounts an empty memory file system over dir.
func coverFolder(dir string) error {
	return unix.Mount("alcedo", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0755,size=16m")
}

// close gives the folder back. The files stay where they are bound.
func (w workshop) close() error {
	if err := unix.Unmount(w.dir, unix.MNT_DETACH); err != nil {
		return fmt.Errorf("unmount the files' folder: %w", err)
	}
	return nil
}

// bind puts a file with that content over target, a file that is there. Symbolic links are followed.
func (w workshop) bind(name string, content []byte, target string) error {
	source := filepath.Join(w.dir, name)
	if err := os.WriteFile(source, content, 0o644); err != nil {
		return err
	}
	return bindOver(source, target)
}

func bindOver(source, target string) error {
	if err := unix.Mount(source, target, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("bind over %s: %w", target, err)
	}
	return nil
}

// resolver points name look-ups at the cloud's name server.
func (w workshop) resolver() error {
	target, err := filepath.EvalSymlinks("/etc/resolv.conf")
	if err != nil {
		return fmt.Errorf("/etc/resolv.conf is needed to point name look-ups at the cloud: %w", err)
	}
	if err := w.bind("resolv.conf", []byte(resolvConf), target); err != nil {
		return err
	}
	const nsswitch = "/etc/nsswitch.conf"
	conf, err := os.ReadFile(nsswitch)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil { // without it the C library asks files and dns by itself
		if corrected, changed := correctedNSSwitch(string(conf)); changed {
			if err := w.bind("nsswitch.conf", []byte(corrected), nsswitch); err != nil {
				return err
			}
		}
	}
	for _, dir := range resolverSockets {
		// /var/run is a link to /run on most machines, so that the second is covered by the first.
		if _, err := os.Lstat(filepath.Join(dir, "socket")); err != nil {
			continue
		}
		if err := coverFolder(dir); err != nil {
			return fmt.Errorf("cover %s: %w", dir, err)
		}
	}
	return nil
}

// certificates puts the machine's bundle with the authority added over each bundle that is there, and returns the path
// of one, or "" where there is none.
func (w workshop) certificates(authority []byte) (string, error) {
	source := filepath.Join(w.dir, authorityFile)
	bound := map[string]bool{}
	first := ""
	for _, name := range bundles {
		target, err := filepath.EvalSymlinks(name)
		if err != nil || bound[target] {
			continue // not on this distribution, or another name of the same file
		}
		if first == "" {
			content, err := os.ReadFile(target)
			if err != nil {
				return "", err
			}
			if err := os.WriteFile(source, joinPEM(content, authority), 0o644); err != nil {
				return "", err
			}
			first = name
		}
		if err := bindOver(source, target); err != nil {
			return "", err
		}
		bound[target] = true
	}
	return first, nil
}

// placeAuthority finds a place for the authority's certificate on a machine that has no bundle to bind over.
func placeAuthority(authority []byte) (string, error) {
	for _, dir := range workshops[1:] {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) > 0 { // somebody uses it
			continue
		}
		if err := coverFolder(dir); err != nil {
			return "", err
		}
		path := filepath.Join(dir, authorityFile)
		return path, os.WriteFile(path, authority, 0o644)
	}
	return "", errors.New("this machine has no bundle of certificates to add the cloud's to: install ca-certificates")
}
