package sandbox

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// backlog is what a listener queues before it is accepted; the kernel lowers it to net.core.somaxconn.
const backlog = 4096

// raiseNetwork gives the loopback interface of this fresh network namespace its addresses. It is the only interface, and
// there is no route: every other address is unreachable, at once.
func raiseNetwork(machine bool) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	if err := request(fd, unix.RTM_NEWLINK, 0, linkUp()); err != nil {
		return fmt.Errorf("bring lo up: %w", err)
	}
	addresses := []string{GatewayAddress}
	if machine {
		addresses = append(addresses, IMDSAddress)
	}
	for _, a := range addresses {
		if err := request(fd, unix.RTM_NEWADDR, unix.NLM_F_CREATE|unix.NLM_F_EXCL, loopbackAddress(netip.MustParseAddr(a))); err != nil {
			return fmt.Errorf("add %s to lo: %w", a, err)
		}
	}
	return nil
}

// loopback is the index of lo, the first interface of every network namespace.
const loopback = 1

// linkUp is struct ifinfomsg with IFF_UP set and nothing else changed (rtnetlink(7)).
func linkUp() []byte {
	msg := make([]byte, 0, unix.SizeofIfInfomsg)
	msg = append(msg, unix.AF_UNSPEC, 0, 0, 0) // family, padding, type
	msg = binary.NativeEndian.AppendUint32(msg, loopback)
	msg = binary.NativeEndian.AppendUint32(msg, unix.IFF_UP)  // flags
	return binary.NativeEndian.AppendUint32(msg, unix.IFF_UP) // which of them change
}

// loopbackAddress is struct ifaddrmsg with the address as IFA_LOCAL and IFA_ADDRESS, alone in its network.
func loopbackAddress(a netip.Addr) []byte {
	msg := make([]byte, 0, unix.SizeofIfAddrmsg+16)
	msg = append(msg, unix.AF_INET, 32, 0, unix.RT_SCOPE_HOST) // family, prefix, flags, scope
	msg = binary.NativeEndian.AppendUint32(msg, loopback)
	for _, kind := range []uint16{unix.IFA_LOCAL, unix.IFA_ADDRESS} {
		msg = binary.NativeEndian.AppendUint16(msg, unix.SizeofRtAttr+4)
		msg = binary.NativeEndian.AppendUint16(msg, kind)
		msg = append(msg, a.AsSlice()...)
	}
	return msg
}

// request sends one message and waits for its acknowledgement (netlink(7)).
func request(fd int, kind uint16, flags uint16, payload []byte) error {
	msg := make([]byte, 0, unix.SizeofNlMsghdr+len(payload))
	msg = binary.NativeEndian.AppendUint32(msg, uint32(unix.SizeofNlMsghdr+len(payload)))
	msg = binary.NativeEndian.AppendUint16(msg, kind)
	msg = binary.NativeEndian.AppendUint16(msg, unix.NLM_F_REQUEST|unix.NLM_F_ACK|flags)
	msg = binary.NativeEndian.AppendUint32(msg, 1) // sequence
	msg = binary.NativeEndian.AppendUint32(msg, 0) // port: the kernel fills it in
	msg = append(msg, payload...)
	if err := unix.Sendto(fd, msg, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 4096)
	n, _, err := unix.Recvfrom(fd, answer, 0)
	if err != nil {
		return err
	}
	if n < unix.SizeofNlMsghdr+4 || binary.NativeEndian.Uint16(answer[4:]) != unix.NLMSG_ERROR {
		return fmt.Errorf("the kernel answered %d bytes of another kind", n)
	}
	if code := int32(binary.NativeEndian.Uint32(answer[unix.SizeofNlMsghdr:])); code != 0 {
		return unix.Errno(-code)
	}
	return nil
}

// listen makes an endpoint's socket.
func listen(e endpoint) (int, error) {
	address, port, packet, ok := e.place()
	if !ok {
		return -1, fmt.Errorf("no endpoint is named %q", e)
	}
	kind := unix.SOCK_STREAM
	if packet {
		kind = unix.SOCK_DGRAM
	}
	fd, err := unix.Socket(unix.AF_INET, kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, err
	}
	if err := bind(fd, address, port, packet); err != nil {
		_ = unix.Close(fd)
		return -1, fmt.Errorf("%s:%d: %w", address, port, err)
	}
	return fd, nil
}

func bind(fd int, address string, port int, packet bool) error {
	if err := unix.Bind(fd, &unix.SockaddrInet4{Port: port, Addr: netip.MustParseAddr(address).As4()}); err != nil {
		return err
	}
	if packet {
		return nil
	}
	return unix.Listen(fd, backlog)
}
