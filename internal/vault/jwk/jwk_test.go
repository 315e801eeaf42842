package jwk_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/vault/jwk"
)

func generate(t testing.TB, p jwk.Parameters) *jwk.Key {
	t.Helper()
	k, err := jwk.Generate(rand.Reader, p)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func imported(t testing.TB, w jwk.Wire) *jwk.Key {
	t.Helper()
	k, err := jwk.Import(w)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func digestFor(alg string) []byte {
	switch {
	case strings.HasSuffix(alg, "384"):
		d := sha512.Sum384([]byte("alcedo"))
		return d[:]
	case strings.HasSuffix(alg, "512"):
		d := sha512.Sum512([]byte("alcedo"))
		return d[:]
	}
	d := sha256.Sum256([]byte("alcedo"))
	return d[:]
}

var means = jwk.Means{Random: rand.Reader}

var sorts = []jwk.Parameters{
	{Type: jwk.RSA},
	{Type: jwk.RSA, Size: 3072},
	{Type: jwk.RSAHSM, Size: 2048},
	{Type: jwk.EC},
	{Type: jwk.EC, Curve: jwk.P384},
	{Type: jwk.EC, Curve: jwk.P521},
	{Type: jwk.ECHSM, Curve: jwk.P256K},
	{Type: jwk.Oct},
	{Type: jwk.Oct, Size: 128},
	{Type: jwk.OctHSM, Size: 512},
}

// TestStoredFormKeepsTheKey: what Marshal gives reads back as a key that signs alike and shows the same public half.
func TestStoredFormKeepsTheKey(t *testing.T) {
	for _, p := range sorts {
		k := generate(t, p)
		b, err := k.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		back, err := jwk.Unmarshal(b)
		if err != nil {
			t.Fatalf("%v: %v", p, err)
		}
		if back.Public().N != k.Public().N || back.Public().X != k.Public().X || back.Type() != k.Type() || back.Size() != k.Size() || back.Curve() != k.Curve() {
			t.Errorf("%v: %+v became %+v", p, k.Public(), back.Public())
		}
		if back.Like() != k.Like() {
			t.Errorf("%v: like %+v, then %+v", p, k.Like(), back.Like())
		}
	}
	for _, bad := range []string{"", "RSA", "RSA:", "oct:o", "EC:k0", "x:o0123456789abcdef", "RSA:pxx", "RSA:zxx"} {
		if _, err := jwk.Unmarshal([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// TestPublicShowsNothingPrivate looks at the JSON of the public half.
func TestPublicShowsNothingPrivate(t *testing.T) {
	for _, p := range sorts {
		b, err := json.Marshal(generate(t, p).Public())
		if err != nil {
			t.Fatal(err)
		}
		var members map[string]string
		if err := json.Unmarshal(b, &members); err != nil {
			t.Fatal(err)
		}
		for name := range members {
			if !strings.Contains(" kty n e crv x y ", " "+name+" ") {
				t.Errorf("%s shows %s", p.Type, name)
			}
		}
	}
}

// TestEverySignatureAlgorithm signs and verifies with the key it is for, refuses another digest, and a spoiled signature.
func TestEverySignatureAlgorithm(t *testing.T) {
	rsaKey := generate(t, jwk.Parameters{Type: jwk.RSA})
	oct := generate(t, jwk.Parameters{Type: jwk.Oct, Size: 512})
	keys := map[string]*jwk.Key{
		"ES256": generate(t, jwk.Parameters{Type: jwk.EC}), "ES384": generate(t, jwk.Parameters{Type: jwk.EC, Curve: jwk.P384}),
		"ES512": generate(t, jwk.Parameters{Type: jwk.EC, Curve: jwk.P521}), "ES256K": generate(t, jwk.Parameters{Type: jwk.EC, Curve: jwk.P256K}),
	}
	for _, alg := range []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "RSNULL"} {
		keys[alg] = rsaKey
	}
	for _, alg := range []string{"HS256", "HS384", "HS512"} {
		keys[alg] = oct
	}
	for name, with := range bothMeans(t) {
		t.Run(name, func(t *testing.T) { signEach(t, keys, with) })
	}
}

// signEach signs and verifies by each algorithm with its key.
func signEach(t *testing.T, keys map[string]*jwk.Key, means jwk.Means) {
	for alg, k := range keys {
		digest := digestFor(alg)
		sig, err := k.Sign(t.Context(), means, alg, digest)
		if err != nil {
			t.Fatalf("%s: %v", alg, err)
		}
		if good, err := k.Verify(alg, digest, sig); err != nil || !good {
			t.Errorf("%s: own signature verifies as %v, %v", alg, good, err)
		}
		sig[len(sig)/2] ^= 1
		if good, err := k.Verify(alg, digest, sig); err != nil || good {
			t.Errorf("%s: spoiled signature verifies as %v, %v", alg, good, err)
		}
		if good, _ := k.Verify(alg, digest, sig[1:]); good {
			t.Errorf("%s: a short signature verifies", alg)
		}
		if alg[0] == 'H' || alg == "RSNULL" {
			continue
		}
		_, err = k.Sign(t.Context(), means, alg, digest[1:])
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "requires") {
			t.Errorf("%s: a short digest is %v", alg, err)
		}
	}
}

// TestMismatch: Azure's own words for a key that cannot serve an algorithm.
func TestMismatch(t *testing.T) {
	k := generate(t, jwk.Parameters{Type: jwk.RSA})
	_, err := k.Sign(t.Context(), means, "ES256", make([]byte, 32))
	want := "Key and signing algorithm are incompatible. Key k is of type 'RSA', and algorithm 'ES256' can only be used with a key of type 'EC' or 'EC-HSM'."
	var m *jwk.Mismatch
	if !errors.As(err, &m) || m.For("k") != want {
		t.Errorf("got %v", err)
	}
	k = generate(t, jwk.Parameters{Type: jwk.EC, Curve: jwk.P384})
	_, err = k.Verify("ES256", make([]byte, 32), []byte("x"))
	want = "Key and signing algorithm are incompatible. Key k uses curve 'P-384', and algorithm 'ES256' can only be used with curve 'P-256'."
	if !errors.As(err, &m) || m.For("k") != want {
		t.Errorf("got %v", err)
	}
	_, err = k.Encrypt(rand.Reader, "RSA-OAEP", jwk.Box{Value: []byte("x")}, false)
	want = "Key and encryption algorithm are incompatible. Key k is of type 'EC', and algorithm 'RSA-OAEP' can only be used with a key of type 'RSA' or 'RSA-HSM'."
	if !errors.As(err, &m) || m.For("k") != want {
		t.Errorf("got %v", err)
	}
}

// TestEveryEncryptionAlgorithm closes and opens, and does not open what was cut or spoiled.
func TestEveryEncryptionAlgorithm(t *testing.T) {
	rsaKey := generate(t, jwk.Parameters{Type: jwk.RSA})
	oct := map[string]*jwk.Key{}
	for name, size := range map[string]int{"128": 128, "192": 192, "256": 256} {
		oct[name] = generate(t, jwk.Parameters{Type: jwk.Oct, Size: size})
	}
	algs := map[string]*jwk.Key{
		"RSA1_5": rsaKey, "RSA-OAEP": rsaKey, "RSA-OAEP-256": rsaKey,
		"CKM_AES_KEY_WRAP": oct["192"], "CKM_AES_KEY_WRAP_PAD": oct["128"],
	}
	for size, k := range oct {
		for _, mode := range []string{"GCM", "CBC", "CBCPAD", "KW"} {
			algs["A"+size+mode] = k
		}
	}
	for alg, k := range algs {
		plain := jwk.Box{Value: []byte("sixteen bytes ok")}
		wrapping := strings.Contains(alg, "KW") || strings.HasPrefix(alg, "CKM")
		if strings.Contains(alg, "CBC") {
			plain.IV = bytes.Repeat([]byte{7}, 16)
		}
		if strings.Contains(alg, "GCM") {
			plain.AAD = []byte("bound")
		}
		closed, err := k.Encrypt(rand.Reader, alg, plain, wrapping)
		if err != nil {
			t.Fatalf("%s: %v", alg, err)
		}
		opened, err := k.Decrypt(alg, closed, wrapping)
		if err != nil || !bytes.Equal(opened, plain.Value) {
			t.Fatalf("%s: opened %q, %v", alg, opened, err)
		}
		cut := closed
		cut.Value = closed.Value[:len(closed.Value)-1]
		_, err = k.Decrypt(alg, cut, wrapping)
		if f := (*fault.Error)(nil); !errors.As(err, &f) || f.Message != "The parameter is incorrect.\r\n" {
			t.Errorf("%s: a cut ciphertext is %v", alg, err)
		}
		if wrapping {
			if _, err := k.Encrypt(rand.Reader, alg, plain, false); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: encrypt is %v", alg, err)
			}
			spoiled := closed
			spoiled.Value = append([]byte(nil), closed.Value...)
			spoiled.Value[3] ^= 1
			if _, err := k.Decrypt(alg, spoiled, true); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: spoiled is %v", alg, err)
			}
		}
	}
}

// TestMembersWithoutUseAreRefused: an AAD that binds nothing, an IV that starts nothing, are not taken in silence.
func TestMembersWithoutUseAreRefused(t *testing.T) {
	rsaKey, oct := generate(t, jwk.Parameters{Type: jwk.RSA}), generate(t, jwk.Parameters{Type: jwk.Oct})
	v := []byte("sixteen bytes ok")
	for _, c := range []struct {
		k    *jwk.Key
		alg  string
		box  jwk.Box
		want string
	}{
		{rsaKey, "RSA-OAEP", jwk.Box{Value: v, IV: v}, "Property iv has invalid value\r\n"},
		{rsaKey, "RSA-OAEP", jwk.Box{Value: v, AAD: v}, "Property aad has invalid value\r\n"},
		{oct, "A256GCM", jwk.Box{Value: v, IV: v[:12]}, "Property iv has invalid value\r\n"},
		{oct, "A256CBC", jwk.Box{Value: v}, "Property iv has invalid value\r\n"},
		{oct, "A256CBC", jwk.Box{Value: v[1:], IV: v}, "Invalid length of 'value': 15 bytes. A256CBC requires a multiple of 16 bytes, encoded with base64url."},
		{oct, "A128GCM", jwk.Box{Value: v}, "Key size 256 is not supported by algorithm 'A128GCM'.\r\n"},
		{oct, "A256GCM", jwk.Box{}, "Property 'value' is required.\r\n"},
		{oct, "ROT13", jwk.Box{Value: v}, "Property alg has invalid value\r\n"},
		{rsaKey, "RSA-OAEP-256", jwk.Box{Value: make([]byte, 191)}, "Invalid length of 'value': 191 bytes. RSA-OAEP-256 requires at most 190 bytes, encoded with base64url."},
	} {
		_, err := c.k.Encrypt(rand.Reader, c.alg, c.box, false)
		if f := (*fault.Error)(nil); !errors.As(err, &f) || f.Kind != fault.Invalid || f.Message != c.want {
			t.Errorf("%s: %v, want %q", c.alg, err, c.want)
		}
	}
}

// TestKeyWrapVectors: RFC 3394 section 4 and RFC 5649 section 6.
func TestKeyWrapVectors(t *testing.T) {
	for _, c := range []struct{ alg, kek, key, wrapped string }{
		{"A128KW", "000102030405060708090A0B0C0D0E0F", "00112233445566778899AABBCCDDEEFF", "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"},
		{
			"A256KW", "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F",
			"28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21",
		},
		{"CKM_AES_KEY_WRAP_PAD", "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8", "c37b7e6492584340bed12207808941155068f738", "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a"},
		{"CKM_AES_KEY_WRAP_PAD", "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8", "466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f"},
	} {
		k := imported(t, jwk.Wire{Kty: jwk.Oct, K: b64(unhex(t, c.kek))})
		got, err := k.Encrypt(rand.Reader, c.alg, jwk.Box{Value: unhex(t, c.key)}, true)
		if err != nil || !bytes.Equal(got.Value, unhex(t, c.wrapped)) {
			t.Errorf("%s: %x, %v", c.alg, got.Value, err)
		}
		back, err := k.Decrypt(c.alg, got, true)
		if err != nil || !bytes.Equal(back, unhex(t, c.key)) {
			t.Errorf("%s: back %x, %v", c.alg, back, err)
		}
	}
}

// TestParametersRefused: sizes, curves and types that Key Vault has not.
func TestParametersRefused(t *testing.T) {
	for _, c := range []struct {
		p      jwk.Parameters
		reason string
	}{
		{jwk.Parameters{Type: jwk.RSA, Size: 1024}, "KeySizeNotSupported"},
		{jwk.Parameters{Type: jwk.RSA, Size: 2049}, "KeySizeNotSupported"},
		{jwk.Parameters{Type: jwk.EC, Curve: "P-224"}, ""},
		{jwk.Parameters{Type: jwk.EC, Curve: jwk.P256, Size: 384}, "KeySizeNotSupported"},
		{jwk.Parameters{Type: jwk.Oct, Size: 64}, "KeySizeNotSupported"},
		{jwk.Parameters{Type: "OKP"}, ""},
		{jwk.Parameters{}, ""},
	} {
		if _, err := jwk.Generate(rand.Reader, c.p); !fault.Is(err, fault.Invalid) || fault.ReasonOf(err) != c.reason {
			t.Errorf("%+v: %v", c.p, err)
		}
	}
	for size, curve := range map[int]string{0: jwk.P256, 256: jwk.P256, 384: jwk.P384, 521: jwk.P521, 2048: jwk.P256} {
		if k := generate(t, jwk.Parameters{Type: jwk.EC, Size: size}); k.Curve() != curve {
			t.Errorf("%d bits are %s", size, k.Curve())
		}
	}
}

// A ciphertext has the length of the modulus: one whose leading zero was cut off is the same number, and is refused.
func TestCutZeroOfACiphertext(t *testing.T) {
	k := generate(t, jwk.Parameters{Type: jwk.RSA, Size: 2048})
	for _, alg := range []string{"RSA1_5", "RSA-OAEP", "RSA-OAEP-256"} {
		for range 10_000 { // one in 256 begins with a zero
			closed, err := k.Encrypt(rand.Reader, alg, jwk.Box{Value: []byte("hidden")}, false)
			if err != nil {
				t.Fatal(err)
			}
			if closed.Value[0] != 0 {
				continue
			}
			if _, err := k.Decrypt(alg, jwk.Box{Value: closed.Value[1:]}, false); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: opened, %v", alg, err)
			}
			break
		}
	}
}
