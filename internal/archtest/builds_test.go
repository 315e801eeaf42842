package archtest

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// run calls the Go command at the root of the module and gives what it printed.
func run(t *testing.T, env []string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// TestBuilds: one static binary for each of the systems that people have on their desks.
func TestBuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("cross-compiling is left out of short runs")
	}
	for _, system := range []string{"linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64"} {
		t.Run(system, func(t *testing.T) {
			goos, arch, _ := strings.Cut(system, "/")
			out, err := run(t, []string{"CGO_ENABLED=0", "GOOS=" + goos, "GOARCH=" + arch}, "build", "-o", os.DevNull, "./cmd/alcedo")
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestFormatted: gofumpt has nothing to say, in e2e and bench as well.
func TestFormatted(t *testing.T) {
	out, err := run(t, nil, "tool", "gofumpt", "-l", ".")
	if err != nil || strings.TrimSpace(out) != "" {
		t.Errorf("gofumpt would change (%v):\n%s", err, out)
	}
}

// TestVet: go vet has nothing to say.
func TestVet(t *testing.T) {
	if out, err := run(t, nil, "vet", "./..."); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestStaticcheck: staticcheck has nothing to say, on any of the systems, nor about e2e.
func TestStaticcheck(t *testing.T) {
	if testing.Short() {
		t.Skip("static analysis of three systems is left out of short runs")
	}
	bin := tool(t, "staticcheck")
	for _, c := range []struct{ dir, goos string }{{root, "linux"}, {root, "darwin"}, {root, "windows"}, {root + "/e2e", "linux"}} {
		// The tool itself runs here; GOOS names the system whose files it looks at.
		cmd := exec.CommandContext(t.Context(), bin, "./...")
		cmd.Dir = c.dir
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+c.goos)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s for %s: %v\n%s", c.dir, c.goos, err, out)
		}
	}
}

// TestVulnerabilities asks the vulnerability database about what the binary calls. Where the database cannot be
// reached nothing can be said, and the test says that.
func TestVulnerabilities(t *testing.T) {
	if testing.Short() {
		t.Skip("needs the network")
	}
	out, err := run(t, nil, "tool", "govulncheck", "./cmd/alcedo")
	if err == nil {
		return
	}
	for _, sign := range []string{"vuln.go.dev", "dial tcp", "no such host", "Forbidden", "proxyconnect"} {
		if strings.Contains(out, sign) && !strings.Contains(out, "Vulnerability #") {
			t.Skipf("the vulnerability database does not answer: %s", strings.TrimSpace(out))
		}
	}
	t.Errorf("%v\n%s", err, out)
}

// tool builds one of the module's tools and gives its path.
func tool(t *testing.T, name string) string {
	t.Helper()
	out, err := run(t, nil, "tool", "-n", name)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(out)
}
