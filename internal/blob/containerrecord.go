package blob

// PublicAccess is x-ms-blob-public-access.
type PublicAccess string

// The levels of public access. "" is private.
const (
	Private         PublicAccess = ""
	PublicBlobs     PublicAccess = "blob"
	PublicContainer PublicAccess = "container"
)

// Container is a container as it is kept.
type Container struct {
	Name     string
	ETag     ETag
	Created  Ticks
	Modified Ticks
	Metadata map[string]string
	Public   PublicAccess
	Policies []AccessPolicy // at most five, in the order they were sent
	Lease    Lease

	DefaultEncryptionScope      string
	DenyEncryptionScopeOverride bool
	Immutability                *ContainerImmutability
	LegalHolds                  []LegalHold
	HoldAppends                 bool  // allowProtectedAppendWritesAll of the holds
	HoldAppendsSet              Ticks // when that was said; 0 where it never was
	VersionImmutability         bool  // immutableStorageWithVersioning

	Deleted Ticks // when it was deleted softly
	Purge   Ticks

	instance instance

	// Worked out for an answer.
	LeaseStatus   LeaseStatus
	RemainingDays int
	Version       string // of one deleted softly: what Restore Container asks for
}

// AccessPolicy is a stored access policy. What it leaves open, a SAS says.
type AccessPolicy struct {
	ID            string // at most 64 characters
	Start, Expiry string // as they were sent; "" leaves it to the SAS
	Permission    string
}

// ContainerImmutability is a container's time-based retention policy.
type ContainerImmutability struct {
	Days                  int
	Locked                bool
	AllowProtectedAppend  bool // allowProtectedAppendWrites
	AllowProtectedAppends bool // allowProtectedAppendWritesAll
	ETag                  ETag
	History               []PolicyUpdate // oldest first
}

// Signatory is who changed what protects a container.
type Signatory struct {
	ObjectID string
	TenantID string
	Name     string // user principal name; "" of applications
}

// LegalHold is a tag of a container's legal hold.
type LegalHold struct {
	Tag string
	Set Ticks
	By  Signatory
}

// PolicyUpdate is a change of a container's retention policy.
type PolicyUpdate struct {
	Update                string // put, lock or extend
	Days                  int
	AllowProtectedAppend  bool
	AllowProtectedAppends bool
	At                    Ticks
	By                    Signatory
}

const (
	cName byte = iota + 100
	cETag
	cCreated
	cModified
	cMetadata
	cPublic
	cPolicyID
	cPolicyStart
	cPolicyExpiry
	cPolicyPermission
	cEncryptionScope
	cEncryptionDeny
	cImmutableDays
	cImmutableLocked
	cImmutableAppend
	cImmutableAppends
	cImmutableETag
	cLegalHold
	cVersionImmutability
	cDeleted
	cPurge
	cInstance
	cHoldSet
	cHoldObject
	cHoldTenant
	cHoldName
	cHoldAppends
	cHoldAppendsSet
	cUpdate
	cUpdateDays
	cUpdateAppend
	cUpdateAppends
	cUpdateAt
	cUpdateObject
	cUpdateTenant
	cUpdateName
)

func (c *Container) encode() []byte {
	w := newRecord(160)
	w.text(cName, c.Name)
	w.number(cETag, uint64(c.ETag))
	w.number(cCreated, uint64(c.Created))
	w.number(cModified, uint64(c.Modified))
	w.pairs(cMetadata, c.Metadata)
	w.text(cPublic, string(c.Public))
	for _, p := range c.Policies {
		w.text(cPolicyID, p.ID)
		w.text(cPolicyStart, p.Start)
		w.text(cPolicyExpiry, p.Expiry)
		w.text(cPolicyPermission, p.Permission)
	}
	w.lease(c.Lease)
	w.text(cEncryptionScope, c.DefaultEncryptionScope)
	w.flag(cEncryptionDeny, c.DenyEncryptionScopeOverride)
	if i := c.Immutability; i != nil {
		w.number(cImmutableDays, uint64(i.Days))
		w.flag(cImmutableLocked, i.Locked)
		w.flag(cImmutableAppend, i.AllowProtectedAppend)
		w.flag(cImmutableAppends, i.AllowProtectedAppends)
		w.number(cImmutableETag, uint64(i.ETag))
		for _, u := range i.History {
			w.text(cUpdate, u.Update)
			w.number(cUpdateDays, uint64(u.Days))
			w.flag(cUpdateAppend, u.AllowProtectedAppend)
			w.flag(cUpdateAppends, u.AllowProtectedAppends)
			w.number(cUpdateAt, uint64(u.At))
			w.text(cUpdateObject, u.By.ObjectID)
			w.text(cUpdateTenant, u.By.TenantID)
			w.text(cUpdateName, u.By.Name)
		}
	}
	for _, h := range c.LegalHolds {
		w.text(cLegalHold, h.Tag)
		w.number(cHoldSet, uint64(h.Set))
		w.text(cHoldObject, h.By.ObjectID)
		w.text(cHoldTenant, h.By.TenantID)
		w.text(cHoldName, h.By.Name)
	}
	w.flag(cHoldAppends, c.HoldAppends)
	w.number(cHoldAppendsSet, uint64(c.HoldAppendsSet))
	w.flag(cVersionImmutability, c.VersionImmutability)
	w.number(cDeleted, uint64(c.Deleted))
	w.number(cPurge, uint64(c.Purge))
	w.bytes(cInstance, c.instance[:])
	return w.b
}

