package jwk_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"testing"
	"testing/iotest"

	"github.com/alcedo-cloud/alcedo/internal/vault/jwk"
	"github.com/alcedo-cloud/alcedo/internal/vault/rsabatch"
)

// bothMeans are the ways to sign that this machine has: by crypto/rsa, and in batches where the processor can.
func bothMeans(t testing.TB) map[string]jwk.Means {
	t.Helper()
	out := map[string]jwk.Means{"alone": means}
	pool, err := rsabatch.Open(2)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Log("batches are left out: ", err)
		return out
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	out["in batches"] = jwk.Means{Random: rand.Reader, Batch: pool}
	return out
}

func private(t testing.TB, k *jwk.Key) *rsa.PrivateKey {
	t.Helper()
	signer, ok := k.Signer()
	if !ok {
		t.Fatal("the key has no signer")
	}
	return signer.(*rsa.PrivateKey)
}

// TestSignaturesAreThoseOfTheStandardLibrary: the same bytes where the scheme leaves no choice, and what it verifies with
// exactly that length of salt where it does. Keys that batches do not take are among them.
func TestSignaturesAreThoseOfTheStandardLibrary(t *testing.T) {
	hashes := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}
	for _, size := range []int{2048, 2048, 3072} {
		k := generate(t, jwk.Parameters{Type: jwk.RSA, Size: size})
		std := private(t, k)
		for name, with := range bothMeans(t) {
			for bits, hash := range hashes {
				digest := digestFor("RS" + bits)
				got, err := k.Sign(t.Context(), with, "RS"+bits, digest)
				want, stdErr := rsa.SignPKCS1v15(nil, std, hash, digest)
				if err != nil || stdErr != nil || !bytes.Equal(got, want) {
					t.Errorf("%d bits, RS%s %s: %x, %v; want %x, %v", size, bits, name, got, err, want, stdErr)
				}
				got, err = k.Sign(t.Context(), with, "PS"+bits, digest)
				if err == nil {
					err = rsa.VerifyPSS(&std.PublicKey, hash, digest, got, &rsa.PSSOptions{SaltLength: hash.Size()})
				}
				again, _ := k.Sign(t.Context(), with, "PS"+bits, digest)
				if err != nil || bytes.Equal(got, again) {
					t.Errorf("%d bits, PS%s %s: %x, %v; then %x", size, bits, name, got, err, again)
				}
			}
			for _, n := range []int{1, 20, size/8 - 11} {
				value := bytes.Repeat([]byte{0xA5}, n)
				got, err := k.Sign(t.Context(), with, "RSNULL", value)
				want, stdErr := rsa.SignPKCS1v15(nil, std, 0, value)
				if err != nil || stdErr != nil || !bytes.Equal(got, want) {
					t.Errorf("%d bits, RSNULL of %d bytes %s: %x, %v; want %x, %v", size, n, name, got, err, want, stdErr)
				}
			}
		}
	}
}

// TestSaltsComeFromOutside: a batch's PSS draws its salt from what it is given, and says where that fails.
func TestSaltsComeFromOutside(t *testing.T) {
	with, ok := bothMeans(t)["in batches"]
	if !ok {
		t.Skip("this processor signs in no batches")
	}
	k := generate(t, jwk.Parameters{Type: jwk.RSA})
	digest := digestFor("PS256")
	sign := func() []byte {
		t.Helper()
		with.Random = bytes.NewReader(bytes.Repeat([]byte{0x5A}, 32))
		sig, err := k.Sign(t.Context(), with, "PS256", digest)
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
	if !bytes.Equal(sign(), sign()) {
		t.Error("the same salt gives two signatures")
	}
	failed := errors.New("no dice")
	with.Random = iotest.ErrReader(failed)
	if sig, err := k.Sign(t.Context(), with, "PS256", digest); !errors.Is(err, failed) || sig != nil {
		t.Errorf("without a salt: %x, %v", sig, err)
	}
}

// TestAClosedPoolSignsNothing: nobody computes past the end of the instance.
func TestAClosedPoolSignsNothing(t *testing.T) {
	with, ok := bothMeans(t)["in batches"]
	if !ok {
		t.Skip("this processor signs in no batches")
	}
	if err := with.Batch.Close(); err != nil {
		t.Fatal(err)
	}
	k := generate(t, jwk.Parameters{Type: jwk.RSA})
	if sig, err := k.Sign(t.Context(), with, "RS256", digestFor("RS256")); err == nil {
		t.Errorf("a closed pool signs: %x", sig)
	}
}
