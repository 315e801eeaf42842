package vault

import (
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
	"github.com/alcedo-cloud/alcedo/internal/vault/jwk"
	"github.com/alcedo-cloud/alcedo/internal/vault/rsabatch"
)

// onDisk is a service on a durable store.
func onDisk(b *testing.B) *Service {
	b.Helper()
	disk, err := pebble.Open(pebble.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	s := store.Enforce(disk)
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return testService(b, s, "kv")
}

func BenchmarkSetSecret(b *testing.B) {
	svc := onDisk(b)
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			if _, err := svc.SetSecret(b.Context(), as("kv"), fmt.Sprintf("s%d", i%100), NewSecret{Value: "a value of usual length"}); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// filled puts n secrets into the vault.
func filled(b *testing.B, svc *Service, n int) {
	b.Helper()
	o, err := svc.open(b.Context(), "kv")
	if err != nil {
		b.Fatal(err)
	}
	for at := 0; at < n; at += 1000 {
		err := svc.changeIn(b.Context(), SetSecret, o, func(c *contents) error {
			for i := at; i < min(at+1000, n); i++ {
				obj, err := c.claim(Secrets, fmt.Sprintf("secret-%06d", i))
				if err != nil {
					return err
				}
				if err := c.add(obj, &version{Attributes: Attributes{Enabled: true}}, []byte("a value of usual length")); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGetSecret(b *testing.B) {
	for _, n := range []int{1, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			svc := onDisk(b)
			filled(b, svc, n)
			b.ResetTimer()
			for i := range b.N {
				if _, err := svc.GetSecret(b.Context(), as("kv"), fmt.Sprintf("secret-%06d", i*7919%n), ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSign is an RSA-2048 signature among sixteen who ask at a time.
func BenchmarkSign(b *testing.B) {
	config := testConfig(storetest.Memory(b), 1)
	pool, err := rsabatch.Open(runtime.GOMAXPROCS(0))
	if errors.Is(err, errors.ErrUnsupported) {
		b.Log("crypto/rsa signs: ", err)
	} else if err != nil {
		b.Fatal(err)
	} else {
		config.Signatures = pool
		b.Cleanup(func() { _ = pool.Close() })
	}
	svc := serviceOf(b, config, "kv")
	if _, err := svc.CreateKey(b.Context(), as("kv"), "k", jwk.Parameters{Type: jwk.RSA}, NewKey{}); err != nil {
		b.Fatal(err)
	}
	digest := make([]byte, 32)
	b.SetParallelism((16 + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, _, err := svc.Sign(b.Context(), as("kv"), KeyVersion{Name: "k"}, "RS256", digest); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func BenchmarkListSecrets(b *testing.B) {
	svc := onDisk(b)
	filled(b, svc, 100_000)
	after := ""
	b.ResetTimer()
	for range b.N {
		_, next, err := svc.ListSecrets(b.Context(), as("kv"), Page{After: after})
		if err != nil {
			b.Fatal(err)
		}
		after = next
	}
}