func decodeContainer(record []byte) (*Container, error) {
	c, r := new(Container), readRecord(record)
	for r.next() {
		if !c.decodeField(&r) && !c.Lease.decodeField(&r) && !c.decodePolicy(&r) && !c.decodeRare(&r) && !c.decodeHold(&r) && !c.decodeUpdate(&r) {
			return nil, errRecord
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	return c, nil
}

func (c *Container) decodeField(r *recordReader) bool {
	switch r.tag {
	case cName:
		c.Name = r.text()
	case cETag:
		c.ETag = ETag(r.number())
	case cCreated:
		c.Created = Ticks(r.number())
	case cModified:
		c.Modified = Ticks(r.number())
	case cMetadata:
		c.Metadata = r.pair(c.Metadata)
	case cPublic:
		c.Public = PublicAccess(r.text())
	case cDeleted:
		c.Deleted = Ticks(r.number())
	case cPurge:
		c.Purge = Ticks(r.number())
	case cInstance:
		r.fixed(c.instance[:])
	default:
		return false
	}
	return true
}

func (c *Container) decodePolicy(r *recordReader) bool {
	if r.tag == cPolicyID {
		c.Policies = append(c.Policies, AccessPolicy{ID: r.text()})
		return true
	}
	if r.tag < cPolicyStart || r.tag > cPolicyPermission {
		return false
	}
	if len(c.Policies) == 0 {
		r.err = errRecord
		return true
	}
	p := &c.Policies[len(c.Policies)-1]
	switch r.tag {
	case cPolicyStart:
		p.Start = r.text()
	case cPolicyExpiry:
		p.Expiry = r.text()
	case cPolicyPermission:
		p.Permission = r.text()
	}
	return true
}

func (c *Container) decodeRare(r *recordReader) bool {
	switch r.tag {
	case cEncryptionScope:
		c.DefaultEncryptionScope = r.text()
	case cEncryptionDeny:
		c.DenyEncryptionScopeOverride = r.flag()
	case cImmutableDays:
		c.immutability().Days = int(r.number())
	case cImmutableLocked:
		c.immutability().Locked = r.flag()
	case cImmutableAppend:
		c.immutability().AllowProtectedAppend = r.flag()
	case cImmutableAppends:
		c.immutability().AllowProtectedAppends = r.flag()
	case cImmutableETag:
		c.immutability().ETag = ETag(r.number())
	case cVersionImmutability:
		c.VersionImmutability = r.flag()
	default:
		return false
	}
	return true
}

func (c *Container) decodeHold(r *recordReader) bool {
	switch r.tag {
	case cLegalHold:
		c.LegalHolds = append(c.LegalHolds, LegalHold{Tag: r.text()})
		return true
	case cHoldAppends:
		c.HoldAppends = r.flag()
		return true
	case cHoldAppendsSet:
		c.HoldAppendsSet = Ticks(r.number())
		return true
	}
	if r.tag < cHoldSet || r.tag > cHoldName {
		return false
	}
	if len(c.LegalHolds) == 0 {
		r.err = errRecord
		return true
	}
	h := &c.LegalHolds[len(c.LegalHolds)-1]
	switch r.tag {
	case cHoldSet:
		h.Set = Ticks(r.number())
	case cHoldObject:
		h.By.ObjectID = r.text()
	case cHoldTenant:
		h.By.TenantID = r.text()
	case cHoldName:
		h.By.Name = r.text()
	}
	return true
}

func (c *Container) decodeUpdate(r *recordReader) bool {
	if r.tag == cUpdate {
		i := c.immutability()
		i.History = append(i.History, PolicyUpdate{Update: r.text()})
		return true
	}
	if r.tag < cUpdateDays || r.tag > cUpdateName {
		return false
	}
	if c.Immutability == nil || len(c.Immutability.History) == 0 {
		r.err = errRecord
		return true
	}
	u := &c.Immutability.History[len(c.Immutability.History)-1]
	switch r.tag {
	case cUpdateDays:
		u.Days = int(r.number())
	case cUpdateAppend:
		u.AllowProtectedAppend = r.flag()
	case cUpdateAppends:
		u.AllowProtectedAppends = r.flag()
	case cUpdateAt:
		u.At = Ticks(r.number())
	case cUpdateObject:
		u.By.ObjectID = r.text()
	case cUpdateTenant:
		u.By.TenantID = r.text()
	case cUpdateName:
		u.By.Name = r.text()
	}
	return true
}

func (c *Container) immutability() *ContainerImmutability {
	if c.Immutability == nil {
		c.Immutability = new(ContainerImmutability)
	}
	return c.Immutability
}

// shown fills in what an answer at a moment shows.
func (c *Container) shown(now Ticks) *Container {
	c.LeaseStatus = c.Lease.Status(now)
	if c.Deleted != 0 {
		c.RemainingDays = daysUntil(c.Purge, now)
	}
	return c
}

// daysUntil rounds up, as x-ms-… RemainingRetentionDays does not show 0 while there is something to restore.
func daysUntil(end, now Ticks) int {
	if end <= now {
		return 0
	}
	return int((end - now - 1) / ticksADay)
}
