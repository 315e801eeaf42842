package sandbox

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

const maxDescriptors = 8 // more than any honest client sends; the kernel drops what does not fit

// receive reads the client's frame and the descriptors that come with it. On error it returns what it got so far, so
// that the caller closes it.
func receive(conn *net.UnixConn) (header, []*os.File, error) {
	var files []*os.File
	prefix := make([]byte, lengthBytes)
	if err := readFull(conn, prefix, &files); err != nil {
		return header{}, files, err
	}
	n, err := frameLength(prefix, maxHeader)
	if err != nil {
		return header{}, files, err
	}
	text := make([]byte, n)
	if err := readFull(conn, text, &files); err != nil {
		return header{}, files, err
	}
	h, err := decodeHeader(text)
	return h, files, err
}

// readFull fills p, gathering descriptors on the way.
func readFull(conn *net.UnixConn, p []byte, files *[]*os.File) error {
	oob := make([]byte, unix.CmsgSpace(maxDescriptors*4))
	for len(p) > 0 {
		n, oobn, flags, _, err := conn.ReadMsgUnix(p, oob) // the descriptors come close-on-exec
		if parseErr := gather(oob[:oobn], files); parseErr != nil {
			return parseErr
		}
		switch {
		case err != nil:
			return err
		case flags&unix.MSG_CTRUNC != 0 || len(*files) > maxDescriptors:
			return errors.New("more descriptors than a sandbox has listeners")
		case n == 0:
			return io.EOF
		}
		p = p[n:]
	}
	return nil
}

func gather(oob []byte, files *[]*os.File) error {
	if len(oob) == 0 {
		return nil
	}
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return fmt.Errorf("read control messages: %w", err)
	}
	for _, m := range messages {
		if m.Header.Level != unix.SOL_SOCKET || m.Header.Type != unix.SCM_RIGHTS {
			continue
		}
		fds, err := unix.ParseUnixRights(&m)
		if err != nil {
			return fmt.Errorf("read descriptors: %w", err)
		}
		for _, fd := range fds {
			*files = append(*files, os.NewFile(uintptr(fd), "sandbox listener"))
		}
	}
	return nil
}

// closeFiles closes what is left and returns nil, for the caller to forget them.
func closeFiles(files []*os.File) []*os.File {
	for _, f := range files {
		_ = f.Close() // a descriptor that somebody gave us; there is nothing to lose in it
	}
	return nil
}

// send writes one frame. It never waits for a client that does not read: the frame fits the socket's buffer or the
// client has stalled, and attachTime ends that.
func send(conn *net.UnixConn, v any) error {
	frame, err := encodeFrame(v)
	if err != nil {
		return err
	}
	_, err = conn.Write(frame)
	return err
}
