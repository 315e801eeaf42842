package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

// everybody lets everybody in.
type everybody struct{}

func (everybody) Authorize(context.Context, caller.Caller, rbac.Request) error { return nil }
func (everybody) Permits(context.Context, caller.Caller, rbac.Request) (bool, error) {
	return true, nil
}

func testConfig(s store.Store, root byte) Config {
	return Config{
		Store: s, Door: everybody{}, Clock: clock.NewFake(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)), Rand: rand.Reader,
		Root:   bytes.Repeat([]byte{root}, RootSize),
		Groups: func(context.Context, string) ([]string, error) { return nil, nil },
	}
}

func testService(t testing.TB, s store.Store, names ...string) *Service {
	t.Helper()
	return serviceOf(t, testConfig(s, 1), names...)
}

// serviceOf is the service of a configuration, with vaults of those names.
func serviceOf(t testing.TB, config Config, names ...string) *Service {
	t.Helper()
	svc, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		err := config.Store.Update(t.Context(), func(tx store.Tx) error {
			return svc.PutVault(tx, Vault{
				Name: name, ResourceID: "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/" + name,
				Location: "eastus", Geography: "US", EnableRBAC: true, RetentionDays: 90,
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return svc
}

func as(vault string) Access {
	return Access{Caller: caller.Caller{Kind: caller.User, ObjectID: "o"}, Vault: vault}
}

func TestConfigIsChecked(t *testing.T) {
	s := storetest.Memory(t)
	for i, spoil := range []func(*Config){
		func(c *Config) { c.Store = nil },
		func(c *Config) { c.Door = nil },
		func(c *Config) { c.Clock = nil },
		func(c *Config) { c.Rand = nil },
		func(c *Config) { c.Groups = nil },
		func(c *Config) { c.Root = nil },
		func(c *Config) { c.Root = c.Root[1:] },
	} {
		c := testConfig(s, 1)
		spoil(&c)
		if _, err := New(c); err == nil {
			t.Errorf("spoil %d: no error", i)
		}
	}
}

// Another root key opens nothing, and says so without a word about what it could not open.
func TestAnotherRootKey(t *testing.T) {
	s := storetest.Memory(t)
	svc := testService(t, s, "kv")
	if _, err := svc.SetSecret(t.Context(), as("kv"), "s", NewSecret{Value: "v"}); err != nil {
		t.Fatal(err)
	}
	backup, err := svc.BackupSecret(t.Context(), as("kv"), "s")
	if err != nil {
		t.Fatal(err)
	}
	again, err := New(testConfig(s, 1))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.GetSecret(t.Context(), as("kv"), "s", ""); err != nil || got.Value != "v" {
		t.Fatalf("after a restart: %+v, %v", got, err)
	}
	if _, err := New(testConfig(s, 2)); !errors.Is(err, errSealed) || !strings.Contains(err.Error(), "root key") {
		t.Errorf("with another root key: %v", err)
	}
	other, err := New(testConfig(storetest.Memory(t), 2)) // without vaults any key will do
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.openBackup(Secrets, backup); !fault.Is(err, fault.Invalid) {
		t.Errorf("a backup of another root key: %v", err)
	}
	if _, err := svc.openBackup(Keys, backup); !fault.Is(err, fault.Invalid) {
		t.Errorf("a backup of another type: %v", err)
	}
}

// Every bit of a sealed record counts, and a record opens only where it was sealed.
func TestSealedRecordsAreBound(t *testing.T) {
	s := storetest.Memory(t)
	svc := testService(t, s, "one", "two")
	for _, name := range []string{"a", "b"} {
		for _, v := range []string{"one", "two"} {
			if _, err := svc.SetSecret(t.Context(), as(v), name, NewSecret{Value: v + name}); err != nil {
				t.Fatal(err)
			}
		}
	}
	o, err := svc.open(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	err = store.View(t.Context(), s, func(r store.Reader) error {
		c := &contents{opened: o, service: svc, r: r, now: svc.Clock.Now()}
		a, err := c.live(Secrets, "a")
		if err != nil {
			return err
		}
		b, err := c.live(Secrets, "b")
		if err != nil {
			return err
		}
		v, err := c.version(a, "")
		if err != nil {
			return err
		}
		if text, err := c.secret(a, v); err != nil || string(text) != "onea" {
			return fmt.Errorf("%q, %w", text, err)
		}
		if _, err := c.secret(b, v); !errors.Is(err, errSealed) {
			t.Errorf("a's value as b's: %v", err)
		}
		second, err := svc.open(t.Context(), "two")
		if err != nil {
			return err
		}
		if _, err := (&contents{opened: second, service: svc, r: r}).secret(a, v); !errors.Is(err, errSealed) {
			t.Errorf("in another vault: %v", err)
		}
		for i := range v.Sealed {
			v.Sealed[i] ^= 0x80
			if _, err := c.secret(a, v); !errors.Is(err, errSealed) {
				t.Fatalf("byte %d changed: %v", i, err)
			}
			v.Sealed[i] ^= 0x80
		}
		for n := range v.Sealed {
			if _, err := unseal(c.aead, v.Sealed[:n], c.place(a, v)); !errors.Is(err, errSealed) {
				t.Fatalf("cut to %d: %v", n, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// An operation without a row is nobody's.
func TestOperationWithoutRow(t *testing.T) {
	svc := testService(t, storetest.Memory(t), "kv")
	if _, err := svc.permit(t.Context(), as("kv"), "Invented", "s"); fault.KindOf(err) != fault.Internal || err == nil {
		t.Errorf("%v", err)
	}
	if _, err := svc.permit(t.Context(), Access{Vault: "kv"}, GetSecret, "s"); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("nobody: %v", err)
	}
}

// Every row names a permission and an action, and each type has its own.
func TestOperationTable(t *testing.T) {
	for op, r := range operations() {
		if op == "" || r.permission == "" || r.action == "" || strings.HasPrefix(r.action, "/") || r.on == "" {
			t.Errorf("%s: %+v", op, r)
		}
	}
}

func TestNetworkRules(t *testing.T) {
	rules := &NetworkRules{DefaultAction: "deny", IPRules: []string{"10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "nonsense"}}
	for address, in := range map[string]bool{
		"10.255.0.1": true, "11.0.0.1": false, "192.0.2.1": true, "192.0.2.2": false, "2001:db8::5": true, "2001:db9::5": false,
		"::ffff:10.0.0.1": true,
	} {
		if got := rules.admit(netip.MustParseAddr(address)); got != in {
			t.Errorf("%s: %v", address, got)
		}
	}
	if rules.admit(netip.Addr{}) {
		t.Error("an unknown address is let in")
	}
	if !(*NetworkRules)(nil).admit(netip.Addr{}) || !(&NetworkRules{DefaultAction: "Allow"}).admit(netip.Addr{}) {
		t.Error("an open vault refuses")
	}
}

// Two writers of one name at once make two versions, and the newest is one of them.
func TestConcurrentSets(t *testing.T) {
	svc := testService(t, storetest.Memory(t), "kv")
	const writers = 8
	done := make(chan error, writers)
	for i := range writers {
		go func() {
			_, err := svc.SetSecret(context.Background(), as("kv"), "s", NewSecret{Value: fmt.Sprint(i)})
			done <- err
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	rows, _, err := svc.ListSecretVersions(t.Context(), as("kv"), "s", Page{})
	if err != nil || len(rows) != writers {
		t.Fatalf("%d versions, %v", len(rows), err)
	}
}

// FuzzOpenBackup reads anything as a backup. What opens was sealed by a service with the same root key: here the one
// secret, whichever process of the fuzzer sealed it.
func FuzzOpenBackup(f *testing.F) {
	svc := testService(f, storetest.Memory(f), "kv")
	if _, err := svc.SetSecret(f.Context(), as("kv"), "s", NewSecret{Value: "v"}); err != nil {
		f.Fatal(err)
	}
	backup, err := svc.BackupSecret(f.Context(), as("kv"), "s")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(backup)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		b, err := svc.openBackup(Secrets, sealed)
		if bytes.Equal(sealed, backup) && err != nil {
			t.Fatal(err)
		}
		if err == nil && (b.Object.Name != "s" || len(b.Versions) != 1 || string(b.Versions[0].Secret) != "v") {
			t.Fatalf("%+v", b)
		}
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	})
}
