package catalog

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// recordKey names one record of a catalog in the store.
type recordKey struct {
	kind       byte // o object, s schema, p principal, m member, g permission, x extended property
	a, b, c, d int32
	name       string
}

func prefix(database int32) []byte {
	return binary.BigEndian.AppendUint32(store.Prefix("sql", "catalog"), uint32(database))
}

func (k recordKey) append(key []byte) []byte {
	key = append(key, k.kind)
	for _, n := range [...]int32{k.a, k.b, k.c, k.d} {
		key = binary.BigEndian.AppendUint32(key, uint32(n))
	}
	return append(key, k.name...)
}

// header is the record of the database itself.
type header struct {
	Name      string
	Version   uint64
	Collation string
	Created   time.Time
	Settings  Settings
	NextID    int32
}

// object is the record of an Object: its kind says which of the types is in Body.
type object struct {
	Kind Kind
	Body json.RawMessage
}

// aliasKind marks alias types in the store: they have no row in sys.objects and so no code.
const aliasKind Kind = "alias"

// Write writes what the edit changed. The version counts up with each write, even of the same edit.
func (e *Edit) Write(tx store.Tx) error {
	p := prefix(e.d.ID)
	h := header{Name: e.d.Name, Version: e.d.Version, Created: e.d.Created, Settings: e.d.Settings, NextID: e.d.nextID}
	if e.d.Collation != nil {
		h.Collation = e.d.Collation.Name()
	}
	body, err := json.Marshal(h)
	if err != nil {
		return err
	}
	if err := tx.Put(append(p[:len(p):len(p)], 'd'), body); err != nil {
		return err
	}
	for k, record := range e.changed {
		key := k.append(p[:len(p):len(p)])
		if record == nil {
			if err := tx.Delete(key); err != nil {
				return err
			}
			continue
		}
		body, err := encode(record)
		if err != nil {
			return err
		}
		if err := tx.Put(key, body); err != nil {
			return err
		}
	}
	return nil
}

func encode(record any) ([]byte, error) {
	body, err := json.Marshal(record)
	if err != nil {
		return nil, err
	}
	o, ok := record.(Object)
	if !ok {
		return body, nil
	}
	kind := o.Head().Kind
	if _, alias := o.(*AliasType); alias {
		kind = aliasKind
	}
	return json.Marshal(object{kind, body})
}

// Remove deletes a database's whole catalog.
func Remove(tx store.Tx, database int32) error {
	p := prefix(database)
	for item, err := range tx.Scan(p, store.End(p)) {
		if err != nil {
			return err
		}
		if err := tx.Delete(item.Key); err != nil {
			return err
		}
	}
	return nil
}

// Load reads a database's catalog.
func Load(r store.Reader, database int32) (*Database, error) {
	e := New(database, "", time.Time{})
	d := e.d
	d.schemas, d.principals = map[int32]*Schema{}, map[int32]*Principal{}
	d.logins = map[string]*Login{}
	d.members, d.grants = map[Member]bool{}, map[grantKey]*Permission{}
	p := prefix(database)
	for item, err := range r.Scan(p, store.End(p)) {
		if err != nil {
			return nil, err
		}
		if err := e.read(item.Key[len(p)], item.Value); err != nil {
			return nil, fmt.Errorf("catalog of database %d: %w", database, err)
		}
	}
	return d, nil
}

func (e *Edit) read(kind byte, body []byte) error {
	d := e.d
	switch kind {
	case 'd':
		return d.readHeader(body)
	case 'o':
		o, err := decodeObject(body)
		if err != nil {
			return err
		}
		h := o.Head()
		d.objects[h.ID] = o
		d.names[nameOf(o)] = o
		e.index(o)
		return nil
	case 's':
		return into(body, func(s *Schema) { d.schemas[s.ID] = s })
	case 'p':
		return into(body, func(p *Principal) { d.principals[p.ID] = p })
	case 'm':
		return into(body, func(m *Member) { d.members[*m] = true })
	case 'g':
		return into(body, func(p *Permission) { d.grants[grantKey{p.Class, p.Major, p.Minor, p.Grantee, p.Name}] = p })
	case 'l':
		return into(body, func(l *Login) { d.logins[Fold(l.Name)] = l })
	case 'x':
		return into(body, func(p *ExtendedProperty) {
			d.properties[propertyKey{p.Class, p.MajorID, p.MinorID, Fold(p.Name)}] = p
		})
	}
	return fmt.Errorf("unknown record %q", kind)
}

func into[T any](body []byte, put func(*T)) error {
	record := new(T)
	if err := json.Unmarshal(body, record); err != nil {
		return err
	}
	put(record)
	return nil
}

func (d *Database) readHeader(body []byte) error {
	var h header
	if err := json.Unmarshal(body, &h); err != nil {
		return err
	}
	d.Name, d.Version, d.Created, d.Settings, d.nextID = h.Name, h.Version, h.Created, h.Settings, h.NextID
	if h.Collation != "" {
		c, ok := collate.Lookup(h.Collation)
		if !ok {
			return fmt.Errorf("unknown collation %q", h.Collation)
		}
		d.Collation = c
	}
	return nil
}

func decodeObject(body []byte) (Object, error) {
	var o object
	if err := json.Unmarshal(body, &o); err != nil {
		return nil, err
	}
	var out Object
	switch o.Kind {
	case KindTable:
		out = &Table{}
	case KindView, KindProcedure, KindScalarFunction, KindInlineFunction, KindTableFunction, KindTrigger:
		out = &Module{}
	case KindSequence:
		out = &Sequence{}
	case KindSynonym:
		out = &Synonym{}
	case KindTableType:
		out = &TableType{}
	case aliasKind:
		out = &AliasType{}
	default:
		return nil, fmt.Errorf("unknown kind of object %q", o.Kind)
	}
	return out, json.Unmarshal(o.Body, out)
}
