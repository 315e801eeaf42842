package blob

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/audit"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/rbac/assignments"
)

const conID = testID + "/blobServices/default/containers/con"

// TestRoles: which built-in role opens what, at which scope. Owner and Contributor read no blob.
func TestRoles(t *testing.T) {
	ops := map[string]Operation{
		"read": OpGetBlob, "write": OpPutBlob, "delete": OpDeleteBlob, "list": OpListBlobs, "append": OpAppendBlock,
		"containers": OpListContainers, "create": OpCreateContainer, "tags": OpGetBlobTags, "key": OpGetUserDelegationKey,
		"version": OpDeleteVersion,
	}
	for _, c := range []struct {
		name, role, scope, may string
	}{
		{"nobody", "", "", ""},
		{"owner", roleOwner, testID, "containers create key"},
		{"contributor", roleContributor, testID, "containers create key"},
		{"reader", roleReader, testID, "containers"},
		{"blob reader", roleBlobReader, testID, "containers key list read"},
		{"blob contributor", roleBlobContributor, testID, "append containers create delete key list read write"},
		{"blob owner", roleBlobOwner, testID, "append containers create delete key list read tags version write"},
		{"delegator", roleBlobDelegator, testID, "key"},
		{"blob reader of the container", roleBlobReader, conID, "list read"},
		{"blob reader of another container", roleBlobReader, conID + "2", ""},
		{"blob reader of the subscription", roleBlobReader, "/subscriptions/22222222-2222-2222-2222-222222222222", "containers key list read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			if c.role != "" {
				w.assign(t, c.role, c.scope, "")
			}
			var may []string
			for name, op := range ops {
				target := blobAt("b")
				if rules[op].account {
					target = Target{Account: testAccount}
				}
				switch err := w.Authorize(t.Context(), bearer(), op, target); {
				case err == nil:
					may = append(may, name)
				default:
					refused(t, err, fault.Denied, "AuthorizationPermissionMismatch")
					var denial *rbac.Denial
					if !errors.As(err, &denial) || denial.Caller.ObjectID != robot {
						t.Errorf("%s: the refusal does not say who: %v", name, err)
					}
				}
			}
			slices.Sort(may)
			if got := strings.Join(may, " "); got != c.may {
				t.Errorf("may %q, want %q", got, c.may)
			}
		})
	}
}

// TestDecisionsAreRecorded: what a token asks for is in the record, what a key asks for is not.
func TestDecisionsAreRecorded(t *testing.T) {
	w := newWorld(t, nil)
	w.put(t, "b", "x")
	if _, err := w.tryRead(t, bearer(), blobAt("b"), GetBlob{}); !fault.Is(err, fault.Denied) {
		t.Fatal(err)
	}
	w.assign(t, roleBlobContributor, testID, "")
	if _, err := w.tryPut(t, bearer(), "b", "y"); err != nil {
		t.Fatal(err)
	}
	entries, err := w.log.Entries(t.Context(), audit.Filter{})
	if err != nil || len(entries) != 2 {
		t.Fatalf("%d decisions, %v", len(entries), err)
	}
	for _, e := range entries {
		want := blobService + "containers/blobs/read"
		if e.Allowed {
			want = blobService + "containers/blobs/write"
		}
		if e.Action != want || !e.Data || e.Scope != conID || e.Caller.ObjectID != robot {
			t.Errorf("%+v", e)
		}
	}
}

