package jwk_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/vault/jwk"
)

// rsaWire is a whole RSA key as a client sends it.
func rsaWire(t testing.TB, bits int) (jwk.Wire, *rsa.PrivateKey) {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return jwk.Wire{
		Kty: jwk.RSA, N: b64(k.N.Bytes()), E: "AQAB", D: b64(k.D.Bytes()), P: b64(k.Primes[0].Bytes()), Q: b64(k.Primes[1].Bytes()),
		DP: b64(k.Precomputed.Dp.Bytes()), DQ: b64(k.Precomputed.Dq.Bytes()), QI: b64(k.Precomputed.Qinv.Bytes()),
	}, k
}

func ecWire(t testing.TB, curve elliptic.Curve) jwk.Wire {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := k.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	d, err := k.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	half := (len(point) + 1) / 2
	return jwk.Wire{Kty: jwk.EC, Crv: curve.Params().Name, X: b64(point[1:half]), Y: b64(point[half:]), D: b64(d)}
}

// TestImport takes keys made elsewhere; RFC 8812's neighbour, a P-256K key, by its known public point.
func TestImport(t *testing.T) {
	w, private := rsaWire(t, 2048)
	k := imported(t, w)
	if got := k.Public(); got.N != b64(private.N.Bytes()) || got.E != "AQAB" || got.D != "" {
		t.Errorf("public %+v", got)
	}
	w.DP, w.DQ, w.QI = "", "", ""
	imported(t, w)
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		w := ecWire(t, curve)
		if got := imported(t, w).Public(); got.X != w.X || got.Y != w.Y || got.Crv != w.Crv {
			t.Errorf("%s: public %+v", w.Crv, got)
		}
	}
	// d = 1 has the curve's base point. Source: SEC 2, section 2.4.1.
	one := jwk.Wire{
		Kty: jwk.EC, Crv: jwk.P256K, D: b64(append(make([]byte, 31), 1)),
		X: b64(unhex(t, "79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798")),
		Y: b64(unhex(t, "483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8")),
	}
	if got := imported(t, one).Public(); got.X != one.X {
		t.Errorf("P-256K: public %+v", got)
	}
}

// TestImportRefused changes one thing at a time. No refusal repeats a value.
func TestImportRefused(t *testing.T) {
	good, _ := rsaWire(t, 2048)
	other, _ := rsaWire(t, 2048)
	small, _ := rsaWire(t, 1024)
	ec, ec2 := ecWire(t, elliptic.P256()), ecWire(t, elliptic.P256())
	change := func(w jwk.Wire, f func(*jwk.Wire)) jwk.Wire { f(&w); return w }
	for _, c := range []struct {
		name, want string
		w          jwk.Wire
	}{
		{"no type", "Property kty has invalid value\r\n", jwk.Wire{}},
		{"no n", "Property 'n' is required.\r\n", change(good, func(w *jwk.Wire) { w.N = "" })},
		{"public only", "Property 'd' is required.\r\n", change(good, func(w *jwk.Wire) { w.D = "" })},
		{"not base64url", "Content of 'p' is not base64url.\r\n", change(good, func(w *jwk.Wire) { w.P = "+/+/" })},
		{"foreign n", "The key material is not valid.\r\n", change(good, func(w *jwk.Wire) { w.N = other.N })},
		{"foreign dp", "The key material is not valid.\r\n", change(good, func(w *jwk.Wire) { w.DP = other.DP })},
		{"even e", "Property e has invalid value\r\n", change(good, func(w *jwk.Wire) { w.E = "Ag" })},
		{"huge e", "Property e has invalid value\r\n", change(good, func(w *jwk.Wire) { w.E = good.N })},
		{"1024 bits", "Unsupported key size (1024). Supported sizes are [2048, 3072, 4096]", small},
		{"too long", "Property n has invalid value\r\n", change(good, func(w *jwk.Wire) { w.N = b64(make([]byte, 2000)) })},
		{"BYOK", "Property key_hsm has invalid value\r\n", change(good, func(w *jwk.Wire) { w.T = "AAAA" })},
		{"no curve", "Property crv has invalid value\r\n", change(ec, func(w *jwk.Wire) { w.Crv = "" })},
		{"wrong curve", "Property x has invalid value\r\n", change(ec, func(w *jwk.Wire) { w.Crv = jwk.P384 })},
		{"other curve of that size", "The key material is not valid.\r\n", change(ec, func(w *jwk.Wire) { w.Crv = jwk.P256K })},
		{"foreign point", "The key material is not valid.\r\n", change(ec, func(w *jwk.Wire) { w.X, w.Y = ec2.X, ec2.Y })},
		{"d of zero", "The key material is not valid.\r\n", change(ec, func(w *jwk.Wire) { w.D = b64(make([]byte, 32)) })},
		{"oct of 17 bytes", "Unsupported key size (136). Supported sizes are [128, 192, 256, 384, 512]", jwk.Wire{Kty: jwk.Oct, K: b64(make([]byte, 17))}},
	} {
		_, err := jwk.Import(c.w)
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Message != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
			continue
		}
		if c.w.D != "" && strings.Contains(err.Error(), c.w.D) {
			t.Errorf("%s: the refusal has the private exponent", c.name)
		}
	}
}

