//go:build linux || darwin

package files

import "syscall"

// freeBytes is how much of a folder's disk this process may still write. known is false where the system does not say.
func freeBytes(dir string) (free uint64, known bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil || s.Bsize <= 0 {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}
