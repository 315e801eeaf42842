package blob

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// sound fails where Check finds anything but orphans.
func (w *world) sound(t testing.TB) {
	t.Helper()
	must(t, w.Check(t.Context(), func(f Finding) {
		if f.Problem != Orphan {
			t.Errorf("%+v", f)
		}
	}))
}

// sweepLater sweeps when every file is old enough to be an orphan.
func (w *world) sweepLater(t testing.TB) Swept {
	t.Helper()
	w.clock.Advance(48 * time.Hour)
	swept, err := w.Sweep(t.Context())
	must(t, err)
	return swept
}

// left counts the rows of contents in the store.
func (w *world) left(t testing.TB) int {
	t.Helper()
	n := 0
	must(t, store.View(t.Context(), w.Store, func(r store.Reader) error {
		for _, table := range []string{"d", "m", "p", "pl"} {
			prefix := store.Prefix("blob", table)
			for _, err := range r.Scan(prefix, store.End(prefix)) {
				if err != nil {
					return err
				}
				n++
			}
		}
		return nil
	}))
	return n
}

func TestSweepCollects(t *testing.T) {
	w := newWorld(t, nil)
	big := strings.Repeat("x", maxInline+1)
	// One of each form that goes, shared so that nothing is removed eagerly, and one of each that stays.
	for _, name := range []string{"gone", "stays"} {
		w.put(t, name+"/inline", "small")
		w.put(t, name+"/file", big)
		w.block(t, name+"/blocks", "1", "small")
		w.block(t, name+"/blocks", "2", big)
		_, err := w.PutBlockList(t.Context(), key(), blobAt(name+"/blocks"), PutBlockList{Blocks: []BlockRef{{ID: b64("1")}, {ID: b64("2")}}})
		must(t, err)
		w.appendBlob(t, name+"/log")
		_, err = w.tryAppend(t, key(), name+"/log", big, nil)
		must(t, err)
		w.pageBlob(t, name+"/disk", 1<<20)
		must(t, w.pages(t, name+"/disk", 0, 200, 'a', nil))
		must(t, w.pages(t, name+"/disk", 300, 2, 'b', nil))
		for _, b := range []string{"/inline", "/file", "/blocks", "/log", "/disk"} {
			w.snapshot(t, name+b)
		}
		must(t, w.pages(t, name+"/disk", 301, 200, 'c', nil))
	}
	rows, files := w.left(t), w.contents(t)
	for _, b := range []string{"/inline", "/file", "/blocks", "/log", "/disk"} {
		_, err := w.DeleteBlob(t.Context(), key(), blobAt("gone"+b), DeleteBlob{Snapshots: IncludeSnapshots})
		must(t, err)
	}
	wr, err := w.Content.Create(t.Context(), content.Options{})
	must(t, err)
	_, err = io.WriteString(wr, "nobody references it")
	must(t, err)
	_, err = wr.Commit()
	must(t, err)
	swept := w.sweepLater(t)
	if swept.Contents != files/2+1 || w.contents(t) != files/2 {
		t.Errorf("%d of %d files went (%d are left)", swept.Contents, files, w.contents(t))
	}
	if swept.Rows != rows/2 || w.left(t) != rows/2 {
		t.Errorf("%d of %d rows went (%d are left)", swept.Rows, rows, w.left(t))
	}
	w.sound(t)
	if w.read(t, blobAt("stays/file")) != big || w.read(t, blobAt("stays/blocks")) != "small"+big || w.read(t, blobAt("stays/log")) != big {
		t.Error("what stays is not what it was")
	}
	if swept := w.sweepLater(t); swept != (Swept{}) {
		t.Errorf("a second sweep found %+v", swept)
	}
}

func TestSweepOfContainers(t *testing.T) {
	w := newWorld(t, func(a *Account) {
		a.Properties.ContainerDeleteRetention = Retention{Enabled: true, Days: 7}
	})
	w.container(t, "other", CreateContainer{})
	big := strings.Repeat("x", maxInline+1)
	w.put(t, "a", big)
	w.put(t, "b", "small")
	w.block(t, "c", "1", big)
	must(t, w.DeleteContainer(t.Context(), key(), at("con"), Conditions{}))
	if swept := w.sweepLater(t); swept != (Swept{}) {
		t.Errorf("too early: %+v", swept)
	}
	w.clock.Advance(7 * 24 * time.Hour)
	swept := w.sweepLater(t)
	if swept.Containers != 1 || swept.Records != 2 || swept.Contents != 2 || swept.Rows != 1 {
		t.Errorf("%+v", swept)
	}
	if n := w.contents(t); n != 0 {
		t.Errorf("%d contents are left", n)
	}
}

