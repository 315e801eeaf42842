package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// The programs under test, built once. Set by TestMain before any test runs.
var (
	alcedo string // the binary
	client string // the SDK's program
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	// Not below the system's temporary folder's default mode: programs in the sandbox may run as somebody else.
	dir, err := os.MkdirTemp("", "alcedo-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	alcedo, client = filepath.Join(dir, "alcedo"+suffix()), filepath.Join(dir, "client"+suffix())
	for _, b := range []struct{ out, dir, pkg string }{{alcedo, "..", "./cmd/alcedo"}, {client, ".", "./client"}} {
		build := exec.Command("go", "build", "-o", b.out, b.pkg)
		build.Dir = b.dir
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "go build %s: %v\n%s", b.pkg, err, out)
			return 1
		}
	}
	return m.Run()
}

func suffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// requireClients is set where everything must be there, as in the project's own checks: an absent client fails.
func requireClients() bool { return os.Getenv("ALCEDO_REQUIRE_CLIENTS") == "1" }

// missing skips a test by the name of what is absent, or fails it where nothing may be absent.
func missing(t *testing.T, what string) {
	t.Helper()
	if requireClients() {
		t.Fatalf("%s is not here, and ALCEDO_REQUIRE_CLIENTS=1 asks for everything", what)
	}
	t.Skipf("%s is not here", what)
}

// program finds a client on this machine.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name)
	}
	return path
}