// FuzzImport: whatever comes, an import ends with a fault or with a key that signs or encrypts.
func FuzzImport(f *testing.F) {
	w, _ := rsaWire(f, 2048)
	for _, w := range []jwk.Wire{w, ecWire(f, elliptic.P256()), ecWire(f, elliptic.P521()), {Kty: jwk.Oct, K: b64(make([]byte, 32))}} {
		b, err := json.Marshal(w)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"kty":"RSA","n":"AQ","e":"AQ","d":"AQ","p":"AQ","q":"AQ"}`))
	f.Add([]byte(`{"kty":"EC","crv":"P-256K","x":"","y":"","d":"AA"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var w jwk.Wire
		if json.Unmarshal(b, &w) != nil {
			return
		}
		k, err := jwk.Import(w)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%v", err)
			}
			return
		}
		stored, err := k.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := jwk.Unmarshal(stored); err != nil {
			t.Fatalf("stored: %v", err)
		}
		if p := k.Public(); p.D != "" || p.K != "" || p.P != "" {
			t.Fatal("the public half shows a private one")
		}
		if signer, ok := k.Signer(); ok && signer.Public() == nil {
			t.Fatal("no public key")
		}
	})
}

// FuzzDecrypt: no ciphertext brings the decoders down.
func FuzzDecrypt(f *testing.F) {
	oct := generate(f, jwk.Parameters{Type: jwk.Oct})
	k1 := generate(f, jwk.Parameters{Type: jwk.EC, Curve: jwk.P256K})
	algs := []string{"A256GCM", "A256CBC", "A256CBCPAD", "A256KW", "CKM_AES_KEY_WRAP", "CKM_AES_KEY_WRAP_PAD"}
	f.Add(byte(0), []byte("value"), []byte("iv"), []byte("tag"))
	f.Add(byte(5), make([]byte, 16), []byte(nil), []byte(nil))
	f.Add(byte(2), make([]byte, 32), make([]byte, 16), []byte(nil))
	f.Fuzz(func(t *testing.T, which byte, value, iv, tag []byte) {
		alg := algs[int(which)%len(algs)]
		if _, err := oct.Decrypt(alg, jwk.Box{Value: value, IV: iv, Tag: tag}, true); err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		if len(value) == 64 {
			if _, err := k1.Verify("ES256K", value[:32], value); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// BenchmarkSign measures the RSA-2048 signature alone, one at a time and in a batch of one.
func BenchmarkSign(b *testing.B) {
	k := generate(b, jwk.Parameters{Type: jwk.RSA})
	digest := digestFor("RS256")
	for name, with := range bothMeans(b) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := k.Sign(b.Context(), with, "RS256", digest); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
