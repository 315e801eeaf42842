package blob

import (
	"context"
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// permitBlob checks the names of a blob and asks the door.
func (s *Service) permitBlob(ctx context.Context, a Access, op Operation, t Target) (grant, error) {
	return s.permitTagged(ctx, a, op, t, nil)
}

// permitTagged is permitBlob for a write that sets tags.
func (s *Service) permitTagged(ctx context.Context, a Access, op Operation, t Target, tags map[string]string) (grant, error) {
	if err := checkContainerName(t.Container); err != nil {
		return grant{}, err
	}
	if err := checkBlobName(t.Container, t.Blob); err != nil {
		return grant{}, err
	}
	if t.Snapshot != 0 && t.VersionID != 0 {
		return grant{}, refuse(fault.Invalid, "MutuallyExclusiveQueryParameters")
	}
	return s.permit(ctx, a, request{
		op: op, target: t, newTags: tags,
		blob: func(ctx context.Context) (*Blob, error) { return s.asItIs(ctx, t) },
	})
}

// asItIs reads a blob without asking anybody: for conditions of who may.
func (s *Service) asItIs(ctx context.Context, t Target) (b *Blob, err error) {
	err = store.View(ctx, s.Store, func(r store.Reader) error {
		_, b, err = readTarget(r, t, 0)
		return err
	})
	return b, err
}

// readTarget finds the blob, snapshot or version that a request names. now, where not 0, is when it is asked: what has
// expired by then is not there.
func readTarget(r store.Reader, t Target, now Ticks) (*Container, *Blob, error) {
	c, err := readContainer(r, t.Account, t.Container)
	if err != nil {
		return nil, nil, err
	}
	var b *Blob
	switch {
	case t.Snapshot != 0:
		b, err = readHistory(r, c.instance, t.Blob, t.Snapshot, snapshotKind)
	case t.VersionID != 0:
		b, err = readVersion(r, c.instance, t.Blob, t.VersionID)
	default:
		b, err = readBase(r, c.instance, t.Blob)
		if b != nil {
			b.Current = b.VersionID != 0
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if b == nil || b.Deleted != 0 || b.Expires != 0 && now != 0 && b.Expires <= now {
		return c, nil, refuse(fault.NotFound, "BlobNotFound")
	}
	return c, b, nil
}

// readHistory reads what lies under h; nil where nothing does.
func readHistory(r store.Reader, i instance, name string, at Ticks, kind historyKind) (*Blob, error) {
	item, err := r.Get(keyHistory(i, name, at, kind))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decodeBlob(item.Value)
}

// readVersion reads a version, which may be the current one.
func readVersion(r store.Reader, i instance, name string, version Ticks) (*Blob, error) {
	base, err := readBase(r, i, name)
	if err != nil {
		return nil, err
	}
	if base != nil && base.VersionID == version {
		base.Current = true
		return base, nil
	}
	return readHistory(r, i, name, version, versionKind)
}

// shown fills in what an answer at a moment shows.
func (b *Blob) shown(account *Account, now Ticks) *Blob {
	b.settle(now)
	b.LeaseStatus = b.Lease.Status(now)
	b.EncryptionScope = scopeName(b.EncryptionScope)
	if b.Deleted != 0 {
		b.RemainingDays = daysUntil(b.Purge, now)
	}
	if b.Tier == "" {
		b.Tier = account.inferredTier(b)
		b.TierInferred = b.Tier != ""
	}
	return b
}

func (a *Account) premium() bool { return strings.HasPrefix(a.SKU, "Premium") }

// inferredTier is the tier of a blob that was given none: the account's, and of a premium account's page blob the
// smallest that holds it. "" where the account or the type knows no tiers.
func (a *Account) inferredTier(b *Blob) string {
	switch {
	case b.Type == PageBlob && a.premium():
		for _, p := range pageTiers {
			if b.Size <= p.gib<<30 {
				return p.name
			}
		}
		return ""
	case b.Type != BlockBlob || a.Kind == "Storage":
		return ""
	case a.AccessTier == "":
		return "Hot"
	}
	return a.AccessTier
}
