package jwk

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// AES key wrap, RFC 3394, and with padding, RFC 5649. The standard library has neither. Both use the same rounds and
// differ in the first half block, which an unwrapping checks.

const (
	half       = 8         // bytes of a half block
	rounds     = 6         // RFC 3394 section 2.2.1
	maxWrapped = 1024 * 16 // a key, not a file
)

// plainIV starts RFC 3394; padded wrapping starts with the first half of its own and the length.
const (
	plainIV  uint64 = 0xA6A6A6A6A6A6A6A6
	paddedIV uint32 = 0xA65959A6
)

func wrapKey(kek, key []byte) ([]byte, error) {
	if len(key)%half != 0 || len(key) < 2*half || len(key) > maxWrapped {
		return nil, invalid("Invalid length of 'value': %d bytes. The key to wrap must have a multiple of 8 bytes, at least 16.\r\n", len(key))
	}
	block, err := aes.NewCipher(kek)
	if err != nil {
		return nil, fault.Wrap("jwk.wrapKey", err)
	}
	return wrapRounds(block, plainIV, key), nil
}

func unwrapKey(kek, wrapped []byte) ([]byte, error) {
	if len(wrapped)%half != 0 || len(wrapped) < 3*half || len(wrapped) > maxWrapped+half {
		return nil, badParameter(errors.New("a wrapped key of a length that none has"))
	}
	block, err := aes.NewCipher(kek)
	if err != nil {
		return nil, fault.Wrap("jwk.unwrapKey", err)
	}
	iv, key := unwrapRounds(block, wrapped)
	if !same(iv, plainIV) {
		return nil, badParameter(errors.New("the integrity check of a wrapped key fails"))
	}
	return key, nil
}

func wrapKeyPadded(kek, key []byte) ([]byte, error) {
	if len(key) > maxWrapped {
		return nil, invalid("Invalid length of 'value': %d bytes. The key to wrap must have at most %d bytes.\r\n", len(key), maxWrapped)
	}
	block, err := aes.NewCipher(kek)
	if err != nil {
		return nil, fault.Wrap("jwk.wrapKeyPadded", err)
	}
	iv := uint64(paddedIV)<<32 | uint64(len(key))
	padded := make([]byte, (len(key)+half-1)/half*half)
	copy(padded, key)
	if len(padded) > half {
		return wrapRounds(block, iv, padded), nil
	}
	out := binary.BigEndian.AppendUint64(nil, iv)
	out = append(out, padded...)
	block.Encrypt(out, out)
	return out, nil
}

func unwrapKeyPadded(kek, wrapped []byte) ([]byte, error) {
	if len(wrapped)%half != 0 || len(wrapped) < 2*half || len(wrapped) > maxWrapped+half {
		return nil, badParameter(errors.New("a wrapped key of a length that none has"))
	}
	block, err := aes.NewCipher(kek)
	if err != nil {
		return nil, fault.Wrap("jwk.unwrapKeyPadded", err)
	}
	var iv uint64
	var padded []byte
	if len(wrapped) == 2*half {
		out := make([]byte, 2*half)
		block.Decrypt(out, wrapped)
		iv, padded = binary.BigEndian.Uint64(out), out[half:]
	} else {
		iv, padded = unwrapRounds(block, wrapped)
	}
	size := int(uint32(iv))
	good := same(iv>>32, uint64(paddedIV)) && size > len(padded)-half && size <= len(padded)
	if !good {
		return nil, badParameter(errors.New("the integrity check of a wrapped key fails"))
	}
	for _, b := range padded[size:] {
		if b != 0 {
			return nil, badParameter(errors.New("the padding of a wrapped key is not zero"))
		}
	}
	return padded[:size], nil
}

func same(a, b uint64) bool {
	return subtle.ConstantTimeCompare(binary.BigEndian.AppendUint64(nil, a), binary.BigEndian.AppendUint64(nil, b)) == 1
}

// wrapRounds is W of RFC 3394 section 2.2.1 with iv in front.
func wrapRounds(block cipher.Block, iv uint64, key []byte) []byte {
	out := binary.BigEndian.AppendUint64(make([]byte, 0, half+len(key)), iv)
	out = append(out, key...)
	var b [2 * half]byte
	count := uint64(0)
	for range rounds {
		for at := half; at < len(out); at += half {
			count++
			copy(b[:half], out[:half])
			copy(b[half:], out[at:at+half])
			block.Encrypt(b[:], b[:])
			binary.BigEndian.PutUint64(out, binary.BigEndian.Uint64(b[:half])^count)
			copy(out[at:], b[half:])
		}
	}
	return out
}

// unwrapRounds is its inverse: the first half block and what follows it.
func unwrapRounds(block cipher.Block, wrapped []byte) (uint64, []byte) {
	out := append([]byte(nil), wrapped...)
	var b [2 * half]byte
	count := uint64(rounds * (len(out)/half - 1))
	for range rounds {
		for at := len(out) - half; at >= half; at -= half {
			binary.BigEndian.PutUint64(b[:half], binary.BigEndian.Uint64(out)^count)
			copy(b[half:], out[at:at+half])
			block.Decrypt(b[:], b[:])
			copy(out, b[:half])
			copy(out[at:], b[half:])
			count--
		}
	}
	return binary.BigEndian.Uint64(out), out[half:]
}
