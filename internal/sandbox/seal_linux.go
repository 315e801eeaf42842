package sandbox

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// kept are the capabilities that root keeps inside: what packages and servers ask for. All others would let it leave:
// by the mounts and namespaces of the machine (SYS_ADMIN), other processes (SYS_PTRACE), files under a cover
// (DAC_READ_SEARCH), devices (MKNOD), or a wire to the machine's network (NET_ADMIN).
var kept = map[uintptr]bool{
	unix.CAP_CHOWN: true, unix.CAP_DAC_OVERRIDE: true, unix.CAP_FOWNER: true, unix.CAP_FSETID: true, unix.CAP_KILL: true,
	unix.CAP_SETGID: true, unix.CAP_SETUID: true, unix.CAP_SETPCAP: true, unix.CAP_SETFCAP: true,
	unix.CAP_NET_BIND_SERVICE: true, unix.CAP_NET_RAW: true, unix.CAP_IPC_LOCK: true, unix.CAP_SYS_CHROOT: true,
	unix.CAP_SYS_NICE: true, unix.CAP_SYS_RESOURCE: true, unix.CAP_AUDIT_WRITE: true,
}

// seal gives up what the set-up needed and makes sure that the command dies with Run's process.
func seal(c childSettings) error {
	if err := closeInherited(); err != nil {
		return err
	}
	if err := dropCapabilities(); err != nil {
		return err
	}
	// Changes of credentials clear it, so it is set once more; and the parent may have gone in between.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return fmt.Errorf("bind the command to alcedo's life: %w", err)
	}
	if parent := os.Getppid(); parent != c.Parent {
		return fmt.Errorf("process %d, which began the sandbox, has ended", c.Parent)
	}
	return nil
}

// closeInherited keeps sockets and folders that this process inherited from the command: both lead out of the sandbox.
// Files and pipes stay, as a shell's <(…) needs them to.
func closeInherited() error {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return fmt.Errorf("list open descriptors: %w", err)
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd <= 2 {
			continue
		}
		var stat unix.Stat_t
		if err := unix.Fstat(fd, &stat); err != nil {
			continue // the descriptor of the listing itself, closed since
		}
		if kind := stat.Mode & unix.S_IFMT; kind == unix.S_IFSOCK || kind == unix.S_IFDIR {
			unix.CloseOnExec(fd)
		}
	}
	return nil
}

// dropCapabilities leaves to the command what any program of its user has: nothing, or for root the kept ones.
func dropCapabilities() error {
	for c := uintptr(0); ; c++ {
		if kept[c] {
			continue
		}
		err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0)
		if errors.Is(err, unix.EINVAL) && c > unix.CAP_SETFCAP { // beyond the kernel's last
			break
		}
		if err != nil {
			return fmt.Errorf("drop capability %d: %w", c, err)
		}
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return fmt.Errorf("clear the ambient capabilities: %w", err)
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return fmt.Errorf("read the capabilities: %w", err)
	}
	data[0].Inheritable, data[1].Inheritable = 0, 0
	if err := unix.Capset(&header, &data[0]); err != nil {
		return fmt.Errorf("clear the inheritable capabilities: %w", err)
	}
	return nil
}
