package blob

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// days puts retention on.
func keepDeleted(a *Account) { a.Properties.DeleteRetention = Retention{Enabled: true, Days: 7} }

func versioned(a *Account) { a.Properties.Versioning = true }

func TestListFlatAndByHierarchy(t *testing.T) {
	w := newWorld(t, nil)
	all := []string{"a", "a/", "a/1", "a/2/x", "a/2/y", "a0", "b/c/d", "b/c/e", "z", "ü/1"}
	for _, n := range all {
		w.put(t, n, "x")
	}
	for _, c := range []struct {
		r    ListBlobs
		want []string
	}{
		{ListBlobs{}, all},
		{ListBlobs{Prefix: "a/"}, []string{"a/", "a/1", "a/2/x", "a/2/y"}},
		{ListBlobs{Prefix: "nothing"}, nil},
		{ListBlobs{Delimiter: "/"}, []string{"a", "+a/", "a0", "+b/", "z", "+ü/"}},
		{ListBlobs{Delimiter: "/", Prefix: "a/"}, []string{"a/", "a/1", "+a/2/"}},
		{ListBlobs{Delimiter: "/", Prefix: "b"}, []string{"+b/"}},
		{ListBlobs{Delimiter: "/c/"}, []string{"a", "a/", "a/1", "a/2/x", "a/2/y", "a0", "+b/c/", "z", "ü/1"}},
		{ListBlobs{StartFrom: "b"}, []string{"b/c/d", "b/c/e", "z", "ü/1"}},
	} {
		for _, size := range []int{0, 1, 2, 3, 7} {
			c.r.MaxResults, c.r.Marker = size, ""
			if got := w.names(t, c.r); !slices.Equal(got, c.want) {
				t.Errorf("%+v: %q, want %q", c.r, got, c.want)
			}
		}
	}
	for _, r := range []ListBlobs{{Marker: "what"}, {Marker: "1!%"}, {Marker: "1!"}, {MaxResults: -1}} {
		_, err := w.ListBlobs(t.Context(), key(), at("con"), r)
		refused(t, err, fault.Invalid, "InvalidQueryParameterValue")
	}
	_, err := w.ListBlobs(t.Context(), key(), at("absent"), ListBlobs{})
	refused(t, err, fault.NotFound, "ContainerNotFound")
}

// TestListSkips: what a page costs does not grow with what lies behind a prefix or before the marker.
func TestListSkips(t *testing.T) {
	w := newWorld(t, nil)
	for i := range 3 {
		for j := range 800 {
			w.put(t, fmt.Sprintf("%d/%04d", i, j), "")
		}
	}
	counted := &countingStore{Store: w.Store}
	w.Store = counted
	if got := w.names(t, ListBlobs{Delimiter: "/"}); !slices.Equal(got, []string{"+0/", "+1/", "+2/"}) {
		t.Fatal(got)
	}
	if counted.rows > 500 {
		t.Errorf("three prefixes read %d rows", counted.rows)
	}
	counted.rows = 0
	page, err := w.ListBlobs(t.Context(), key(), at("con"), ListBlobs{MaxResults: 10, Marker: marker("1/0400", 0)})
	if err != nil || len(page.Items) != 10 || page.Items[0].Blob.Name != "1/0400" {
		t.Fatalf("%+v, %v", page, err)
	}
	if counted.rows > 50 {
		t.Errorf("a page of 10 read %d rows", counted.rows)
	}
}

func TestVersions(t *testing.T) {
	w := newWorld(t, nil)
	before := w.put(t, "b", "zero")
	w.account(t, versioned)
	one := w.put(t, "b", "one")
	two, err := w.SetBlobMetadata(t.Context(), key(), blobAt("b"), SetMetadata{Metadata: map[string]string{"k": "v"}})
	if err != nil || two.VersionID <= one.VersionID || !two.Current {
		t.Fatalf("%+v, %v", two, err)
	}
	three := w.put(t, "b", strings.Repeat("3", maxInline+1))
	for v, want := range map[Ticks]string{before.Modified: "zero", one.VersionID: "one", two.VersionID: "one", three.VersionID: strings.Repeat("3", maxInline+1)} {
		target := blobAt("b")
		target.VersionID = v
		if got := w.read(t, target); got != want {
			t.Errorf("version %v: %d bytes", v, len(got))
		}
	}
	want := []string{"b version", "b version", "b version", "b current"}
	for _, size := range []int{0, 1, 2, 3} {
		if got := w.names(t, ListBlobs{Include: Include{Versions: true}, MaxResults: size}); !slices.Equal(got, want) {
			t.Errorf("pages of %d: %q", size, got)
		}
	}
	if got := w.names(t, ListBlobs{}); !slices.Equal(got, []string{"b current"}) {
		t.Errorf("without versions: %q", got)
	}
	current := blobAt("b")
	current.VersionID = three.VersionID
	_, err = w.DeleteBlob(t.Context(), key(), current, DeleteBlob{})
	refused(t, err, fault.Denied, "OperationNotAllowedOnRootBlob")
	if permanent, err := w.DeleteBlob(t.Context(), key(), blobAt("b"), DeleteBlob{}); err != nil || permanent {
		t.Errorf("delete: %v %v", permanent, err)
	}
	if _, err := w.tryRead(t, key(), blobAt("b"), GetBlob{}); fault.ReasonOf(err) != "BlobNotFound" {
		t.Errorf("a deleted blob: %v", err)
	}
	if got := w.names(t, ListBlobs{Include: Include{DeletedWithVersions: true}}); !slices.Equal(got, []string{"b versions only"}) {
		t.Errorf("deleted with versions: %q", got)
	}
	// The content that two versions share outlives the deletion of one.
	gone := blobAt("b")
	gone.VersionID = one.VersionID
	if _, err := w.DeleteBlob(t.Context(), key(), gone, DeleteBlob{}); err != nil {
		t.Fatal(err)
	}
	gone.VersionID = two.VersionID
	if w.read(t, gone) != "one" {
		t.Error("the shared content is gone")
	}
}

