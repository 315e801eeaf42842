package template

import (
	"encoding/base32"
	"encoding/binary"
	"math/bits"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// uniqueString is 13 letters and digits that stand for the texts: a hash of the MurmurHash3 family with 64 bits, in
// lower-case base 32. The constants are those that Resource Manager's results show.
func uniqueString(texts []string) string {
	sum := make([]byte, 8)
	binary.BigEndian.PutUint64(sum, murmur([]byte(strings.Join(texts, "-"))))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum))
}

func murmur(data []byte) uint64 {
	const c1, c2 = 0x239b961b, 0xab0e9789
	first := func(k uint32) uint32 { return bits.RotateLeft32(k*c1, 15) * c2 }
	second := func(k uint32) uint32 { return bits.RotateLeft32(k*c2, 17) * c1 }
	size := uint32(len(data))
	var h1, h2 uint32
	for ; len(data) >= 8; data = data[8:] {
		h1 = (bits.RotateLeft32(h1^first(binary.LittleEndian.Uint32(data)), 19) + h2) * 5
		h1 += 0x561ccd1b
		h2 = (bits.RotateLeft32(h2^second(binary.LittleEndian.Uint32(data[4:])), 13) + h1) * 5
		h2 += 0x0bcaa747
	}
	if len(data) > 0 {
		var rest [8]byte
		copy(rest[:], data)
		h1 ^= first(binary.LittleEndian.Uint32(rest[:]))
		if len(data) > 4 {
			h2 ^= second(binary.LittleEndian.Uint32(rest[4:]))
		}
	}
	h1, h2 = h1^size, h2^size
	h1 += h2
	h2 += h1
	h1, h2 = finish(h1), finish(h2)
	h1 += h2
	h2 += h1
	return uint64(h2)<<32 | uint64(h1)
}

// finish is the last mixing of MurmurHash3.
func finish(h uint32) uint32 {
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

// guidOf is the GUID (version 5, RFC 9562) of the texts, in the namespace of templates.
func guidOf(texts []string) string {
	namespace := uuid.UUID{0x11, 0xfb, 0x06, 0xfb, 0x71, 0x2d, 0x4d, 0xdd, 0x98, 0xc7, 0xe7, 0x1b, 0xbd, 0x58, 0x88, 0x30}
	return uuid.NewSHA1(namespace, []byte(strings.Join(texts, "-"))).String()
}

// Hash is the number by which a deployment shows which template it has: another one for each content.
func Hash(v any) string {
	text, err := asText(v)
	if err != nil {
		return ""
	}
	return strconv.FormatUint(murmur([]byte(text)), 10)
}
