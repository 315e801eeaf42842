package directory

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// state is the directory in memory. Objects in it are never changed, so that a pointer may leave the lock.
type state struct {
	mu                sync.RWMutex
	users             map[string]*User
	groups            map[string]*Group
	applications      map[string]*Application
	servicePrincipals map[string]*ServicePrincipal
	names             map[uniqueName]string                      // to object ids
	federated         map[string]map[string]*FederatedCredential // by owner's object id, then name in lower case
	members, memberOf map[string]map[string]bool                 // direct ones, by group and by member
	transitive        map[string][]string                        // cached answers of groupsOf; emptied when a membership changes
}

func newState() *state {
	return &state{
		users: make(map[string]*User), groups: make(map[string]*Group),
		applications: make(map[string]*Application), servicePrincipals: make(map[string]*ServicePrincipal),
		names: make(map[uniqueName]string), federated: make(map[string]map[string]*FederatedCredential),
		members: make(map[string]map[string]bool), memberOf: make(map[string]map[string]bool),
		transitive: make(map[string][]string),
	}
}

// loadState reads the whole directory.
func loadState(r store.Reader) (*state, error) {
	st := newState()
	for kind, fresh := range map[string]func() object{
		kindUser:             func() object { return new(User) },
		kindGroup:            func() object { return new(Group) },
		kindApplication:      func() object { return new(Application) },
		kindServicePrincipal: func() object { return new(ServicePrincipal) },
	} {
		prefix := store.Prefix("directory", kind)
		for item, err := range r.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return nil, err
			}
			o := fresh()
			if err := json.Unmarshal(item.Value, o); err != nil {
				return nil, fmt.Errorf("directory: %q in the store: %w", item.Key, err)
			}
			st.set(o)
		}
	}
	prefix := store.Prefix("directory", "member")
	for item, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return nil, err
		}
		if parts := store.Parts(item.Key); len(parts) == 4 {
			st.join(parts[2], parts[3])
		}
	}
	prefix = store.Prefix("directory", "federated")
	for item, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return nil, err
		}
		f := new(FederatedCredential)
		if err := json.Unmarshal(item.Value, f); err != nil {
			return nil, fmt.Errorf("directory: %q in the store: %w", item.Key, err)
		}
		if parts := store.Parts(item.Key); len(parts) == 4 {
			st.federate(parts[2], f)
		}
	}
	return st, nil
}

// set puts an object in the place of the one with its id.
func (st *state) set(o object) {
	st.mu.Lock()
	defer st.mu.Unlock()
	kind, id := o.ref()
	if before := st.object(kind, id); before != nil {
		st.unname(before)
	}
	for _, n := range o.names() {
		st.names[n] = id
	}
	switch o := o.(type) {
	case *User:
		st.users[id] = o
	case *Group:
		st.groups[id] = o
	case *Application:
		st.applications[id] = o
	case *ServicePrincipal:
		st.servicePrincipals[id] = o
	}
}

func (st *state) drop(o object) {
	st.mu.Lock()
	defer st.mu.Unlock()
	kind, id := o.ref()
	if before := st.object(kind, id); before != nil {
		st.unname(before)
	}
	delete(st.transitive, id)
	switch kind {
	case kindUser:
		delete(st.users, id)
	case kindGroup:
		delete(st.groups, id)
	case kindApplication:
		delete(st.applications, id)
	case kindServicePrincipal:
		delete(st.servicePrincipals, id)
	}
}

func (st *state) unname(o object) {
	for _, n := range o.names() {
		delete(st.names, n)
	}
}

// object finds by kind and id; the lock is held. It returns an untyped nil for nothing.
func (st *state) object(kind, id string) object {
	switch kind {
	case kindUser:
		if o, ok := st.users[id]; ok {
			return o
		}
	case kindGroup:
		if o, ok := st.groups[id]; ok {
			return o
		}
	case kindApplication:
		if o, ok := st.applications[id]; ok {
			return o
		}
	case kindServicePrincipal:
		if o, ok := st.servicePrincipals[id]; ok {
			return o
		}
	}
	return nil
}

func (st *state) federate(owner string, f *FederatedCredential) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.federated[owner] == nil {
		st.federated[owner] = make(map[string]*FederatedCredential)
	}
	st.federated[owner][strings.ToLower(f.Name)] = f
}

func (st *state) unfederate(owner, name string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	delete(st.federated[owner], strings.ToLower(name))
	if len(st.federated[owner]) == 0 {
		delete(st.federated, owner)
	}
}

func (st *state) active(id string) bool {
	st.mu.RLock()
	defer st.mu.RUnlock()
	if p, ok := st.servicePrincipals[id]; ok {
		return !p.Disabled
	}
	if u, ok := st.users[id]; ok {
		return !u.Disabled
	}
	return false
}

func (st *state) principal(id string) (Principal, bool) {
	st.mu.RLock()
	defer st.mu.RUnlock()
	if p, ok := st.servicePrincipals[id]; ok {
		return p.principal(), true
	}
	if u, ok := st.users[id]; ok {
		return u.principal(), true
	}
	if g, ok := st.groups[id]; ok {
		return Principal{ObjectID: id, Type: TypeGroup, DisplayName: g.DisplayName, Enabled: true}, true
	}
	return Principal{}, false
}

func (st *state) principalByAppID(appID string) (Principal, bool) {
	st.mu.RLock()
	defer st.mu.RUnlock()
	if p, ok := st.servicePrincipals[st.names[uniqueName{spacePrincipal, appID}]]; ok {
		return p.principal(), true
	}
	return Principal{}, false
}
