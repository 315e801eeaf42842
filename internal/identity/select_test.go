package identity

import (
	"context"
	"sync"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
	"github.com/alcedo-cloud/alcedo/internal/sts"
)

const vm = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/web"

// people is a directory in memory that changes at once.
type people struct {
	mu   sync.Mutex
	next byte
	live map[string]bool
}

func (p *people) CreateManagedIdentity(store.Tx, directory.ManagedIdentity) (directory.Principal, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next++
	id := string([]byte{'p', '0' + p.next/10, '0' + p.next%10})
	p.live[id] = true
	return directory.Principal{ObjectID: id, AppID: "a" + id}, nil
}

func (p *people) DeletePrincipal(_ store.Tx, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.live, id)
	return nil
}

func (p *people) Principal(_ context.Context, id string) (directory.Principal, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return directory.Principal{ObjectID: id, AppID: "a" + id}, p.live[id], nil
}

func (p *people) ManagedIdentityToken(_ context.Context, m sts.MIRequest) (sts.MIToken, error) {
	return sts.MIToken{AccessToken: m.ObjectID}, nil
}

// TestSelectWhileChanging turns an identity off and on while others ask for it: nobody is ever given what is over once
// the change has come back.
func TestSelectWhileChanging(t *testing.T) {
	s, dir := storetest.Memory(t), &people{live: map[string]bool{}}
	service := New(Config{Store: s, Directory: dir, Tokens: dir, TenantID: "t"})
	id, ok := resource.ParseID(vm)
	if !ok {
		t.Fatal(vm)
	}
	set := func(kind string, old *resource.Document) *resource.Document {
		t.Helper()
		doc := &resource.Document{Name: "web", ID: vm, Type: MachineType, Identity: &resource.Identity{Type: kind}}
		err := s.Update(t.Context(), func(tx store.Tx) error {
			if err := service.Apply(t.Context(), &resource.Change{Call: &resource.Call{Method: "PUT"}, Tx: tx, Old: old, New: doc}); err != nil {
				return err
			}
			return resource.PutTx(tx, doc)
		})
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	ctx, stop := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for ctx.Err() == nil {
				if _, err := service.Select(ctx, id, Selector{}); err != nil && ctx.Err() == nil && !fault.Is(err, fault.Invalid) {
					t.Error(err)
				}
			}
		})
	}
	var doc *resource.Document
	for range 40 {
		doc = set(TypeSystemAssigned, doc)
		if got, err := service.Select(t.Context(), id, Selector{}); err != nil || got.ObjectID != doc.Identity.PrincipalID {
			t.Errorf("on: %+v %v, want %s", got, err, doc.Identity.PrincipalID)
		}
		doc = set(TypeNone, doc)
		if got, err := service.Select(t.Context(), id, Selector{}); fault.ReasonOf(err) != "invalid_request" {
			t.Errorf("off: %+v %v", got, err)
		}
	}
	stop()
	asking.Wait()
}

// BenchmarkToken is the part of a cached token request that is ours.
func BenchmarkToken(b *testing.B) {
	s, dir := storetest.Memory(b), &people{live: map[string]bool{"p": true}}
	service := New(Config{Store: s, Directory: dir, Tokens: dir, TenantID: "t"})
	id, _ := resource.ParseID(vm)
	err := s.Update(b.Context(), func(tx store.Tx) error {
		return resource.PutTx(tx, &resource.Document{ID: vm, Identity: &resource.Identity{Type: TypeSystemAssigned, PrincipalID: "p"}})
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := service.Token(b.Context(), id, Selector{}, "https://x", false); err != nil {
			b.Fatal(err)
		}
	}
}
