package blob

import (
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

const (
	leaseA = "aaaaaaaa-1111-4111-8111-111111111111"
	leaseB = "bbbbbbbb-2222-4222-8222-222222222222"
)

// TestLeaseOutcomes is the table "Outcomes of lease operations on blobs by lease state" of the REST reference.
func TestLeaseOutcomes(t *testing.T) {
	const now = Ticks(1_000_000 * ticksASecond)
	period := 5
	states := map[LeaseState]Lease{
		LeaseAvailable: {},
		LeaseLeased:    {ID: leaseA, Duration: 30 * time.Second, Ends: now + 20*ticksASecond, ETag: 7},
		LeaseExpired:   {ID: leaseA, Duration: 30 * time.Second, Ends: now - ticksASecond, ETag: 7},
		LeaseBreaking:  {ID: leaseA, Duration: 30 * time.Second, Ends: now + 20*ticksASecond, Breaks: now + 10*ticksASecond, ETag: 7},
		LeaseBroken:    {ID: leaseA, Duration: 30 * time.Second, Ends: now - ticksASecond, Breaks: now - ticksASecond, ETag: 7},
	}
	for state, l := range states {
		if got := l.State(now); got != state {
			t.Fatalf("a lease meant as %s is %s", state, got)
		}
	}
	acquireA := LeaseRequest{Action: AcquireLease, ProposedID: leaseA, Duration: 15}
	acquireB := LeaseRequest{Action: AcquireLease, ProposedID: leaseB, Duration: -1}
	renewA := LeaseRequest{Action: RenewLease, LeaseID: leaseA}
	renewB := LeaseRequest{Action: RenewLease, LeaseID: leaseB}
	changeAB := LeaseRequest{Action: ChangeLease, LeaseID: leaseA, ProposedID: leaseB}
	changeBA := LeaseRequest{Action: ChangeLease, LeaseID: leaseB, ProposedID: leaseA}
	releaseA := LeaseRequest{Action: ReleaseLease, LeaseID: strings.ToUpper(leaseA)}
	releaseB := LeaseRequest{Action: ReleaseLease, LeaseID: leaseB}
	breakNow := LeaseRequest{Action: BreakLease}
	breakIn := LeaseRequest{Action: BreakLease, BreakPeriod: &period}
	for _, c := range []struct {
		from LeaseState
		r    LeaseRequest
		want string // the state, or the code of the refusal
	}{
		{LeaseAvailable, acquireA, "leased"},
		{LeaseAvailable, breakNow, "LeaseNotPresentWithLeaseOperation"},
		{LeaseAvailable, changeAB, "LeaseNotPresentWithLeaseOperation"},
		{LeaseAvailable, renewA, "LeaseIdMismatchWithLeaseOperation"},
		{LeaseAvailable, releaseA, "LeaseIdMismatchWithLeaseOperation"},
		{LeaseLeased, acquireA, "leased"},
		{LeaseLeased, acquireB, "LeaseAlreadyPresent"},
		{LeaseLeased, breakNow, "breaking"},
		{LeaseLeased, breakIn, "breaking"},
		{LeaseLeased, changeAB, "leased"},
		{LeaseLeased, changeBA, "leased"}, // repeated: it is A already
		{LeaseLeased, renewA, "leased"},
		{LeaseLeased, renewB, "LeaseIdMismatchWithLeaseOperation"},
		{LeaseLeased, releaseA, "available"},
		{LeaseLeased, releaseB, "LeaseIdMismatchWithLeaseOperation"},
		{LeaseBreaking, acquireA, "LeaseIsBreakingAndCannotBeAcquired"},
		{LeaseBreaking, acquireB, "LeaseAlreadyPresent"},
		{LeaseBreaking, breakNow, "breaking"},
		{LeaseBreaking, breakIn, "breaking"},
		{LeaseBreaking, changeAB, "LeaseIsBreakingAndCannotBeChanged"},
		{LeaseBreaking, renewA, "LeaseIsBrokenAndCannotBeRenewed"},
		{LeaseBreaking, renewB, "LeaseIdMismatchWithLeaseOperation"},
		{LeaseBreaking, releaseA, "available"},
		{LeaseBroken, acquireA, "leased"},
		{LeaseBroken, acquireB, "leased"},
		{LeaseBroken, breakNow, "broken"},
		{LeaseBroken, changeAB, "LeaseNotPresentWithLeaseOperation"},
		{LeaseBroken, renewA, "LeaseIsBrokenAndCannotBeRenewed"},
		{LeaseBroken, releaseA, "available"},
		{LeaseExpired, acquireA, "leased"},
		{LeaseExpired, acquireB, "leased"},
		{LeaseExpired, breakNow, "broken"},
		{LeaseExpired, changeAB, "LeaseNotPresentWithLeaseOperation"},
		{LeaseExpired, renewA, "leased"},
		{LeaseExpired, renewB, "LeaseIdMismatchWithLeaseOperation"},
		{LeaseExpired, releaseA, "available"},
		{LeaseAvailable, LeaseRequest{Action: AcquireLease, Duration: 14}, "InvalidHeaderValue"},
		{LeaseAvailable, LeaseRequest{Action: AcquireLease, Duration: 61}, "InvalidHeaderValue"},
		{LeaseAvailable, LeaseRequest{Action: AcquireLease, Duration: 0}, "InvalidHeaderValue"},
		{LeaseAvailable, LeaseRequest{Action: AcquireLease, Duration: 15, ProposedID: "x"}, "InvalidHeaderValue"},
		{LeaseLeased, LeaseRequest{Action: "steal"}, "InvalidHeaderValue"},
		{LeaseLeased, LeaseRequest{Action: RenewLease}, "MissingRequiredHeader"},
		{LeaseLeased, LeaseRequest{Action: ChangeLease, LeaseID: leaseA}, "MissingRequiredHeader"},
	} {
		got, _, err := states[c.from].apply(c.r, now, 7, func() (string, error) { return leaseB, nil })
		outcome := string(got.State(now))
		if err != nil {
			outcome = fault.ReasonOf(err)
		}
		if outcome != c.want {
			t.Errorf("%s, %s of %q: %s, want %s", c.from, c.r.Action, c.r.LeaseID+c.r.ProposedID, outcome, c.want)
		}
	}
	// A blob that was changed after its lease expired is no longer renewed.
	if _, _, err := states[LeaseExpired].apply(renewA, now, 8, nil); fault.ReasonOf(err) != "LeaseIdMismatchWithLeaseOperation" {
		t.Errorf("renewal after a change: %v", err)
	}
	for asked, want := range map[int]int{0: 0, 5: 5, 60: 20} {
		_, r, err := states[LeaseLeased].apply(LeaseRequest{Action: BreakLease, BreakPeriod: &asked}, now, 7, nil)
		if err != nil || r.Remaining != want {
			t.Errorf("a break in %d s leaves %d, want %d (%v)", asked, r.Remaining, want, err)
		}
	}
	forever := Lease{ID: leaseA}
	if got, r, err := forever.apply(breakNow, now, 7, nil); err != nil || r.Remaining != 0 || got.State(now) != LeaseBroken {
		t.Errorf("an infinite lease breaks into %s, %d s left, %v", got.State(now), r.Remaining, err)
	}
	if got, r, err := forever.apply(breakIn, now, 7, nil); err != nil || r.Remaining != 5 || got.State(now) != LeaseBreaking {
		t.Errorf("an infinite lease breaks into %s, %d s left, %v", got.State(now), r.Remaining, err)
	}
}

// TestLeasedBlob: what a lease stands in the way of, and what is lost with it.
func TestLeasedBlob(t *testing.T) {
	w := newWorld(t, nil)
	w.put(t, "b", "one")
	lease := func(r LeaseRequest) (LeaseResult, error) {
		return w.LeaseBlob(t.Context(), key(), blobAt("b"), r, Conditions{})
	}
	got, err := lease(LeaseRequest{Action: AcquireLease, Duration: 15, ProposedID: leaseA})
	if err != nil || got.LeaseID != leaseA {
		t.Fatal(got, err)
	}
	write := func(id string) error {
		_, err := w.PutBlob(t.Context(), key(), blobAt("b"), PutBlob{Body: strings.NewReader("two"), Length: 3, Conditions: Conditions{LeaseID: id}})
		return err
	}
	refused(t, write(""), fault.Precondition, "LeaseIdMissing")
	refused(t, write(leaseB), fault.Precondition, "LeaseIdMismatchWithBlobOperation")
	refused(t, write("junk"), fault.Invalid, "InvalidHeaderValue")
	if err := write(leaseA); err != nil {
		t.Error(err)
	}
	_, err = w.PutBlock(t.Context(), key(), blobAt("b"), PutBlock{ID: b64("1"), Body: strings.NewReader("x"), Length: 1})
	refused(t, err, fault.Precondition, "LeaseIdMissing")
	_, err = w.DeleteBlob(t.Context(), key(), blobAt("b"), DeleteBlob{})
	refused(t, err, fault.Precondition, "LeaseIdMissing")
	_, err = w.SetBlobMetadata(t.Context(), key(), blobAt("b"), SetMetadata{Conditions: Conditions{LeaseID: leaseB}})
	refused(t, err, fault.Precondition, "LeaseIdMismatchWithBlobOperation")
	_, err = w.GetBlobProperties(t.Context(), key(), blobAt("b"), Conditions{LeaseID: leaseB}, nil)
	refused(t, err, fault.Precondition, "LeaseIdMismatchWithBlobOperation")
	b, err := w.GetBlobProperties(t.Context(), key(), blobAt("b"), Conditions{}, nil)
	if err != nil || b.LeaseStatus != (LeaseStatus{LeaseLeased, true, "fixed"}) {
		t.Errorf("%+v, %v", b.LeaseStatus, err)
	}
	w.clock.Advance(16 * time.Second)
	refused(t, write(leaseA), fault.Precondition, "LeaseLost")
	if err := write(""); err != nil {
		t.Errorf("after it expired: %v", err)
	}
	_, err = lease(LeaseRequest{Action: RenewLease, LeaseID: leaseA})
	refused(t, err, fault.Conflict, "LeaseIdMismatchWithLeaseOperation")
	if got, err = lease(LeaseRequest{Action: AcquireLease, Duration: -1}); err != nil || len(got.LeaseID) != 36 {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = w.SetBlobMetadata(t.Context(), key(), blobAt("absent"), SetMetadata{})
	refused(t, err, fault.NotFound, "BlobNotFound")
}

func TestLeasedContainer(t *testing.T) {
	w := newWorld(t, nil)
	if _, err := w.LeaseContainer(t.Context(), key(), at("con"), LeaseRequest{Action: AcquireLease, Duration: -1, ProposedID: leaseA}, Conditions{}); err != nil {
		t.Fatal(err)
	}
	refused(t, w.DeleteContainer(t.Context(), key(), at("con"), Conditions{}), fault.Precondition, "LeaseIdMissing")
	refused(t, w.DeleteContainer(t.Context(), key(), at("con"), Conditions{LeaseID: leaseB}), fault.Precondition, "LeaseIdMismatchWithContainerOperation")
	if _, err := w.SetContainerMetadata(t.Context(), key(), at("con"), map[string]string{"a": "b"}, Conditions{}); err != nil {
		t.Errorf("a lease of a container guards its deletion only: %v", err)
	}
	w.put(t, "b", "x")
	if err := w.DeleteContainer(t.Context(), key(), at("con"), Conditions{LeaseID: leaseA}); err != nil {
		t.Error(err)
	}
}
