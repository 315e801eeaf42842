package jwk

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/vault/rsabatch"
)

// batched is an RSA key as rsabatch computes with it. It is made when it is first wanted, from the key beside it, and goes
// with it.
type batched struct {
	once sync.Once
	key  *rsabatch.Key // nil: crypto/rsa computes
}

func (b *batched) of(k *rsa.PrivateKey) *rsabatch.Key {
	b.once.Do(func() {
		if key, ok := rsabatch.NewKey(k); ok {
			b.key = key
		}
	})
	return b.key
}

// signRSA encodes a digest and signs it: together with others where the key and the machine allow it, else by crypto/rsa.
func (k *Key) signRSA(ctx context.Context, with Means, row signature, digest []byte) ([]byte, error) {
	if with.Batch == nil || k.batched.of(k.rsa) == nil {
		if row.pss {
			return rsa.SignPSS(with.Random, k.rsa, row.hash, digest, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		}
		return rsa.SignPKCS1v15(with.Random, k.rsa, row.hash, digest)
	}
	if !row.pss {
		return with.Batch.Sign(ctx, k.batched.key, encodePKCS1(k.rsa.Size(), row.hash, digest))
	}
	encoded, err := encodePSS(k.size-1, row.hash, digest, with.Random)
	if err != nil {
		return nil, err
	}
	return with.Batch.Sign(ctx, k.batched.key, encoded)
}

// digestInfo is what DigestInfo begins with, by hash. Source: RFC 8017 section 9.2, note 1.
func digestInfo(h crypto.Hash) string {
	switch h {
	case crypto.SHA256:
		return "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"
	case crypto.SHA384:
		return "\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30"
	case crypto.SHA512:
		return "\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40"
	}
	return "" // of RSNULL, which signs the value as it comes
}

// encodePKCS1 is EMSA-PKCS1-v1_5 to size bytes. The digest fits. Source: RFC 8017 section 9.2.
func encodePKCS1(size int, h crypto.Hash, digest []byte) []byte {
	prefix := digestInfo(h)
	em := make([]byte, size)
	end := size - len(prefix) - len(digest)
	em[1] = 1
	for i := 2; i < end-1; i++ {
		em[i] = 0xFF
	}
	copy(em[end:], prefix)
	copy(em[end+len(prefix):], digest)
	return em
}

// encodePSS is EMSA-PSS to bits bits, with MGF1 and a salt of the digest's length. Source: RFC 8017 section 9.1.1.
func encodePSS(bits int, h crypto.Hash, digest []byte, random io.Reader) ([]byte, error) {
	size := h.Size()
	em := make([]byte, (bits+7)/8)
	masked, seed := em[:len(em)-size-1], em[len(em)-size-1:len(em)-1]
	salt := masked[len(masked)-size:]
	if _, err := io.ReadFull(random, salt); err != nil {
		return nil, fmt.Errorf("jwk: draw a salt: %w", err)
	}
	hash := h.New()
	hash.Write(make([]byte, 8))
	hash.Write(digest)
	hash.Write(salt)
	hash.Sum(seed[:0])
	masked[len(masked)-size-1] = 1
	mask(masked, h, seed)
	masked[0] &= 0xFF >> (8*len(em) - bits)
	em[len(em)-1] = 0xBC
	return em, nil
}

// mask is MGF1, laid over out. Source: RFC 8017 appendix B.2.1.
func mask(out []byte, h crypto.Hash, seed []byte) {
	hash := h.New()
	var counter [4]byte
	block := make([]byte, 0, h.Size())
	for n := uint32(0); len(out) > 0; n++ {
		hash.Reset()
		hash.Write(seed)
		binary.BigEndian.PutUint32(counter[:], n)
		hash.Write(counter[:])
		block = hash.Sum(block[:0])
		out = out[subtle.XORBytes(out, out, block):]
	}
}