// TestConditionsOfAssignments: ABAC on path, prefix, container and tags.
func TestConditionsOfAssignments(t *testing.T) {
	const read = `!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'})`
	for _, c := range []struct {
		name, condition string
		may, mayNot     func(*world) error
	}{
		{
			"path", `(` + read + ` OR @Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringLike 'open/*')`,
			func(w *world) error {
				_, err := w.GetBlobProperties(ctx, bearer(), blobAt("open/b"), Conditions{}, nil)
				return err
			},
			func(w *world) error {
				_, err := w.GetBlobProperties(ctx, bearer(), blobAt("shut/b"), Conditions{}, nil)
				return err
			},
		},
		{
			"prefix", `(` + read + ` OR @Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix] StringStartsWith 'open/')`,
			func(w *world) error {
				_, err := w.ListBlobs(ctx, bearer(), at("con"), ListBlobs{Prefix: "open/"})
				return err
			},
			func(w *world) error { _, err := w.ListBlobs(ctx, bearer(), at("con"), ListBlobs{}); return err },
		},
		{
			"tag", `(` + read + ` OR @Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags:Open<$key_case_sensitive$>] StringEquals 'yes')`,
			func(w *world) error {
				_, err := w.GetBlobProperties(ctx, bearer(), blobAt("tagged"), Conditions{}, nil)
				return err
			},
			func(w *world) error {
				_, err := w.GetBlobProperties(ctx, bearer(), blobAt("open/b"), Conditions{}, nil)
				return err
			},
		},
		{
			"tag's key", `(` + read + ` OR @Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags&$keys$&] ForAnyOfAnyValues:StringEquals {'Open'})`,
			func(w *world) error {
				_, err := w.GetBlobProperties(ctx, bearer(), blobAt("tagged"), Conditions{}, nil)
				return err
			},
			func(w *world) error {
				_, err := w.GetBlobProperties(ctx, bearer(), blobAt("open/b"), Conditions{}, nil)
				return err
			},
		},
		{
			"encryption scope", `(` + read + ` OR @Resource[Microsoft.Storage/storageAccounts/encryptionScopes:name] StringEquals 'mine')`,
			func(w *world) error {
				w.account(t, func(a *Account) { a.EncryptionScopes = []EncryptionScope{{Name: "mine", Enabled: true}} })
				_, err := w.PutBlob(ctx, key(), blobAt("scoped"), PutBlob{Body: strings.NewReader("x"), Length: 1, EncryptionScope: "mine"})
				must(t, err)
				_, err = w.GetBlobProperties(ctx, bearer(), blobAt("scoped"), Conditions{}, nil)
				return err
			},
			func(w *world) error {
				_, err := w.GetBlobProperties(ctx, bearer(), blobAt("open/b"), Conditions{}, nil)
				return err
			},
		},
		{
			"include", `(` + read + ` OR @Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:include] ForAllOfAnyValues:StringEquals {'metadata', 'tags'})`,
			func(w *world) error {
				_, err := w.ListBlobs(ctx, bearer(), at("con"), ListBlobs{Include: Include{Metadata: true}})
				return err
			},
			func(w *world) error {
				_, err := w.ListBlobs(ctx, bearer(), at("con"), ListBlobs{Include: Include{Metadata: true, Snapshots: true}})
				return err
			},
		},
		{
			"container", `(` + read + ` OR @Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'con')`,
			func(w *world) error { _, err := w.ListBlobs(ctx, bearer(), at("con"), ListBlobs{}); return err },
			func(w *world) error { _, err := w.ListBlobs(ctx, bearer(), at("other"), ListBlobs{}); return err },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.put(t, "open/b", "x")
			w.put(t, "shut/b", "x")
			w.container(t, "other", CreateContainer{})
			_, err := w.PutBlob(t.Context(), key(), blobAt("tagged"), PutBlob{Tags: map[string]string{"Open": "yes"}})
			if err != nil {
				t.Fatal(err)
			}
			w.assign(t, roleBlobReader, testID, c.condition)
			if err := c.may(w); err != nil {
				t.Errorf("may not: %v", err)
			}
			refused(t, c.mayNot(w), fault.Denied, "AuthorizationPermissionMismatch")
		})
	}
}

var ctx = context.Background()

