package content

import (
	"crypto/md5"
	"hash"

	"github.com/minio/crc64nvme"
)

// CRC64 is the checksum of x-ms-content-crc64, which carries its bytes in little-endian order. Its polynomial is that of
// NVM Express: 0x9A6C9329AC4BC9B5 in reversed bit order; initial value and final complement are all ones.
func CRC64(p []byte) uint64 { return UpdateCRC64(0, p) }

// UpdateCRC64 continues crc over p.
func UpdateCRC64(crc uint64, p []byte) uint64 { return crc64nvme.Update(crc, p) }

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
