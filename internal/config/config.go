// Package config has the settings of an instance, the folder that it keeps its state in, and the record by which the
// other commands find a running instance. It must never start or open anything.
package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Settings say how an instance runs.
type Settings struct {
	Cloud     string // "" takes what the folder holds, AzureCloud in a new one
	Folder    string // state folder, absolute
	Ephemeral bool   // keep all records in memory; the folder then only says where the instance is
	Listen    string // host:port of the TLS listener
	// DevStorage is host:port of a listener for programs written for Azurite: plain HTTP, the account in the path, the
	// well-known development account or those of DevAccounts (AZURITE_ACCOUNTS). "" opens none.
	DevStorage, DevAccounts string

	// SQL is host:port of the listener for clients of Azure SQL outside of the sandbox; "" takes a free port of loopback.
	SQL string

	RootKey string // base64 of the key that wraps the vaults' keys (ALCEDO_ROOT_KEY); "" keeps one in the folder
}

// DefaultListen is where the TLS listener is unless said otherwise.
const DefaultListen = "127.0.0.1:8443"

// Folder finds the state folder: flag, then ALCEDO_DATA, then $XDG_STATE_HOME/alcedo, which is ~/.local/state/alcedo
// where the variable is not set (%LocalAppData%\alcedo on Windows). The result is absolute.
func Folder(flag string, getenv func(string) string) (string, error) {
	for _, dir := range []string{flag, getenv("ALCEDO_DATA")} {
		if dir != "" {
			return filepath.Abs(dir)
		}
	}
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) { // the XDG specification ignores relative ones
		return filepath.Join(dir, "alcedo"), nil
	}
	if runtime.GOOS == "windows" {
		dir, err := os.UserCacheDir()
		return filepath.Join(dir, "alcedo"), err
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no state folder: give --data or set ALCEDO_DATA (%w)", err)
	}
	return filepath.Join(home, ".local", "state", "alcedo"), nil
}

// Instance is what a running instance writes into its folder for the other commands.
type Instance struct {
	PID            int       `json:"pid"`
	Started        time.Time `json:"started"`
	Cloud          string    `json:"cloud"`
	Listen         string    `json:"listen"` // address of the TLS listener, as bound
	Proxy          string    `json:"proxy"`  // address of the CONNECT proxy
	DevStorage     string    `json:"devStorage,omitempty"`
	SQL            string    `json:"sql"`      // address of the TDS listener
	Identity       string    `json:"identity"` // address of the identity endpoint of alcedo env
	ControlSocket  string    `json:"controlSocket"`
	SandboxSocket  string    `json:"sandboxSocket"`
	CertificateCA  string    `json:"certificateAuthority"` // PEM file of the authority, and nothing else
	CertificateAll string    `json:"certificateBundle"`    // PEM file of the machine's authorities and ours
}

// Files in the state folder.
const (
	instanceFile = "instance.json"
	LockFile     = "lock"
	StoreFolder  = "store"
	PKIFolder    = "pki"
)

// Write records the instance in its folder, whole or not at all.
func (i Instance) Write(folder string) error {
	data, err := json.MarshalIndent(i, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(folder, instanceFile)
	tmp := path + ".new"
	if err := os.WriteFile(tmp, append(data, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// ErrNotRunning is returned by ReadInstance where no instance has recorded itself.
var ErrNotRunning = errors.New("no cloud is running")

// ReadInstance reads the record of the folder's instance. That it is there does not prove that the instance lives.
func ReadInstance(folder string) (Instance, error) {
	data, err := os.ReadFile(filepath.Join(folder, instanceFile))
	if errors.Is(err, os.ErrNotExist) {
		return Instance{}, ErrNotRunning
	}
	if err != nil {
		return Instance{}, err
	}
	var i Instance
	if err := json.Unmarshal(data, &i); err != nil {
		return Instance{}, fmt.Errorf("%s: %w", filepath.Join(folder, instanceFile), err)
	}
	return i, nil
}

// RemoveInstance takes the record away at a clean exit.
func RemoveInstance(folder string) error {
	err := os.Remove(filepath.Join(folder, instanceFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// SocketFolder is where the instance's sockets are: below the state folder, or in a folder of its own where that path
// is too long for a socket's address (104 bytes on macOS, 108 on Linux).
func SocketFolder(folder string) (dir string, temporary bool, err error) {
	const longest = len("/control.sock")
	if len(folder)+longest <= 100 {
		return folder, false, nil
	}
	dir, err = os.MkdirTemp("", "alcedo-")
	return dir, true, err
}
