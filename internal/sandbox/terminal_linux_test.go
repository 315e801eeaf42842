package sandbox

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// On a terminal an interrupt that is typed reaches the command once, by the kernel, and alcedo waits on.
func TestTypedInterrupt(t *testing.T) {
	w := newWorld(t)
	tty, lines := w.onTerminal(t, self(t, "wait", "2")...)
	if line := lines.until("ready"); line == "" {
		t.Fatal("the probe did not begin")
	}
	if _, err := tty.WriteString("\x03"); err != nil {
		t.Fatal(err)
	}
	if status := lines.status(t); status != 7 {
		t.Errorf("status %d, want 7: one interrupt", status)
	}
}

// An interactive shell inside has job control: it stops and resumes a job and takes the terminal back.
func TestInteractiveShell(t *testing.T) {
	w := newWorld(t)
	bash := client(t, "bash")
	tty, lines := w.onTerminal(t, bash, "--norc", "--noprofile", "-i")
	for _, step := range []struct{ type_, want string }{
		{"PS1=; stty -echo; echo be''gun\n", "begun"},
		{"sleep 300\n", ""},
		{"\x1a", "Stopped"},
		{"fg\n", "sleep 300"},
		{"\x03", ""},
		{"echo still $((40+2))\n", "still 42"},
		{"exit 5\n", ""},
	} {
		if _, err := tty.WriteString(step.type_); err != nil {
			t.Fatal(err)
		}
		if step.want != "" && lines.until(step.want) == "" {
			t.Fatalf("%q did not show after %q", step.want, step.type_)
		}
		if step.type_ == "sleep 300\n" {
			lines.awaitForeground(t, tty, "sleep")
		}
		if step.want == "sleep 300" {
			lines.awaitForeground(t, tty, "sleep")
		}
	}
	if status := lines.status(t); status != 5 {
		t.Errorf("status %d, want 5", status)
	}
}

// terminalLines is what a process writes on its terminal.
type terminalLines struct {
	*bufio.Scanner
	cmd *exec.Cmd
}

// until reads up to a line that has text, and returns it, or "" at the end.
func (l *terminalLines) until(text string) string {
	for l.Scan() {
		if strings.Contains(l.Text(), text) {
			return l.Text()
		}
	}
	return ""
}

func (l *terminalLines) status(t *testing.T) int {
	t.Helper()
	for l.Scan() { // the terminal's end
	}
	_ = l.cmd.Wait()
	return l.cmd.ProcessState.ExitCode()
}

// awaitForeground waits until a process of that name has the terminal.
func (l *terminalLines) awaitForeground(t *testing.T, tty *os.File, name string) {
	t.Helper()
	for t.Context().Err() == nil {
		group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
		if err != nil {
			t.Fatal(err)
		}
		if comm, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", group)); err == nil && strings.TrimSpace(string(comm)) == name {
			return
		}
		_, _ = unix.Poll(nil, 5)
	}
}

// onTerminal starts Run in a process whose controlling terminal we hold the other end of.
func (w *world) onTerminal(t *testing.T, command ...string) (*os.File, *terminalLines) {
	t.Helper()
	requireNamespaces(t)
	options, err := json.Marshal(Options{Socket: w.socket, HideFolder: w.folder, Machine: "web", Command: command})
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := openTerminal(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, probeArgument, "run", string(options))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirs, theirs, theirs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := theirs.Close(); err != nil {
		t.Fatal(err)
	}
	return ours, &terminalLines{bufio.NewScanner(ours), cmd}
}

func openTerminal(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	ours, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	t.Cleanup(func() { _ = ours.Close() })
	n, err := unix.IoctlGetUint32(int(ours.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(ours.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	theirs, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}
