package sandbox

import (
	"fmt"
	"io/fs"
	"strings"
)

// switches are the settings by which a Linux machine forbids what a sandbox needs, as files below /proc/sys.
var switches = []struct {
	file, name string
	forbids    func(value string) bool
	remedy     string
	rootToo    bool // it binds root as well
}{
	{
		"sys/kernel/apparmor_restrict_unprivileged_userns", "kernel.apparmor_restrict_unprivileged_userns",
		func(v string) bool { return v == "1" }, "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0", false,
	},
	{
		"sys/kernel/unprivileged_userns_clone", "kernel.unprivileged_userns_clone",
		func(v string) bool { return v == "0" }, "sudo sysctl -w kernel.unprivileged_userns_clone=1", false,
	},
	{
		"sys/user/max_user_namespaces", "user.max_user_namespaces",
		func(v string) bool { return v == "0" }, "sudo sysctl -w user.max_user_namespaces=15000", false,
	},
	{
		"sys/user/max_net_namespaces", "user.max_net_namespaces",
		func(v string) bool { return v == "0" }, "sudo sysctl -w user.max_net_namespaces=15000", true,
	},
	{
		"sys/user/max_mnt_namespaces", "user.max_mnt_namespaces",
		func(v string) bool { return v == "0" }, "sudo sysctl -w user.max_mnt_namespaces=15000", true,
	},
}

const otherDoor = "or use the other door, which needs no namespaces: `alcedo env --vm NAME` prints variables that point the SDKs at the cloud"

// explainForbidden says which switch of this machine forbids namespaces, how to turn it, and what to use instead. proc
// is /proc; root says whether the caller is root, whom some switches do not bind.
func explainForbidden(proc fs.FS, root bool) string {
	for _, s := range switches {
		value, err := fs.ReadFile(proc, s.file)
		if err != nil { // the kernel has no such switch
			continue
		}
		if v := strings.TrimSpace(string(value)); s.forbids(v) && (s.rootToo || !root) {
			return fmt.Sprintf("this machine forbids the namespaces that a sandbox is made of: %s is %s. Allow them with `%s`, %s",
				s.name, v, s.remedy, otherDoor)
		}
	}
	if profile := confinement(proc); profile != "" {
		return fmt.Sprintf("this machine forbids what a sandbox is made of: the AppArmor profile %s is on. "+
			"Run alcedo without it (in a container: --security-opt apparmor=unconfined --cap-add SYS_ADMIN), %s", profile, otherDoor)
	}
	if filtered(proc) {
		return "this machine forbids the namespaces that a sandbox is made of: a seccomp filter is on, as in a container. " +
			"Start the container with --security-opt seccomp=unconfined or --cap-add SYS_ADMIN, " + otherDoor
	}
	return "this machine forbids the namespaces that a sandbox is made of, by none of the switches that alcedo knows " +
		"(a security module, or a changed root folder?). Run alcedo as root, " + otherDoor
}

// confinement is the AppArmor profile that binds this process, or "".
func confinement(proc fs.FS) string {
	for _, file := range []string{"self/attr/apparmor/current", "self/attr/current"} {
		label, err := fs.ReadFile(proc, file)
		if err != nil { // no AppArmor, or none that shows itself here
			continue
		}
		profile, mode, _ := strings.Cut(strings.TrimRight(string(label), "\x00\n"), " ")
		if mode == "(enforce)" {
			return profile
		}
	}
	return ""
}

// filtered reports whether a seccomp filter binds this process (proc(5), Seccomp: 2).
func filtered(proc fs.FS) bool {
	status, err := fs.ReadFile(proc, "self/status")
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "Seccomp:"); ok {
			return strings.TrimSpace(value) == "2"
		}
	}
	return false
}