func TestSoftDelete(t *testing.T) {
	w := newWorld(t, keepDeleted)
	w.put(t, "b", "one")
	w.put(t, "b", strings.Repeat("2", maxInline+1))
	s, err := w.SnapshotBlob(t.Context(), key(), blobAt("b"), SetMetadata{})
	if err != nil {
		t.Fatal(err)
	}
	if permanent, err := w.DeleteBlob(t.Context(), key(), blobAt("b"), DeleteBlob{Snapshots: IncludeSnapshots}); err != nil || permanent {
		t.Fatal(permanent, err)
	}
	old := blobAt("b")
	old.Snapshot = s.Snapshot
	for _, target := range []Target{blobAt("b"), old} {
		_, err := w.tryRead(t, key(), target, GetBlob{})
		refused(t, err, fault.NotFound, "BlobNotFound")
	}
	everything := ListBlobs{Include: Include{Deleted: true, Snapshots: true}}
	want := []string{"b deleted snapshot", "b deleted snapshot", "b deleted"}
	if got := w.names(t, everything); !slices.Equal(got, want) {
		t.Errorf("deleted: %q", got)
	}
	if got := w.names(t, ListBlobs{}); len(got) != 0 {
		t.Errorf("without deleted: %q", got)
	}
	w.put(t, "b", "three")
	want = []string{"b deleted snapshot", "b deleted snapshot", "b deleted snapshot", "b"}
	if got := w.names(t, everything); !slices.Equal(got, want) {
		t.Errorf("used again: %q", got)
	}
	w.clock.Advance(8 * 24 * time.Hour)
	if got := w.names(t, everything); !slices.Equal(got, []string{"b"}) {
		t.Errorf("a week later: %q", got)
	}
}

func TestContainers(t *testing.T) {
	w := newWorld(t, func(a *Account) { a.Properties.ContainerDeleteRetention = Retention{Enabled: true, Days: 3} })
	_, err := w.CreateContainer(t.Context(), key(), at("con"), CreateContainer{})
	refused(t, err, fault.Exists, "ContainerAlreadyExists")
	w.put(t, "b", "kept")
	if err := w.DeleteContainer(t.Context(), key(), at("con"), Conditions{}); err != nil {
		t.Fatal(err)
	}
	_, err = w.tryRead(t, key(), blobAt("b"), GetBlob{})
	refused(t, err, fault.NotFound, "ContainerNotFound")
	page, err := w.ListContainers(t.Context(), key(), Target{Account: testAccount}, ListContainers{Deleted: true})
	if err != nil || len(page.Containers) != 1 || page.Containers[0].RemainingDays == 0 {
		t.Fatalf("%+v, %v", page, err)
	}
	version := page.Containers[0].Version
	w.container(t, "con", CreateContainer{})
	if got := w.names(t, ListBlobs{}); len(got) != 0 {
		t.Errorf("a new container has %q", got)
	}
	_, err = w.RestoreContainer(t.Context(), key(), at("con"), "con", version)
	refused(t, err, fault.Exists, "ContainerAlreadyExists")
	if err := w.DeleteContainer(t.Context(), key(), at("con"), Conditions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.RestoreContainer(t.Context(), key(), at("con"), "con", version); err != nil {
		t.Fatal(err)
	}
	if w.read(t, blobAt("b")) != "kept" {
		t.Error("restored without its blob")
	}
	_, err = w.RestoreContainer(t.Context(), key(), at("con"), "con", "junk")
	refused(t, err, fault.Invalid, "InvalidHeaderValue")
}

func TestListContainers(t *testing.T) {
	w := newWorld(t, nil)
	for _, n := range []string{"aaa", "bbb1", "bbb2", "$logs"} {
		w.container(t, n, CreateContainer{Metadata: map[string]string{"n": n[1:]}})
	}
	for _, c := range []struct {
		r    ListContainers
		want string
	}{
		{ListContainers{}, "aaa bbb1 bbb2 con"},
		{ListContainers{System: true}, "$logs aaa bbb1 bbb2 con"},
		{ListContainers{Prefix: "bbb"}, "bbb1 bbb2"},
	} {
		for _, size := range []int{0, 1, 2} {
			var got []string
			c.r.MaxResults, c.r.Marker = size, ""
			for {
				page, err := w.ListContainers(t.Context(), key(), Target{Account: testAccount}, c.r)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range page.Containers {
					got = append(got, c.Name)
				}
				if c.r.Marker = page.Next; page.Next == "" {
					break
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%+v: %q", c.r, got)
			}
		}
	}
}

func TestDeleteAccount(t *testing.T) {
	w := newWorld(t, nil)
	w.put(t, "b", "x")
	if err := w.Store.Update(t.Context(), w.deleteTestAccount); err != nil {
		t.Fatal(err)
	}
	_, err := w.tryRead(t, key(), blobAt("b"), GetBlob{})
	refused(t, err, fault.NotFound, "ResourceNotFound")
	w.account(t, nil)
	_, err = w.tryRead(t, key(), blobAt("b"), GetBlob{})
	refused(t, err, fault.NotFound, "ContainerNotFound")
}
