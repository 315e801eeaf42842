package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// childSettings is what Run tells its child, in an argument.
type childSettings struct {
	Machine string `json:"machine"`
	Hide    string `json:"hide"`
	Socket  string `json:"socket"`
	Parent  int    `json:"parent"`
	User    bool   `json:"user"` // it is in a user namespace
}

// failure is what the child reports where it cannot become the command.
type failure struct {
	Status    int    `json:"status"`
	Message   string `json:"message"`
	Forbidden bool   `json:"forbidden,omitempty"` // the machine forbids what a sandbox needs
	Refused   bool   `json:"refused,omitempty"`   // the cloud refuses the sandbox
}

func (f *failure) err() error {
	switch {
	case f.Forbidden:
		return &forbiddenError{cause: errors.New(f.Message)}
	case f.Refused:
		return &fault.Error{Kind: fault.Denied, Message: f.Message}
	case f.Status == statusSetup:
		return &fault.Error{Kind: fault.Internal, Message: f.Message}
	default:
		return &fault.Error{Kind: fault.NotFound, Message: f.Message}
	}
}

// childArgument marks the process that Child is for. Users never type it.
const childArgument = "__sandbox"

// Child is what a program that calls Run calls first in main, with os.Args: where Run started it, it sets the sandbox up
// and becomes the command. Then it returns only where that failed, with the status to exit with and child true.
func Child(args []string) (status int, child bool) {
	if len(args) < 2 || args[1] != childArgument {
		return 0, false
	}
	// Namespaces, capabilities and the parent-death signal belong to the thread that execs.
	runtime.LockOSThread()
	unix.CloseOnExec(fdSocket)
	unix.CloseOnExec(fdReport)
	f := become(args[2:])
	report := os.NewFile(fdReport, "report")
	text, err := json.Marshal(f)
	if err == nil {
		_, err = report.Write(text)
	}
	if err != nil { // started by hand, not by Run
		fmt.Fprintln(os.Stderr, "alcedo: this command is for alcedo's own use")
	}
	return f.Status, true
}

// become sets the sandbox up and execs the command. It returns only on failure.
func become(args []string) *failure {
	var settings childSettings
	if len(args) < 2 || json.Unmarshal([]byte(args[0]), &settings) != nil {
		return &failure{Status: statusSetup, Message: "the sandbox got no settings"}
	}
	command := args[1:]
	if f := settings.prepare(); f != nil {
		return f
	}
	answer, err := readReply(fdSocket)
	if err != nil {
		return &failure{Status: statusSetup, Message: "the cloud did not attach the sandbox: " + err.Error()}
	}
	if answer.Refused != "" {
		return &failure{Status: statusSetup, Message: answer.Refused, Refused: true}
	}
	env, err := settings.dress([]byte(answer.CA))
	if err != nil {
		return stepFailed("arrange the sandbox's files", err)
	}
	if err := seal(settings); err != nil {
		return stepFailed("give the sandbox's rights up", err)
	}
	path, err := lookUp(command[0])
	if err != nil {
		return commandFailed(command[0], err)
	}
	return commandFailed(command[0], syscall.Exec(path, command, env))
}

// prepare makes the network and asks the cloud to serve it. It does not wait for the answer.
func (c childSettings) prepare() *failure {
	if err := raiseNetwork(c.Machine != ""); err != nil {
		return stepFailed("set the sandbox's network up", err)
	}
	endpoints := endpointsOf(c.Machine)
	fds := make([]int, 0, len(endpoints))
	for _, e := range endpoints {
		fd, err := listen(e)
		if err != nil {
			return stepFailed("listen inside of the sandbox", err)
		}
		fds = append(fds, fd)
	}
	frame, err := encodeFrame(header{Version: protocolVersion, Machine: c.Machine, Listeners: endpoints})
	if err != nil {
		return stepFailed("ask the cloud", err)
	}
	if err := unix.Sendmsg(fdSocket, frame, unix.UnixRights(fds...), nil, unix.MSG_NOSIGNAL); err != nil {
		return &failure{Status: statusSetup, Message: "the cloud does not take the sandbox: " + err.Error()}
	}
	for _, fd := range fds {
		_ = unix.Close(fd) // the cloud's now
	}
	return nil
}

func stepFailed(step string, err error) *failure {
	forbidden := errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.ENOSPC)
	return &failure{Status: statusSetup, Message: fmt.Sprintf("cannot %s: %v", step, err), Forbidden: forbidden}
}

func commandFailed(name string, err error) *failure {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		return &failure{Status: statusNotFound, Message: name + ": command not found"}
	}
	return &failure{Status: statusNotRun, Message: fmt.Sprintf("%s: %v", name, underlying(err))}
}

// underlying is the error below the name of what failed, which the message has already.
func underlying(err error) error {
	var failed *exec.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// lookUp finds the command as a shell does, in the current folder too where PATH says so.
func lookUp(name string) (string, error) {
	path, err := exec.LookPath(name)
	if errors.Is(err, exec.ErrDot) {
		return path, nil
	}
	return path, err
}

// readReply waits for the server's frame.
func readReply(fd int) (reply, error) {
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 30}); err != nil {
		return reply{}, err
	}
	prefix := make([]byte, lengthBytes)
	if err := readExactly(fd, prefix); err != nil {
		return reply{}, err
	}
	n, err := frameLength(prefix, maxReply)
	if err != nil {
		return reply{}, err
	}
	text := make([]byte, n)
	if err := readExactly(fd, text); err != nil {
		return reply{}, err
	}
	var r reply
	err = json.Unmarshal(text, &r)
	return r, err
}

func readExactly(fd int, p []byte) error {
	for len(p) > 0 {
		n, err := unix.Read(fd, p)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return errors.New("no answer within 30 seconds")
		case err != nil:
			return err
		case n == 0:
			return errors.New("the connection ended")
		}
		p = p[n:]
	}
	return nil
}
