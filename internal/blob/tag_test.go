package blob

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func TestTags(t *testing.T) {
	w := newWorld(t, nil)
	b := w.put(t, "a", "x")
	tags := map[string]string{"project": "kingfisher"}
	must(t, w.SetBlobTags(t.Context(), key(), blobAt("a"), tags, Conditions{}))
	got, err := w.GetBlobTags(t.Context(), key(), blobAt("a"), Conditions{})
	if err != nil || !maps.Equal(got, tags) {
		t.Errorf("%v, %v", got, err)
	}
	after, err := w.GetBlobProperties(t.Context(), key(), blobAt("a"), Conditions{}, nil)
	if err != nil || after.ETag != b.ETag || after.Modified != b.Modified {
		t.Errorf("tags changed the blob: %v", err)
	}
	for expression, reason := range map[string]string{`project = 'kingfisher'`: "", `project = 'heron'`: "ConditionNotMet", `=`: "InvalidHeaderValue"} {
		_, err := w.tryRead(t, key(), blobAt("a"), GetBlob{Conditions: Conditions{IfTags: expression}})
		if fault.ReasonOf(err) != reason {
			t.Errorf("read if %s: %v", expression, err)
		}
		err = w.SetBlobTags(t.Context(), key(), blobAt("a"), tags, Conditions{IfTags: expression})
		if fault.ReasonOf(err) != reason {
			t.Errorf("set if %s: %v", expression, err)
		}
	}
	err = w.SetBlobTags(t.Context(), key(), blobAt("a"), map[string]string{"": "x"}, Conditions{})
	refused(t, err, fault.Invalid, "EmptyTagName")
	refused(t, w.SetBlobTags(t.Context(), key(), blobAt("absent"), tags, Conditions{}), fault.NotFound, "BlobNotFound")
	_, err = w.LeaseBlob(t.Context(), key(), blobAt("a"), LeaseRequest{Action: AcquireLease, Duration: -1}, Conditions{})
	must(t, err)
	refused(t, w.SetBlobTags(t.Context(), key(), blobAt("a"), tags, Conditions{}), fault.Precondition, "LeaseIdMissing")
}

