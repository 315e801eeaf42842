package directory

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Memberships are kept twice, so that both ends can be scanned.
func memberKey(group, member string) []byte { return store.Key("directory", "member", group, member) }

func memberOfKey(group, member string) []byte {
	return store.Key("directory", "memberOf", member, group)
}

// AddMember puts a user, group or service principal into a group.
func (s *Service) AddMember(tx store.Tx, groupID, memberID string) error {
	groupID, memberID = canonical(groupID), canonical(memberID)
	if _, ok, err := get[Group](tx, kindGroup, groupID); err != nil || !ok {
		return orNotFound(err, groupID)
	}
	if o, err := principalObject(tx, memberID); err != nil || o == nil {
		return orNotFound(err, memberID)
	}
	if groupID == memberID {
		return invalid("members", "A group cannot be added as a member of itself.")
	}
	_, err := tx.Get(memberKey(groupID, memberID))
	if err == nil {
		return &fault.Error{
			Kind: fault.Exists, Op: "directory.AddMember", Reason: "Request_BadRequest", Target: "members",
			Message: "One or more added object references already exist for the following modified properties: 'members'.",
		}
	}
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	if err := tx.Put(memberKey(groupID, memberID), []byte{1}); err != nil {
		return err
	}
	if err := tx.Put(memberOfKey(groupID, memberID), []byte{1}); err != nil {
		return err
	}
	return s.mirror.Change(tx, func(st *state) {
		st.mu.Lock()
		defer st.mu.Unlock()
		st.joinLocked(groupID, memberID)
	})
}

// RemoveMember takes a member out of a group. That it was not in it is a fault NotFound.
func (s *Service) RemoveMember(tx store.Tx, groupID, memberID string) error {
	groupID, memberID = canonical(groupID), canonical(memberID)
	if !storable(groupID) || !storable(memberID) {
		return notFound(memberID)
	}
	if _, err := tx.Get(memberKey(groupID, memberID)); fault.Is(err, fault.NotFound) {
		return notFound(memberID)
	} else if err != nil {
		return err
	}
	return s.part(tx, groupID, memberID)
}

// part deletes a membership that is there.
func (s *Service) part(tx store.Tx, groupID, memberID string) error {
	if err := tx.Delete(memberKey(groupID, memberID)); err != nil {
		return err
	}
	if err := tx.Delete(memberOfKey(groupID, memberID)); err != nil {
		return err
	}
	return s.mirror.Change(tx, func(st *state) { st.part(groupID, memberID) })
}

// partAll deletes every membership of id, as a group and as a member.
func (s *Service) partAll(tx store.Tx, id string) error {
	type pair struct{ group, member string }
	var pairs []pair
	for _, side := range []string{"member", "memberOf"} {
		prefix := store.Prefix("directory", side, id)
		for item, err := range tx.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			other := store.Parts(item.Key)[3]
			if side == "member" {
				pairs = append(pairs, pair{id, other})
			} else {
				pairs = append(pairs, pair{other, id})
			}
		}
	}
	for _, p := range pairs {
		if err := s.part(tx, p.group, p.member); err != nil {
			return err
		}
	}
	return nil
}

func (st *state) join(group, member string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.joinLocked(group, member)
}

func (st *state) joinLocked(group, member string) {
	for _, side := range []struct {
		of       map[string]map[string]bool
		from, to string
	}{{st.members, group, member}, {st.memberOf, member, group}} {
		if side.of[side.from] == nil {
			side.of[side.from] = make(map[string]bool)
		}
		side.of[side.from][side.to] = true
	}
	clear(st.transitive)
}

func (st *state) part(group, member string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if delete(st.members[group], member); len(st.members[group]) == 0 {
		delete(st.members, group)
	}
	if delete(st.memberOf[member], group); len(st.memberOf[member]) == 0 {
		delete(st.memberOf, member)
	}
	clear(st.transitive)
}

// groupsOf walks up from id. It visits each group once, so that a cycle ends. Only what is in a group is cached: ids
// that clients make up cost no memory.
func (st *state) groupsOf(id string) []string {
	st.mu.RLock()
	cached, ok := st.transitive[id]
	direct := len(st.memberOf[id])
	st.mu.RUnlock()
	if ok || direct == 0 {
		return cached
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if cached, ok := st.transitive[id]; ok {
		return cached
	}
	found := reach(st.memberOf, id)
	if len(st.memberOf[id]) > 0 {
		st.transitive[id] = found
	}
	return found
}

// reach lists all that edges lead to from id, without id itself unless a cycle leads back, in ascending order.
func reach(edges map[string]map[string]bool, id string) []string {
	seen := make(map[string]bool)
	for queue := []string{id}; len(queue) > 0; queue = queue[1:] {
		for next := range edges[queue[0]] {
			if !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	out := make([]string, 0, len(seen))
	for id := range seen {
		out = append(out, id)
	}
	slices.Sort(out)
	return slices.Clip(out)
}

// orNotFound is err, or the fault that id names nothing.
func orNotFound(err error, id string) error {
	if err != nil {
		return err
	}
	return notFound(id)
}
