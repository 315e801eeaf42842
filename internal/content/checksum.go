package content

import (
	"crypto/md5"
	"encoding/binary"
	"hash"
	"hash/crc64"
	"sync"
)

// crcPolynomial is that of x-ms-content-crc64, in reversed bit order.
const crcPolynomial = 0x9A6C9329AC4BC9B5

// crcTables are for sixteen bytes at a time: the k-th is for a byte that k more follow. hash/crc64 knows the polynomial
// only slowly: it makes its tables anew for each call.
var crcTables = sync.OnceValue(func() *[16]crc64.Table {
	var t [16]crc64.Table
	t[0] = *crc64.MakeTable(crcPolynomial)
	for i := range t[0] {
		crc := t[0][i]
		for k := 1; k < len(t); k++ {
			crc = t[0][byte(crc)] ^ crc>>8
			t[k][i] = crc
		}
	}
	return &t
})

// CRC64 is the checksum of x-ms-content-crc64, which carries its bytes in little-endian order: initial value and final
// complement are all ones.
func CRC64(p []byte) uint64 { return UpdateCRC64(0, p) }

// UpdateCRC64 continues crc over p.
func UpdateCRC64(crc uint64, p []byte) uint64 {
	t := crcTables()
	crc = ^crc
	for len(p) >= 16 {
		crc ^= binary.LittleEndian.Uint64(p)
		next := binary.LittleEndian.Uint64(p[8:])
		crc = t[15][byte(crc)] ^ t[14][byte(crc>>8)] ^ t[13][byte(crc>>16)] ^ t[12][byte(crc>>24)] ^
			t[11][byte(crc>>32)] ^ t[10][byte(crc>>40)] ^ t[9][byte(crc>>48)] ^ t[8][crc>>56] ^
			t[7][byte(next)] ^ t[6][byte(next>>8)] ^ t[5][byte(next>>16)] ^ t[4][byte(next>>24)] ^
			t[3][byte(next>>32)] ^ t[2][byte(next>>40)] ^ t[1][byte(next>>48)] ^ t[0][next>>56]
		p = p[16:]
	}
	for _, b := range p {
		crc = t[0][byte(crc)^b] ^ crc>>8
	}
	return ^crc
}

// Digest works out the checksums of a content as its bytes go by.
type Digest struct {
	size int64
	crc  uint64
	md5  hash.Hash
}

// NewDigest returns a digest of nothing.
func NewDigest(o Options) *Digest {
	d := new(Digest)
	if o.MD5 {
		d.md5 = md5.New()
	}
	return d
}

// Write takes the next bytes. It never fails.
func (d *Digest) Write(p []byte) (int, error) {
	d.size += int64(len(p))
	d.crc = UpdateCRC64(d.crc, p)
	if d.md5 != nil {
		d.md5.Write(p)
	}
	return len(p), nil
}

// Ref is what the digest says of the content id.
func (d *Digest) Ref(id ID) Ref {
	r := Ref{ID: id, Size: d.size, CRC64: d.crc}
	if d.md5 != nil {
		d.md5.Sum(r.MD5[:0])
		r.HasMD5 = true
	}
	return r
}
