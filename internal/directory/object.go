package directory

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Kinds of objects, the second part of their keys.
const (
	kindUser             = "user"
	kindGroup            = "group"
	kindApplication      = "application"
	kindServicePrincipal = "servicePrincipal"
)

// Spaces of unique names, the third part of ("directory", "name", space, name), which holds the object's id.
const (
	spaceUPN         = "userPrincipalName"
	spaceApplication = "appId"
	spacePrincipal   = "servicePrincipalName"
	spaceURI         = "identifierUris"
)

// object is a record of the directory. Once it is in the mirror it is never changed, only replaced.
type object interface {
	ref() (kind, id string)
	names() []uniqueName
}

// uniqueName is a name that no two objects share.
type uniqueName struct{ space, value string }

func (n uniqueName) key() []byte { return store.Key("directory", "name", n.space, n.value) }

func objectKey(kind, id string) []byte { return store.Key("directory", kind, id) }

// get reads an object. ok is false where there is none.
func get[T any](r store.Reader, kind, id string) (*T, bool, error) {
	if !storable(id) {
		return nil, false, nil
	}
	return read[T](r, objectKey(kind, id))
}

func read[T any](r store.Reader, key []byte) (*T, bool, error) {
	item, err := r.Get(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	v := new(T)
	if err := json.Unmarshal(item.Value, v); err != nil {
		return nil, false, fmt.Errorf("directory: %q in the store: %w", key, err)
	}
	return v, true, nil
}

// byName reads the object that holds a unique name.
func byName[T any](r store.Reader, kind string, n uniqueName) (*T, bool, error) {
	if !storable(n.value) {
		return nil, false, nil
	}
	item, err := r.Get(n.key())
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return get[T](r, kind, string(item.Value))
}

// storable reports whether a name from outside can be part of a key.
func storable(name string) bool {
	if name == "" || len(name) > 1024 {
		return false
	}
	for i := range len(name) {
		if name[i] == 0 {
			return false
		}
	}
	return true
}

// insert writes a new object. Its id must be free among all kinds.
func (s *Service) insert(tx store.Tx, o object) error {
	_, id := o.ref()
	if !storable(id) {
		return invalid("id", "Invalid value specified for property 'id' of resource.")
	}
	for _, kind := range []string{kindUser, kindGroup, kindApplication, kindServicePrincipal} {
		_, err := tx.Get(objectKey(kind, id))
		if err == nil {
			return &fault.Error{
				Kind: fault.Exists, Op: "directory.insert", Target: "id",
				Message: "Another object with the same value for property id already exists.",
			}
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return s.write(tx, nil, o)
}

// replace writes next in the place of before.
func (s *Service) replace(tx store.Tx, before, next object) error {
	return s.write(tx, before.names(), next)
}

func (s *Service) write(tx store.Tx, held []uniqueName, o object) error {
	kind, id := o.ref()
	keep := make(map[uniqueName]bool)
	for _, n := range o.names() {
		keep[n] = true
		if err := claim(tx, n, id); err != nil {
			return err
		}
	}
	for _, n := range held {
		if keep[n] {
			continue
		}
		if err := tx.Delete(n.key()); err != nil {
			return err
		}
	}
	value, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if err := tx.Put(objectKey(kind, id), value); err != nil {
		return err
	}
	return s.mirror.Change(tx, func(st *state) { st.set(o) })
}

// claim takes a name for id, unless another object has it.
func claim(tx store.Tx, n uniqueName, id string) error {
	if !storable(n.value) {
		return invalid(n.space, "Invalid value specified for property '%s' of resource.", n.space)
	}
	item, err := tx.Get(n.key())
	if errors.Is(err, store.ErrNotFound) {
		return tx.Put(n.key(), []byte(id))
	}
	if err != nil || string(item.Value) == id {
		return err
	}
	return &fault.Error{
		Kind: fault.Exists, Op: "directory.claim", Target: n.space,
		Message: "Another object with the same value for property " + n.space + " already exists.",
	}
}

// remove deletes an object and frees its names. What refers to it is the caller's to delete.
func (s *Service) remove(tx store.Tx, o object) error {
	kind, id := o.ref()
	for _, n := range o.names() {
		if err := tx.Delete(n.key()); err != nil {
			return err
		}
	}
	if err := tx.Delete(objectKey(kind, id)); err != nil {
		return err
	}
	return s.mirror.Change(tx, func(st *state) { st.drop(o) })
}

// invalid is the fault of a property that breaks a rule.
func invalid(target, format string, args ...any) error {
	f := fault.Newf(fault.Invalid, "directory", "Request_BadRequest", format, args...)
	f.Target = target
	return f
}

// notFound is the fault of an id that names nothing, in Graph's words.
func notFound(id string) error {
	return fault.Newf(fault.NotFound, "directory", "Request_ResourceNotFound",
		"Resource '%s' does not exist or one of its queried reference-property objects are not present.", id)
}
