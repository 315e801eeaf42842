package vault_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"
)

func text64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func number(t testing.TB, s string) *big.Int {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return new(big.Int).SetBytes(b)
}

// TestUseWithForeignCode: what the vault signs and closes, the standard library checks and makes with the public half.
func TestUseWithForeignCode(t *testing.T) {
	w := newWorld(t)
	digest := sha256.Sum256([]byte("message"))
	path := w.key("e", `{"kty":"EC"}`)
	a := w.send(admin, "GET", "kv", path, "").ok(200)
	point := append(number(t, a.str("key.x")).FillBytes(make([]byte, 32)), number(t, a.str("key.y")).FillBytes(make([]byte, 32))...)
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append([]byte{4}, point...))
	w.check(err)
	signed := w.send(admin, "POST", "kv", "/keys/e//sign", `{"alg":"ES256","value":"`+text64(digest[:])+`"}`).ok(200)
	signed.want(map[string]any{"kid": "https://kv.vault.azure.cn" + path})
	sig := number(t, signed.str("value")).FillBytes(make([]byte, 64))
	if !ecdsa.Verify(public, digest[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		t.Error("the signature does not verify elsewhere")
	}
	verify := func(sig string) any {
		return w.send(admin, "POST", "kv", path+"/verify", `{"alg":"ES256","digest":"`+text64(digest[:])+`","value":"`+sig+`"}`).ok(200).at("value")
	}
	if verify(signed.str("value")) != true || verify(text64(make([]byte, 64))) != false || verify("AAAA") != false {
		t.Error("verify is wrong")
	}
	path = w.key("r", `{"kty":"RSA"}`)
	a = w.send(admin, "GET", "kv", path, "").ok(200)
	holder := &rsa.PublicKey{N: number(t, a.str("key.n")), E: 65537}
	for _, alg := range []string{"RS256", "PS256"} {
		signed := w.send(admin, "POST", "kv", path+"/sign", `{"alg":"`+alg+`","value":"`+text64(digest[:])+`"}`).ok(200)
		sig := number(t, signed.str("value")).FillBytes(make([]byte, 256))
		if rsa.VerifyPKCS1v15(holder, crypto.SHA256, digest[:], sig) != nil && rsa.VerifyPSS(holder, crypto.SHA256, digest[:], sig, nil) != nil {
			t.Errorf("the %s signature does not verify elsewhere", alg)
		}
	}
	closed, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, holder, []byte("hidden"), nil)
	w.check(err)
	for _, verb := range []string{"decrypt", "unwrapkey"} {
		w.send(admin, "POST", "kv", path+"/"+verb, `{"alg":"RSA-OAEP","value":"`+text64(closed)+`"}`).ok(200).want(map[string]any{
			"value": text64([]byte("hidden")), "kid": "https://kv.vault.azure.cn" + path, "iv": nil,
		})
		w.send(admin, "POST", "kv", path+"/"+verb, `{"alg":"RSA-OAEP","value":"`+text64(closed[:255])+`"}`).refused(400, "BadParameter", "", "The parameter is incorrect.\r\n")
		w.send(admin, "POST", "kv", path+"/"+verb, `{"alg":"RSA-OAEP-256","value":"`+text64(closed)+`"}`).refused(400, "BadParameter", "", "The parameter is incorrect.\r\n")
	}
}

