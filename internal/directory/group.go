package directory

import (
	"encoding/json"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Group is a security group. It must not be changed once the directory has it.
type Group struct {
	ObjectID     string                     `json:"id"` // GUID; "" has CreateGroup draw one
	DisplayName  string                     `json:"displayName"`
	Description  string                     `json:"description,omitempty"`
	MailNickname string                     `json:"mailNickname"`
	Created      time.Time                  `json:"created"`
	Owners       []string                   `json:"owners,omitempty"` // object ids
	Properties   map[string]json.RawMessage `json:"properties,omitempty"`
}

func (g *Group) ref() (kind, id string) { return kindGroup, g.ObjectID }

// names is empty: groups may share a display name.
func (g *Group) names() []uniqueName { return nil }

// CreateGroup adds a group.
func (s *Service) CreateGroup(tx store.Tx, g Group) (Group, error) {
	var err error
	if g.ObjectID == "" {
		if g.ObjectID, err = s.newID(); err != nil {
			return Group{}, err
		}
	}
	g.ObjectID = canonical(g.ObjectID)
	if err := g.check(); err != nil {
		return Group{}, err
	}
	if g.MailNickname == "" {
		g.MailNickname = g.ObjectID[:min(8, len(g.ObjectID))]
	}
	if g.Created.IsZero() {
		g.Created = s.clock.Now()
	}
	stored := g
	return g, fault.Wrap("directory.CreateGroup", s.insert(tx, &stored))
}

// check holds the rules of a group's own properties.
func (g *Group) check() error {
	if g.DisplayName == "" || len(g.DisplayName) > 256 {
		return invalid("displayName", "Invalid value specified for property 'displayName' of resource 'Group'.")
	}
	return nil
}
