package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFolder(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Skip("no home folder:", err)
	}
	abs := func(p string) string {
		a, err := filepath.Abs(p)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	tests := []struct {
		name, flag string
		env        map[string]string
		want       string
	}{
		{"flag first", "x", map[string]string{"ALCEDO_DATA": "/y", "XDG_STATE_HOME": "/z"}, abs("x")},
		{"then ALCEDO_DATA", "", map[string]string{"ALCEDO_DATA": abs("y"), "XDG_STATE_HOME": abs("z")}, abs("y")},
		{"then XDG_STATE_HOME", "", map[string]string{"XDG_STATE_HOME": abs("z")}, filepath.Join(abs("z"), "alcedo")},
		{"a relative XDG_STATE_HOME does not count", "", map[string]string{"XDG_STATE_HOME": "z"}, filepath.Join(home, ".local", "state", "alcedo")},
		{"then the home folder", "", nil, filepath.Join(home, ".local", "state", "alcedo")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Folder(tt.flag, func(name string) string { return tt.env[name] })
			if err != nil || got != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestInstance(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadInstance(dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("an empty folder: %v", err)
	}
	want := Instance{PID: 7, Cloud: "AzureCloud", Listen: "127.0.0.1:1", Started: time.Unix(1, 0).UTC()}
	if err := want.Write(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadInstance(dir); err != nil || got != want {
		t.Errorf("read %+v, %v", got, err)
	}
	info, err := os.Stat(filepath.Join(dir, instanceFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	for range 2 { // a clean exit may find it gone
		if err := RemoveInstance(dir); err != nil {
			t.Error(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, instanceFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadInstance(dir); err == nil || errors.Is(err, ErrNotRunning) {
		t.Errorf("a broken record: %v", err)
	}
}

func TestSocketFolder(t *testing.T) {
	if dir, temporary, err := SocketFolder("/short"); dir != "/short" || temporary || err != nil {
		t.Errorf("short: %q, %v, %v", dir, temporary, err)
	}
	dir, temporary, err := SocketFolder("/" + strings.Repeat("long", 30))
	if err != nil || !temporary {
		t.Fatalf("long: %q, %v, %v", dir, temporary, err)
	}
	if err := os.Remove(dir); err != nil {
		t.Error(err)
	}
}
