package blob

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// CustomerKey is a key that the client provides with each request (x-ms-encryption-key). It is never stored: of it, a
// blob keeps the hash, and its content is encrypted with it.
type CustomerKey struct {
	Key    []byte // 32 bytes, of AES-256
	SHA256 []byte // 32 bytes, as the client sent it
}

// check refuses a key that is none, or that is not the one the client hashed.
func (k *CustomerKey) check() error {
	if k == nil {
		return nil
	}
	if len(k.Key) != 32 {
		return invalidHeader("x-ms-encryption-key", "")
	}
	if sum := sha256.Sum256(k.Key); !bytes.Equal(sum[:], k.SHA256) {
		return invalidHeader("x-ms-encryption-key-sha256", "")
	}
	return nil
}

func (k *CustomerKey) fingerprint() []byte {
	if k == nil {
		return nil
	}
	return k.SHA256
}

// opens refuses a request for the content of a blob that does not come with the blob's key.
func (b *Blob) opens(k *CustomerKey) error {
	if err := k.check(); err != nil {
		return err
	}
	return sameKey(b.CustomerKey, k.fingerprint())
}

// sameKey compares the hash of the key that something was encrypted with to the one that comes with a request.
func sameKey(with, shown []byte) error {
	switch {
	case bytes.Equal(with, shown):
		return nil
	case with == nil:
		return refuse(fault.Conflict, "BlobDoesNotUseCustomerSpecifiedEncryption")
	case shown == nil:
		return refuse(fault.Conflict, "BlobUsesCustomerSpecifiedEncryption")
	}
	return refuse(fault.Conflict, "BlobCustomerSpecifiedEncryptionMismatch")
}

// stream is AES-256 in counter mode over a content, from an offset on. The counter begins with the content's ID, which
// is never used twice and half of it random, so no two contents share a stretch of the key stream.
func (k *CustomerKey) stream(id content.ID, offset int64) (cipher.Stream, error) {
	block, err := aes.NewCipher(k.Key)
	if err != nil {
		return nil, fault.Wrap("blob.CustomerKey", err)
	}
	high, low := binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])
	skipped := uint64(offset / aes.BlockSize)
	if low+skipped < low {
		high++
	}
	low += skipped
	var counter [aes.BlockSize]byte
	binary.BigEndian.PutUint64(counter[:8], high)
	binary.BigEndian.PutUint64(counter[8:], low)
	s := cipher.NewCTR(block, counter[:])
	var before [aes.BlockSize]byte
	s.XORKeyStream(before[:offset%aes.BlockSize], before[:offset%aes.BlockSize])
	return s, nil
}

// apply encrypts or decrypts what lies at an offset of a content, in place. A nil key does nothing.
func (k *CustomerKey) apply(id content.ID, offset int64, p []byte) error {
	if k == nil {
		return nil
	}
	s, err := k.stream(id, offset)
	if err != nil {
		return err
	}
	s.XORKeyStream(p, p)
	return nil
}

// reader decrypts what r gives from an offset of a content on. Without a key it is r.
func (k *CustomerKey) reader(r io.Reader, id content.ID, offset int64) (io.Reader, error) {
	if k == nil {
		return r, nil
	}
	s, err := k.stream(id, offset)
	if err != nil {
		return nil, err
	}
	return cipher.StreamReader{S: s, R: r}, nil
}