func TestSymmetricUse(t *testing.T) {
	w := newWorld(t)
	path := w.key("o", `{"kty":"oct"}`)
	a := w.send(admin, "POST", "kv", path+"/encrypt", `{"alg":"A256GCM","value":"AAAA","aad":"BBBB"}`).ok(200)
	body := fmt.Sprintf(`{"alg":"A256GCM","value":"%s","iv":"%s","tag":"%s","aad":"%%s"}`, a.str("value"), a.str("iv"), a.str("tag"))
	w.send(admin, "POST", "kv", path+"/decrypt", fmt.Sprintf(body, a.str("aad"))).ok(200).want(map[string]any{"value": "AAAA"})
	w.send(admin, "POST", "kv", path+"/decrypt", fmt.Sprintf(body, "CCCC")).refused(400, "BadParameter", "", "The parameter is incorrect.\r\n")
	wrapped := w.send(admin, "POST", "kv", path+"/wrapkey", `{"alg":"A256KW","value":"`+text64(make([]byte, 32))+`"}`).ok(200).str("value")
	w.send(admin, "POST", "kv", path+"/unwrapkey", `{"alg":"A256KW","value":"`+wrapped+`"}`).ok(200).want(map[string]any{"value": text64(make([]byte, 32))})
	w.send(admin, "POST", "kv", path+"/encrypt", `{"alg":"A256KW","value":"`+wrapped+`"}`).refused(400, "BadParameter", "", "Property alg has invalid value\r\n")
	if n := len(w.send(admin, "POST", "kv", "/rng", `{"count":32}`).ok(200).str("value")); n != 43 {
		t.Errorf("%d digits of random", n)
	}
	for _, count := range []int{0, -1, 129} {
		w.send(admin, "POST", "kv", "/rng", fmt.Sprintf(`{"count":%d}`, count)).refused(400, "BadParameter", "", "Property count has invalid value\r\n")
	}
}

func TestRefusedUse(t *testing.T) {
	w := newWorld(t)
	digest := text64(make([]byte, 32))
	r, e := w.key("r", `{"kty":"RSA","key_ops":["sign","verify"]}`), w.key("e", `{"kty":"EC","crv":"P-384"}`)
	kid := "https://kv.vault.azure.cn"
	for _, c := range []struct{ path, body, message string }{
		{r + "/sign", `{"alg":"ES256","value":"` + digest + `"}`, "Key and signing algorithm are incompatible. Key " + kid + r + " is of type 'RSA', and algorithm 'ES256' can only be used with a key of type 'EC' or 'EC-HSM'."},
		{e + "/sign", `{"alg":"ES256","value":"` + digest + `"}`, "Key and signing algorithm are incompatible. Key " + kid + e + " uses curve 'P-384', and algorithm 'ES256' can only be used with curve 'P-256'."},
		{r + "/sign", `{"alg":"RS512","value":"` + digest + `"}`, "Invalid length of 'value': 32 bytes. RS512 requires 64 bytes, encoded with base64url."},
		{r + "/sign", `{"alg":"RS256","value":"*"}`, "Content of 'value' is not base64url.\r\n"},
		{r + "/sign", `{"alg":"RS256"}`, "Property 'value' is required.\r\n"},
		{r + "/sign", `{"value":"` + digest + `"}`, "Property 'alg' is required.\r\n"},
		{r + "/sign", `{"alg":"none","value":"` + digest + `"}`, "Property alg has invalid value\r\n"},
		{r + "/verify", `{"alg":"RS256","value":"AA","digest":"AA"}`, "Invalid length of 'digest': 1 bytes. RS256 requires 32 bytes, encoded with base64url."},
		{r + "/release", `{}`, "Property target is required.\r\n"},
	} {
		w.send(admin, "POST", "kv", c.path, c.body).refused(400, "BadParameter", "", c.message)
	}
	for verb, said := range map[string]string{"encrypt": "encrypt", "decrypt": "decrypt", "wrapkey": "wrapKey", "unwrapkey": "unwrapKey"} {
		w.send(admin, "POST", "kv", r+"/"+verb, `{"alg":"RSA-OAEP","value":"AAAA"}`).refused(403, "Forbidden", "KeyOperationForbidden", "Operation "+said+" is not permitted on this key.")
	}
	w.send(admin, "POST", "kv", r+"/release", `{"target":"t"}`).refused(403, "Forbidden", "KeyOperationForbidden", "Operation release is not permitted on this key.")
	w.send(admin, "GET", "kv", r+"/attestation", "").refused(400, "NotSupported", "", "Key attestation is not supported by this vault.")
	w.send(admin, "GET", "kv", "/keys/none//attestation", "").refused(404, "KeyNotFound", "", "…none")
	w.send(admin, "POST", "kv", "/keys/none/sign", `{"alg":"RS256","value":"`+digest+`"}`).refused(404, "KeyNotFound", "", "…none")
}

