package blob

import (
	"context"
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

// grant is what the door lets through.
type grant struct {
	account *Account
	// newOnly: the right is enough to make what is not there, and not to replace what is. mayCreate asks in the
	// transaction.
	newOnly bool
	refusal func(context.Context) error // records and words what replacing gets
}

// errNewOnly is what a transaction returns that would replace something where newOnly forbids it. The door cannot be
// asked inside a transaction: it may read the store. refuse asks it afterwards.
var errNewOnly = fault.New(fault.Denied, "blob", "AuthorizationPermissionMismatch", "AuthorizationPermissionMismatch")

func (g grant) refuse(ctx context.Context, err error) error {
	if !errors.Is(err, errNewOnly) || g.refusal == nil {
		return err
	}
	if refusal := g.refusal(ctx); refusal != nil {
		return refusal
	}
	return err // the right was given meanwhile: the next try may
}

// request is what the door is asked.
type request struct {
	op     Operation
	target Target
	prefix string // of a list
	// blob reads the blob in question, for conditions that ask for its tags or its encryption scope; nil where there is none.
	blob func(context.Context) (*Blob, error)
	// include is what a list shall show beside names and properties.
	include []string
	// newTags are the tags that a write would set.
	newTags map[string]string
}

var errMismatch = fault.New(fault.Denied, "blob.permit", "AuthorizationPermissionMismatch", "AuthorizationPermissionMismatch")

// Authorize asks the door without doing anything: for a batch, a user delegation key, and other operations that the
// front answers by itself.
func (s *Service) Authorize(ctx context.Context, a Access, op Operation, t Target) error {
	_, err := s.permit(ctx, a, request{op: op, target: t})
	return err
}

// permit is the one door: whatever is asked of the service is asked here first. A refusal is a fault of kind Denied, or
// Unauthenticated where nobody asks.
func (s *Service) permit(ctx context.Context, a Access, r request) (grant, error) {
	account, err := s.account(ctx, r.target.Account)
	if err != nil {
		return grant{}, err
	}
	g := grant{account: account}
	switch a.By {
	case Operator:
		return g, nil
	case SharedKey:
		if !account.AllowSharedKeyAccess {
			return g, refuse(fault.Denied, "KeyBasedAuthenticationNotPermitted")
		}
		return g, nil
	case AccountSAS, ServiceSAS:
		if !account.AllowSharedKeyAccess {
			return g, refuse(fault.Denied, "KeyBasedAuthenticationNotPermitted")
		}
		return s.permitSAS(g, a, r)
	case UserDelegationSAS:
		if g, err = s.permitSAS(g, a, r); err != nil {
			return g, err
		}
		bearer, err := s.permitBearer(ctx, grant{account: account}, a, r)
		bearer.newOnly = bearer.newOnly || g.newOnly
		if bearer.refusal == nil {
			bearer.refusal = g.refusal
		}
		return bearer, err
	case Bearer:
		return s.permitBearer(ctx, g, a, r)
	}
	return g, s.permitAnybody(ctx, account, r)
}

// permitSAS asks the table.
func (s *Service) permitSAS(g grant, a Access, r request) (grant, error) {
	if a.SAS == nil {
		return g, fault.New(fault.Internal, "blob.permit", "", "a signature without what it grants")
	}
	row := rules[r.op]
	letters, creates := row.service, row.serviceCreates
	if a.By == AccountSAS {
		letters, creates = row.letters, row.creates
		switch {
		case !strings.Contains(a.SAS.Services, "b"):
			return g, refuse(fault.Denied, "AuthorizationServiceMismatch")
		case letters == "":
			return g, errMismatch
		case row.resource != '*' && strings.IndexByte(a.SAS.ResourceTypes, row.resource) < 0:
			return g, refuse(fault.Denied, "AuthorizationResourceTypeMismatch")
		}
	} else if err := a.SAS.covers(&row, r.target); err != nil {
		return g, err
	}
	switch {
	case letters == "*" && a.SAS.Permissions != "":
		return g, nil
	case !strings.ContainsAny(a.SAS.Permissions, letters):
		return g, errMismatch
	case creates != "" && !strings.ContainsAny(a.SAS.Permissions, strings.Map(except(creates), letters)):
		g.newOnly = true
		g.refusal = func(context.Context) error { return refuse(fault.Denied, "UnauthorizedBlobOverwrite") }
	}
	return g, nil
}

// except drops the runes of a set.
func except(set string) func(rune) rune {
	return func(r rune) rune {
		if strings.ContainsRune(set, r) {
			return -1
		}
		return r
	}
}

// covers checks that a service or user delegation SAS is for the target.
func (sas *SAS) covers(row *rule, t Target) error {
	switch {
	case row.service == "":
		return refuse(fault.Denied, "AuthorizationFailure") // no signature of this sort is for such an operation
	case t.Container != sas.Container:
		return errMismatch
	}
	switch sas.Resource {
	case "c":
		return nil
	case "d":
		if !below(sas.Blob, t.Blob) {
			return errMismatch
		}
		return nil
	case "b":
		if t.Blob == sas.Blob && t.Blob != "" && t.Snapshot == 0 && t.VersionID == 0 {
			return nil
		}
	case "bs":
		if t.Blob == sas.Blob && t.Blob != "" && t.Snapshot == sas.Snapshot && t.Snapshot != 0 {
			return nil
		}
	case "bv":
		if t.Blob == sas.Blob && t.Blob != "" && t.VersionID == sas.VersionID && t.VersionID != 0 {
			return nil
		}
	}
	return errMismatch
}

// below reports whether a path is a folder or lies in it. The empty folder is the container's root.
func below(folder, path string) bool {
	folder = strings.TrimSuffix(folder, "/")
	return folder == "" || path == folder || strings.HasPrefix(path, folder+"/")
}

// permitBearer asks audit's door, which records the decision.
func (s *Service) permitBearer(ctx context.Context, g grant, a Access, r request) (grant, error) {
	row := rules[r.op]
	if row.action == "" {
		return g, errMismatch
	}
	// The identity that asks must be of the tenant that the account trusts: the verifier sees to it.
	asked := s.asked(ctx, g.account, &row, r)
	for i, action := range []string{row.action, row.also, row.added} {
		if action == "" || i == 0 && row.also == "" && row.added == "" {
			continue
		}
		other := asked
		other.Action = blobService + action
		ok, err := s.Door.Permits(ctx, a.Caller, other)
		if err != nil {
			return g, fault.Wrap("blob.permit", err)
		}
		if !ok {
			continue
		}
		if i == 2 {
			g.newOnly = true
			g.refusal = func(ctx context.Context) error { return s.authorize(ctx, a, asked) }
		}
		return g, s.authorize(ctx, a, other)
	}
	return g, s.authorize(ctx, a, asked)
}

// authorize records a decision, and words its refusal as Storage does.
func (s *Service) authorize(ctx context.Context, a Access, asked rbac.Request) error {
	c := a.Caller
	if c.RequestID == "" {
		c.RequestID = a.RequestID
	}
	err := s.Door.Authorize(ctx, c, asked)
	if fault.Is(err, fault.Denied) {
		return &fault.Error{
			Kind: fault.Denied, Op: "blob.permit", Reason: "AuthorizationPermissionMismatch",
			Message: "AuthorizationPermissionMismatch", Cause: err,
		}
	}
	return fault.Wrap("blob.permit", err)
}

// asked is the request for a decision.
func (s *Service) asked(ctx context.Context, account *Account, row *rule, r request) rbac.Request {
	scope := account.ResourceID
	if !row.account && r.target.Container != "" {
		scope += "/blobServices/default/containers/" + r.target.Container
	}
	return rbac.Request{
		Action: blobService + row.action, Data: row.data, Scope: rbac.NewScope(scope), Now: s.Clock.Now(),
		Attributes: &attributes{ctx: ctx, account: account, request: r},
	}
}

// permitAnybody lets through what the container shows to everybody.
func (s *Service) permitAnybody(ctx context.Context, account *Account, r request) error {
	row := rules[r.op]
	nobody := refuse(fault.Unauthenticated, "NoAuthenticationInformation")
	if row.public == neverPublic || r.target.Container == "" {
		return nobody
	}
	if !account.AllowBlobPublicAccess {
		return refuse(fault.Conflict, "PublicAccessNotPermitted")
	}
	public, err := s.publicAccess(ctx, r.target)
	switch {
	case fault.Is(err, fault.NotFound):
		return nobody // whether it is there is not everybody's to know
	case err != nil:
		return err
	case public == PublicContainer, public == PublicBlobs && row.public == publicBlob:
		return nil
	}
	return nobody
}
