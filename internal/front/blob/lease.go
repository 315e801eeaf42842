package blob

import (
	"net/http"
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/blob"
)

// leaseRequest reads the headers of Lease Blob and Lease Container. The lease ID is what the lease is about here, and no
// condition.
func (x *exchange) leaseRequest() (blob.LeaseRequest, blob.Conditions, error) {
	r := blob.LeaseRequest{
		Action: blob.LeaseAction(lower(x.in("X-Ms-Lease-Action"))), LeaseID: x.in("X-Ms-Lease-Id"),
		ProposedID: x.in("X-Ms-Proposed-Lease-Id"),
	}
	if r.Action == "" {
		return r, blob.Conditions{}, missingHeader("x-ms-lease-action")
	}
	conditions, err := x.conditions()
	if err != nil {
		return r, conditions, err
	}
	conditions.LeaseID = ""
	if text := x.in("X-Ms-Lease-Break-Period"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return r, conditions, invalidHeader("x-ms-lease-break-period", text)
		}
		r.BreakPeriod = &n
	}
	text := x.in("X-Ms-Lease-Duration")
	switch {
	case text != "":
		if r.Duration, err = strconv.Atoi(text); err != nil {
			return r, conditions, invalidHeader("x-ms-lease-duration", text)
		}
	case r.Action == blob.AcquireLease && x.since("2012-02-12"):
		return r, conditions, missingHeader("x-ms-lease-duration")
	case r.Action == blob.AcquireLease:
		r.Duration = 60 // all that there was before
	}
	return r, conditions, nil
}

// leased writes the answer of a lease operation.
func (x *exchange) leased(r blob.LeaseRequest, result blob.LeaseResult) *answer {
	x.changed(result.ETag, result.Modified)
	x.setIf("x-ms-lease-id", result.LeaseID)
	switch r.Action {
	case blob.AcquireLease:
		return &answer{status: http.StatusCreated}
	case blob.BreakLease:
		x.set("x-ms-lease-time", strconv.Itoa(result.Remaining))
		return &answer{status: http.StatusAccepted}
	default:
		return &answer{status: http.StatusOK}
	}
}

// leaseContainer is Lease Container.
func (f *front) leaseContainer(x *exchange) (*answer, error) {
	r, conditions, err := x.leaseRequest()
	if err != nil {
		return nil, err
	}
	result, err := f.Service.LeaseContainer(x.r.Context(), x.access, x.target, r, conditions)
	if err != nil {
		return nil, err
	}
	return x.leased(r, result), nil
}

// leaseBlob is Lease Blob.
func (f *front) leaseBlob(x *exchange) (*answer, error) {
	r, conditions, err := x.leaseRequest()
	if err != nil {
		return nil, err
	}
	result, err := f.Service.LeaseBlob(x.r.Context(), x.access, x.target, r, conditions)
	if err != nil {
		return nil, err
	}
	return x.leased(r, result), nil
}
