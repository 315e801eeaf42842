package tds

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func TestPreloginAnswer(t *testing.T) {
	in := Prelogin{
		Version: [6]byte{12, 0, 7, 0xD0}, Encryption: EncryptOn, HasFedAuth: true, FedAuthRequired: true, Nonce: bytes.Repeat([]byte{7}, 32),
	}
	got, err := DecodePrelogin(AppendPrelogin(nil, in))
	if err != nil || got.Version != in.Version || got.Encryption != in.Encryption || !got.FedAuthRequired || !bytes.Equal(got.Nonce, in.Nonce) || got.MARS {
		t.Errorf("%+v, %v", got, err)
	}
	// MS-TDS 4.2 has the shape of an answer without the federated options.
	want := "\x00\x00\x1a\x00\x06\x01\x00\x20\x00\x01\x02\x00\x21\x00\x01\x03\x00\x22\x00\x00\x04\x00\x22\x00\x01\xff" +
		"\x0c\x00\x07\xd0\x00\x00\x01\x00\x00"
	if got := AppendPrelogin(nil, Prelogin{Version: in.Version, Encryption: EncryptOn}); string(got) != want {
		t.Errorf("% x", got)
	}
}

func TestPreloginRefusals(t *testing.T) {
	for name, b := range map[string]string{
		"empty": "", "no end": "\x01\x00\x05\x00\x01", "cut off": "\x01\x00", "outside": "\x01\x00\x05\x00\x09\xff", "offset": "\x01\xff\xff\x00\x01\xff",
		"encryption 9": "\x01\x00\x06\x00\x01\xff\x09", "encryption without a byte": "\x01\x00\x06\x00\x00\xff", "nonce": "\x07\x00\x06\x00\x01\xff\x00",
	} {
		if p, err := DecodePrelogin([]byte(b)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	// A client's certificate is a bit beside; unknown options are not read.
	if p, err := DecodePrelogin([]byte("\x01\x00\x0b\x00\x01\x63\x00\x0b\x00\x01\xff\x81")); err != nil || p.Encryption != EncryptOn {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestLoginLies changes each offset and length of a recorded login in turn.
func TestLoginLies(t *testing.T) {
	for _, client := range clients() {
		for _, b := range recorded(t, client)[PacketLogin7] {
			for at := 36; at < 94; at += 2 {
				if at >= 72 && at < 78 || at == 90 || at == 92 {
					continue // the client's id; the long length of SSPI, which counts beside 0xFFFF only
				}
				lie := bytes.Clone(b)
				binary.LittleEndian.PutUint16(lie[at:], 0xFFF0)
				length := at + 2 // of the pair whose offset is at
				offset := (at-36)%4 == 0
				if at >= 78 {
					offset = (at-78)%4 == 0
				}
				if offset && binary.LittleEndian.Uint16(b[length:]) == 0 {
					continue // an offset of nothing is not followed
				}
				if l, err := DecodeLogin7(lie); !fault.Is(err, fault.Invalid) {
					t.Errorf("%s, byte %d: %+v, %v", client, at, l, err)
				}
			}
			for n := range len(b) {
				if _, err := DecodeLogin7(b[:n]); !fault.Is(err, fault.Invalid) {
					t.Errorf("%s cut at %d: %v", client, n, err)
				}
			}
		}
	}
}

func TestFedAuthRefusals(t *testing.T) {
	for name, b := range map[string]string{
		"empty": "", "no token": "\x02", "cut off": "\x02\x08\x00\x00\x00a\x00", "a gigabyte": "\x02\x00\x00\x00\x40", "odd": "\x02\x01\x00\x00\x00a",
		"nonce of 3": "\x02\x02\x00\x00\x00a\x00xyz", "library 5": "\x0a",
	} {
		if f, err := DecodeFedAuth([]byte(b)); err == nil {
			t.Errorf("%s: %+v", name, f)
		}
	}
	f, err := DecodeFedAuth(append([]byte("\x03\x02\x00\x00\x00a\x00"), bytes.Repeat([]byte{9}, 32)...))
	if err != nil || f.Token != "a" || !f.Echo || len(f.Nonce) != 32 {
		t.Errorf("%+v, %v", f, err)
	}
	for name, b := range map[string]string{
		"empty": "", "lies": "\x07\x00\x00\x00\x02\x00\x00\x00a\x00", "cut off": "\x06\x00\x00\x00\x04\x00\x00\x00a\x00",
	} {
		if s, _, err := DecodeFedAuthToken([]byte(b)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %q, %v", name, s, err)
		}
	}
}

func FuzzLogin7(f *testing.F) {
	for _, client := range clients() {
		for _, b := range recorded(f, client)[PacketLogin7] {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := DecodeLogin7(b)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		for _, feature := range l.Features {
			if feature.ID == FeatureFedAuth {
				_, _ = DecodeFedAuth(feature.Data)
			}
		}
	})
}

func FuzzPrelogin(f *testing.F) {
	for _, client := range clients() {
		for _, b := range recorded(f, client)[PacketPrelogin] {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := DecodePrelogin(b)
		if err != nil {
			return
		}
		again, err := DecodePrelogin(AppendPrelogin(nil, p))
		if err != nil || again.Encryption != p.Encryption || again.MARS != p.MARS || again.FedAuthRequired != p.FedAuthRequired {
			t.Fatalf("%+v comes back as %+v, %v", p, again, err)
		}
	})
}

func FuzzFedAuth(f *testing.F) {
	f.Add([]byte("\x03\x02\x00\x00\x00a\x00"))
	f.Add([]byte("\x06\x00\x00\x00\x02\x00\x00\x00a\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if a, err := DecodeFedAuth(b); err == nil && len(a.Token) > 2*len(b) {
			t.Fatal(a)
		}
		if s, _, err := DecodeFedAuthToken(b); err == nil && len(s) > 2*len(b) {
			t.Fatal(s)
		}
	})
}
