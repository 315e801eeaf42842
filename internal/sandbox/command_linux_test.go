package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func TestExitStatus(t *testing.T) {
	w := newWorld(t)
	for _, want := range []int{0, 1, 42, 125, 255} {
		if _, status, err := w.run(t, "web", "sh", "-c", "exit "+strconv.Itoa(want)); err != nil || status != want {
			t.Errorf("exit %d: status %d, %v", want, status, err)
		}
	}
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGSEGV} {
		if _, status, err := w.run(t, "web", "sh", "-c", fmt.Sprintf("kill -%d $$", sig)); err != nil || status != 128+int(sig) {
			t.Errorf("%v: status %d, %v", sig, status, err)
		}
	}
}

func TestCommandThatDoesNotRun(t *testing.T) {
	w := newWorld(t)
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, []byte("no program"), 0o644); err != nil {
		t.Fatal(err)
	}
	garbage := filepath.Join(t.TempDir(), "garbage")
	if err := os.WriteFile(garbage, []byte("\x7fno program"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		command string
		status  int
		text    string
	}{
		{"no-such-command-here", 127, "no-such-command-here: command not found"},
		{"/no/such/file", 127, "/no/such/file: command not found"},
		{plain, 126, plain + ": permission denied"},
		{garbage, 126, garbage + ": exec format error"},
	} {
		_, status, err := w.run(t, "web", c.command)
		if status != c.status || err == nil || err.Error() != c.text {
			t.Errorf("%s: status %d, %v; want %d, %s", c.command, status, err, c.status, c.text)
		}
	}
	if _, status, err := w.run(t, "web"); status != 125 || !fault.Is(err, fault.Invalid) {
		t.Errorf("no command: status %d, %v", status, err)
	}
}

func TestRefusals(t *testing.T) {
	w := newWorld(t)
	_, status, err := w.run(t, "missing", "true")
	if status != 125 || !fault.Is(err, fault.Denied) || err.Error() != "no virtual machine is named missing" {
		t.Errorf("a machine that is not there: status %d, %v", status, err)
	}
	_, status, err = w.run(t, "we\nb", "true")
	if status != 125 || !fault.Is(err, fault.Invalid) {
		t.Errorf("a name with a line's end: status %d, %v", status, err)
	}
	w.socket = filepath.Join(w.folder, "nobody.sock")
	_, status, err = w.run(t, "web", "true")
	if status != 125 || !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "alcedo up") {
		t.Errorf("no cloud: status %d, %v", status, err)
	}
}

func TestStreamsAndArguments(t *testing.T) {
	w := newWorld(t)
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = out.WriteString("from the pipe")
		_ = out.Close()
	}()
	got, status, err := w.runWith(t, Options{Machine: "web", Stdin: in, Command: []string{
		"sh", "-c", `cat; printf '|%s' "$@"; echo err >&2`, "sh", "a b", "", "--", "-x", `{"q":"\u00e9"}`,
	}})
	if want := "from the pipe|a b||--|-x|{\"q\":\"\\u00e9\"}err\n"; err != nil || status != 0 || got != want {
		t.Errorf("status %d, %v, %q; want %q", status, err, got, want)
	}
}

// Files and pipes that a shell passes on, as <(…) does, reach the command; sockets and folders do not.
func TestInheritedDescriptors(t *testing.T) {
	w := newWorld(t)
	requireNamespaces(t)
	files := make([]int, 0, 3)
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := unix.Open(w.folder, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		t.Fatal(err)
	}
	pipe := make([]int, 2)
	if err := unix.Pipe(pipe); err != nil {
		t.Fatal(err)
	}
	files = append(files, pair[0], dir, pipe[0])
	defer func() {
		for _, fd := range append(files, pair[1], pipe[1]) {
			_ = unix.Close(fd)
		}
	}()
	script := "for n in"
	for i, fd := range files { // without close-on-exec, where a shell would put them
		if err := unix.Dup3(fd, 60+i, 0); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = unix.Close(60 + i) }()
		script += " " + strconv.Itoa(60+i)
	}
	out := w.must(t, "web", "sh", "-c", script+"; do [ -e /proc/self/fd/$n ] && echo $n; done; true")
	if got := strings.Fields(out); len(got) != 1 || got[0] != "62" {
		t.Errorf("descriptors %v came through, want 62, the pipe, alone", got)
	}
}

