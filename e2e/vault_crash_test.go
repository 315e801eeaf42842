package e2e

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
)

// TestVaultPowerCut kills the process in the middle of sets, creates, imports and rotations. Whatever was acknowledged
// is there when it comes back, in the version that was told, and opens: values read, private parts sign and unwrap.
func TestVaultPowerCut(t *testing.T) {
	w := newVaultWorld(t, start(t, "AzureCloud"))
	keys, secrets := armkeyvault.KeyPermissionsAll, armkeyvault.SecretPermissionsAll
	turn := armkeyvault.KeyPermissionsRotate
	uri := w.create("e2e-cut", armkeyvault.VaultProperties{AccessPolicies: []*armkeyvault.AccessPolicyEntry{{
		TenantID: &w.i.TenantID, ObjectID: &w.objectID,
		Permissions: &armkeyvault.Permissions{Keys: []*armkeyvault.KeyPermissions{&keys, &turn}, Secrets: []*armkeyvault.SecretPermissions{&secrets}},
	}}})
	for round := range 2 {
		p := w.promises(uri, fmt.Sprint("round", round))
		p.load(t.Context())
		w.i.server = w.i.up(t)
		w.connect()
		p.secrets, p.keys = w.secrets(uri), w.keys(uri)
		p.hold(t.Context())
	}
}

// promises is what a vault acknowledged: versions by what the objects are.
type promises struct {
	w         *vaultWorld
	secrets   *azsecrets.Client
	keys      *azkeys.Client
	round     string
	symmetric []byte // of each key imported
	wrapped   []byte // a text that such keys unwrap

	mu                            sync.Mutex
	set, created, imported, turns []version
}

type version struct{ name, version string }

var wrapping = azkeys.KeyOperationParameters{Algorithm: to.Ptr(azkeys.EncryptionAlgorithmA256KW)}

func (w *vaultWorld) promises(uri, round string) *promises {
	p := &promises{w: w, secrets: w.secrets(uri), keys: w.keys(uri), round: round, symmetric: bytes.Repeat([]byte{7}, 32)}
	name, _, err := p.bring(w.Context(), round+"-first")
	w.check(err)
	parameters := wrapping
	parameters.Value = bytes.Repeat([]byte("kingfish"), 4)
	result, err := p.keys.WrapKey(w.Context(), name, "", parameters, nil)
	w.check(err)
	p.wrapped = result.Result
	_, err = p.keys.CreateKey(w.Context(), round+"-turn", ellipticKey(), nil)
	w.check(err)
	return p
}

func ellipticKey() azkeys.CreateKeyParameters {
	return azkeys.CreateKeyParameters{Kty: to.Ptr(azkeys.KeyTypeEC), Curve: to.Ptr(azkeys.CurveNameP256)}
}

func (p *promises) bring(ctx context.Context, name string) (string, string, error) {
	r, err := p.keys.ImportKey(ctx, name, azkeys.ImportKeyParameters{Key: &azkeys.JSONWebKey{
		Kty: to.Ptr(azkeys.KeyTypeOct), K: p.symmetric,
		KeyOps: []*azkeys.KeyOperation{to.Ptr(azkeys.KeyOperationWrapKey), to.Ptr(azkeys.KeyOperationUnwrapKey)},
	}}, nil)
	if err != nil {
		return "", "", err
	}
	return name, r.Key.KID.Version(), nil
}

// load writes of every sort until the power is off.
func (p *promises) load(ctx context.Context) {
	p.w.Helper()
	var all sync.WaitGroup
	run := func(list *[]version, write func(name string) (string, string, error)) {
		for worker := range 2 {
			all.Go(func() {
				for n := range 1000 {
					name, told, err := write(fmt.Sprintf("%s-%d-%d", p.round, worker, n))
					if err != nil {
						return // the power is off
					}
					p.mu.Lock()
					*list = append(*list, version{name, told})
					p.mu.Unlock()
				}
			})
		}
	}
	run(&p.set, func(name string) (string, string, error) {
		r, err := p.secrets.SetSecret(ctx, name, azsecrets.SetSecretParameters{Value: to.Ptr("value of " + name)}, nil)
		if err != nil {
			return "", "", err
		}
		return name, r.ID.Version(), nil
	})
	run(&p.created, func(name string) (string, string, error) {
		r, err := p.keys.CreateKey(ctx, "c"+name, ellipticKey(), nil)
		if err != nil {
			return "", "", err
		}
		return "c" + name, r.Key.KID.Version(), nil
	})
	run(&p.imported, func(name string) (string, string, error) { return p.bring(ctx, "i"+name) })
	run(&p.turns, func(string) (string, string, error) {
		name := p.round + "-turn"
		r, err := p.keys.RotateKey(ctx, name, nil)
		if err != nil {
			return "", "", err
		}
		return name, r.Key.KID.Version(), nil
	})
	for patience := time.Now().Add(10 * time.Second); !p.begun() && time.Now().Before(patience); {
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(300 * time.Millisecond)
	p.w.i.server.kill()
	all.Wait()
}

// begun tells whether one of each sort is acknowledged.
func (p *promises) begun() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return min(len(p.set), len(p.created), len(p.imported), len(p.turns)) > 0
}

// hold reads back and uses each.
func (p *promises) hold(ctx context.Context) {
	w := p.w
	w.Helper()
	for what, list := range map[string][]version{"set": p.set, "created": p.created, "imported": p.imported, "rotated": p.turns} {
		if len(list) == 0 {
			w.Fatalf("nothing was %s before the cut: the test proves nothing", what)
		}
		w.Logf("%s: %d %s", p.round, len(list), what)
	}
	for _, v := range p.set {
		r, err := p.secrets.GetSecret(ctx, v.name, v.version, nil)
		w.check(err)
		if *r.Value != "value of "+v.name {
			w.Errorf("%s holds %q", v.name, *r.Value)
		}
	}
	for _, v := range append(p.created, p.turns...) {
		sign := azkeys.SignParameters{Algorithm: to.Ptr(azkeys.SignatureAlgorithmES256), Value: make([]byte, 32)}
		r, err := p.keys.Sign(ctx, v.name, v.version, sign, nil)
		w.check(err)
		verified, err := p.keys.Verify(ctx, v.name, v.version, azkeys.VerifyParameters{Algorithm: sign.Algorithm, Digest: sign.Value, Signature: r.Result}, nil)
		w.check(err)
		if !*verified.Value {
			w.Errorf("%s does not verify what it signed", v.name)
		}
	}
	parameters := wrapping
	parameters.Value = p.wrapped
	for _, v := range p.imported {
		r, err := p.keys.UnwrapKey(ctx, v.name, v.version, parameters, nil)
		w.check(err)
		if !bytes.Equal(r.Result, bytes.Repeat([]byte("kingfish"), 4)) {
			w.Errorf("%s unwraps another text", v.name)
		}
	}
}
