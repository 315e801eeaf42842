package content

import (
	"bytes"
	"hash/crc64"
	"testing"
)

// TestCRC64: the check value of the polynomial that Storage's clients use, over the nine digits.
func TestCRC64(t *testing.T) {
	if got := CRC64([]byte("123456789")); got != 0xae8b14860a799888 {
		t.Errorf("%#x", got)
	}
	whole := CRC64([]byte("hello, world"))
	if got := UpdateCRC64(CRC64([]byte("hello, ")), []byte("world")); got != whole {
		t.Errorf("in two parts %#x, at once %#x", got, whole)
	}
}

// crcPolynomial is that of x-ms-content-crc64, in reversed bit order.
const crcPolynomial = 0x9A6C9329AC4BC9B5

// FuzzCRC64: many bytes at a time come to what one at a time does, wherever the bytes are cut.
func FuzzCRC64(f *testing.F) {
	f.Add([]byte("0123456789abcdef0123456789abcdefXYZ"), 5)
	f.Add(bytes.Repeat([]byte("more than the widest instructions take at a time"), 100), 1500)
	f.Fuzz(func(t *testing.T, p []byte, cut int) {
		want := crc64.Checksum(p, crc64.MakeTable(crcPolynomial))
		if got := CRC64(p); got != want {
			t.Fatalf("%x, want %x", got, want)
		}
		if cut >= 0 && cut <= len(p) && UpdateCRC64(CRC64(p[:cut]), p[cut:]) != want {
			t.Errorf("cut at %d", cut)
		}
	})
}

func BenchmarkCRC64(b *testing.B) {
	data := make([]byte, 256<<10)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		CRC64(data)
	}
}
