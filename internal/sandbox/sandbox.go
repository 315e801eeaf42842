// Package sandbox runs a command as if it were on a virtual machine of the cloud, or on a workstation of it: official
// names resolve, certificates are trusted, 169.254.169.254 answers, and nothing else is reachable.
//
// It is two halves around a Unix socket. Run, in the command line's process, starts a child in network and mount
// namespaces of its own (Child). The child makes the listeners there and hands them over the socket. Server, in the
// cloud's process, serves them until the command ends. So the connection's listener tells who asks: no process inside
// can be another machine, since it has no way to another machine's listeners.
//
// The package must never know what is served nor which identity a machine has: Attach decides that.
package sandbox

import (
	"context"
	"net"
	"os"
)

// Addresses inside of a sandbox. Both are Azure's own: the metadata service's, and the one at which a virtual machine
// finds Azure's name server (learn.microsoft.com, "What is IP address 168.63.129.16?"). The second carries the gateway
// as well.
const (
	IMDSAddress    = "169.254.169.254"
	GatewayAddress = "168.63.129.16"
)

// Request is what a sandbox asks to be.
type Request struct {
	// Machine is the virtual machine: NAME or GROUP/NAME, as the user wrote it. "" is a workstation, which has no
	// metadata service.
	Machine string
}

// Attach decides whether a request is granted. An error's message (fault.Error.Message) is shown to the user; ctx ends
// with the sandbox.
type Attach func(ctx context.Context, r Request) (Handlers, error)

// Handlers serve a sandbox's listeners. Each is called once, must serve until its listener is closed, and return then;
// what it returns before that is logged. Connections are cut when the sandbox ends. A listener whose handler is nil is
// closed, so that clients are refused.
type Handlers struct {
	IMDS      func(net.Listener) error   // http, 169.254.169.254:80; never called for a workstation
	HTTPS     func(net.Listener) error   // 168.63.129.16:443
	HTTP      func(net.Listener) error   // 168.63.129.16:80
	SQL       func(net.Listener) error   // 168.63.129.16:1433
	DNS       func(net.Listener) error   // 168.63.129.16:53
	DNSPacket func(net.PacketConn) error // the same over UDP
	CA        []byte                     // PEM of the authority that the sandbox is to trust
}

// Options say what Run runs.
type Options struct {
	Socket  string   // path of the socket that Server serves
	Machine string   // as in Request
	Command []string // looked up in PATH, with its arguments
	// HideFolder is the state folder. On a virtual machine it is covered, since a process that reaches the sockets in it
	// could be any machine; on a workstation it stays.
	HideFolder string
	Env        []string // nil means this process's; variables that would lead elsewhere are taken out
	Stdin      *os.File // nil means this process's, as for the others
	Stdout     *os.File
	Stderr     *os.File
}
