package content

import "testing"

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
