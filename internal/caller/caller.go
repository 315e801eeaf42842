// Package caller says who is asking: plain values that a front makes from a verified credential and hands to its
// service as an explicit argument. It must never know how the credential was verified, nor what the caller may do.
package caller

// Kind is the sort of principal that a caller is.
type Kind uint8

// The kinds of callers.
const (
	Anonymous        Kind = iota // no credential was shown
	User                         // a person, by a token with scp
	ServicePrincipal             // an application
	ManagedIdentity              // a resource's identity
	Operator                     // the person who runs this instance, by its control socket
)

// String is the kind as systemData.createdByType spells it.
func (k Kind) String() string {
	switch k {
	case User:
		return "User"
	case ManagedIdentity:
		return "ManagedIdentity"
	case ServicePrincipal:
		return "Application"
	case Operator:
		return "Operator"
	default:
		return "Anonymous"
	}
}

// Caller is a principal whose credential holds. The zero Caller is nobody.
type Caller struct {
	Kind       Kind
	TenantID   string // GUID
	ObjectID   string // GUID of the user or service principal (claim oid)
	AppID      string // GUID of the application that obtained the token (claim appid or azp)
	Name       string // user principal name; "" for applications
	Issuer     string // claim iss, as some data planes quote it in refusals
	ResourceID string // claim xms_mirid: the resource whose identity this is; "" otherwise
	RequestID  string // correlation id of the request, so that a decision can be found by it
}

// Quoted is the name that Resource Manager's refusals put between quotes: a user's principal name, else the object id.
func (c Caller) Quoted() string {
	if c.Name != "" {
		return c.Name
	}
	return c.ObjectID
}