func TestSweepOfWhatIsDue(t *testing.T) {
	w := newWorld(t, func(a *Account) {
		a.HierarchicalNamespace = true
		a.Properties.DeleteRetention = Retention{Enabled: true, Days: 3}
	})
	w.put(t, "expires", "x")
	_, err := w.SetExpiry(t.Context(), key(), blobAt("expires"), "RelativeToNow", "3600000")
	must(t, err)
	w.put(t, "deleted", "x")
	_, err = w.DeleteBlob(t.Context(), key(), blobAt("deleted"), DeleteBlob{})
	must(t, err)
	w.block(t, "waits", "1", "x")
	swept := w.sweepLater(t)
	if swept.Records != 1 || swept.Blocks != 0 {
		t.Errorf("after two days: %+v", swept)
	}
	swept = w.sweepLater(t)
	if swept.Records != 1 || swept.Blocks != 0 {
		t.Errorf("after four days: %+v", swept)
	}
	w.clock.Advance(4 * 24 * time.Hour)
	if swept = w.sweepLater(t); swept.Blocks != 1 {
		t.Errorf("after ten days: %+v", swept)
	}
	if n := w.left(t); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func TestLifecycle(t *testing.T) {
	policy := `{"rules":[
		{"name":"cool","type":"Lifecycle","definition":{"filters":{"blobTypes":["blockBlob"],"prefixMatch":["con/logs/"]},
			"actions":{"baseBlob":{"tierToCool":{"daysAfterModificationGreaterThan":3}}}}},
		{"name":"drop","type":"Lifecycle","definition":{"filters":{"blobTypes":["blockBlob","appendBlob"],"prefixMatch":["con/tmp"]},
			"actions":{"baseBlob":{"delete":{"daysAfterModificationGreaterThan":3}},"snapshot":{"delete":{"daysAfterCreationGreaterThan":1}}}}}]}`
	w := newWorld(t, func(a *Account) { a.Lifecycle = []byte(policy) })
	for _, name := range []string{"logs/a", "tmp/a", "tmp/leased", "other"} {
		w.put(t, name, "x")
	}
	w.snapshot(t, "tmp/a")
	_, err := w.LeaseBlob(t.Context(), key(), blobAt("tmp/leased"), LeaseRequest{Action: AcquireLease, Duration: -1}, Conditions{})
	must(t, err)
	if swept := w.sweepLater(t); swept.Deleted != 1 || swept.Tiered != 0 {
		t.Errorf("after two days, the snapshot: %+v", swept)
	}
	if swept := w.sweepLater(t); swept.Deleted != 1 || swept.Tiered != 1 {
		t.Errorf("after four days: %+v", swept)
	}
	b, err := w.GetBlobProperties(t.Context(), key(), blobAt("logs/a"), Conditions{}, nil)
	if err != nil || b.Tier != "Cool" || b.TierInferred {
		t.Errorf("%+v, %v", b, err)
	}
	if got := strings.Join(w.names(t, ListBlobs{}), " "); got != "logs/a other tmp/leased" {
		t.Errorf("%s", got)
	}
	if swept := w.sweepLater(t); swept.Deleted+swept.Tiered != 0 {
		t.Errorf("again: %+v", swept)
	}
}

// TestCheckFinds damages one thing after the other, and wants each to be found.
func TestCheckFinds(t *testing.T) {
	big := strings.Repeat("x", maxInline+1)
	for _, c := range []struct {
		name   string
		damage func(*testing.T, *world)
		want   Problem
	}{
		{"a file goes", func(t *testing.T, w *world) {
			b := w.put(t, "b", big)
			must(t, w.Content.Remove(t.Context(), b.Content.ID))
		}, Missing},
		{"an inline content goes", func(t *testing.T, w *world) {
			b := w.put(t, "b", "x")
			update(t, w.Store, func(tx store.Tx) error { return tx.Delete(keyData(b.Content.ID)) })
		}, Missing},
		{"an inline content changes", func(t *testing.T, w *world) {
			b := w.put(t, "b", "x")
			update(t, w.Store, func(tx store.Tx) error { return tx.Put(keyData(b.Content.ID), []byte("y")) })
		}, Mismatch},
		{"an inline content grows", func(t *testing.T, w *world) {
			b := w.put(t, "b", "x")
			update(t, w.Store, func(tx store.Tx) error { return tx.Put(keyData(b.Content.ID), []byte("xx")) })
		}, Mismatch},
		{"a manifest goes", func(t *testing.T, w *world) {
			w.appendBlob(t, "b")
			r, err := w.tryAppend(t, key(), "b", "x", nil)
			must(t, err)
			update(t, w.Store, func(tx store.Tx) error { return tx.Delete(keyManifest(r.Blob.Content.ID, 1)) })
		}, Missing},
		{"a layer goes", func(t *testing.T, w *world) {
			b, err := w.PutPageBlob(t.Context(), key(), blobAt("b"), CreateBlob{Size: 512})
			must(t, err)
			update(t, w.Store, func(tx store.Tx) error { return tx.Delete(keyLayer(b.Content.ID)) })
		}, Missing},
		{"a record is damaged", func(t *testing.T, w *world) {
			w.put(t, "b", "x")
			c, err := w.lookContainer(t.Context(), at("con"))
			must(t, err)
			update(t, w.Store, func(tx store.Tx) error { return tx.Put(keyBlob(c.instance, "b"), []byte{1, 255, 3}) })
		}, Damaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.put(t, "a", big)
			w.sound(t)
			c.damage(t, w)
			var found []Finding
			must(t, w.Check(t.Context(), func(f Finding) { found = append(found, f) }))
			for _, f := range found {
				if f.Problem == c.want && (c.want == Damaged || f.Blob == "b" && f.Container == "con" && f.Account == testAccount) {
					return
				}
			}
			t.Errorf("found %+v", found)
		})
	}
}

// TestSweepWithDamage wants a sweep to remove nothing where references cannot be followed.
func TestSweepWithDamage(t *testing.T) {
	w := newWorld(t, nil)
	b := w.put(t, "a", strings.Repeat("x", maxInline+1))
	w.put(t, "b", "x")
	c, err := w.lookContainer(t.Context(), at("con"))
	must(t, err)
	update(t, w.Store, func(tx store.Tx) error { return tx.Put(keyBlob(c.instance, "b"), []byte{1, 255, 3}) })
	w.clock.Advance(48 * time.Hour)
	if _, err := w.Sweep(t.Context()); !errors.Is(err, errRecord) {
		t.Errorf("the sweep says %v", err)
	}
	r, err := w.Content.Open(t.Context(), b.Content.ID)
	must(t, err)
	must(t, r.Close())
}
