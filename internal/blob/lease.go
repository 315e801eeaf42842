package blob

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// LeaseState is x-ms-lease-state.
type LeaseState string

// The states of a lease.
const (
	LeaseAvailable LeaseState = "available"
	LeaseLeased    LeaseState = "leased"
	LeaseExpired   LeaseState = "expired"
	LeaseBreaking  LeaseState = "breaking"
	LeaseBroken    LeaseState = "broken"
)

// Lease is the lease of a blob or container as it is kept. What it is at a moment follows from the times.
type Lease struct {
	ID       string        // "" where there has been none since the last release
	Duration time.Duration // 15 to 60 s; 0 is infinite
	Ends     Ticks         // when it expires; 0 of an infinite one
	Breaks   Ticks         // when a break takes effect; 0 where it is not being broken
	ETag     ETag          // of a blob when the lease was acquired or renewed: an expired lease renews while it is the same
}

// LeaseStatus is a lease as headers and lists show it.
type LeaseStatus struct {
	State    LeaseState
	Locked   bool   // x-ms-lease-status
	Duration string // "infinite", "fixed"; "" where not leased
}

// State works out the state at a moment.
func (l Lease) State(now Ticks) LeaseState {
	switch {
	case l.ID == "":
		return LeaseAvailable
	case l.Breaks != 0 && l.Breaks <= now:
		return LeaseBroken
	case l.Breaks != 0:
		return LeaseBreaking
	case l.Ends != 0 && l.Ends <= now:
		return LeaseExpired
	}
	return LeaseLeased
}

// Status is what headers show at a moment.
func (l Lease) Status(now Ticks) LeaseStatus {
	s := LeaseStatus{State: l.State(now)}
	s.Locked = s.State == LeaseLeased || s.State == LeaseBreaking
	if s.State == LeaseLeased {
		s.Duration = "fixed"
		if l.Ends == 0 {
			s.Duration = "infinite"
		}
	}
	return s
}

// LeaseAction is x-ms-lease-action.
type LeaseAction string

// The lease actions.
const (
	AcquireLease LeaseAction = "acquire"
	RenewLease   LeaseAction = "renew"
	ChangeLease  LeaseAction = "change"
	ReleaseLease LeaseAction = "release"
	BreakLease   LeaseAction = "break"
)

// LeaseRequest is Lease Blob or Lease Container.
type LeaseRequest struct {
	Action     LeaseAction
	LeaseID    string // x-ms-lease-id: of renew, change, release
	ProposedID string // x-ms-proposed-lease-id: of acquire and change; "" lets acquire choose
	Duration   int    // x-ms-lease-duration in seconds: of acquire, 15 to 60, or -1 for ever
	// BreakPeriod is x-ms-lease-break-period in seconds, 0 to 60; nil where it was not sent.
	BreakPeriod *int
}

// LeaseResult is what the answer says.
type LeaseResult struct {
	LeaseID   string // of acquire, renew, change
	Remaining int    // x-ms-lease-time of break, in seconds
	ETag      ETag
	Modified  Ticks
}

const (
	minLease = 15
	maxLease = 60
)

// normalLeaseID reads the GUID that a lease ID is.
func normalLeaseID(text, header string) (string, error) {
	id, err := uuid.Parse(text)
	if err != nil || strings.HasPrefix(strings.ToLower(text), "urn:") {
		return "", invalidHeader(header, text)
	}
	return id.String(), nil
}

// apply works out the lease after a request at a moment. etag is that of what is leased.
func (l Lease) apply(r LeaseRequest, now Ticks, etag ETag, newID func() (string, error)) (Lease, LeaseResult, error) {
	switch r.Action {
	case AcquireLease:
		return l.acquire(r, now, etag, newID)
	case RenewLease:
		return l.renew(r, now, etag)
	case ChangeLease:
		return l.change(r, now)
	case ReleaseLease:
		return l.release(r)
	case BreakLease:
		return l.breakUp(r, now)
	}
	return l, LeaseResult{}, invalidHeader("x-ms-lease-action", string(r.Action))
}

func (l Lease) acquire(r LeaseRequest, now Ticks, etag ETag, newID func() (string, error)) (Lease, LeaseResult, error) {
	if r.Duration != -1 && (r.Duration < minLease || r.Duration > maxLease) {
		return l, LeaseResult{}, invalidHeaderNumber("x-ms-lease-duration", r.Duration)
	}
	id, err := r.ProposedID, error(nil)
	if id != "" {
		id, err = normalLeaseID(id, "x-ms-proposed-lease-id")
	} else {
		id, err = newID()
	}
	if err != nil {
		return l, LeaseResult{}, err
	}
	switch state := l.State(now); {
	case state == LeaseBreaking && l.ID == id:
		return l, LeaseResult{}, leaseFault(fault.Conflict, "LeaseIsBreakingAndCannotBeAcquired")
	case state == LeaseBreaking, state == LeaseLeased && l.ID != id:
		return l, LeaseResult{}, leaseFault(fault.Conflict, "LeaseAlreadyPresent")
	}
	next := Lease{ID: id, ETag: etag}
	if r.Duration > 0 {
		next.Duration = time.Duration(r.Duration) * time.Second
		next.Ends = now + Ticks(r.Duration*ticksASecond)
	}
	return next, LeaseResult{LeaseID: id}, nil
}

