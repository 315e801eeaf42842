//go:build !linux

package pebble

import "github.com/cockroachdb/pebble/v2/vfs"

// directLogs gives inner as it is: logs are files like others here.
func directLogs(inner vfs.FS, _ string) (vfs.FS, func() error) { return inner, noClose }
