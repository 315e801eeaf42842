package sts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"

	"github.com/alcedo-cloud/alcedo/internal/clock"
)

// Limits on what is fetched from the issuer of a federated credential, who is trusted for its keys and nothing else.
const (
	maxIssuerDocument = 512 << 10 // bytes of a discovery document or a key set
	maxIssuers        = 128       // issuers whose keys are kept
	issuerTimeout     = 10 * time.Second
	issuerKeysLife    = 6 * time.Hour
	issuerKeysPause   = 30 * time.Second // between fetches that a key id unknown to us can cause
)

// errIssuerKey is what key returns when the issuer publishes no such key.
var errIssuerKey = errors.New("the issuer publishes no key of that id")

// issuers fetches and keeps the keys of foreign OpenID issuers.
type issuers struct {
	http  *http.Client
	clock clock.Clock

	flight singleflight.Group
	mu     sync.Mutex
	known  map[string]issuerKeys
}

type issuerKeys struct {
	keys    []jose.JSONWebKey
	fetched time.Time
}

func newIssuers(client *http.Client, c clock.Clock) *issuers {
	return &issuers{http: client, clock: c, known: map[string]issuerKeys{}}
}

// key is the issuer's RSA key of that id. It returns errIssuerKey where the issuer answers but has no such key.
func (i *issuers) key(ctx context.Context, issuer, keyID string) (*jose.JSONWebKey, error) {
	now := i.clock.Now()
	i.mu.Lock()
	entry, ok := i.known[issuer]
	i.mu.Unlock()
	fresh := ok && now.Sub(entry.fetched) < issuerKeysLife
	if fresh {
		if k := find(entry.keys, keyID); k != nil {
			return k, nil
		}
		if now.Sub(entry.fetched) < issuerKeysPause {
			return nil, errIssuerKey
		}
	}
	keys, err := i.fetched(ctx, issuer)
	if err != nil {
		return nil, err
	}
	if k := find(keys, keyID); k != nil {
		return k, nil
	}
	return nil, errIssuerKey
}

// fetched gets the issuer's keys, once for all who ask at the same time.
func (i *issuers) fetched(ctx context.Context, issuer string) ([]jose.JSONWebKey, error) {
	result := i.flight.DoChan(issuer, func() (any, error) {
		// The fetch serves others too: it does not end because the first to ask has gone.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), issuerTimeout)
		defer cancel()
		keys, err := i.fetch(ctx, issuer)
		if err != nil {
			return nil, err
		}
		i.keep(issuer, keys)
		return keys, nil
	})
	select {
	case r := <-result:
		keys, _ := r.Val.([]jose.JSONWebKey)
		return keys, r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (i *issuers) keep(issuer string, keys []jose.JSONWebKey) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, ok := i.known[issuer]; !ok && len(i.known) >= maxIssuers {
		oldest := ""
		for name, entry := range i.known {
			if oldest == "" || entry.fetched.Before(i.known[oldest].fetched) {
				oldest = name
			}
		}
		delete(i.known, oldest)
	}
	i.known[issuer] = issuerKeys{keys: keys, fetched: i.clock.Now()}
}

func (i *issuers) fetch(ctx context.Context, issuer string) ([]jose.JSONWebKey, error) {
	var document struct {
		Issuer  string `json:"issuer"`
		KeysURI string `json:"jwks_uri"`
	}
	if err := i.get(ctx, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration", &document); err != nil {
		return nil, err
	}
	if document.Issuer != issuer {
		return nil, fmt.Errorf("the discovery document of %q names the issuer %q", issuer, document.Issuer)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := i.get(ctx, document.KeysURI, &set); err != nil {
		return nil, err
	}
	keys := make([]jose.JSONWebKey, 0, len(set.Keys))
	for _, raw := range set.Keys {
		var k jose.JSONWebKey
		// A set may hold keys of kinds that we do not use; they are no reason to refuse the others.
		if err := json.Unmarshal(raw, &k); err != nil || !k.Valid() || !k.IsPublic() {
			continue
		}
		if k.Use == "" || k.Use == "sig" {
			keys = append(keys, k)
		}
	}
	return keys, nil
}

// get reads a JSON document over TLS.
func (i *issuers) get(ctx context.Context, address string, into any) (err error) {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	if u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%q is no https address", address)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	response, err := i.http.Do(request)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", address, response.Status)
	}
	if response.Request.URL.Scheme != "https" {
		return fmt.Errorf("%s led to %s", address, response.Request.URL)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxIssuerDocument+1))
	if err != nil {
		return err
	}
	if len(data) > maxIssuerDocument {
		return fmt.Errorf("%s answered more than %d bytes", address, maxIssuerDocument)
	}
	return json.Unmarshal(data, into)
}

func find(keys []jose.JSONWebKey, keyID string) *jose.JSONWebKey {
	for n := range keys {
		if keys[n].KeyID == keyID {
			return &keys[n]
		}
	}
	return nil
}
