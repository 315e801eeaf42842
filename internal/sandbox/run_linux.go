package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Exit statuses of a command that did not start, as shells and env(1) have them.
const (
	statusSetup     = 125 // the sandbox could not be made
	statusNotRun    = 126 // the command is there and cannot be run
	statusNotFound  = 127
	statusSignalled = 128 // plus the signal's number
)

// Descriptors of the child, behind the three standard ones.
const (
	fdSocket = 3 // the connection to the cloud
	fdReport = 4 // where a failure before the command's exec is written
)

// Run runs the command and returns its exit status, or 128 and the signal's number where a signal ended it. Signals that
// reach this process alone are passed on; those of the terminal reach the command by themselves, as it is in the same
// process group. The command dies with this process, and is killed when ctx ends.
//
// An error means that the command did not run. Its text is for the user. The status is then 125, or 126 or 127 for a
// command that cannot be run or is not found.
func Run(ctx context.Context, o Options) (int, error) {
	if len(o.Command) == 0 {
		return statusSetup, fault.New(fault.Invalid, "", "", "name a command to run")
	}
	if err := checkMachine(o.Machine); err != nil {
		return statusSetup, &fault.Error{Kind: fault.Invalid, Message: err.Error()}
	}
	// The parent-death signal is bound to the thread that starts the child.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	conn, err := dial(o.Socket)
	if err != nil {
		return statusSetup, err
	}
	// The sandbox lives as long as this descriptor: the server sees it close even where this process is killed.
	defer func() { _ = conn.Close() }()

	root := os.Geteuid() == 0
	status, err := start(ctx, o, conn, !root)
	var forbidden *forbiddenError
	if root && errors.As(err, &forbidden) && forbidden.clone {
		// Root in a container may lack what plain namespaces ask for and still make a user namespace.
		status, err = start(ctx, o, conn, true)
	}
	if errors.As(err, &forbidden) {
		return status, &fault.Error{
			Kind: fault.Unsupported, Message: explainForbidden(os.DirFS("/proc"), root), Cause: forbidden.cause,
		}
	}
	return status, err
}

// dial connects to the server, by a descriptor that is not in Go's poller since a child is to inherit it.
func dial(path string) (*os.File, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fault.Wrap("", err)
	}
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		_ = unix.Close(fd)
		if errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) {
			return nil, &fault.Error{Kind: fault.Denied, Message: "the cloud at " + path + " is another user's", Cause: err}
		}
		return nil, &fault.Error{
			Kind: fault.Unavailable, Message: "no cloud answers at " + path + ": start one with `alcedo up`", Cause: err,
		}
	}
	return os.NewFile(uintptr(fd), path), nil
}

// forbiddenError says that the machine forbids namespaces, or what a sandbox does in them.
type forbiddenError struct {
	cause error
	clone bool // not even the child began
}

func (e *forbiddenError) Error() string { return "namespaces are forbidden: " + e.cause.Error() }

func (e *forbiddenError) Unwrap() error { return e.cause }

// start runs the child and waits for the command that it becomes.
func start(ctx context.Context, o Options, conn *os.File, userNamespace bool) (int, error) {
	report, reportEnd, err := os.Pipe()
	if err != nil {
		return statusSetup, fault.Wrap("", err)
	}
	defer func() { _ = report.Close() }()
	cmd, err := childCommand(o, userNamespace)
	if err != nil {
		return statusSetup, errors.Join(err, reportEnd.Close())
	}
	cmd.ExtraFiles = []*os.File{conn, reportEnd} // fdSocket, fdReport
	passed := catchSignals()
	defer passed.stop()
	startErr := cmd.Start()
	if err := reportEnd.Close(); startErr == nil && err != nil {
		startErr = err
	}
	if startErr != nil {
		if forbids(startErr) {
			return statusSetup, &forbiddenError{cause: startErr, clone: true}
		}
		return statusSetup, fault.Wrap("", startErr)
	}
	passed.to(cmd.Process)
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() }) // it has ended by itself otherwise
	defer stop()
	failure, reportErr := readReport(report)
	waitErr := cmd.Wait()
	switch {
	case reportErr != nil:
		return statusSetup, fault.Wrap("", reportErr)
	case failure != nil:
		return failure.Status, failure.err()
	}
	var exit *exec.ExitError
	if waitErr != nil && !errors.As(waitErr, &exit) {
		return statusSetup, fault.Wrap("", waitErr)
	}
	return exitStatus(cmd.ProcessState), nil
}

// childCommand is this program again, in namespaces of its own. In a user namespace the user stays who he is, and has
// the capabilities to set the sandbox up until the command begins.
func childCommand(o Options, userNamespace bool) (*exec.Cmd, error) {
	settings, err := json.Marshal(childSettings{
		Machine: o.Machine, Hide: o.HideFolder, Socket: o.Socket, Parent: os.Getpid(), User: userNamespace,
	})
	if err != nil {
		return nil, fault.Wrap("", err)
	}
	attr := &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWNET,
		Pdeathsig:  unix.SIGKILL,
	}
	if userNamespace {
		uid, gid := os.Geteuid(), os.Getegid()
		attr.Cloneflags |= unix.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}
		attr.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_NET_ADMIN, unix.CAP_NET_BIND_SERVICE, unix.CAP_SETPCAP}
	}
	return &exec.Cmd{
		Path:        "/proc/self/exe", // right even where the file was replaced since
		Args:        append([]string{"alcedo", childArgument, string(settings)}, o.Command...),
		Env:         o.Env,
		Stdin:       or(o.Stdin, os.Stdin),
		Stdout:      or(o.Stdout, os.Stdout),
		Stderr:      or(o.Stderr, os.Stderr),
		SysProcAttr: attr,
	}, nil
}

func or(f, standard *os.File) *os.File {
	if f != nil {
		return f
	}
	return standard
}

// readReport reads what the child wrote before it became the command: nothing, where all went well.
func readReport(report io.Reader) (*failure, error) {
	text, err := io.ReadAll(io.LimitReader(report, maxReply))
	if err != nil || len(text) == 0 {
		return nil, err
	}
	var f failure
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("the sandbox reported %.200q: %w", text, err)
	}
	return &f, nil
}

func exitStatus(state *os.ProcessState) int {
	if w, ok := state.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return statusSignalled + int(w.Signal())
	}
	return state.ExitCode()
}

// forbids reports whether a failed clone, mount or set-up means that the machine forbids namespaces: EPERM from a
// security module or a switch, ENOSPC where max_*_namespaces is reached, ENOSYS and EINVAL where the kernel has none.
func forbids(err error) bool {
	for _, e := range []syscall.Errno{unix.EPERM, unix.EACCES, unix.ENOSPC, unix.ENOSYS, unix.EINVAL} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
