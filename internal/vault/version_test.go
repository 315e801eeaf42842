package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
	"github.com/alcedo-cloud/alcedo/internal/vault/certificate"
	"github.com/alcedo-cloud/alcedo/internal/vault/jwk"
)

// shelf is a vault whose records a test looks at.
type shelf struct {
	*testing.T
	*Service
	access Access
}

func (s shelf) inside(fn func(*contents) error) {
	s.Helper()
	o, err := s.open(s.Context(), s.access.Vault)
	if err == nil {
		err = s.changeIn(s.Context(), "test", o, fn)
	}
	if err != nil {
		s.Fatal(err)
	}
}

// all calls f with each object of the vault.
func (s shelf) all(c *contents, f func(*object) error) {
	s.Helper()
	for _, part := range []string{"live", "deleted"} {
		for _, on := range []Type{Secrets, Keys, Certificates} {
			if err := c.objects(part, on, "", func(o *object) (bool, error) { return true, f(o) }); err != nil {
				s.Fatal(err)
			}
		}
	}
}

// spread brings the vault's records into an earlier format, in which the newest version has a record of its own.
func (s shelf) spread(write func(any) []byte) {
	s.Helper()
	s.inside(func(c *contents) error {
		s.all(c, func(o *object) error {
			newest, err := c.version(o, "")
			if err != nil {
				return err
			}
			o.newest = nil
			part := "live"
			if o.Deleted != nil {
				part = "deleted"
			}
			return errors.Join(c.tx.Put(c.versionKey(o, o.Current), write(newest)), c.tx.Put(c.key(part, o.on, o.Name), write(o)))
		})
		return nil
	})
}

// coherent checks that each version is kept once and opens, and returns how many there are. gathered says that the newest
// of each object must be with it.
func (s shelf) coherent(gathered bool) (count int) {
	s.Helper()
	s.inside(func(c *contents) error {
		records := 0
		s.all(c, func(o *object) error {
			if gathered && o.newest == nil {
				s.Errorf("the %s %s is without its newest version", o.on.singular(), o.Name)
			}
			var ids []string
			err := c.versions(o, "", func(v *version) (bool, error) {
				ids = append(ids, v.ID)
				_, err := c.secret(o, v)
				return true, err
			})
			if count += len(ids); o.newest == nil {
				records++
			}
			records += len(ids) - 1
			if !slices.Contains(ids, o.Current) || !slices.IsSorted(ids) || len(slices.Compact(ids)) != len(ids) {
				s.Errorf("the %s %s has the versions %v, %s the newest", o.on.singular(), o.Name, ids, o.Current)
			}
			return err
		})
		prefix := store.Prefix("vault", "version", c.ID)
		for _, err := range c.r.Scan(prefix, store.End(prefix)) {
			if records--; err != nil {
				return err
			}
		}
		if records != 0 {
			s.Errorf("%d records of versions are missing", records)
		}
		return nil
	})
	return count
}

// The formats that a vault's records can be in before a change. Nil is the present one.
func formats() map[string]func(any) []byte {
	return map[string]func(any) []byte{
		"present": nil,
		"before": func(record any) []byte {
			switch r := record.(type) {
			case *object:
				return r.encode()
			case *version:
				return r.encode()
			}
			return nil
		},
		"first": func(record any) []byte {
			text, err := json.Marshal(record)
			if err != nil {
				panic(err)
			}
			return text
		},
	}
}

// fill makes a secret of two versions, a deleted one, a key, a certificate and one that waits for its issuer.
func (s shelf) fill(ctx context.Context) error {
	_, err := s.SetSecret(ctx, s.access, "Twice", NewSecret{Value: "first", ContentType: "older"})
	_, err2 := s.SetSecret(ctx, s.access, "twice", NewSecret{Value: "second", ContentType: "newer"})
	_, err3 := s.SetSecret(ctx, s.access, "gone", NewSecret{Value: "lost"})
	_, err4 := s.DeleteSecret(ctx, s.access, "gone")
	_, err5 := s.CreateKey(ctx, s.access, "key", jwk.Parameters{Type: jwk.EC}, NewKey{})
	policy := certificate.Policy{
		Key: &certificate.KeyProperties{Kty: jwk.EC}, X509: &certificate.X509Properties{Subject: "CN=a"},
		Issuer: &certificate.Issuer{Name: certificate.Self},
	}
	_, err6 := s.CreateCertificate(ctx, s.access, "cert", NewCertificate{Policy: &policy})
	policy.Issuer = &certificate.Issuer{Name: certificate.Unknown}
	_, err7 := s.CreateCertificate(ctx, s.access, "waits", NewCertificate{Policy: &policy})
	return errors.Join(err, err2, err3, err4, err5, err6, err7)
}

// Whatever is done to an object, its newest version is with it and the others are by themselves; and what an earlier
// alcedo wrote is read, and brought up to date by the next change.
func TestNewestVersionIsWithItsObject(t *testing.T) {
	for format, write := range formats() {
		for _, change := range slices.Concat(secretChanges(), removals(), keyChanges(), certificateChanges()) {
			t.Run(format+"/"+change.name, func(t *testing.T) {
				s := shelf{t, testService(t, storetest.Memory(t), "kv"), as("kv")}
				if err := s.fill(t.Context()); err != nil {
					t.Fatal(err)
				}
				s.coherent(true)
				if write != nil {
					s.spread(write)
				}
				if n := s.coherent(write == nil); n != 8 {
					t.Fatalf("%d versions at first", n)
				}
				if err := change.do(t.Context(), s); err != nil {
					t.Fatal(err)
				}
				if err := change.want(t.Context(), s); err != nil {
					t.Error(err)
				}
				if n := s.coherent(write == nil); n != change.versions {
					t.Errorf("%d versions, want %d", n, change.versions)
				}
			})
		}
	}
}

// A write of each object brings all of an earlier format up to date.
func TestUpgradeOfRecords(t *testing.T) {
	for format, write := range formats() {
		if write == nil {
			continue
		}
		s := shelf{t, testService(t, storetest.Memory(t), "kv"), as("kv")}
		if err := s.fill(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.spread(write)
		s.inside(func(c *contents) error {
			s.all(c, func(o *object) error { return c.put(o) })
			return nil
		})
		if n := s.coherent(true); n != 8 {
			t.Errorf("%s: %d versions", format, n)
		}
		if err := wantSecret("twice", "", "second")(t.Context(), s); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// Versions are listed in the order of their ids from page to page, wherever among them the newest is.
func TestPagesOfVersions(t *testing.T) {
	s := shelf{t, testService(t, storetest.Memory(t), "kv"), as("kv")}
	for i := range 9 {
		if _, err := s.SetSecret(t.Context(), s.access, "s", NewSecret{Value: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
		for most := 1; most < 4; most++ {
			var ids []string
			for page := (Page{Most: most}); ; {
				rows, next, err := s.ListSecretVersions(t.Context(), s.access, "s", page)
				if err != nil {
					t.Fatal(err)
				}
				for _, row := range rows {
					ids = append(ids, row.Version)
				}
				if page.After = next; next == "" {
					break
				}
			}
			if len(slices.Compact(ids)) != i+1 || !slices.IsSorted(ids) {
				t.Fatalf("%d to a page: %v, want %d", most, ids, i+1)
			}
		}
	}
}
