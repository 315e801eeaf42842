package sandbox

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Where a switch forbids namespaces the error names it, how to turn it, and the other door. The switch is turned in a
// user namespace of its own, so that the machine keeps its.
func TestForbidden(t *testing.T) {
	w := newWorld(t)
	requireNamespaces(t)
	options, err := json.Marshal(Options{Socket: w.socket, Machine: "web", Command: []string{"true"}, HideFolder: w.folder})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"user_namespaces", "net_namespaces", "mnt_namespaces"} {
		command := append(self(t, "forbid"), "/proc/sys/user/max_"+name, string(options))
		cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  unix.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 1000, HostID: os.Geteuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 1000, HostID: os.Getegid(), Size: 1}},
			AmbientCaps: []uintptr{unix.CAP_SYS_RESOURCE},
		}
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != statusSetup {
			t.Errorf("%s: %v, want %d: %s", name, err, statusSetup, out)
		}
		// Namespaces count in every user namespace above them, so that the limit binds the sandbox's own as well.
		for _, want := range []string{"user.max_" + name + " is 0", "sysctl -w user.max_" + name, "alcedo env"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("%s: %s lacks %q", name, out, want)
			}
		}
	}
}

// Root in a container has few rights, and makes a user namespace like everybody.
func TestRootWithoutRights(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	w := newWorld(t)
	requireNamespaces(t)
	setpriv := client(t, "setpriv")
	for _, caps := range []string{"-sys_admin", "-sys_admin,-net_admin,-setpcap,-sys_ptrace,-dac_read_search"} {
		options, err := json.Marshal(Options{
			Socket: w.socket, Machine: "web", HideFolder: w.folder,
			Command: self(t, "escape", w.folder, "1"),
		})
		if err != nil {
			t.Fatal(err)
		}
		command := append([]string{"--bounding-set", caps}, append(self(t, "run"), string(options))...)
		out, err := exec.CommandContext(t.Context(), setpriv, command...).CombinedOutput()
		if err != nil || string(out) != "sealed" {
			t.Errorf("%s: %v: %s", caps, err, out)
		}
	}
}

// A cloud of another user is not for us, and the error says so.
func TestAnotherUsersCloud(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to be two users")
	}
	socket := t.TempDir() + "/s"
	w := &world{socket: socket}
	w.serve(t, func(context.Context, Request) (Handlers, error) { return Handlers{}, nil })
	options, err := json.Marshal(Options{Socket: socket, Machine: "web", Command: []string{"true"}})
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer exe.Close()
	cmd := exec.CommandContext(t.Context(), "/proc/self/fd/3", probeArgument, "run", string(options))
	cmd.ExtraFiles = []*os.File{exe} // the other user may not reach the file by its path
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != statusSetup || !strings.Contains(string(out), "another user's") {
		t.Errorf("%v: %s", err, out)
	}
}
