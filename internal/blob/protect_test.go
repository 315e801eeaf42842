package blob

import (
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// TestProtectedGrowth: what protects a container's blobs may let them grow, and nothing else.
func TestProtectedGrowth(t *testing.T) {
	held := []LegalHold{{Tag: "case1"}}
	for name, c := range map[string]struct {
		protect         func(*Container)
		appends, blocks string // the refusals; "" where the blob may grow
	}{
		"nothing":              {func(*Container) {}, "", ""},
		"policy":               {func(c *Container) { c.Immutability = &ContainerImmutability{Days: 2} }, "BlobImmutableDueToPolicy", "BlobImmutableDueToPolicy"},
		"policy, append blobs": {func(c *Container) { c.Immutability = &ContainerImmutability{Days: 2, AllowProtectedAppend: true} }, "", "BlobImmutableDueToPolicy"},
		"policy, all blobs":    {func(c *Container) { c.Immutability = &ContainerImmutability{Days: 2, AllowProtectedAppends: true} }, "", ""},
		"hold":                 {func(c *Container) { c.LegalHolds = held }, "BlobImmutableDueToLegalHold", "BlobImmutableDueToLegalHold"},
		"hold, all blobs":      {func(c *Container) { c.LegalHolds, c.HoldAppends = held, true }, "", ""},
		"hold, and policy's all": {func(c *Container) {
			c.LegalHolds, c.Immutability = held, &ContainerImmutability{Days: 2, AllowProtectedAppends: true}
		}, "BlobImmutableDueToLegalHold", "BlobImmutableDueToLegalHold"},
		"policy, and hold's all": {func(c *Container) {
			c.LegalHolds, c.HoldAppends, c.Immutability = held, true, &ContainerImmutability{Days: 2}
		}, "BlobImmutableDueToPolicy", "BlobImmutableDueToPolicy"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			list := func(blob string, ids ...string) error {
				t.Helper()
				var refs []BlockRef
				for _, id := range ids {
					refs = append(refs, BlockRef{ID: b64(id)})
				}
				_, err := w.PutBlockList(t.Context(), key(), blobAt(blob), PutBlockList{Blocks: refs})
				return err
			}
			w.block(t, "blocks", "a", "a")
			w.block(t, "blocks", "b", "b")
			must(t, list("blocks", "a", "b"))
			must(t, list("empty"))
			w.put(t, "whole", "x")
			_, err := w.PutAppendBlob(t.Context(), key(), blobAt("appends"), CreateBlob{})
			must(t, err)
			_, err = w.ChangeContainer(t.Context(), at("con"), func(found *Container) error { c.protect(found); return nil })
			must(t, err)

			answer := func(what string, err error, want string) {
				t.Helper()
				if got := fault.ReasonOf(err); got != want {
					t.Errorf("%s: %v, want %q", what, err, want)
				}
			}
			_, err = w.AppendBlock(t.Context(), key(), blobAt("appends"), AppendBlock{Body: strings.NewReader("x"), Length: 1})
			answer("append", err, c.appends)
			w.block(t, "blocks", "c", "c")
			w.block(t, "blocks", "d", "d")
			w.block(t, "empty", "a", "a")
			w.block(t, "whole", "a", "a")
			if name != "nothing" {
				refusal := "BlobImmutableDueToPolicy"
				if strings.Contains(name, "hold") {
					refusal = "BlobImmutableDueToLegalHold"
				}
				answer("fewer blocks", list("blocks", "a", "c"), refusal)
				answer("another order", list("blocks", "c", "a", "b"), refusal)
				answer("no blocks", list("blocks"), refusal)
				answer("over one that has none", list("whole", "a"), refusal)
				_, err = w.DeleteBlob(t.Context(), key(), blobAt("blocks"), DeleteBlob{})
				answer("deleted", err, refusal)
			}
			answer("one block more", list("blocks", "a", "b", "c", "d"), c.blocks)
			answer("the first block", list("empty", "a"), c.blocks)
			if c.blocks == "" {
				if got := w.read(t, blobAt("blocks")); got != "abcd" {
					t.Errorf("it has %q", got)
				}
			}
		})
	}
}
