package function

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"io"
	"math/bits"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// hashFunctions give digests and compress. MD5 and SHA1 are for data that were hashed with them: they protect nothing.
func hashFunctions() []Function {
	vb, lob := value.Sized(value.VarBinary, 8000), value.Sized(value.VarBinary, value.Max)
	return []Function{
		{Name: "CHECKSUM", Min: 1, Max: -1, Result: never(integer), Eval: lenient(checksumOf(false)), Deterministic: true},
		{Name: "BINARY_CHECKSUM", Min: 1, Max: -1, Result: never(integer), Eval: lenient(checksumOf(true)), Deterministic: true},
		{Name: "HASHBYTES", Min: 2, Max: 2, Result: maybe(vb), Eval: strict(hashBytes), Deterministic: true},
		{Name: "COMPRESS", Min: 1, Max: 1, Result: is(lob), Eval: strict(compress), Deterministic: true},
		{Name: "DECOMPRESS", Min: 1, Max: 1, Result: is(lob), Eval: strict(decompress), Deterministic: true},
		{Name: "BASE64_ENCODE", Min: 1, Max: 2, Result: is(value.Sized(value.VarChar, value.Max)), Eval: strict(encodeBase64), Deterministic: true},
		{Name: "BASE64_DECODE", Min: 1, Max: 1, Result: is(lob), Eval: strict(decodeBase64), Deterministic: true},
		{Name: "PWDCOMPARE", Min: 2, Max: 3, Result: maybe(integer), Eval: strict(passwordMatches), Deterministic: true},
	}
}

// raw is an argument's bytes, as CAST to varbinary(max) gives them.
func (c *call) raw(i int) []byte {
	if c.types[i].IsBinary() {
		return []byte(c.args[i].Text())
	}
	return []byte(c.as(i, value.Sized(value.VarBinary, value.Max)).Text())
}

// checksumOf folds its arguments' bytes by rotation; CHECKSUM takes strings as their collation compares them.
func checksumOf(exact bool) func(c *call) value.Value {
	return func(c *call) value.Value {
		sum := uint32(0)
		for i, v := range c.args {
			sum = bits.RotateLeft32(sum, 4) ^ c.checksum(i, v, exact)
		}
		return value.OfInt(int64(int32(sum)))
	}
}

func (c *call) checksum(i int, v value.Value, exact bool) uint32 {
	t := c.types[i]
	switch {
	case v.IsNull():
		return 0x7fffffff
	case t.IsInteger():
		return uint32(v.Int64()) ^ uint32(v.Int64()>>32)*b2u(t.ID == value.BigInt)
	case t.IsString() && !exact:
		key := t.Collate().AppendKey(nil, v.Text())
		return rotated(key)
	case t.IsString():
		return rotated([]byte(strings.TrimRight(v.Text(), " ")))
	}
	return rotated(c.raw(i))
}

func b2u(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

func rotated(b []byte) uint32 {
	sum := uint32(0)
	for _, x := range b {
		sum = bits.RotateLeft32(sum, 4) ^ uint32(x)
	}
	return sum
}

// hashBytes is HASHBYTES; of an algorithm that there is not it is NULL, as of MD2 and MD4 here.
func hashBytes(c *call) value.Value {
	if !c.types[1].IsString() && !c.types[1].IsBinary() {
		return c.fail(badArgument(c.types[1], 2, "hashbytes"))
	}
	b := c.raw(1)
	if c.err != nil {
		return value.Null()
	}
	switch strings.ToUpper(c.text(0)) {
	case "MD5":
		h := md5.Sum(b)
		return value.OfByteSlice(h[:])
	case "SHA", "SHA1":
		h := sha1.Sum(b)
		return value.OfByteSlice(h[:])
	case "SHA2_256":
		h := sha256.Sum256(b)
		return value.OfByteSlice(h[:])
	case "SHA2_512":
		h := sha512.Sum512(b)
		return value.OfByteSlice(h[:])
	}
	return value.Null()
}

func compress(c *call) value.Value {
	if !c.types[0].IsString() && !c.types[0].IsBinary() {
		return c.fail(badArgument(c.types[0], 1, "compress"))
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(c.raw(0))
	if closing := w.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return c.fail(err)
	}
	return value.OfByteSlice(out.Bytes())
}

func decompress(c *call) value.Value {
	bad := value.Errorf(4887, 16, 1, "Archive used by DECOMPRESS is corrupted. Use the output from COMPRESS for DECOMPRESS, and try again.")
	r, err := gzip.NewReader(bytes.NewReader(c.raw(0)))
	if err != nil {
		return c.fail(bad)
	}
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return c.fail(bad)
	}
	if !c.grown(int64(len(b))) {
		return value.Null()
	}
	return value.OfByteSlice(b)
}

// encodeBase64 is BASE64_ENCODE: with a second argument that is not 0, in the alphabet for URLs and without padding.
func encodeBase64(c *call) value.Value {
	if !c.types[0].IsBinary() {
		return c.fail(badArgument(c.types[0], 1, "base64_encode"))
	}
	encoding := base64.StdEncoding
	if c.has(1) && c.int(1) != 0 {
		encoding = base64.RawURLEncoding
	}
	return value.OfString(encoding.EncodeToString(c.raw(0)))
}

// decodeBase64 is BASE64_DECODE, of either alphabet, padded or not.
func decodeBase64(c *call) value.Value {
	s := strings.NewReplacer("-", "+", "_", "/", "\r", "", "\n", "", "\t", "", " ", "").Replace(c.text(0))
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return c.fail(value.Errorf(9803, 16, 20, "Invalid data for type \"Base64Decode\"."))
	}
	return value.OfByteSlice(b)
}

// passwordMatches is PWDCOMPARE for the form 0x0200: a salt of four bytes and the SHA-512 of password and salt.
func passwordMatches(c *call) value.Value {
	hash := c.raw(1)
	if len(hash) != 70 || hash[0] != 2 || hash[1] != 0 {
		return value.OfInt(0)
	}
	h := sha512.Sum512([]byte(value.UTF16Bytes(c.text(0)) + string(hash[2:6])))
	return value.OfBool(bytes.Equal(h[:], hash[6:]))
}