// TestAddOnly: a right to add makes what is new, and replaces nothing.
func TestAddOnly(t *testing.T) {
	creator := Access{By: ServiceSAS, SAS: &SAS{Permissions: "c", Resource: "c", Container: "con"}}
	w := newWorld(t, nil)
	if _, err := w.tryPut(t, creator, "b", "one"); err != nil {
		t.Fatal(err)
	}
	const overwrite = "UnauthorizedBlobOverwrite"
	_, err := w.tryPut(t, creator, "b", "two")
	refused(t, err, fault.Denied, overwrite)
	_, err = w.tryPut(t, creator, "b", strings.Repeat("2", maxInline+1))
	refused(t, err, fault.Denied, overwrite)
	block := func(name string) error {
		_, err := w.PutBlock(ctx, creator, blobAt(name), PutBlock{ID: "AAAA", Body: strings.NewReader("x"), Length: 1})
		return err
	}
	refused(t, block("b"), fault.Denied, overwrite)
	_, err = w.PutBlockList(ctx, creator, blobAt("b"), PutBlockList{})
	refused(t, err, fault.Denied, overwrite)
	if err := block("new"); err != nil {
		t.Error(err)
	}
	if _, err := w.PutBlockList(ctx, creator, blobAt("new"), PutBlockList{Blocks: []BlockRef{{ID: "AAAA", From: Latest}}}); err != nil {
		t.Error(err)
	}
	if w.read(t, blobAt("b")) != "one" || w.contents(t) != 0 {
		t.Error("a refused write left something")
	}
}

