package resource

import (
	"bytes"
	"encoding/json"
	"sort"
	"strings"
	"time"
)

// Document is a resource as it is stored and shown. Field order is that of Resource Manager's answers.
type Document struct {
	Name       string                     `json:"name"`
	ID         string                     `json:"id"`
	Type       string                     `json:"type,omitempty"`
	Location   string                     `json:"location,omitempty"`
	Tags       map[string]string          `json:"tags,omitempty"`
	Kind       string                     `json:"kind,omitempty"`
	SKU        json.RawMessage            `json:"sku,omitempty"`
	Plan       json.RawMessage            `json:"plan,omitempty"`
	Zones      []string                   `json:"zones,omitempty"`
	Identity   *Identity                  `json:"identity,omitempty"`
	ManagedBy  string                     `json:"managedBy,omitempty"`
	ETag       string                     `json:"etag,omitempty"`
	Properties map[string]any             `json:"properties,omitempty"`
	SystemData *SystemData                `json:"systemData,omitempty"`
	Extra      map[string]json.RawMessage `json:"-"` // other top-level members that the type keeps, by name
	Hidden     map[string]any             `json:"-"` // kept with the document and never shown
}

// Identity is the identity block of a resource.
type Identity struct {
	Type                   string                   `json:"type"` // SystemAssigned | UserAssigned | "SystemAssigned, UserAssigned" | None
	PrincipalID            string                   `json:"principalId,omitempty"`
	TenantID               string                   `json:"tenantId,omitempty"`
	UserAssignedIdentities map[string]*UserAssigned `json:"userAssignedIdentities,omitempty"` // by resource id; nil in a PATCH removes
}

// UserAssigned is a user-assigned identity as the identity block shows it.
type UserAssigned struct {
	PrincipalID string `json:"principalId,omitempty"`
	ClientID    string `json:"clientId,omitempty"`
}

// SystemData says who made and last changed a resource.
type SystemData struct {
	CreatedBy          string    `json:"createdBy,omitempty"`
	CreatedByType      string    `json:"createdByType,omitempty"`
	CreatedAt          time.Time `json:"createdAt"`
	LastModifiedBy     string    `json:"lastModifiedBy,omitempty"`
	LastModifiedByType string    `json:"lastModifiedByType,omitempty"`
	LastModifiedAt     time.Time `json:"lastModifiedAt"`
}

// plain is a Document without its methods, which would call themselves.
type plain Document

// MarshalJSON writes the members in order, then Extra by name. Hidden is never written.
func (d Document) MarshalJSON() ([]byte, error) {
	text, err := d.encodeMembers()
	if err != nil || len(d.Extra) == 0 {
		return text, err
	}
	names := make([]string, 0, len(d.Extra))
	for name := range d.Extra {
		if !known(name) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	text = text[:len(text)-1]
	for _, name := range names {
		quoted, err := encode(name)
		if err != nil {
			return nil, err
		}
		text = append(append(append(append(text, ','), quoted...), ':'), orNull(d.Extra[name])...)
	}
	return append(text, '}'), nil
}

// encodeMembers writes the members that every document may have. Resource groups show theirs in another order.
func (d *Document) encodeMembers() ([]byte, error) {
	if d.Type != groupType {
		return encode((*plain)(d))
	}
	return encode(struct {
		ID         string            `json:"id"`
		Name       string            `json:"name"`
		Type       string            `json:"type"`
		Location   string            `json:"location"`
		ManagedBy  string            `json:"managedBy,omitempty"`
		Tags       map[string]string `json:"tags,omitempty"`
		Properties map[string]any    `json:"properties"`
	}{d.ID, d.Name, d.Type, d.Location, d.ManagedBy, d.Tags, d.Properties})
}

// UnmarshalJSON reads the members in any case, as Resource Manager does, and keeps the others in Extra.
func (d *Document) UnmarshalJSON(text []byte) error {
	var p plain
	if err := json.Unmarshal(text, &p); err != nil {
		return err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	for name, value := range all {
		if known(name) {
			continue
		}
		if p.Extra == nil {
			p.Extra = make(map[string]json.RawMessage)
		}
		p.Extra[name] = value
	}
	*d = Document(p)
	return nil
}

// Clone is a deep copy.
func (d *Document) Clone() (*Document, error) {
	text, err := encodeRecord(d)
	if err != nil {
		return nil, err
	}
	return decodeRecord(text)
}

// known reports whether name is a member of every document.
func known(name string) bool {
	switch strings.ToLower(name) {
	case "name", "id", "type", "location", "tags", "kind", "sku", "plan", "zones", "identity", "managedby", "etag",
		"properties", "systemdata":
		return true
	}
	return false
}

// encode is JSON without HTML escaping and without a line end.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}

func orNull(v json.RawMessage) json.RawMessage {
	if len(v) == 0 {
		return json.RawMessage("null")
	}
	return v
}