// holds checks the lease ID of a request that continues a lease.
func (l Lease) holds(text string) error {
	if text == "" {
		return fault.New(fault.Invalid, "blob.Lease", "MissingRequiredHeader", "x-ms-lease-id is required")
	}
	id, err := normalLeaseID(text, "x-ms-lease-id")
	if err != nil {
		return err
	}
	if l.ID != id {
		return leaseFault(fault.Conflict, "LeaseIdMismatchWithLeaseOperation")
	}
	return nil
}

func (l Lease) renew(r LeaseRequest, now Ticks, etag ETag) (Lease, LeaseResult, error) {
	if err := l.holds(r.LeaseID); err != nil {
		return l, LeaseResult{}, err
	}
	switch l.State(now) {
	case LeaseBreaking, LeaseBroken:
		return l, LeaseResult{}, leaseFault(fault.Conflict, "LeaseIsBrokenAndCannotBeRenewed")
	case LeaseExpired:
		// Whoever changed it meanwhile has ended the lease.
		if l.ETag != etag {
			return l, LeaseResult{}, leaseFault(fault.Conflict, "LeaseIdMismatchWithLeaseOperation")
		}
	}
	l.ETag = etag
	if l.Duration > 0 {
		l.Ends = now + Ticks(l.Duration/100)
	}
	return l, LeaseResult{LeaseID: l.ID}, nil
}

func (l Lease) change(r LeaseRequest, now Ticks) (Lease, LeaseResult, error) {
	if r.ProposedID == "" {
		return l, LeaseResult{}, fault.New(fault.Invalid, "blob.Lease", "MissingRequiredHeader", "x-ms-proposed-lease-id is required")
	}
	proposed, err := normalLeaseID(r.ProposedID, "x-ms-proposed-lease-id")
	if err != nil {
		return l, LeaseResult{}, err
	}
	switch l.State(now) {
	case LeaseAvailable, LeaseExpired, LeaseBroken:
		return l, LeaseResult{}, leaseFault(fault.Conflict, "LeaseNotPresentWithLeaseOperation")
	case LeaseBreaking:
		if err := l.holds(r.LeaseID); err != nil {
			return l, LeaseResult{}, err
		}
		return l, LeaseResult{}, leaseFault(fault.Conflict, "LeaseIsBreakingAndCannotBeChanged")
	}
	// A change that was made already is made again: who lost the answer may repeat the request.
	if err := l.holds(r.LeaseID); err != nil && l.ID != proposed {
		return l, LeaseResult{}, err
	}
	l.ID = proposed
	return l, LeaseResult{LeaseID: proposed}, nil
}

func (l Lease) release(r LeaseRequest) (Lease, LeaseResult, error) {
	if err := l.holds(r.LeaseID); err != nil {
		return l, LeaseResult{}, err
	}
	return Lease{}, LeaseResult{}, nil
}

func (l Lease) breakUp(r LeaseRequest, now Ticks) (Lease, LeaseResult, error) {
	if r.BreakPeriod != nil && (*r.BreakPeriod < 0 || *r.BreakPeriod > maxLease) {
		return l, LeaseResult{}, invalidHeaderNumber("x-ms-lease-break-period", *r.BreakPeriod)
	}
	switch l.State(now) {
	case LeaseAvailable:
		return l, LeaseResult{}, leaseFault(fault.Conflict, "LeaseNotPresentWithLeaseOperation")
	case LeaseExpired:
		l.Breaks = now
	case LeaseLeased:
		// What is left of the lease bounds the break; an infinite one breaks at once unless a period is asked for.
		l.Breaks = max(l.Ends, now)
		if r.BreakPeriod != nil {
			asked := now + Ticks(*r.BreakPeriod*ticksASecond)
			if l.Ends == 0 || asked < l.Ends {
				l.Breaks = asked
			}
		}
	case LeaseBreaking:
		if r.BreakPeriod != nil {
			l.Breaks = min(l.Breaks, now+Ticks(*r.BreakPeriod*ticksASecond))
		}
	}
	left := 0
	if l.Breaks > now {
		left = int((l.Breaks - now + ticksASecond - 1) / ticksASecond)
	}
	return l, LeaseResult{Remaining: left}, nil
}

// leaseFault is a refusal of Azure's by its code alone; the front has the sentence.
func leaseFault(kind fault.Kind, code string) error {
	return fault.New(kind, "blob.Lease", code, code)
}