// TestSAS: letters, services, resource types, and what a signature is for.
func TestSAS(t *testing.T) {
	w := newWorld(t, nil)
	account := func(sp, ss, srt string) Access {
		return Access{By: AccountSAS, SAS: &SAS{Permissions: sp, Services: ss, ResourceTypes: srt}}
	}
	service := func(s SAS) Access {
		s.Container = "con"
		return Access{By: ServiceSAS, SAS: &s}
	}
	snapshot := blobAt("b")
	snapshot.Snapshot = 5
	const permission, kind, service2, nothing = "AuthorizationPermissionMismatch", "AuthorizationResourceTypeMismatch", "AuthorizationServiceMismatch", "AuthorizationFailure"
	for _, c := range []struct {
		name   string
		a      Access
		op     Operation
		target Target
		want   string
	}{
		{"account reads", account("r", "b", "o"), OpGetBlob, blobAt("b"), ""},
		{"account's letter", account("w", "b", "o"), OpGetBlob, blobAt("b"), permission},
		{"account's type", account("r", "b", "sc"), OpGetBlob, blobAt("b"), kind},
		{"account's service", account("r", "qtf", "o"), OpGetBlob, blobAt("b"), service2},
		{"account lists containers", account("l", "b", "s"), OpListContainers, Target{Account: testAccount}, ""},
		{"account and ACL", account("rwdl", "b", "sco"), OpGetContainerACL, at("con"), permission},
		{"account and delegation key", account("rwdl", "b", "sco"), OpGetUserDelegationKey, Target{Account: testAccount}, permission},
		{"container reads", service(SAS{Resource: "c", Permissions: "r"}), OpGetBlob, blobAt("b"), ""},
		{"container lists", service(SAS{Resource: "c", Permissions: "l"}), OpListBlobs, at("con"), ""},
		{"container of another", service(SAS{Resource: "c", Permissions: "r"}), OpGetBlob, Target{Account: testAccount, Container: "other", Blob: "b"}, permission},
		{"container's properties", service(SAS{Resource: "c", Permissions: "rwdl"}), OpGetContainer, at("con"), nothing},
		{"container's deletion", service(SAS{Resource: "c", Permissions: "rwdl"}), OpDeleteContainer, at("con"), nothing},
		{"blob reads", service(SAS{Resource: "b", Blob: "b", Permissions: "r"}), OpGetBlob, blobAt("b"), ""},
		{"blob of another", service(SAS{Resource: "b", Blob: "b", Permissions: "r"}), OpGetBlob, blobAt("bb"), permission},
		{"blob's snapshot", service(SAS{Resource: "b", Blob: "b", Permissions: "r"}), OpGetBlob, snapshot, permission},
		{"snapshot reads", service(SAS{Resource: "bs", Blob: "b", Snapshot: 5, Permissions: "r"}), OpGetBlob, snapshot, ""},
		{"snapshot of another", service(SAS{Resource: "bs", Blob: "b", Snapshot: 6, Permissions: "r"}), OpGetBlob, snapshot, permission},
		{"snapshot's blob", service(SAS{Resource: "bs", Blob: "b", Snapshot: 5, Permissions: "r"}), OpGetBlob, blobAt("b"), permission},
		{"folder reads", service(SAS{Resource: "d", Blob: "a/b", Permissions: "r"}), OpGetBlob, blobAt("a/b/c"), ""},
		{"folder's neighbour", service(SAS{Resource: "d", Blob: "a/b", Permissions: "r"}), OpGetBlob, blobAt("a/bc"), permission},
		{"blob lists", service(SAS{Resource: "b", Blob: "b", Permissions: "rl"}), OpListBlobs, at("con"), permission},
		{"nothing granted", Access{By: ServiceSAS, SAS: &SAS{Resource: "c", Container: "con"}}, OpGetBlob, blobAt("b"), permission},
	} {
		err := w.Authorize(t.Context(), c.a, c.op, c.target)
		if fault.ReasonOf(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	// The delegator's rights count at each use.
	delegated := Access{By: UserDelegationSAS, Caller: bearer().Caller, SAS: &SAS{Resource: "c", Container: "con", Permissions: "rw"}}
	refused(t, w.Authorize(t.Context(), delegated, OpGetBlob, blobAt("b")), fault.Denied, permission)
	w.assign(t, roleBlobReader, testID, "")
	if err := w.Authorize(t.Context(), delegated, OpGetBlob, blobAt("b")); err != nil {
		t.Error(err)
	}
	refused(t, w.Authorize(t.Context(), delegated, OpPutBlob, blobAt("b")), fault.Denied, permission)
	w.account(t, func(a *Account) { a.AllowSharedKeyAccess = false })
	for _, a := range []Access{key(), account("r", "b", "o"), service(SAS{Resource: "c", Permissions: "r"})} {
		refused(t, w.Authorize(t.Context(), a, OpGetBlob, blobAt("b")), fault.Denied, "KeyBasedAuthenticationNotPermitted")
	}
	if err := w.Authorize(t.Context(), delegated, OpGetBlob, blobAt("b")); err != nil {
		t.Errorf("a user delegation SAS needs no account key: %v", err)
	}
}

// TestAnonymous: public access levels, and an account that forbids them.
func TestAnonymous(t *testing.T) {
	w := newWorld(t, nil)
	w.put(t, "b", "x")
	anybody := Access{}
	for _, c := range []struct {
		level            PublicAccess
		read, list, get_ bool
	}{
		{Private, false, false, false},
		{PublicBlobs, true, false, false},
		{PublicContainer, true, true, true},
	} {
		if _, err := w.SetContainerACL(t.Context(), key(), at("con"), c.level, nil, Conditions{}); err != nil {
			t.Fatal(err)
		}
		for op, may := range map[Operation]bool{OpGetBlob: c.read, OpListBlobs: c.list, OpGetContainer: c.get_, OpPutBlob: false, OpListContainers: false} {
			err := w.Authorize(t.Context(), anybody, op, blobAt("b"))
			if may && err != nil {
				t.Errorf("%q, %v: %v", c.level, op, err)
			} else if !may {
				refused(t, err, fault.Unauthenticated, "NoAuthenticationInformation")
			}
		}
	}
	refused(t, w.Authorize(t.Context(), anybody, OpGetBlob, Target{Account: testAccount, Container: "absent", Blob: "b"}), fault.Unauthenticated, "NoAuthenticationInformation")
	w.account(t, func(a *Account) { a.AllowBlobPublicAccess = false })
	refused(t, w.Authorize(t.Context(), anybody, OpGetBlob, blobAt("b")), fault.Conflict, "PublicAccessNotPermitted")
	_, err := w.SetContainerACL(t.Context(), key(), at("con"), PublicBlobs, nil, Conditions{})
	refused(t, err, fault.Conflict, "PublicAccessNotPermitted")
}

// TestEveryOperationHasARow: none is open because its row was forgotten.
func TestEveryOperationHasARow(t *testing.T) {
	w := newWorld(t, nil)
	for op := range operations {
		row := rules[op]
		if row.name == "" || row.action == "" {
			t.Errorf("operation %d has no row", op)
		}
		if strings.HasPrefix(row.action, "containers/blobs/") != row.data {
			t.Errorf("%s: %s, data=%v", row.name, row.action, row.data)
		}
		refused(t, w.Authorize(t.Context(), bearer(), op, blobAt("b")), fault.Denied, "AuthorizationPermissionMismatch")
		refused(t, w.Authorize(t.Context(), Access{}, op, blobAt("b")), fault.Unauthenticated, "NoAuthenticationInformation")
	}
}

func TestPolicies(t *testing.T) {
	w := newWorld(t, nil)
	set := func(p ...AccessPolicy) error {
		_, err := w.SetContainerACL(t.Context(), key(), at("con"), Private, p, Conditions{})
		return err
	}
	good := AccessPolicy{ID: "p1", Start: "2026-01-01", Expiry: "2027-01-01T00:00:00.0000000Z", Permission: "rw"}
	if err := set(good, AccessPolicy{ID: "p2"}); err != nil {
		t.Fatal(err)
	}
	if p, ok, err := w.Policy(t.Context(), testAccount, "con", "p1"); err != nil || !ok || p != good {
		t.Errorf("%+v %v %v", p, ok, err)
	}
	for _, name := range []string{"absent", "x"} {
		if _, ok, err := w.Policy(t.Context(), testAccount, name, "p1"); ok || err != nil {
			t.Errorf("%s: %v %v", name, ok, err)
		}
	}
	many := make([]AccessPolicy, 6)
	for i := range many {
		many[i].ID = string(rune('a' + i))
	}
	for _, p := range [][]AccessPolicy{
		many, {{}}, {{ID: "a"}, {ID: "a"}}, {{ID: strings.Repeat("x", 65)}}, {{ID: "a", Start: "soon"}}, {{ID: "a", Permission: "q"}},
	} {
		if err := set(p...); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

// TestAddRole: a role that may add blobs makes new ones; replacing one is refused, and the record says what was missing.
func TestAddRole(t *testing.T) {
	const custom = "cccccccc-9999-4999-8999-999999999999"
	w := newWorld(t, nil)
	role := rbac.Role{
		Name: custom, RoleName: "Adder", Type: assignments.CustomRole, AssignableScopes: []string{testID},
		Permissions: []rbac.Permission{{DataActions: []string{blobService + blobsAdd}}},
	}
	if _, err := w.roles.PutRole(t.Context(), bearer().Caller, role); err != nil {
		t.Fatal(err)
	}
	w.assign(t, custom, testID, "")
	if _, err := w.tryPut(t, bearer(), "b", "one"); err != nil {
		t.Fatal(err)
	}
	_, err := w.tryPut(t, bearer(), "b", "two")
	refused(t, err, fault.Denied, "AuthorizationPermissionMismatch")
	var denial *rbac.Denial
	if !errors.As(err, &denial) || denial.Action != blobService+blobsWrite {
		t.Errorf("%v", err)
	}
	if w.read(t, blobAt("b")) != "one" {
		t.Error("replaced all the same")
	}
}
