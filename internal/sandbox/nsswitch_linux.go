package sandbox

import "strings"

// resolvConf sends every question to the cloud's name server. "search ." keeps the C library from deriving a domain from
// the host's name.
const resolvConf = "# alcedo: the cloud's name server\nnameserver " + GatewayAddress + "\nsearch .\n"

// correctedNSSwitch returns conf with a hosts line that asks /etc/hosts and then the name server, and whether it had to
// change it (nsswitch.conf(5)). Other sources, as resolve or mdns, ask a daemon outside of the sandbox by its socket.
func correctedNSSwitch(conf string) (string, bool) {
	lines := strings.Split(conf, "\n")
	found := false
	for i, line := range lines {
		text, _, _ := strings.Cut(line, "#")
		database, sources, ok := strings.Cut(text, ":")
		if !ok || strings.TrimSpace(database) != "hosts" {
			continue
		}
		if !found && plainSources(strings.Fields(sources)) {
			return conf, false
		}
		lines[i] = ""
		if !found {
			lines[i] = "hosts: files dns"
		}
		found = true
	}
	if !found {
		lines = append(lines, "hosts: files dns", "")
	}
	return strings.Join(lines, "\n"), true
}

func plainSources(sources []string) bool {
	files, dns := -1, -1
	for i, s := range sources {
		switch s {
		case "files":
			files = i
		case "dns":
			dns = i
		case "myhostname":
		default: // a daemon, or an action that stops before dns
			return false
		}
	}
	return files >= 0 && dns > files
}