func TestSignalsArePassedOn(t *testing.T) {
	w := newWorld(t)
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGHUP, syscall.SIGINT} {
		status := w.signalled(t, "wait", strconv.Itoa(int(sig)), func(p *os.Process) error { return p.Signal(sig) })
		if status != 7 {
			t.Errorf("%v: status %d, want 7", sig, status)
		}
	}
}

// The command line's process is killed: the command dies too, and the sandbox with it.
func TestCommandDiesWithItsParent(t *testing.T) {
	w := newWorld(t)
	w.signalled(t, "wait", "15", func(p *os.Process) error { return p.Kill() })
	select {
	case <-w.ended:
	case <-time.After(10 * time.Second):
		t.Error("the sandbox did not end")
	}
}

// signalled starts Run in a process of its own, waits until the probe inside is ready, does something to that process
// and returns its status. It fails where the probe survives.
func (w *world) signalled(t *testing.T, name, arg string, do func(*os.Process) error) int {
	t.Helper()
	requireNamespaces(t)
	options, err := json.Marshal(Options{Socket: w.socket, HideFolder: w.folder, Machine: "web", Command: self(t, name, arg)})
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, exe, probeArgument, "run", string(options))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // no terminal's foreground group
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var problems bytes.Buffer
	cmd.Stderr = &problems
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var pid int
	if !lines.Scan() {
		t.Fatalf("nothing came from the probe: %s", problems.String())
	}
	if _, err := fmt.Sscanf(lines.Text(), "ready %d", &pid); err != nil {
		t.Fatalf("%q: %v", lines.Text(), err)
	}
	if err := do(cmd.Process); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		t.Logf("the probe says %s", lines.Text())
	}
	// The pipe's end says that both processes have closed it, the probe by ending.
	waitErr := cmd.Wait()
	t.Logf("ended: %v %s", waitErr, problems.String())
	awaitEnd(t, pid)
	return cmd.ProcessState.ExitCode()
}

// awaitEnd waits until a process of another parent has ended, or is dead and waits for that parent.
func awaitEnd(t *testing.T, pid int) {
	t.Helper()
	for range 1000 {
		state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(state), ") Z ") {
			return
		}
		_, _ = unix.Poll(nil, 10)
	}
	t.Errorf("process %d lives on", pid)
}

// The sandbox ends with the command, even where a process that it left behind lives on.
func TestSandboxEndsWithCommand(t *testing.T) {
	w := newWorld(t)
	w.must(t, "web", "true")
	select {
	case <-w.ended:
	case <-time.After(10 * time.Second):
		t.Error("the sandbox did not end")
	}
}

func TestContextKills(t *testing.T) {
	w := newWorld(t)
	requireNamespaces(t)
	ctx, cancel := context.WithCancel(t.Context())
	started, startedEnd, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		var b [1]byte
		_, _ = started.Read(b[:])
		cancel()
	}()
	status, err := Run(ctx, Options{
		Socket: w.socket, Machine: "web", Command: []string{"sh", "-c", "echo; exec sleep 60"}, HideFolder: w.folder, Stdout: startedEnd,
	})
	if err != nil || status != 128+int(syscall.SIGKILL) {
		t.Errorf("status %d, %v", status, err)
	}
	_ = startedEnd.Close()
	_ = started.Close()
}

// A signal that the caller ignores, as under nohup, is ignored by the command as well.
func TestIgnoredSignalsStayIgnored(t *testing.T) {
	w := newWorld(t)
	requireNamespaces(t)
	options, err := json.Marshal(Options{
		Socket: w.socket, HideFolder: w.folder, Machine: "web", Command: []string{"sh", "-c", "kill -HUP $$; exit 9"},
	})
	if err != nil {
		t.Fatal(err)
	}
	command := append(self(t, "run"), string(options))
	out, err := exec.CommandContext(t.Context(), client(t, "nohup"), command...).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 9 {
		t.Errorf("%v, want 9: %s", err, out)
	}
}

// All of it once more as a user without any right.
func TestUnprivileged(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("this test run has no rights to give up")
	}
	requireNamespaces(t)
	dir, err := os.MkdirTemp("", "alcedo-sandbox-test-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	const nobody = 65534
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(dir, "sandbox.test")
	if err := os.WriteFile(exe, program, 0o755); err != nil {
		t.Fatal(err)
	}
	args := []string{"-test.v"}
	if testing.Short() {
		args = append(args, "-test.short")
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + dir, "HOME=" + dir, "GORACE=atexit_sleep_ms=0"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
	if bytes.Contains(out, []byte("no namespaces here")) {
		t.Errorf("nobody could make no namespaces where root could:\n%s", out)
	}
}
