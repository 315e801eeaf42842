package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/client"
)

// vaultHost is the vault's; the loads dial the instance.
const (
	vaultHost    = "https://bench-vault.vault.azure.net"
	vaultVersion = "?api-version=7.4"
	manySecrets  = 100_000
)

// vaultLoad is a running instance with a vault that the owner may do everything in.
type vaultLoad struct {
	*instance
	header http.Header
	table  *table
}

// vault measures secrets and signatures.
func vault(ctx context.Context, s settings, dir string, t *table) error {
	i, err := up(ctx, s.alcedo, filepath.Join(dir, "vault"))
	if err != nil {
		return err
	}
	defer func() { _ = i.down() }() // measured already
	v := &vaultLoad{instance: i, table: t}
	if err := v.create(ctx); err != nil {
		return err
	}
	if err := v.secrets(ctx, s); err != nil {
		return err
	}
	return v.signatures(ctx, s)
}

// create makes the vault, and signs in to it.
func (v *vaultLoad) create(ctx context.Context) error {
	c, err := client.New(v.Instance, v.Credentials)
	if err != nil {
		return err
	}
	if err := c.CreateGroup(ctx, "bench", "eastus"); err != nil {
		return err
	}
	token, err := v.tokenFor(ctx, "https://vault.azure.net")
	if err != nil {
		return err
	}
	owner, err := objectID(token)
	if err != nil {
		return err
	}
	body := map[string]any{"location": "eastus", "properties": map[string]any{
		"tenantId": v.TenantID, "sku": map[string]any{"family": "A", "name": "standard"},
		"accessPolicies": []any{map[string]any{
			"tenantId": v.TenantID, "objectId": owner,
			"permissions": map[string]any{"secrets": []string{"all"}, "keys": []string{"all"}},
		}},
	}}
	v.header = http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}
	path := c.GroupPath("bench") + "/providers/Microsoft.KeyVault/vaults/bench-vault"
	return c.Into(ctx, http.MethodPut, path, "2023-07-01", body, new(struct{}))
}

// objectID reads whose a token is.
func objectID(token string) (string, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", errors.New("the token is no JWT")
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", err
	}
	var claims struct {
		OID string `json:"oid"`
	}
	return claims.OID, json.Unmarshal(text, &claims)
}

func (v *vaultLoad) target(path string) target {
	return target{url: vaultHost + path + vaultVersion, header: v.header, dial: v.Listen}
}

// secrets measures a set, and reads before and after there are many.
func (v *vaultLoad) secrets(ctx context.Context, s settings) error {
	set := v.target("/secrets/secret-0")
	set.method, set.body = http.MethodPut, `{"value":"a value of the usual length"}`
	bare, stop, err := startBare(ctx)
	if err != nil {
		return err
	}
	defer stop()
	took := make([][2]outcome, storageRounds)
	for round := range took {
		set.each = func(n int) string {
			return fmt.Sprintf("%s/secrets/set-%d-%d%s", vaultHost, round, n, vaultVersion)
		}
		if took[round][0], err = set.run(ctx, s); err != nil {
			return err
		}
		discarded := target{url: "https://" + bare.TLS + "/", method: set.method, body: set.body, header: v.header}
		if took[round][1], err = discarded.run(ctx, s); err != nil {
			return err
		}
	}
	ours, discarded := middle(took)
	v.table.add("set secret, durable", fmt.Sprintf("%.0f/s (bare: %.0f/s)", ours.PerSecond, discarded.PerSecond), "≥ 8000/s", ours.PerSecond >= 8000)
	if err := v.read(ctx, s, "get secret, beside bare TLS", 1); err != nil {
		return err
	}
	set.total = manySecrets
	set.each = func(n int) string { return fmt.Sprintf("%s/secrets/secret-%d%s", vaultHost, n, vaultVersion) }
	if _, err := set.run(ctx, s); err != nil {
		return err
	}
	if err := v.read(ctx, s, fmt.Sprintf("get secret among %d, beside bare TLS", manySecrets), manySecrets); err != nil {
		return err
	}
	return v.pages(ctx)
}

