package token

import (
	"crypto/rand"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

func BenchmarkVerifyCached(b *testing.B) {
	w := newWorld(b)
	raw := w.mint(b, w.claims())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.verifier.Verify(b.Context(), raw, cloud.ResourceManager); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyFirst(b *testing.B) {
	w := newWorld(b)
	raw := w.mint(b, w.claims())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := NewVerifier(w.service, w.gone).Verify(b.Context(), raw, cloud.ResourceManager); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMint(b *testing.B) {
	w := newWorld(b)
	c := w.claims()
	for b.Loop() {
		if _, err := w.service.Mint(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstToken is what a first start waits for.
func BenchmarkFirstToken(b *testing.B) {
	c, _ := cloud.ByName("AzureCloud")
	for b.Loop() {
		b.StopTimer()
		s := storetest.Memory(b)
		b.StartTimer()
		service, err := Open(b.Context(), Config{Store: s, Clock: clock.NewFake(testNow), Rand: rand.Reader, Cloud: c, TenantID: testTenant})
		if err != nil {
			b.Fatal(err)
		}
		w := &world{clock: clock.NewFake(testNow), cloud: c}
		if _, err := service.Mint(b.Context(), w.claims()); err != nil {
			b.Fatal(err)
		}
	}
}
