package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const probeArgument = "__probe"

// probe is what the tests run inside of a sandbox where no program of the machine would do. It prints what it sees.
func probe(name string, args []string) int {
	switch name {
	case "nothing":
		return 0
	case "get":
		return probeGet(args[0])
	case "dial":
		return probeDial(args[0], args[1])
	case "attach":
		return probeAttach(args[0], args[1])
	case "escape":
		return probeEscape(args[0], args[1])
	case "forbid":
		return probeForbid(args[0], args[1])
	case "run":
		return probeRun(args[0])
	case "wait":
		return probeWait(syscall.Signal(atoi(args[0])))
	}
	fmt.Println("no probe is named", name)
	return 2
}

func atoi(s string) (n int) {
	_, _ = fmt.Sscan(s, &n)
	return n
}

func probeGet(url string) int {
	resp, err := (&http.Client{Timeout: 10 * time.Second}).Get(url)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Print(string(body))
	return 0
}

func probeDial(network, address string) int {
	began := time.Now()
	conn, err := net.DialTimeout(network, address, 5*time.Second)
	if err != nil {
		fmt.Printf("%v after %v", err, time.Since(began).Round(time.Second))
		return 1
	}
	_ = conn.Close()
	fmt.Print("connected")
	return 0
}

// probeAttach tries to be another machine from inside of one: the network is ours to use, all that is needed is the
// socket.
func probeAttach(socket, machine string) int {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		fmt.Print(err)
		return 1
	}
	defer conn.Close()
	fmt.Printf("reached the socket; I could be %s", machine)
	return 0
}

// probeEscape reaches for what is covered: through another process's view of the machine, by taking the cover off, by
// namespaces of its own, and by the network namespace of the process that is outside.
func probeEscape(folder, outside string) int {
	secret := folder + "/secret"
	escaped := 0
	try := func(way string, err error) {
		if err == nil {
			if _, err = os.ReadFile(secret); err == nil {
				fmt.Println("escaped by", way)
				escaped++
			}
		}
	}
	try("path", nil)
	if data, err := os.ReadFile("/proc/" + outside + "/root" + secret); err == nil {
		fmt.Println("escaped by /proc/PID/root:", string(data))
		escaped++
	}
	if f, err := os.Open("/proc/" + outside + "/cwd"); err == nil {
		fmt.Println("escaped by the folder of a process outside:", f.Name())
		escaped++
	}
	entries, _ := os.ReadDir("/proc/" + outside + "/fd") // root may list them, and no more
	for _, e := range entries {
		if f, err := os.Open("/proc/" + outside + "/fd/" + e.Name()); err == nil {
			fmt.Println("opened a descriptor of a process outside:", f.Name())
			escaped++
		}
	}
	try("umount", unix.Unmount(folder, unix.MNT_DETACH))
	if fd, err := unix.Open("/proc/"+outside+"/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0); err == nil {
		if unix.Setns(fd, unix.CLONE_NEWNET) == nil {
			fmt.Println("escaped by setns")
			escaped++
		}
	}
	if escaped > 0 {
		return 1
	}
	fmt.Print("sealed")
	return 0
}

// probeForbid turns a switch of this user namespace off, gives its right to do so up, and then does as probeRun.
func probeForbid(file, options string) int {
	if err := os.WriteFile(file, []byte("0"), 0); err != nil {
		fmt.Println(err)
		return 2
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		fmt.Println(err)
		return 2
	}
	err := unix.Exec("/proc/self/exe", []string{"run", probeArgument, "run", options}, os.Environ())
	fmt.Println(err)
	return 2
}

// probeRun is a process that runs another in a sandbox, as the command line is.
func probeRun(options string) int {
	var o Options
	if err := json.Unmarshal([]byte(options), &o); err != nil {
		fmt.Println(err)
		return 2
	}
	status, err := Run(context.Background(), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return status
}

// probeWait says that it is there, waits for the signal and exits with 7.
func probeWait(sig syscall.Signal) int {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	got := make(chan os.Signal, 8)
	signal.Notify(got, sig)
	fmt.Println("ready", os.Getpid())
	select {
	case <-got:
	case <-ctx.Done():
		return 3
	}
	// A second one must not come.
	select {
	case <-got:
		fmt.Println("twice")
		return 8
	case <-time.After(200 * time.Millisecond):
		return 7
	}
}

// environ is the value of a variable in the output of env(1).
func environ(out, name string) (string, bool) {
	for line := range strings.Lines(out) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), name+"="); ok {
			return v, true
		}
	}
	return "", false
}