// TestOpsChangeAtOnce: a key that was used obeys the key_ops that it is given afterwards.
func TestOpsChangeAtOnce(t *testing.T) {
	w := newWorld(t)
	path := w.key("k", `{"kty":"RSA"}`)
	sign := func() *answer {
		return w.send(admin, "POST", "kv", path+"/sign", `{"alg":"RS256","value":"`+text64(make([]byte, 32))+`"}`)
	}
	for range 2 {
		for range 3 {
			sign().ok(200)
		}
		w.send(admin, "PATCH", "kv", path, `{"key_ops":["verify","encrypt"]}`).ok(200)
		for range 3 {
			sign().refused(403, "Forbidden", "KeyOperationForbidden", "Operation sign is not permitted on this key.")
		}
		w.send(admin, "PATCH", "kv", path, `{"key_ops":["sign"]}`).ok(200)
	}
}

// A key before and after its time opens and verifies, and does nothing else; a disabled one does nothing.
func TestUseOutOfTime(t *testing.T) {
	w := newWorld(t)
	path := w.key("k", fmt.Sprintf(`{"kty":"RSA","attributes":{"nbf":%d,"exp":%d}}`, now+60, now+120))
	digest := text64(make([]byte, 32))
	bodies := map[string]string{
		"encrypt": `{"alg":"RSA-OAEP","value":"AAAA"}`, "wrapkey": `{"alg":"RSA-OAEP","value":"AAAA"}`, "sign": `{"alg":"RS256","value":"` + digest + `"}`,
		"decrypt": `{"alg":"RSA-OAEP","value":"AAAA"}`, "unwrapkey": `{"alg":"RSA-OAEP","value":"AAAA"}`,
		"verify": `{"alg":"RS256","value":"AAAA","digest":"` + digest + `"}`,
	}
	try := func(verb, inner, ending string) {
		t.Helper()
		said := strings.Replace(verb, "key", "Key", 1)
		a := w.send(admin, "POST", "kv", path+"/"+verb, bodies[verb])
		if inner == "" {
			if a.status == 403 {
				t.Errorf("%s: %s", verb, a.text)
			}
			return
		}
		a.refused(403, "Forbidden", inner, "Operation "+said+" is not allowed on "+ending)
	}
	for _, verb := range []string{"encrypt", "wrapkey", "sign"} {
		try(verb, "KeyNotYetValid", "a key that is not yet valid.")
	}
	for _, verb := range []string{"decrypt", "unwrapkey", "verify"} {
		try(verb, "", "")
	}
	w.clock.Advance(60 * time.Second)
	for verb := range bodies {
		try(verb, "", "")
	}
	w.clock.Advance(60 * time.Second)
	for _, verb := range []string{"encrypt", "wrapkey", "sign"} {
		try(verb, "KeyExpired", "an expired key.")
	}
	for _, verb := range []string{"decrypt", "unwrapkey", "verify"} {
		try(verb, "", "")
	}
	w.send(admin, "PATCH", "kv", path, `{"attributes":{"enabled":false}}`).ok(200)
	for verb := range bodies {
		try(verb, "KeyDisabled", "a disabled key.")
	}
	w.send(admin, "GET", "kv", path, "").ok(200)
}

// BenchmarkSignOverHTTP is a signature through the front and the door.
func BenchmarkSignOverHTTP(b *testing.B) {
	w := newWorld(b)
	path := w.key("k", `{"kty":"RSA"}`)
	body := `{"alg":"RS256","value":"` + text64(make([]byte, 32)) + `"}`
	b.ResetTimer()
	for range b.N {
		w.send(admin, "POST", "kv", path+"/sign", body).ok(200)
	}
}
