package resource

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Keys. All parts but the first two are in lower case.
//
//	arm document {subscription} {group} {namespace} {type} {name} …   a record; what hangs under it follows it
//	arm type {subscription} {namespace/type} {group} {name} …         nothing: finds documents by their type
//	arm group {subscription} {group}                                  a record
//	arm subscription {subscription}                                   JSON
//	arm tagname {subscription} {name}                                 JSON: a predefined tag
//	arm operation {subscription} {token}                              JSON
//
// A record is a byte of format (1), the length of the hidden part as a uvarint, the hidden part and the document. Both
// parts are JSON, the document in the form that is answered, so that most answers are a copy.
const recordFormat = 1

var errRecord = errors.New("resource: a stored record is damaged")

func encodeRecord(d *Document) ([]byte, error) {
	hidden := []byte(nil)
	if len(d.Hidden) > 0 {
		var err error
		if hidden, err = encode(d.Hidden); err != nil {
			return nil, err
		}
	}
	text, err := d.MarshalJSON()
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, 1+binary.MaxVarintLen32+len(hidden)+len(text))
	out = binary.AppendUvarint(append(out, recordFormat), uint64(len(hidden)))
	return append(append(out, hidden...), text...), nil
}

// splitRecord gives the two parts of a record, which share its memory.
func splitRecord(record []byte) (hidden, text []byte, err error) {
	if len(record) < 2 || record[0] != recordFormat {
		return nil, nil, errRecord
	}
	size, n := binary.Uvarint(record[1:])
	rest := record[min(1+max(n, 0), len(record)):]
	if n <= 0 || size > uint64(len(rest)) {
		return nil, nil, errRecord
	}
	return rest[:size:size], rest[size:], nil
}

func decodeRecord(record []byte) (*Document, error) {
	hidden, text, err := splitRecord(record)
	if err != nil {
		return nil, err
	}
	d := new(Document)
	if err := d.UnmarshalJSON(text); err != nil {
		return nil, err
	}
	if len(hidden) > 0 {
		if err := json.Unmarshal(hidden, &d.Hidden); err != nil {
			return nil, err
		}
	}
	// Hooks write to both without asking whether they are there.
	if d.Properties == nil {
		d.Properties = make(map[string]any)
	}
	if d.Hidden == nil {
		d.Hidden = make(map[string]any)
	}
	return d, nil
}

// documentKey is where the record of id is kept: a group's among the groups, any other among the documents.
func documentKey(id ID) []byte {
	if id.Namespace == "" {
		return groupKey(id.Subscription, id.Group)
	}
	return store.Key(documentParts(id)...)
}

func documentParts(id ID) []string {
	parts := append(make([]string, 0, len(id.segments)+4), "arm", "document", strings.ToLower(id.Subscription), strings.ToLower(id.Group))
	for _, s := range id.segments[id.scopeLength()+1:] {
		parts = append(parts, strings.ToLower(s))
	}
	return parts
}

// scopeLength is the number of segments of the subscription or group that id is in.
func (id ID) scopeLength() int {
	switch {
	case id.Group != "":
		return 4
	case id.Subscription != "":
		return 2
	}
	return 0
}

func groupKey(subscription, group string) []byte {
	return store.Key("arm", "group", strings.ToLower(subscription), strings.ToLower(group))
}

// typeParts is the entry of id in the index by type; for a collection, the leading parts of its members' entries. The
// entry of an extension resource under a resource has that resource's namespace, types and names before its own name.
func typeParts(id ID) []string {
	parts := append(make([]string, 0, len(id.segments)+4),
		"arm", "type", strings.ToLower(id.Subscription), strings.ToLower(id.FullType()))
	if id.Group == "" && id.Subscription != "" && id.Parent == nil && len(id.Names) == 0 {
		return parts // a collection over the whole subscription
	}
	parts = append(parts, strings.ToLower(id.Group))
	if id.Parent != nil {
		for _, s := range id.Parent.segments[id.scopeLength()+1:] {
			parts = append(parts, strings.ToLower(s))
		}
	}
	for _, name := range id.Names {
		parts = append(parts, strings.ToLower(name))
	}
	return parts
}

// GetTx reads a document or resource group: what a hook uses on Change.Tx. It is a fault NotFound where there is none.
func GetTx(r store.Reader, id ID) (*Document, error) {
	doc, _, err := load(r, id)
	return doc, err
}

func load(r store.Reader, id ID) (*Document, store.Version, error) {
	if id.Group == "" && id.Namespace == "" || id.Namespace != "" && id.Name() == "" {
		return nil, 0, store.ErrNotFound
	}
	item, err := r.Get(documentKey(id))
	if err != nil {
		return nil, 0, err
	}
	doc, err := decodeRecord(item.Value)
	return doc, item.Version, fault.Wrap("resource.load", err)
}

// PutTx stores a document under its ID without any check or hook: how a hook keeps documents that belong to another
// one, as a scale set keeps its instances.
func PutTx(tx store.Tx, doc *Document) error {
	id, ok := ParseID(doc.ID)
	if !ok || id.Name() == "" && (id.Group == "" || id.Namespace != "") {
		return &fault.Error{Op: "resource.PutTx", Cause: errors.New("no id of a resource: " + doc.ID)}
	}
	record, err := encodeRecord(doc)
	if err != nil {
		return fault.Wrap("resource.PutTx", err)
	}
	if err := tx.Put(documentKey(id), record); err != nil {
		return err
	}
	if id.Namespace == "" {
		return nil
	}
	return tx.Put(store.Key(typeParts(id)...), []byte{})
}

// DeleteTx removes a document without any check or hook. Absent is no error.
func DeleteTx(tx store.Tx, id ID) error {
	if err := tx.Delete(documentKey(id)); err != nil || id.Namespace == "" {
		return err
	}
	return tx.Delete(store.Key(typeParts(id)...))
}

// ListTx reads the documents of a collection, in the order of their keys: all of a type in a subscription or resource
// group, the children of a resource, or the extension resources at a scope and below it.
func ListTx(r store.Reader, collection ID) ([]*Document, error) {
	var docs []*Document
	err := scanType(r, collection, func(record store.Item) error {
		doc, err := decodeRecord(record.Value)
		if err != nil {
			return fault.Wrap("resource.ListTx", err)
		}
		docs = append(docs, doc)
		return nil
	})
	return docs, err
}

// scanType calls f with the record of each member of a collection.
func scanType(r store.Reader, collection ID, f func(store.Item) error) error {
	prefix := store.Prefix(typeParts(collection)...)
	for entry, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		item, err := r.Get(indexedKey(entry.Key, len(collection.Types)))
		if errors.Is(err, store.ErrNotFound) {
			return fault.Wrap("resource.scanType", errRecord)
		}
		if err != nil {
			return err
		}
		if err := f(item); err != nil {
			return err
		}
	}
	return nil
}

// indexedKey is the key of the document that an entry of the index by type stands for.
func indexedKey(entry []byte, types int) []byte {
	parts := store.Parts(entry)
	subscription, fullType, group, rest := parts[2], strings.Split(parts[3], "/"), parts[4], parts[5:]
	out := []string{"arm", "document", subscription, group}
	if above := len(rest) - types; above > 0 {
		out = append(append(out, rest[:above]...), "providers")
		rest = rest[above:]
	}
	out = append(out, fullType[0])
	for i, name := range rest {
		out = append(out, fullType[1+i], name)
	}
	return store.Key(out...)
}
