package blob

import (
	"net/netip"

	"github.com/alcedo-cloud/alcedo/internal/caller"
)

// By is the sort of right that a request shows.
type By uint8

// What a request may show. The front has verified it: signatures, times, addresses and protocols hold.
const (
	Anonymous         By = iota
	SharedKey            // one of the account's keys
	AccountSAS           // signed by an account key
	ServiceSAS           // signed by an account key
	UserDelegationSAS    // signed by a user delegation key; Caller is the delegator, whose rights count as well
	Bearer               // a token; Caller is its subject
	Operator             // Resource Manager, which has decided already, or alcedo itself
)

// Access is who asks, and by what right.
type Access struct {
	Caller    caller.Caller
	By        By
	SAS       *SAS // where By is one of the SAS
	ClientIP  netip.Addr
	HTTPS     bool
	RequestID string
}

// SAS is what a verified shared access signature grants. A stored access policy has been merged into it.
type SAS struct {
	Permissions   string // letters of sp
	Services      string // ss of an account SAS: b, q, t, f
	ResourceTypes string // srt of an account SAS: s, c, o

	Resource       string // sr of the others: b, bs, bv, c, d
	Container      string
	Blob           string // of b, bs and bv; the folder of d
	Snapshot       Ticks  // of bs
	VersionID      Ticks  // of bv
	DirectoryDepth int    // sdd of d

	EncryptionScope string // ses: what writes use and must not contradict
}

// scope is the encryption scope of a write: the signature's, where it names one.
func (a Access) scope(asked string) (string, error) {
	if a.SAS == nil || a.SAS.EncryptionScope == "" || asked == a.SAS.EncryptionScope {
		return asked, nil
	}
	if asked != "" {
		return "", errMismatch
	}
	return a.SAS.EncryptionScope, nil
}

// Target names what an operation is on. Parts that it needs not are zero.
type Target struct {
	Account   string
	Container string // "$root" where the URL leaves it out
	Blob      string // decoded
	Snapshot  Ticks  // 0: not a snapshot
	VersionID Ticks  // 0: not a version
}
