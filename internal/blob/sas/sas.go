// Package sas is the shared access signature: the query parameters of a delegated right, read, verified and written. It
// knows every layout of the string to sign by its version (sv), for account, service and user delegation signatures. It
// must never know HTTP, where keys are kept, who may do what, nor ask for the time: keys and the time are arguments.
//
// A front reads a signature with Parse, adds the container's stored access policy with WithPolicy where there is one,
// then asks Verify (or VerifyDelegated), CheckTime, CheckProtocol and CheckIP. What the signature grants is then in
// Permissions, and CheckPermission, CheckService and CheckResourceType compare it with an operation's needs.
//
// Sources: the REST reference's "Create a service SAS", "Create an account SAS", "Create a user delegation SAS".
package sas

import (
	"net/netip"
	"net/url"
	"time"
)

// Kind is the sort of signature.
type Kind uint8

// The sorts of signatures.
const (
	Service        Kind = iota // over one resource, by an account key
	Account                    // over services of the account, by an account key
	UserDelegation             // over one resource, by a user delegation key
)

// String names the kind for logs.
func (k Kind) String() string {
	switch k {
	case Account:
		return "account"
	case UserDelegation:
		return "user delegation"
	default:
		return "service"
	}
}

// Signed is a shared access signature as its query parameters say it. Texts are decoded and otherwise as sent: they are
// what was signed.
type Signed struct {
	Kind          Kind
	Version       string // sv, 2015-04-05
	Services      string // ss of an account SAS: letters of bqtf
	ResourceTypes string // srt of an account SAS: letters of sco
	Resource      string // sr of the others: b, bs, bv, c, d
	Permissions   string // sp
	Start, Expiry Instant
	IP            IPRange
	Protocol      string // spr: "", "https", "https,http"
	Identifier    string // si: the stored access policy
	Scope         string // ses: the encryption scope
	Depth         int    // sdd: how many folders deep the directory of sr=d is
	Overrides     Overrides
	Delegation    Delegation // of a user delegation SAS
	Signature     []byte     // sig, decoded
}

// Instant is a time with the text that was signed. The zero Instant is absent.
type Instant struct {
	Text string
	Time time.Time
}

// IPRange is sip: one address, or from the first to the last. The zero IPRange is absent.
type IPRange struct {
	Text     string
	From, To netip.Addr
}

// Overrides are the response headers that the signature sets.
type Overrides struct {
	CacheControl       string // rscc
	ContentDisposition string // rscd
	ContentEncoding    string // rsce
	ContentLanguage    string // rscl
	ContentType        string // rsct
}

// Delegation is the key that signed a user delegation SAS, and who may use the signature.
type Delegation struct {
	ObjectID, TenantID string  // skoid, sktid
	Start, Expiry      Instant // skt, ske
	Service, Version   string  // sks ("b"), skv
	AuthorizedID       string  // saoid: the user whom the owner of the SAS vouches for
	UnauthorizedID     string  // suoid
	CorrelationID      string  // scid
	UserTenantID       string  // skdutid: the tenant of the only user who may use it
	UserObjectID       string  // sduoid: the only user who may use it
	Headers            []string
	Query              []string // srh, srq: names of headers and parameters whose values are signed
}

// Target is what a request is on, as far as signatures cover it.
type Target struct {
	Account   string
	Container string // decoded; "" for the account
	Blob      string // decoded; "" for a container
	Snapshot  string // the snapshot parameter, for sr=bs
	VersionID string // the versionid parameter, for sr=bv
	// Header and Parameter give the request's values for srh and srq. nil gives "".
	Header, Parameter func(name string) string
}

// Present reports whether a request shows a shared access signature.
func Present(q url.Values) bool { return q.Has("sig") }

// parameters are the names that belong to a signature, which is to say not to the operation.
const parameters = " sv sr st se sp sip spr si sig ss srt ses sdd rscc rscd rsce rscl rsct " +
	"skoid sktid skt ske sks skv saoid suoid scid skdutid sduoid srh srq "

// The first versions of the layouts. Versions compare as texts, because they are dates.
const (
	oldest               = "2012-02-12"
	withOverrides        = "2013-08-15"
	withServiceInPath    = "2015-02-21"
	withIPAndProtocol    = "2015-04-05"
	withResource         = "2018-11-09" // sr and the snapshot's time; user delegation begins
	withDirectory        = "2020-02-10" // sr=d; saoid, suoid, scid
	withEncryptionScope  = "2020-12-06"
	withDelegatedUser    = "2025-07-05"
	withRequestParts     = "2026-04-06"
	withVersionResources = "2019-10-10" // sr=bv
)
