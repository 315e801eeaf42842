package blob

import (
	"context"
	"slices"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// How long a blob takes to come back from Archive. Azure takes up to 15 hours (Standard) and under one (High).
const (
	rehydrateStandard = 10 * time.Minute
	rehydrateHigh     = time.Minute
)

// SetTier is Set Blob Tier.
type SetTier struct {
	Tier              string // Hot, Cool, Cold, Archive; of a page blob P4 to P80
	RehydratePriority string // Standard, High; "" is Standard
	Conditions        Conditions
}

// pageTiers are the tiers of premium page blobs, with the sizes in GiB that each holds.
var pageTiers = []struct {
	name string
	gib  int64
}{
	{"P4", 32},
	{"P6", 64},
	{"P10", 128},
	{"P15", 256},
	{"P20", 512},
	{"P30", 1024},
	{"P40", 2048},
	{"P50", 4096},
	{"P60", 8192},
	{"P70", 16384},
	{"P80", 32767},
}

// checkTier refuses a tier that blobs of the type do not have in the account: page blobs have theirs in premium ones.
func checkTier(a *Account, t BlobType, tier string) error {
	block := slices.Contains([]string{"Hot", "Cool", "Cold", "Archive"}, tier)
	page := pageTierSize(tier) > 0
	switch {
	case !block && !page:
		return invalidHeader("x-ms-access-tier", tier)
	case t == AppendBlob, t == BlockBlob && page, t == PageBlob && (block || !a.premium()):
		return refuse(fault.Invalid, "AccessTierNotSupportedForBlobType")
	}
	return nil
}

func pageTierSize(tier string) int64 {
	for _, p := range pageTiers {
		if p.name == tier {
			return p.gib << 30
		}
	}
	return 0
}

// SetTier changes a blob's tier. accepted says that the change takes time: the blob comes back from Archive.
func (s *Service) SetTier(ctx context.Context, a Access, t Target, r SetTier) (accepted bool, err error) {
	if r.RehydratePriority != "" && r.RehydratePriority != "Standard" && r.RehydratePriority != "High" {
		return false, invalidHeader("x-ms-rehydrate-priority", r.RehydratePriority)
	}
	g, err := s.permitBlob(ctx, a, OpSetTier, t)
	if err != nil {
		return false, err
	}
	if g.account.Kind == "Storage" {
		return false, refuse(fault.Invalid, "AccessTierNotSupported")
	}
	err = s.change(ctx, g, t, func(m *mutation, b *Blob) error {
		if b.Tier == "Archive" && r.Tier != "Archive" && (b.Snapshot != 0 || t.VersionID != 0 && !b.Current) {
			return refuse(fault.Conflict, "OperationNotAllowed") // only the blob itself comes back; the others can be copied
		}
		// A tier is not the content's: of the conditions, Azure takes the lease and the tags.
		if err := (Conditions{IfTags: r.Conditions.IfTags}).write(b.state()); err != nil {
			return err
		}
		if err := (Conditions{LeaseID: r.Conditions.LeaseID}).leaseForRead(b.Lease, m.now); err != nil {
			return err
		}
		if err := checkTier(g.account, b.Type, r.Tier); err != nil {
			return err
		}
		var err error
		accepted, err = b.setTier(r, m.now)
		return err
	})
	return accepted, err
}

// setTier changes the record.
func (b *Blob) setTier(r SetTier, now Ticks) (accepted bool, err error) {
	b.settle(now)
	if b.Type == PageBlob {
		switch have, want := pageTierSize(b.Tier), pageTierSize(r.Tier); {
		case want < have:
			return false, refuse(fault.Conflict, "CannotChangeToLowerTier")
		case want < b.Size:
			return false, refuse(fault.Conflict, "BlobTierInadequateForContentLength")
		}
	}
	switch {
	case r.Tier == "Archive" && b.RehydrateTo != "":
		return false, refuse(fault.Conflict, "BlobBeingRehydrated")
	case b.RehydrateTo != "" && r.Tier != b.RehydrateTo:
		return false, refuse(fault.Conflict, "BlobBeingRehydrated")
	case b.Tier == "Archive" && r.Tier != "Archive":
		b.rehydrate(r, now)
		return true, nil
	case r.Tier == "Archive" && (b.CustomerKey != nil || b.EncryptionScope != ""):
		return false, refuse(fault.Conflict, "OperationNotSupportedOnEncryptedBlob")
	}
	if b.Tier != r.Tier {
		b.Tier, b.TierChanged = r.Tier, now
	}
	return false, nil
}

// rehydrate has the blob come back from Archive. Asked again, only a higher priority changes something.
func (b *Blob) rehydrate(r SetTier, now Ticks) {
	after := rehydrateStandard
	if r.RehydratePriority == "High" {
		after = rehydrateHigh
	}
	done := now + Ticks(after/100)
	if b.RehydrateTo != "" && (r.RehydratePriority != "High" || b.RehydrateDone <= done) {
		return
	}
	b.RehydrateTo, b.RehydratePriority, b.RehydrateDone = r.Tier, r.RehydratePriority, done
	if b.RehydratePriority == "" {
		b.RehydratePriority = "Standard"
	}
}

// settle brings a record up to date with a rehydration that has ended by now.
func (b *Blob) settle(now Ticks) {
	if b.RehydrateTo == "" || b.RehydrateDone > now {
		return
	}
	b.Tier, b.TierChanged = b.RehydrateTo, b.RehydrateDone
	b.RehydrateTo, b.RehydratePriority, b.RehydrateDone = "", "", 0
}
