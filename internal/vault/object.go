package vault

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Attributes are those that secrets, keys and certificates share. Times are Unix seconds; 0 is none.
type Attributes struct {
	Enabled   bool  `json:"enabled"`
	NotBefore int64 `json:"nbf,omitempty"`
	Expires   int64 `json:"exp,omitempty"`
	Created   int64 `json:"created"`
	Updated   int64 `json:"updated"`
}

// Recovery says what deletion means in the vault.
type Recovery struct {
	Level string // Recoverable+Purgeable and its like
	Days  int    // between deletion and purge
}

// Deletion says when an object was deleted, and when it will be purged, in Unix seconds.
type Deletion struct {
	At      int64 `json:"at"`
	PurgeAt int64 `json:"purgeAt"`
}

// object is what all versions of a secret, key or certificate share.
type object struct {
	Name    string          `json:"name"`    // as it was first spelled
	Current string          `json:"current"` // the id of its newest version
	Managed bool            `json:"managed,omitempty"`
	Deleted *Deletion       `json:"deleted,omitempty"`
	Data    json.RawMessage `json:"data,omitempty"` // what the type keeps beside versions: policies, pending operations
	newest  []byte          // the record of its newest version; nil where that stands by itself, as it did in earlier formats
	on      Type
}

// recovery is what deletion means in a vault.
// Source: the REST reference's DeletionRecoveryLevel.
func (v *Vault) recovery() Recovery {
	level := "Recoverable"
	if v.RetentionDays < 90 {
		level = "CustomizedRecoverable"
	}
	if !v.PurgeProtection {
		level += "+Purgeable"
	}
	return Recovery{level, v.RetentionDays}
}

// contents are what is in one vault, seen by a snapshot or changed by a transaction.
type contents struct {
	*opened
	service *Service
	r       store.Reader
	tx      store.Tx // nil where only a snapshot is
	now     time.Time
}

func (c *contents) key(part string, t Type, name string) []byte {
	return store.Key("vault", part, c.ID, string(t), strings.ToLower(name))
}

// live finds an object that is not deleted; it is a fault NotFound otherwise.
func (c *contents) live(t Type, name string) (*object, error) {
	o, err := c.find("live", t, name)
	if err == nil && o == nil {
		return nil, notFound(t, name)
	}
	return o, err
}

// deleted finds an object that is deleted and can be recovered; it is a fault NotFound otherwise.
func (c *contents) deleted(t Type, name string) (*object, error) {
	o, err := c.find("deleted", t, name)
	if err == nil && (o == nil || c.overdue(o)) {
		return nil, notDeleted(t, name)
	}
	return o, err
}

// overdue reports whether a deleted object's time is over.
func (c *contents) overdue(o *object) bool {
	return o.Deleted != nil && c.now.Unix() >= o.Deleted.PurgeAt
}

// find is nil where there is none.
func (c *contents) find(part string, t Type, name string) (*object, error) {
	item, err := c.r.Get(c.key(part, t, name))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decodeObject(t, item.Value)
}

// claim finds an object to add a version to, or begins a new one. It is a fault Conflict where a deleted one has the
// name.
func (c *contents) claim(t Type, name string) (*object, error) {
	o, err := c.find("live", t, name)
	if o != nil || err != nil {
		return o, err
	}
	gone, err := c.find("deleted", t, name)
	if err != nil {
		return nil, err
	}
	if gone != nil {
		if !c.overdue(gone) {
			return nil, recoverable(t, gone.Name)
		}
		if err := c.purge(gone); err != nil {
			return nil, err
		}
	}
	return &object{Name: name, on: t}, nil
}

// put stores an object, among the live or the deleted ones, with its newest version.
func (c *contents) put(o *object) error {
	if err := c.gather(o); err != nil {
		return err
	}
	part := "live"
	if o.Deleted != nil {
		part = "deleted"
	}
	return c.tx.Put(c.key(part, o.on, o.Name), o.encode())
}

// remove deletes an object so that it can be recovered.
func (c *contents) remove(o *object) error {
	if err := c.tx.Delete(c.key("live", o.on, o.Name)); err != nil {
		return err
	}
	o.Deleted = &Deletion{At: c.now.Unix(), PurgeAt: c.now.AddDate(0, 0, c.RetentionDays).Unix()}
	return c.put(o)
}

// recover takes a deleted object back.
func (c *contents) recover(o *object) error {
	if err := c.tx.Delete(c.key("deleted", o.on, o.Name)); err != nil {
		return err
	}
	o.Deleted = nil
	return c.put(o)
}

// purge removes a deleted object and its versions for good.
func (c *contents) purge(o *object) error {
	if err := c.tx.Delete(c.key("deleted", o.on, o.Name)); err != nil {
		return err
	}
	return deleteRange(c.tx, store.Prefix("vault", "version", c.ID, string(o.on), strings.ToLower(o.Name)))
}

// objects calls f with each object of a type, live or deleted, in the order of names, beginning after a name.
func (c *contents) objects(part string, t Type, after string, f func(*object) (more bool, err error)) error {
	prefix := store.Prefix("vault", part, c.ID, string(t))
	for item, err := range c.r.Scan(append(append([]byte(nil), prefix...), from(strings.ToLower(after))...), store.End(prefix)) {
		if err != nil {
			return err
		}
		o, err := decodeObject(t, item.Value)
		if err != nil {
			return err
		}
		if part == "deleted" && c.overdue(o) {
			continue
		}
		if more, err := f(o); err != nil || !more {
			return err
		}
	}
	return nil
}

// from is where a scan begins that goes on after a name.
func from(after string) string {
	if after == "" {
		return ""
	}
	return after + "\x00"
}