// read compares reads of secrets anywhere among so many with the bare server.
func (v *vaultLoad) read(ctx context.Context, s settings, what string, among int) error {
	ours := func() (outcome, error) {
		get := v.target("/secrets/secret-0")
		get.each = func(n int) string {
			return fmt.Sprintf("%s/secrets/secret-%d%s", vaultHost, n*7919%among+min(1, among-1), vaultVersion)
		}
		if among == 1 {
			get.each = func(int) string { return vaultHost + "/secrets/set-0-0" + vaultVersion }
		}
		return get.run(ctx, s)
	}
	bare := func(a addresses, size int) (outcome, error) {
		// The same request: a token is over a kilobyte of header, which both must read.
		return target{url: fmt.Sprintf("https://%s/%d", a.TLS, size), header: v.header}.run(ctx, s)
	}
	return compareRounds(ctx, v.table, comparison{what, ours, bare, 50}, storageRounds)
}

// pages walks over pages of the list, one after another, on one connection.
func (v *vaultLoad) pages(ctx context.Context) error {
	const pages = 200
	c := v.client()
	var took []time.Duration
	next := vaultHost + "/secrets" + vaultVersion + "&maxresults=25"
	for n := range pages {
		before := time.Now()
		var page struct {
			Value    []json.RawMessage `json:"value"`
			NextLink string            `json:"nextLink"`
		}
		if err := v.ask(ctx, c, http.MethodGet, next, "", &page); err != nil {
			return err
		}
		if n > 0 { // the first makes the connection
			took = append(took, time.Since(before))
		}
		if len(page.Value) != 25 || page.NextLink == "" {
			return fmt.Errorf("page %d of the list has %d secrets", n, len(page.Value))
		}
		next = page.NextLink
	}
	v.table.within(fmt.Sprintf("a page of 25 among %d secrets (median of %d)", manySecrets, len(took)), median(took), 2*time.Millisecond)
	return nil
}

// ask makes one request.
func (v *vaultLoad) ask(ctx context.Context, c *http.Client, method, url, body string, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = v.header
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.300s", url, resp.Status, text)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, out)
}

// signatures compares RS256 by a key of the vault with what OpenSSL signs on the same cores.
func (v *vaultLoad) signatures(ctx context.Context, s settings) error {
	const what = "RSA-2048 signatures, beside openssl speed"
	var key struct {
		Key struct {
			KID string `json:"kid"`
		} `json:"key"`
	}
	if err := v.ask(ctx, v.client(), http.MethodPost, vaultHost+"/keys/signing/create"+vaultVersion, `{"kty":"RSA","key_size":2048}`, &key); err != nil {
		return err
	}
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		v.table.note(what, "skipped: openssl is missing")
		return nil
	}
	digest := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	sign := target{
		url: key.Key.KID + "/sign" + vaultVersion, method: http.MethodPost, header: v.header, dial: v.Listen,
		body: fmt.Sprintf(`{"alg":"RS256","value":%q}`, digest),
	}
	pairs := make([][2]outcome, storageRounds)
	for n := range pairs {
		if pairs[n][0], err = sign.run(ctx, s); err != nil {
			return err
		}
		if pairs[n][1], err = opensslSpeed(ctx, openssl, s); err != nil {
			return err
		}
	}
	ours, other := middle(pairs)
	v.table.ratio(what, ours.PerSecond, other.PerSecond, 85)
	return nil
}

// opensslSpeed is what OpenSSL signs with a process for each core.
func opensslSpeed(ctx context.Context, openssl string, s settings) (outcome, error) {
	cmd := exec.CommandContext(ctx, openssl, "speed", "-seconds", strconv.Itoa(s.seconds), "-multi", strconv.Itoa(runtime.NumCPU()), "rsa2048")
	out, err := cmd.Output()
	if err != nil {
		return outcome{}, fmt.Errorf("openssl speed: %w", err)
	}
	// rsa 2048 bits 0.000289s 0.000009s   3461.0 114000.0
	found := regexp.MustCompile(`rsa\s+2048 bits\s+\S+s\s+\S+s\s+(?:\S+s\s+\S+s\s+)?([\d.]+)`).FindSubmatch(out)
	if found == nil {
		return outcome{}, fmt.Errorf("openssl speed printed no figure:\n%s", out)
	}
	perSecond, err := strconv.ParseFloat(string(found[1]), 64)
	return outcome{PerSecond: perSecond}, err
}
