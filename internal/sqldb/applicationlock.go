package sqldb

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// lockModes are those of sp_getapplock and of APPLOCK_TEST, by their folded names.
var lockModes = map[string]txn.Mode{
	"shared": txn.Shared, "update": txn.Update, "exclusive": txn.Exclusive, "intentshared": txn.IntentShared,
	"intentexclusive": txn.IntentExclusive,
}

// applicationLock is the lock of a name, which is compared as bytes, and of a principal: a table that does not exist.
func (s *session) applicationLock(resource, principal string) txn.Table {
	return txn.Table{Database: s.db.id, ID: -1 - hash(fold(principal)+"\x00"+resource)}
}

func hash(s string) int32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return int32(h & 0x7ffffffe)
}

// resource reads @Resource and @DbPrincipal of a procedure.
func (r *run) resource(p *invocation, principalAt int) (txn.Table, string, error) {
	name, ok := p.text(0, "@Resource")
	if !ok {
		return txn.Table{}, "", missing(p.name, "@Resource")
	}
	principal, ok := p.text(principalAt, "@DbPrincipal")
	if !ok {
		principal = "public"
	}
	return r.session.applicationLock(name, principal), name, nil
}

// getApplicationLock is sp_getapplock. The lock is the transaction's; one of the session's is a transaction's that lasts
// until it is released.
func (r *run) getApplicationLock(p *invocation) error {
	on, _, err := r.resource(p, 4)
	if err != nil {
		return err
	}
	name, _ := p.text(1, "@LockMode")
	mode, known := lockModes[fold(name)]
	if !known {
		return value.Errorf(15625, 16, 1, "Option '%s' not recognized for '%s' parameter.", name, "@LockMode")
	}
	s := r.session
	owner, _ := p.text(2, "@LockOwner")
	holder := s.tx
	if strings.EqualFold(owner, "Session") {
		if s.lockHolder == nil {
			s.lockHolder = s.service.engine.Begin(s.options())
		}
		holder = s.lockHolder
	}
	if holder == nil {
		p.status = -999
		return value.Errorf(15626, 16, 1, "You attempted to acquire a transactional application lock without an active transaction.")
	}
	if limit, given := p.number(3, "@LockTimeout"); given {
		holder.SetTimeout(milliseconds(limit))
		defer holder.SetTimeout(s.options().Timeout)
	}
	waited, err := holder.LockNamed(r.ctx, on, mode)
	switch e, _ := err.(*value.Error); {
	case err == nil && waited:
		p.status = 1
	case e != nil && e.Number == 1222:
		p.status = -1
		return nil
	case e != nil && e.Number == 1205:
		p.status = -3
		return nil
	}
	return err
}

// releaseApplicationLock is sp_releaseapplock.
func (r *run) releaseApplicationLock(p *invocation) error {
	on, name, err := r.resource(p, 2)
	if err != nil {
		return err
	}
	s := r.session
	owner, _ := p.text(1, "@LockOwner")
	holder := s.lockHolderOf(owner)
	if holder == nil || !holder.ReleaseNamed(on) {
		p.status = -999
		principal, ok := p.text(2, "@DbPrincipal")
		if !ok {
			principal = "public"
		}
		return value.Errorf(1223, 16, 1, "Cannot release the application lock (Database Principal: '%s', Resource: '%s') because it is not currently held.", principal, name)
	}
	if holder != s.lockHolder || holder.HoldsNamed() {
		return nil
	}
	return s.releaseLocks()
}

// lockHolderOf is the transaction that holds the locks of an owner; nil for none.
func (s *session) lockHolderOf(owner string) *txn.Tx {
	if strings.EqualFold(owner, "Session") {
		return s.lockHolder
	}
	return s.tx
}

// lockNames are what APPLOCK_MODE says of modes.
var lockNames = map[txn.Mode]string{
	txn.IntentShared: "IntentShared", txn.Shared: "Shared", txn.Update: "Update", txn.IntentExclusive: "IntentExclusive",
	txn.SharedIntentExclusive: "SharedIntentExclusive", txn.Exclusive: "Exclusive",
}

// askLock answers APPLOCK_MODE(principal, resource, owner) and APPLOCK_TEST(principal, resource, mode, owner).
func (e surroundings) askLock(name string, args []value.Value) (value.Value, error) {
	for _, a := range args {
		if a.IsNull() {
			return value.Null(), nil
		}
	}
	s := e.session
	on := s.applicationLock(args[1].Text(), args[0].Text())
	owner := args[len(args)-1].Text()
	if !strings.EqualFold(owner, "Session") && !strings.EqualFold(owner, "Transaction") {
		return value.Null(), value.Errorf(15625, 16, 1, "Option '%s' not recognized for '%s' parameter.", owner, "@LockOwner")
	}
	holder := s.lockHolderOf(owner)
	if name == "APPLOCK_MODE" {
		return value.OfString(heldMode(holder, on)), nil
	}
	mode, known := lockModes[fold(args[2].Text())]
	if !known {
		return value.Null(), value.Errorf(15625, 16, 1, "Option '%s' not recognized for '%s' parameter.", args[2].Text(), "@LockMode")
	}
	return value.OfBool(s.service.engine.Grantable(holder, on, mode)), nil
}

// heldMode is the mode in which a lock is held. Shared with an intent to change is a mode of its own.
func heldMode(holder *txn.Tx, on txn.Table) string {
	if holder == nil {
		return "NoLock"
	}
	held := holder.Held(on)
	if len(held) == 0 {
		return "NoLock"
	}
	strongest := held[len(held)-1]
	if strongest == txn.IntentExclusive && len(held) > 1 {
		switch held[len(held)-2] {
		case txn.Shared:
			return "SharedIntentExclusive"
		case txn.Update:
			return "UpdateIntentExclusive"
		}
	}
	return lockNames[strongest]
}