// TestTagsByToken wants the permission for tags, which readers and contributors of
// blobs do not have.
func TestTagsByToken(t *testing.T) {
	w := newWorld(t, nil)
	w.put(t, "a", "x")
	w.assign(t, roleBlobContributor, testID, "")
	_, err := w.GetBlobTags(t.Context(), bearer(), blobAt("a"), Conditions{})
	refused(t, err, fault.Denied, "AuthorizationPermissionMismatch")
	refused(t, w.SetBlobTags(t.Context(), bearer(), blobAt("a"), nil, Conditions{}), fault.Denied, "AuthorizationPermissionMismatch")
	_, err = w.FindBlobs(t.Context(), bearer(), at("con"), FindBlobs{Where: "a='b'"})
	refused(t, err, fault.Denied, "AuthorizationPermissionMismatch")
	w.assign(t, roleBlobOwner, testID, "")
	must(t, w.SetBlobTags(t.Context(), bearer(), blobAt("a"), map[string]string{"a": "b"}, Conditions{}))
	page, err := w.FindBlobs(t.Context(), bearer(), at(""), FindBlobs{Where: "a='b'"})
	if err != nil || len(page.Found) != 1 {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestConditionOnTags(t *testing.T) {
	w := newWorld(t, nil)
	w.put(t, "open", "x")
	w.put(t, "closed", "x")
	must(t, w.SetBlobTags(t.Context(), key(), blobAt("open"), map[string]string{"Project": "Cascade"}, Conditions{}))
	w.assign(t, roleBlobReader, testID, `((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND NOT `+
		`SubOperationMatches{'Blob.List'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags:Project`+
		`<$key_case_sensitive$>] StringEquals 'Cascade'))`)
	if _, err := w.tryRead(t, bearer(), blobAt("open"), GetBlob{}); err != nil {
		t.Error(err)
	}
	_, err := w.tryRead(t, bearer(), blobAt("closed"), GetBlob{})
	refused(t, err, fault.Denied, "AuthorizationPermissionMismatch")
}

func TestFindBlobs(t *testing.T) {
	w := newWorld(t, nil)
	w.container(t, "abc", CreateContainer{})
	for _, c := range []string{"con", "abc"} {
		for _, name := range []string{"1", "2", "3", "dir/4"} {
			target := Target{Account: testAccount, Container: c, Blob: name}
			_, err := w.PutBlob(t.Context(), key(), target, PutBlob{
				Body: strings.NewReader(""), Tags: map[string]string{"n": name[len(name)-1:], "all": "x", "c": c},
			})
			must(t, err)
		}
	}
	for _, c := range []struct {
		container, where, want string
	}{
		{"", "all='x'", "abc/1 abc/2 abc/3 abc/dir/4 con/1 con/2 con/3 con/dir/4"},
		{"con", "all='x'", "con/1 con/2 con/3 con/dir/4"},
		{"", "all='x' AND @container='abc'", "abc/1 abc/2 abc/3 abc/dir/4"},
		{"", "@container='absent' AND all='x'", ""},
		{"con", "@container='abc' AND all='x'", ""},
		{"", "n > '1' AND n <= '3' AND c='con'", "con/2 con/3"},
		{"", "absent='x'", ""},
	} {
		for _, size := range []int{0, 1, 3} {
			r, got := FindBlobs{Where: c.where, MaxResults: size}, []string(nil)
			for range 20 {
				page, err := w.FindBlobs(t.Context(), key(), at(c.container), r)
				must(t, err)
				for _, f := range page.Found {
					got = append(got, f.Container+"/"+f.Name)
					if strings.HasPrefix(c.where, "all") && (len(f.Tags) != 1 || f.Tags["all"] != "x") {
						t.Errorf("%s shows the tags %v", c.where, f.Tags)
					}
				}
				if r.Marker = page.Next; r.Marker == "" {
					break
				}
			}
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("%s, %d a page: %q, want %q", c.where, size, text, c.want)
			}
		}
	}
	_, err := w.FindBlobs(t.Context(), key(), at(""), FindBlobs{Where: "a"})
	refused(t, err, fault.Invalid, "InvalidQueryParameterValue")
	_, err = w.FindBlobs(t.Context(), key(), at(""), FindBlobs{Where: "a='b'", Marker: "???"})
	refused(t, err, fault.Invalid, "InvalidQueryParameterValue")
	_, err = w.FindBlobs(t.Context(), key(), at("absent"), FindBlobs{Where: "a='b'"})
	refused(t, err, fault.NotFound, "ContainerNotFound")
}

func FuzzFindMarker(f *testing.F) {
	f.Add("Y29uL2E")
	f.Fuzz(func(t *testing.T, text string) {
		container, name, err := parseFindMarker(text)
		if err != nil || text == "" {
			return
		}
		if c, n, err := parseFindMarker(findMarker(container, name)); err != nil || c != container || n != name {
			t.Fatalf("%q, %q, %v", c, n, err)
		}
	})
}

func TestTiers(t *testing.T) {
	w := newWorld(t, nil)
	w.put(t, "a", "x")
	set := func(name, tier, priority string) (bool, error) {
		return w.SetTier(t.Context(), key(), blobAt(name), SetTier{Tier: tier, RehydratePriority: priority})
	}
	tier := func() (string, string) {
		b, err := w.GetBlobProperties(t.Context(), key(), blobAt("a"), Conditions{}, nil)
		must(t, err)
		return b.Tier, b.RehydrateTo
	}
	for _, to := range []string{"Cool", "Cold", "Hot", "Archive"} {
		if accepted, err := set("a", to, ""); accepted || err != nil {
			t.Errorf("%s: %v, %v", to, accepted, err)
		}
		if got, _ := tier(); got != to {
			t.Errorf("%s, want %s", got, to)
		}
	}
	_, err := w.tryRead(t, key(), blobAt("a"), GetBlob{})
	refused(t, err, fault.Conflict, "BlobArchived")
	_, err = w.CopyBlob(t.Context(), key(), blobAt("b"), CopyBlob{Source: w.local("a")})
	refused(t, err, fault.Conflict, "BlobArchived")
	if accepted, err := set("a", "Cool", ""); !accepted || err != nil {
		t.Errorf("rehydrate: %v, %v", accepted, err)
	}
	if now, next := tier(); now != "Archive" || next != "Cool" {
		t.Errorf("%s, %s", now, next)
	}
	_, err = set("a", "Hot", "")
	refused(t, err, fault.Conflict, "BlobBeingRehydrated")
	if accepted, err := set("a", "Cool", "High"); !accepted || err != nil {
		t.Errorf("hurry: %v, %v", accepted, err)
	}
	w.clock.Advance(rehydrateHigh + time.Second)
	if now, next := tier(); now != "Cool" || next != "" || w.read(t, blobAt("a")) != "x" {
		t.Errorf("%s, %s", now, next)
	}
	w.appendBlob(t, "log")
	_, err = set("log", "Cool", "")
	refused(t, err, fault.Invalid, "AccessTierNotSupportedForBlobType")
	_, err = set("a", "P4", "")
	refused(t, err, fault.Invalid, "AccessTierNotSupportedForBlobType")
	_, err = set("a", "Lukewarm", "")
	refused(t, err, fault.Invalid, "InvalidHeaderValue")
	w.pageBlob(t, "disk", 40<<30)
	_, err = set("disk", "P20", "")
	refused(t, err, fault.Invalid, "AccessTierNotSupportedForBlobType")
	w.account(t, func(a *Account) { a.SKU = "Premium_LRS" })
	_, err = set("disk", "P4", "")
	refused(t, err, fault.Conflict, "BlobTierInadequateForContentLength")
	if _, err = set("disk", "P20", ""); err != nil {
		t.Error(err)
	}
	_, err = set("disk", "P10", "")
	refused(t, err, fault.Conflict, "CannotChangeToLowerTier")
}

func TestUndelete(t *testing.T) {
	w := newWorld(t, func(a *Account) { a.Properties.DeleteRetention = Retention{Enabled: true, Days: 3} })
	w.put(t, "a", "one")
	old := w.snapshot(t, "a")
	_, err := w.DeleteBlob(t.Context(), key(), blobAt("a"), DeleteBlob{Snapshots: IncludeSnapshots})
	must(t, err)
	_, err = w.tryRead(t, key(), old, GetBlob{})
	refused(t, err, fault.NotFound, "BlobNotFound")
	must(t, w.UndeleteBlob(t.Context(), key(), blobAt("a")))
	if w.read(t, blobAt("a")) != "one" || w.read(t, old) != "one" {
		t.Error("what was restored differs")
	}
	must(t, w.UndeleteBlob(t.Context(), key(), blobAt("a")))
	refused(t, w.UndeleteBlob(t.Context(), key(), blobAt("absent")), fault.NotFound, "BlobNotFound")
	_, err = w.DeleteBlob(t.Context(), key(), blobAt("a"), DeleteBlob{Snapshots: IncludeSnapshots})
	must(t, err)
	w.clock.Advance(3*24*time.Hour + time.Second)
	refused(t, w.UndeleteBlob(t.Context(), key(), blobAt("a")), fault.NotFound, "BlobNotFound")
}

func TestExpiry(t *testing.T) {
	w := newWorld(t, func(a *Account) { a.HierarchicalNamespace = true })
	w.put(t, "a", "x")
	set := func(option, value string) error {
		_, err := w.SetExpiry(t.Context(), key(), blobAt("a"), option, value)
		return err
	}
	for option, value := range map[string]string{
		"NeverExpire": "1", "RelativeToNow": "", "RelativeToCreation": "-1", "Absolute": "Mon, 02 Jan 2006 15:04:05 GMT",
		"Other": "1", "": "", "RelativeToNow ": "5",
	} {
		refused(t, set(option, value), fault.Invalid, "InvalidHeaderValue")
	}
	refused(t, set("RelativeToNow", "9223372036854775807"), fault.Invalid, "InvalidHeaderValue")
	must(t, set("Absolute", w.clock.Now().Add(time.Minute).Format("Mon, 02 Jan 2006 15:04:05 GMT")))
	must(t, set("NeverExpire", ""))
	w.clock.Advance(time.Hour)
	must(t, set("RelativeToNow", "60000"))
	if w.read(t, blobAt("a")) != "x" {
		t.Error("gone too early")
	}
	w.clock.Advance(61 * time.Second)
	_, err := w.tryRead(t, key(), blobAt("a"), GetBlob{})
	refused(t, err, fault.NotFound, "BlobNotFound")
	flat := newWorld(t, nil)
	flat.put(t, "a", "x")
	_, err = flat.SetExpiry(t.Context(), key(), blobAt("a"), "NeverExpire", "")
	refused(t, err, fault.Conflict, "HierarchicalNamespaceNotEnabled")
}

func TestImmutability(t *testing.T) {
	w := newWorld(t, nil)
	w.put(t, "plain", "x")
	_, err := w.SetLegalHold(t.Context(), key(), blobAt("plain"), true)
	refused(t, err, fault.Conflict, "ImmutableStorageWithVersioningNotEnabled")
	w.container(t, "worm", CreateContainer{VersionImmutability: true})
	target := Target{Account: testAccount, Container: "worm", Blob: "a"}
	put := func() error {
		_, err := w.PutBlob(t.Context(), key(), target, PutBlob{Body: strings.NewReader("x"), Length: 1})
		return err
	}
	must(t, put())
	now := TicksOf(w.clock.Now())
	hour := Ticks(time.Hour / 100)
	_, err = w.SetImmutability(t.Context(), key(), target, Immutability{Until: now - 1}, Conditions{})
	refused(t, err, fault.Invalid, "InvalidHeaderValue")
	_, err = w.SetImmutability(t.Context(), key(), target, Immutability{Until: now + 2*hour, Mode: "Unlocked"}, Conditions{})
	must(t, err)
	refused(t, put(), fault.Conflict, "BlobImmutableDueToPolicy")
	_, err = w.DeleteBlob(t.Context(), key(), target, DeleteBlob{})
	refused(t, err, fault.Conflict, "BlobImmutableDueToPolicy")
	must(t, w.DeleteImmutability(t.Context(), key(), target))
	must(t, put())
	_, err = w.SetImmutability(t.Context(), key(), target, Immutability{Until: now + 2*hour, Mode: "Locked"}, Conditions{})
	must(t, err)
	refused(t, w.DeleteImmutability(t.Context(), key(), target), fault.Conflict, "ImmutabilityPolicyDeleteOnLockedPolicy")
	_, err = w.SetImmutability(t.Context(), key(), target, Immutability{Until: now + hour, Mode: "Locked"}, Conditions{})
	refused(t, err, fault.Conflict, "ImmutabilityPolicyCannotBeShortened")
	w.clock.Advance(3 * time.Hour)
	must(t, put())
	_, err = w.SetLegalHold(t.Context(), key(), target, true)
	must(t, err)
	refused(t, put(), fault.Conflict, "BlobImmutableDueToLegalHold")
	_, err = w.SetLegalHold(t.Context(), key(), target, false)
	must(t, err)
	must(t, put())
	_, err = w.SetLegalHold(t.Context(), bearer(), target, true)
	refused(t, err, fault.Denied, "AuthorizationPermissionMismatch")
}

func TestEncryptionScopes(t *testing.T) {
	w := newWorld(t, func(a *Account) {
		a.EncryptionScopes = []EncryptionScope{{Name: "mine", Enabled: true}, {Name: "off"}}
	})
	w.container(t, "scoped", CreateContainer{DefaultEncryptionScope: "mine", DenyEncryptionScopeOverride: true})
	put := func(container, scope string, k *CustomerKey) (*Blob, error) {
		target := Target{Account: testAccount, Container: container, Blob: "a"}
		return w.PutAppendBlob(t.Context(), key(), target, CreateBlob{EncryptionScope: scope, Key: k})
	}
	for _, c := range []struct {
		container, scope, want, reason string
		key                            *CustomerKey
	}{
		{"con", "", "", "", nil},
		{"con", "mine", "mine", "", nil},
		{"con", "off", "", "EncryptionScopeDisabled", nil},
		{"con", "none", "", "EncryptionScopeNotFound", nil},
		{"con", "mine", "", "InvalidHeaderValue", testKey("k")},
		{"scoped", "", "mine", "", nil},
		{"scoped", "mine", "mine", "", nil},
		{"scoped", "off", "", "RequestForbiddenByContainerEncryptionPolicy", nil},
	} {
		b, err := put(c.container, c.scope, c.key)
		if fault.ReasonOf(err) != c.reason || err == nil && b.EncryptionScope != c.want {
			t.Errorf("%+v: %+v, %v", c, b, err)
		}
	}
}

// TestImmutableVersions: where versions are protected, another version may take a protected one's place, and nothing else.
func TestImmutableVersions(t *testing.T) {
	w := newWorld(t, func(a *Account) { a.Properties.Versioning = true })
	w.container(t, "worm", CreateContainer{VersionImmutability: true})
	target := Target{Account: testAccount, Container: "worm", Blob: "a"}
	put := func() Ticks {
		t.Helper()
		r, err := w.PutBlob(t.Context(), key(), target, PutBlob{Body: strings.NewReader("x"), Length: 1})
		must(t, err)
		return r.VersionID
	}
	held := target
	held.VersionID = put()
	_, err := w.SetLegalHold(t.Context(), key(), target, true)
	must(t, err)
	_, err = w.SetBlobMetadata(t.Context(), key(), target, SetMetadata{Metadata: map[string]string{"a": "b"}})
	refused(t, err, fault.Conflict, "BlobImmutableDueToLegalHold")
	put()
	_, err = w.DeleteBlob(t.Context(), key(), held, DeleteBlob{})
	refused(t, err, fault.Conflict, "BlobImmutableDueToLegalHold")
	_, err = w.SetLegalHold(t.Context(), key(), held, false)
	must(t, err)
	_, err = w.DeleteBlob(t.Context(), key(), held, DeleteBlob{})
	must(t, err)
}

// TestDefaultImmutability: the policy of a container whose versions are protected is each new version's own.
func TestDefaultImmutability(t *testing.T) {
	w := newWorld(t, func(a *Account) { a.Properties.Versioning = true })
	w.container(t, "worm", CreateContainer{VersionImmutability: true})
	_, err := w.ChangeContainer(t.Context(), at("worm"), func(c *Container) error {
		c.Immutability = &ContainerImmutability{Days: 2, Locked: true}
		return nil
	})
	must(t, err)
	target := Target{Account: testAccount, Container: "worm", Blob: "a"}
	put := func(own *Immutability) Target {
		t.Helper()
		r, err := w.PutBlob(t.Context(), key(), target, PutBlob{Body: strings.NewReader("x"), Length: 1, Immutability: own})
		must(t, err)
		version := target
		version.VersionID = r.VersionID
		return version
	}
	policy := func(of Target) *Immutability {
		t.Helper()
		b, err := w.GetBlobProperties(t.Context(), key(), of, Conditions{}, nil)
		must(t, err)
		return b.Immutability
	}
	first := put(nil)
	if got := policy(first); got == nil || got.Mode != "locked" || got.Until != first.VersionID+2*ticksADay {
		t.Errorf("%+v", got)
	}
	until := first.VersionID + 5*ticksADay
	second := put(&Immutability{Until: until, Mode: "unlocked"})
	if got := policy(second); got == nil || got.Mode != "unlocked" || got.Until != until {
		t.Errorf("its own: %+v", got)
	}
	for _, version := range []Target{first, second} {
		put(nil)
		_, err := w.DeleteBlob(t.Context(), key(), version, DeleteBlob{})
		refused(t, err, fault.Conflict, "BlobImmutableDueToPolicy")
	}
	w.clock.Advance(3 * 24 * time.Hour)
	_, err = w.DeleteBlob(t.Context(), key(), first, DeleteBlob{})
	must(t, err)
	_, err = w.SetBlobMetadata(t.Context(), key(), target, SetMetadata{Metadata: map[string]string{"a": "b"}})
	must(t, err)
	if got := policy(target); got == nil || got.Until <= TicksOf(w.clock.Now()) {
		t.Errorf("a version by new metadata: %+v", got)
	}
}
