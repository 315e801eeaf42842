package blob

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/blob/lifecycle"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// accessed notes when a blob or version was read, where the account tracks that: the first time in a day. ETag and
// Last-Modified stay. Source: "Optimize costs by automatically managing the data lifecycle", last access time tracking, of
// Azure Storage's documentation.
func (s *Service) accessed(ctx context.Context, g grant, t Target, b *Blob) error {
	now := TicksOf(s.Clock.Now())
	if !g.account.Properties.LastAccessTracking || t.Snapshot != 0 || b.LastAccess+ticksADay > now {
		return nil
	}
	err := s.change(ctx, g, t, func(m *mutation, b *Blob) error {
		b.LastAccess = max(b.LastAccess, now)
		return m.returnToHot(b)
	})
	// A read succeeds where there is no room for the note, and where the blob has gone meanwhile.
	if fault.Is(err, fault.Internal) {
		return err
	}
	return nil
}

// returnToHot brings a blob back that is read, where a rule of the account's lifecycle policy says so:
// enableAutoTierToHotFromCool.
func (m *mutation) returnToHot(b *Blob) error {
	if b.Tier != "Cool" || len(m.account.Lifecycle) == 0 {
		return nil
	}
	policy, err := lifecycle.Parse(m.account.Lifecycle)
	if err != nil {
		return err
	}
	if policy.TiersToHotOnAccess(subjectOf(m.account, m.container.Name, b)) {
		b.Tier, b.TierChanged = "Hot", m.now
	}
	return nil
}
