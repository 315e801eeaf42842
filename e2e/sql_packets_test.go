package e2e

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"
	"unicode/utf16"
)

// rawSession is a connection in TDS 8.0: packets written by hand within TLS.
type rawSession struct{ *tls.Conn }

func (d *database) raw(t *testing.T) rawSession {
	t.Helper()
	host, port, authority := d.address()
	pem, err := os.ReadFile(authority)
	d.check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	c, err := tls.Dial("tcp", net.JoinHostPort(host, port), &tls.Config{RootCAs: roots, ServerName: d.host, NextProtos: []string{"tds/8.0"}})
	d.check(err)
	t.Cleanup(func() { _ = c.Close() }) // mostly the server has
	d.check(c.SetDeadline(time.Now().Add(time.Minute)))
	return rawSession{c}
}

// packet is one packet of a type, the last of its message.
func packet(typ byte, payload []byte) []byte {
	return append([]byte{typ, 1, byte((len(payload) + 8) >> 8), byte(len(payload) + 8), 0, 0, 1, 0}, payload...)
}

func utf16Bytes(s string) (out []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

// login7 is a LOGIN7 whose offsets may be made to lie.
func login7(user, password, database string, change func(fixed []byte)) []byte {
	const size = 94
	fixed := make([]byte, size)
	binary.LittleEndian.PutUint32(fixed[4:], 0x08000000)
	binary.LittleEndian.PutUint32(fixed[8:], 4096)
	var data []byte
	put := func(at int, text string) {
		binary.LittleEndian.PutUint16(fixed[at:], uint16(size+len(data)))
		binary.LittleEndian.PutUint16(fixed[at+2:], uint16(len(text)))
		data = append(data, utf16Bytes(text)...)
	}
	put(36, "host")
	put(40, user)
	begin := len(data)
	put(44, password)
	for i := begin; i < len(data); i++ {
		data[i] = (data[i]<<4 | data[i]>>4) ^ 0xA5
	}
	put(68, database)
	binary.LittleEndian.PutUint32(fixed, uint32(size+len(data)))
	change(fixed)
	return packet(0x10, append(fixed, data...))
}

var prelogin = packet(0x12, []byte{0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF, 8, 0, 1, 85, 0, 0, 0})

// logIn logs in, and reads the answer.
func (s rawSession) logIn(t *testing.T, message []byte) error {
	t.Helper()
	if _, err := s.Write(prelogin); err != nil {
		return err
	}
	if _, err := s.message(); err != nil {
		return err
	}
	if _, err := s.Write(message); err != nil {
		return err
	}
	answer, err := s.message()
	if err == nil && !bytes.Contains(answer, []byte{0xAD}) {
		return fmt.Errorf("no LOGINACK in %x", answer)
	}
	return err
}

// message reads the payload of a message.
func (s rawSession) message() (out []byte, err error) {
	for header := make([]byte, 8); ; {
		if _, err := io.ReadFull(s, header); err != nil {
			return out, err
		}
		payload := make([]byte, max(8, int(header[2])<<8|int(header[3]))-8)
		if _, err := io.ReadFull(s, payload); err != nil {
			return out, err
		}
		if out = append(out, payload...); header[1]&1 != 0 {
			return out, nil
		}
	}
}

// ends wants the server to close the connection, whatever it says before.
func (s rawSession) ends(t *testing.T, what string) {
	t.Helper()
	_, err := io.Copy(io.Discard, s)
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		t.Errorf("%s: the connection stays open", what)
	}
}

// sqlPackets are packets that break the protocol, before and after a login. The connection closes, and nothing else.
func (d *database) sqlPackets(t *testing.T) {
	db := d.open()
	good := login7(boss+"@"+d.server, bossPassword, d.name, func([]byte) {})
	for at := range 94 {
		s := d.raw(t)
		err := s.logIn(t, login7(boss+"@"+d.server, bossPassword, d.name, func(fixed []byte) { fixed[at] ^= 0xFF }))
		if err == nil {
			if _, err := s.Write(packet(1, []byte{1, 2})); err == nil {
				s.ends(t, fmt.Sprintf("garbage after a login with byte %d changed", at))
			}
		}
		d.check(closed(s))
	}
	headers := append(binary.LittleEndian.AppendUint32(nil, 22), 18, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0)
	call := append(bytes.Clone(headers), 0xFF, 0xFF, 10, 0, 0, 0) // sp_executesql
	plp := append(bytes.Clone(call), 0, 0, 0xE7, 0xFF, 0xFF, 9, 4, 0xD0, 0, 0x34)
	plp = binary.LittleEndian.AppendUint64(plp, 1<<30)
	for what, bad := range map[string][]byte{
		"garbage":                  bytes.Repeat([]byte("garbage!"), 100),
		"a length below 8":         {1, 1, 0, 7, 0, 0, 1, 0},
		"a packet of 65,535 bytes": append([]byte{1, 1, 0xFF, 0xFF, 0, 0, 1, 0}, make([]byte, 70_000)...),
		"an unknown type":          packet(0x33, []byte("x")),
		"headers that lie":         packet(1, []byte{0xFF, 0xFF, 0xFF, 0x7F, 1, 2, 3}),
		"half a character":         packet(1, append(bytes.Clone(headers), 'S')),
		"a call that ends":         packet(3, call[:len(call)-3]),
		"1 GB declared":            packet(3, binary.LittleEndian.AppendUint32(plp, 1<<30)),
		"another login":            good,
		"an unknown request":       packet(14, append(bytes.Clone(headers), 0x77, 0x77)),
		"a load that nobody began": packet(7, []byte{0x81, 0xFF, 0xFF}),
	} {
		s := d.raw(t)
		d.check(s.logIn(t, good))
		if _, err := s.Write(bad); err == nil {
			_ = s.CloseWrite() // the server may have closed already
		}
		s.ends(t, what)
		var one int
		if err := db.QueryRowContext(t.Context(), "SELECT 1").Scan(&one); err != nil || one != 1 {
			t.Fatalf("after %s: %v", what, err)
		}
	}
	host, port, _ := d.address()
	for _, bad := range [][]byte{prelogin[:5], prelogin[:12], bytes.Repeat([]byte{0x12}, 9000), {0x16, 3, 1, 0xFF, 0xFF, 1}, []byte("GET / HTTP/1.1\r\n\r\n"), {}} {
		c, err := net.Dial("tcp", net.JoinHostPort(host, port))
		d.check(err)
		d.check(c.SetDeadline(time.Now().Add(time.Minute)))
		if _, err := c.Write(bad); err == nil {
			_ = c.(*net.TCPConn).CloseWrite() // the server may have closed already
		}
		_, err = io.Copy(io.Discard, c)
		var late net.Error
		if errors.As(err, &late) && late.Timeout() {
			t.Errorf("%q keeps the connection open", bad)
		}
		d.check(c.Close())
	}
}

// closed closes a connection that the server may have closed already.
func closed(s rawSession) error {
	_ = s.Close()
	return nil
}
