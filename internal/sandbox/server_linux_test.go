package sandbox

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A client that lies, sends garbage or vanishes is refused, leaks nothing and harms nobody else.
func TestHostileClients(t *testing.T) {
	w := newWorld(t)
	tcp := openListener(t, "tcp")
	unixSocket := openListener(t, "unix")
	pipe := make([]int, 2)
	if err := unix.Pipe(pipe); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pipe[0])
	defer unix.Close(pipe[1])
	machine := header{Version: protocolVersion, Machine: "web", Listeners: endpointsOf("web")}
	six := func(fd int) []int { return []int{fd, fd, fd, fd, fd, fd} }
	before := descriptors(t)
	for _, c := range []struct {
		name  string
		frame []byte
		fds   []int
		want  string // in the refusal; "" where the client is gone or none can be sent
	}{
		{"nothing at all", nil, nil, ""},
		{"half a length", []byte{0, 0}, nil, ""},
		{"a huge length", []byte{0xff, 0xff, 0xff, 0xff, '{'}, nil, "a frame of"},
		{"no bytes", []byte{0, 0, 0, 0}, nil, "a frame of 0"},
		{"no JSON", rawFrame("GET / HTTP/1.1"), nil, "not JSON"},
		{"HTTP", []byte("GET / HTTP/1.1\r\n\r\n"), nil, "a frame of"},
		{"no descriptors", mustFrame(t, machine), nil, "0 descriptors"},
		{"too few descriptors", mustFrame(t, machine), six(tcp)[:4], "4 descriptors"},
		{"too many descriptors", mustFrame(t, machine), append(six(tcp), six(tcp)...), "more descriptors"},
		{"far too many descriptors", mustFrame(t, machine), make([]int, 200), "more descriptors"},
		{"the machine's own listener", mustFrame(t, machine), six(tcp), "not bound to"},
		{"a Unix socket", mustFrame(t, machine), six(unixSocket), "another kind"},
		{"a pipe", mustFrame(t, machine), six(pipe[0]), "is no socket"},
		{"descriptors with garbage", rawFrame("[]"), six(tcp), "not JSON"},
		{"a header in pieces, then silence", mustFrame(t, machine)[:9], six(tcp), ""},
	} {
		got := attack(t, w.socket, c.frame, c.fds, c.want != "")
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	w.mu.Lock()
	attached := w.attached
	w.mu.Unlock()
	if len(attached) > 0 {
		t.Errorf("attached as %v", attached)
	}
	for range 1000 {
		if descriptors(t) <= before {
			break
		}
		_, _ = unix.Poll(nil, 5)
	}
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors are open, %d were", after, before)
	}
	if got := w.must(t, "web", self(t, "get", "http://169.254.169.254/")...); got != "I am web" {
		t.Errorf("an honest client then got %q", got)
	}
}

// A client that keeps a copy of its listener and makes it blocking cannot hold the server.
func TestSharedListenerDoesNotWedge(t *testing.T) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "listener")
	defer f.Close()
	if err := errors.Join(unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), unix.Listen(fd, 1)); err != nil {
		t.Fatal(err)
	}
	l, err := net.FileListener(f)
	if err != nil {
		t.Fatal(err)
	}
	s := &sockets{listeners: map[endpoint]*listener{}, conns: map[*trackedConn]struct{}{}}
	s.listeners[endpointHTTPS] = &listener{Listener: l, sockets: s}
	if err := unix.SetNonblock(fd, false); err != nil {
		t.Fatal(err)
	}
	accepted := make(chan error, 1)
	go func() {
		_, err := s.listeners[endpointHTTPS].Accept()
		accepted <- err
	}()
	_, _ = unix.Poll(nil, 50) // let it block
	closed := make(chan struct{})
	go func() {
		s.close()
		close(closed)
	}()
	for _, wait := range []func() bool{
		func() bool { <-closed; return true }, func() bool { return <-accepted != nil },
	} {
		done := make(chan bool, 1)
		go func() { done <- wait() }()
		select {
		case ok := <-done:
			if !ok {
				t.Error("Accept gave a connection")
			}
		case <-time.After(10 * time.Second):
			t.Fatal("the listener hangs")
		}
	}
}

