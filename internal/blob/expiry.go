package blob

import (
	"context"
	"strconv"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// SetExpiry says when a blob goes: option is x-ms-expiry-option, value x-ms-expiry-time, milliseconds or, of Absolute,
// a time as HTTP writes it. Azure has it for accounts with a hierarchical namespace.
func (s *Service) SetExpiry(ctx context.Context, a Access, t Target, option, value string) (*Blob, error) {
	if err := checkWriteTarget(t); err != nil {
		return nil, err
	}
	g, err := s.permitBlob(ctx, a, OpSetExpiry, t)
	if err != nil {
		return nil, err
	}
	if !g.account.HierarchicalNamespace {
		return nil, refuse(fault.Conflict, "HierarchicalNamespaceNotEnabled")
	}
	var changed *Blob
	err = s.change(ctx, g, t, func(m *mutation, b *Blob) error {
		var err error
		if b.Expires, err = expiry(option, value, b.Created, m.now); err != nil {
			return err
		}
		m.touch(b)
		changed = m.answer(b)
		return nil
	})
	return changed, err
}

// expiry works out the moment; 0 is never.
func expiry(option, value string, created, now Ticks) (Ticks, error) {
	since := now
	switch option {
	case "NeverExpire":
		if value != "" {
			return 0, invalidHeader("x-ms-expiry-time", value)
		}
		return 0, nil
	case "Absolute":
		at, err := time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", value)
		if err != nil || TicksOf(at) <= now {
			return 0, invalidHeader("x-ms-expiry-time", value)
		}
		return TicksOf(at), nil
	case "RelativeToCreation":
		since = created
	case "RelativeToNow":
	default:
		return 0, invalidHeader("x-ms-expiry-option", option)
	}
	ms, err := strconv.ParseUint(value, 10, 63)
	const most = uint64(1<<62) / uint64(time.Millisecond/100)
	if err != nil || ms > most {
		return 0, invalidHeader("x-ms-expiry-time", value)
	}
	at := since + Ticks(ms*uint64(time.Millisecond/100))
	if at <= now {
		return 0, invalidHeader("x-ms-expiry-time", value)
	}
	return at, nil
}
