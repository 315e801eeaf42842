package vault

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// version is one version of an object. The newest is kept in the object's record, so that one look-up finds it; the others
// have records of their own, to which they move when a newer one comes.
type version struct {
	ID            string            `json:"id"`
	Attributes    Attributes        `json:"attributes"`
	Tags          map[string]string `json:"tags,omitempty"`
	ContentType   string            `json:"contentType,omitempty"`   // of secrets
	KeyVersion    string            `json:"keyVersion,omitempty"`    // of a certificate's secret: the version of the key of its name
	Previous      string            `json:"previous,omitempty"`      // of a certificate's secret: the version before
	PreserveOrder bool              `json:"preserveOrder,omitempty"` // of a certificate: its chain stays in the order in which it came
	Public        json.RawMessage   `json:"public,omitempty"`        // what the type keeps in the clear: a public key, a certificate
	Sealed        []byte            `json:"sealed,omitempty"`        // the rest
}

func (c *contents) versionKey(o *object, id string) []byte {
	return store.Key("vault", "version", c.ID, string(o.on), strings.ToLower(o.Name), id)
}

// version finds a version of an object, "" being the newest.
func (c *contents) version(o *object, id string) (*version, error) {
	if o.newest != nil && (id == "" || strings.EqualFold(id, o.Current)) {
		return decodeVersion(o.newest)
	}
	asked := id
	if id == "" {
		id = o.Current
	}
	item, err := c.r.Get(c.versionKey(o, strings.ToLower(id)))
	if errors.Is(err, store.ErrNotFound) {
		if asked != "" {
			return nil, notFound(o.on, o.Name+"/"+asked)
		}
		return nil, fault.Wrap("vault.version", errors.New("a stored object has no newest version"))
	}
	if err != nil {
		return nil, err
	}
	return decodeVersion(item.Value)
}

// versions calls f with each version of an object in the order of their ids, beginning after the id after.
func (c *contents) versions(o *object, after string, f func(*version) (more bool, err error)) error {
	show := func(record []byte) (bool, error) {
		v, err := decodeVersion(record)
		if err != nil {
			return false, err
		}
		return f(v)
	}
	ahead := o.newest != nil && o.Current > after // the newest is still to come
	newestKey := string(c.versionKey(o, o.Current))
	prefix := store.Prefix("vault", "version", c.ID, string(o.on), strings.ToLower(o.Name))
	for item, err := range c.r.Scan(append(append([]byte(nil), prefix...), from(after)...), store.End(prefix)) {
		if err != nil {
			return err
		}
		if ahead && string(item.Key) > newestKey {
			ahead = false
			if more, err := show(o.newest); err != nil || !more {
				return err
			}
		}
		if more, err := show(item.Value); err != nil || !more {
			return err
		}
	}
	if ahead {
		_, err := show(o.newest)
		return err
	}
	return nil
}

// secret opens what is sealed of a version.
func (c *contents) secret(o *object, v *version) ([]byte, error) {
	text, err := unseal(c.aead, v.Sealed, c.place(o, v))
	return text, fault.Wrap("vault.secret", err)
}

// place is what a sealed text is bound to.
func (c *contents) place(o *object, v *version) string {
	return strings.Join([]string{c.ID, string(o.on), strings.ToLower(o.Name), v.ID}, "/")
}

// add makes v the newest version of o, with a new id, and seals secret into it.
func (c *contents) add(o *object, v *version, secret []byte) (err error) {
	if v.ID, err = c.service.newID(); err != nil {
		return err
	}
	v.Attributes.Created, v.Attributes.Updated = c.now.Unix(), c.now.Unix()
	return c.lead(o, v, secret)
}

// lead stores o with v as its newest version, and secret sealed into that. The one that was the newest moves to a record
// of its own.
func (c *contents) lead(o *object, v *version, secret []byte) error {
	if err := c.seal(o, v, secret); err != nil {
		return err
	}
	var err error
	switch {
	case o.Current == v.ID:
		err = c.gather(o)
	case o.newest != nil:
		err = c.tx.Put(c.versionKey(o, o.Current), o.newest)
	}
	if err != nil {
		return err
	}
	o.Current, o.newest = v.ID, v.encode()
	return c.put(o)
}

// seal seals a secret into a version.
func (c *contents) seal(o *object, v *version, secret []byte) (err error) {
	v.Sealed, err = c.service.seal(c.aead, secret, c.place(o, v))
	return err
}

// keep stores a version whose secret stays as it is.
func (c *contents) keep(o *object, v *version) error {
	if v.ID != o.Current {
		return c.tx.Put(c.versionKey(o, v.ID), v.encode())
	}
	if err := c.gather(o); err != nil {
		return err
	}
	o.newest = v.encode()
	return c.put(o)
}

// gather takes the newest version into an object that was read in an earlier format, where it has a record of its own.
func (c *contents) gather(o *object) error {
	if o.newest != nil || o.Current == "" {
		return nil
	}
	key := c.versionKey(o, o.Current)
	item, err := c.r.Get(key)
	if err != nil {
		return fault.Wrap("vault.gather", err)
	}
	o.newest = item.Value
	return c.tx.Delete(key)
}