func TestAttachErrorIsNotShown(t *testing.T) {
	w := &world{socket: t.TempDir() + "/s"}
	w.serve(t, func(context.Context, Request) (Handlers, error) { return Handlers{}, errors.New("a secret path") })
	requireNamespaces(t)
	w.folder = t.TempDir()
	_, status, err := w.run(t, "web", "true")
	if status != statusSetup || err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "log") {
		t.Errorf("status %d, %v", status, err)
	}
}

// Close ends sandboxes that are under way.
func TestCloseEndsSandboxes(t *testing.T) {
	w := newWorld(t)
	requireNamespaces(t)
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	l, err := net.Listen("unix", t.TempDir()+"/s")
	if err != nil {
		t.Fatal(err)
	}
	server := NewServer(func(ctx context.Context, _ Request) (Handlers, error) {
		return Handlers{IMDS: func(l net.Listener) error {
			for {
				if _, err := l.Accept(); err != nil { // it holds connections and answers none
					return err
				}
			}
		}}, nil
	}, discard())
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	ran := make(chan error, 1)
	go func() {
		// The probe says that it is there, and ends when its connection does.
		script := "echo; exec " + strings.Join(self(t, "get", "http://169.254.169.254/"), " ")
		_, err := Run(t.Context(), Options{Socket: l.Addr().String(), Machine: "web", HideFolder: w.folder, Command: []string{"sh", "-c", script}, Stdout: in, Stderr: in})
		ran <- err
	}()
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if err := <-ran; err != nil {
		t.Errorf("Run: %v", err)
	}
	_ = in.Close()
	if err := server.Serve(l); err != nil {
		t.Errorf("Serve after Close: %v", err)
	}
}

// Twenty sandboxes whose clients hold connections open leave neither goroutines nor descriptors behind.
func TestNothingLeaks(t *testing.T) {
	w := newWorld(t)
	enter := func() {
		w.must(t, "web", self(t, "get", "http://169.254.169.254/")...)
		w.must(t, "", self(t, "get", "https://management.chinacloudapi.cn/")...)
	}
	enter() // what is made once
	settled := func(limitFiles, limitRoutines int) bool {
		for range 1000 {
			if descriptors(t) <= limitFiles && runtime.NumGoroutine() <= limitRoutines {
				return true
			}
			_, _ = unix.Poll(nil, 5)
		}
		return false
	}
	for range 2 { // both sandboxes have ended
		<-w.ended
	}
	_, _ = unix.Poll(nil, 200)
	files, routines := descriptors(t), runtime.NumGoroutine()
	for range 10 {
		enter()
	}
	if !settled(files, routines) {
		stacks := make([]byte, 1<<16)
		t.Errorf("%d descriptors were open and %d are, %d goroutines ran and %d do\n%s", files, descriptors(t), routines,
			runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
	}
}

func mustFrame(t *testing.T, v any) []byte {
	t.Helper()
	frame, err := encodeFrame(v)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func rawFrame(text string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(text))), text...)
}

// openListener is the descriptor of a listener outside of any sandbox.
func openListener(t *testing.T, network string) int {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unix" {
		address = t.TempDir() + "/l"
	}
	var lc net.ListenConfig
	lc.SetMultipathTCP(false) // whose sockets are of another protocol
	l, err := lc.Listen(t.Context(), network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	f, err := l.(interface{ File() (*os.File, error) }).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return int(f.Fd())
}

// attack sends a frame with descriptors and returns the refusal. Without one to wait for it hangs up at once.
func attack(t *testing.T, socket string, frame []byte, fds []int, wait bool) string {
	t.Helper()
	c, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	conn := c.(*net.UnixConn)
	var rights []byte
	if len(fds) > 0 {
		rights = unix.UnixRights(fds...)
	}
	if len(frame) > 0 {
		if _, _, err := conn.WriteMsgUnix(frame, rights, nil); err != nil {
			t.Fatal(err)
		}
	}
	if !wait {
		return ""
	}
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	prefix := make([]byte, lengthBytes)
	if _, err := io.ReadFull(conn, prefix); err != nil {
		return err.Error()
	}
	text := make([]byte, binary.BigEndian.Uint32(prefix))
	if _, err := io.ReadFull(conn, text); err != nil {
		return err.Error()
	}
	var r reply
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r.Refused
}

// descriptors counts this process's.
func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
