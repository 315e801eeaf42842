package pki

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func china(t *testing.T) cloud.Cloud {
	t.Helper()
	c, err := cloud.ByName("AzureChinaCloud")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func open(t *testing.T, dir string, clk clock.Clock) *Authority {
	t.Helper()
	a, err := Open(dir, china(t), clk, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func now() *clock.Fake { return clock.NewFake(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)) }

// Each name of the cloud gets a certificate that a client which trusts the authority alone takes for it.
func TestCertificate(t *testing.T) {
	clk := now()
	a := open(t, "", clk)
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(a.PEM()) {
		t.Fatal("PEM holds no certificate")
	}
	for _, name := range append(china(t).FixedHosts(),
		"a1.blob.core.chinacloudapi.cn", "a1-secondary.blob.core.chinacloudapi.cn", "site.z3.web.core.chinacloudapi.cn",
		"kv.vault.azure.cn", "db.database.chinacloudapi.cn", "control-chinanorth.identity.chinacloudapi.cn",
		"LOGIN.CHINACLOUDAPI.CN", "127.0.0.1", "::1",
	) {
		cert, err := a.ForName(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		verified := name
		if net.ParseIP(name) != nil {
			verified = "[" + name + "]"
		}
		_, err = cert.Leaf.Verify(x509.VerifyOptions{DNSName: verified, Roots: roots, CurrentTime: clk.Now()})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if life := cert.Leaf.NotAfter.Sub(cert.Leaf.NotBefore); life > 397*24*time.Hour {
			t.Errorf("%s: holds for %v, more than clients take", name, life)
		}
		if len(cert.Leaf.OCSPServer)+len(cert.Leaf.IssuingCertificateURL)+len(cert.Leaf.CRLDistributionPoints) > 0 {
			t.Errorf("%s: names an address that nobody answers at", name)
		}
		if cert.Leaf.IsCA {
			t.Errorf("%s: could sign others", name)
		}
	}
}

func TestForeignNamesAreRefused(t *testing.T) {
	a := open(t, "", now())
	for _, name := range []string{
		"example.com", "management.azure.com", "azure.cn", "vault.azure.cn", "x.y.vault.azure.cn", "169.254.169.254", "8.8.8.8",
		"*.vault.azure.cn", "a b.vault.azure.cn", strings.Repeat("a", 70000) + ".vault.azure.cn",
	} {
		if cert, err := a.ForName(name); !fault.Is(err, fault.NotFound) {
			t.Errorf("%.40s: %v, %v; want NotFound", name, cert, err)
		}
	}
}

// A client that names no server gets the names of the authority and of Resource Manager, and this machine's.
func TestCertificateWithoutName(t *testing.T) {
	a := open(t, "", now())
	cert, err := a.Certificate(&tls.ClientHelloInfo{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"localhost", "127.0.0.1", "login.chinacloudapi.cn", "management.chinacloudapi.cn", "management.core.chinacloudapi.cn"} {
		if err := cert.Leaf.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
	if err := cert.Leaf.VerifyHostname("kv.vault.azure.cn"); err == nil {
		t.Error("it holds for a vault as well")
	}
}

// Accounts share a certificate, it is made once, and made anew before it ends.
func TestCache(t *testing.T) {
	clk := now()
	a := open(t, "", clk)
	first, err := a.ForName("a.blob.core.chinacloudapi.cn")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		cert, err := a.ForName(fmt.Sprintf("account%d.blob.core.chinacloudapi.cn", i))
		if err != nil || cert != first {
			t.Fatalf("account %d has a certificate of its own, %v", i, err)
		}
	}
	for zone := range 100 {
		for _, host := range []string{"a.z%d.web.core.chinacloudapi.cn", "a.z0%d.web.core.chinacloudapi.cn"} {
			if _, err := a.ForName(fmt.Sprintf(host, zone)); err != nil && zone < 10 {
				t.Fatal(err)
			}
		}
	}
	for i := range 1 << 12 {
		if _, err := a.ForName(fmt.Sprintf("127.0.%d.%d", i>>8, i&255)); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.leaves) > maxLeaves {
		t.Errorf("%d certificates are kept", len(a.leaves))
	}
	for range 20 {
		clk.Advance(30 * 24 * time.Hour)
		cert, err := a.ForName("a.blob.core.chinacloudapi.cn")
		if err != nil || clk.Now().Add(24*time.Hour).After(cert.Leaf.NotAfter) {
			t.Fatalf("on %v: a certificate to %v, %v", clk.Now(), cert.Leaf.NotAfter, err)
		}
	}
}

func TestConcurrent(t *testing.T) {
	a := open(t, "", now())
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for j := range 50 {
				if _, err := a.ForName(fmt.Sprintf("a%d.z%d.web.core.chinacloudapi.cn", i, j)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "pki")
	clk := now()
	first := open(t, dir, clk)
	for name, want := range map[string]os.FileMode{KeyFile: 0o600, CertificateFile: 0o644} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS != "windows" && info.Mode().Perm() != want {
			t.Errorf("%s has mode %04o, want %04o", name, info.Mode().Perm(), want)
		}
	}
	if again := open(t, dir, clk); !bytes.Equal(again.PEM(), first.PEM()) {
		t.Error("a second start made a second authority")
	}
	clk.Advance(authorityLife - 30*24*time.Hour)
	renewed := open(t, dir, clk)
	if bytes.Equal(renewed.PEM(), first.PEM()) {
		t.Error("an authority near its end stays")
	}
	if again := open(t, dir, clk); !bytes.Equal(again.PEM(), renewed.PEM()) {
		t.Error("the new authority was not kept")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("the folder has %d files, %v", len(entries), err)
	}
}

func TestBrokenFolder(t *testing.T) {
	other := t.TempDir()
	open(t, other, now())
	foreign, err := os.ReadFile(filepath.Join(other, CertificateFile))
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, content []byte) func(string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), content, 0o600) }
	}
	for _, c := range []struct {
		name, want string
		spoil      func(dir string) error
	}{
		{"a key that others may read", "chmod 600", func(dir string) error { return os.Chmod(filepath.Join(dir, KeyFile), 0o644) }},
		{"another authority's certificate", "do not belong together", write(CertificateFile, foreign)},
		{"no PEM", "holds no PEM certificate", write(CertificateFile, []byte("x"))},
		{"no key", "holds no PEM key", write(KeyFile, []byte("x"))},
		{"a key that is none", KeyFile, write(KeyFile, encodePEM("PRIVATE KEY", []byte("x")))},
		{"a certificate that is none", CertificateFile, write(CertificateFile, encodePEM("CERTIFICATE", []byte("x")))},
	} {
		dir := t.TempDir()
		open(t, dir, now())
		if err := c.spoil(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, china(t), now(), rand.Reader); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	// A start that was cut short is made good.
	for _, name := range []string{KeyFile, CertificateFile} {
		dir := t.TempDir()
		open(t, dir, now())
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		open(t, dir, now())
	}
}

func TestRandomnessFails(t *testing.T) {
	if _, err := Open("", china(t), now(), failing{}); fault.KindOf(err) != fault.Internal || err == nil {
		t.Errorf("Open: %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("no randomness") }

func FuzzForName(f *testing.F) {
	f.Add("kv.vault.azure.cn")
	f.Add("[::1]:443")
	c, err := cloud.ByName("AzureChinaCloud")
	if err != nil {
		f.Fatal(err)
	}
	clk := now()
	a, err := Open("", c, clk, rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string) {
		cert, err := a.ForName(name)
		if (err == nil) != (name == "" || c.Owns(name)) || err == nil && cert == nil {
			t.Fatalf("%q: %v", name, err)
		}
	})
}
