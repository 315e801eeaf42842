// Package lifecycle reads a storage account's management policy and says what it has done to a blob at a moment. It is
// pure: it must never know where blobs are stored nor how a tier is set.
package lifecycle

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// MaxRules is the number of rules that a policy may have.
const MaxRules = 100

// Subject is what a rule can be about: one blob, snapshot or version, as it is now.
type Subject struct {
	Kind           Kind
	BlobType       string // "blockBlob", "appendBlob", "pageBlob"
	Container      string
	Name           string
	Tags           map[string]string
	Tier           string // "Hot", "Cool", "Cold", "Archive"; "" of a type that has none
	Created        time.Time
	Modified       time.Time
	LastAccess     time.Time // zero where access is not tracked
	LastTierChange time.Time // zero where the tier has not changed
}

// Kind tells base blobs from what stands behind them.
type Kind uint8

// The kinds of subjects.
const (
	Base Kind = iota
	Snapshot
	Version
)

// Action is what has to be done. Tier is the new tier where Delete is false; the zero Action is nothing.
type Action struct {
	Delete bool
	Tier   string
	Rule   string // the rule's name
}

// Policy is a parsed management policy. It is immutable.
type Policy struct{ rules []rule }

type rule struct {
	Name       string `json:"name"`
	Enabled    *bool  `json:"enabled"`
	Type       string `json:"type"`
	Definition struct {
		Filters filters `json:"filters"`
		Actions actions `json:"actions"`
	} `json:"definition"`
}

type filters struct {
	BlobTypes  []string   `json:"blobTypes"`
	Prefixes   []string   `json:"prefixMatch"`
	IndexMatch []tagMatch `json:"blobIndexMatch"`
}

type tagMatch struct {
	Name  string `json:"name"`
	Op    string `json:"op"`
	Value string `json:"value"`
}

type actions struct {
	Base     *steps `json:"baseBlob"`
	Snapshot *steps `json:"snapshot"`
	Version  *steps `json:"version"`
}

type steps struct {
	TierToHot     *after `json:"tierToHot"`
	TierToCool    *after `json:"tierToCool"`
	TierToCold    *after `json:"tierToCold"`
	TierToArchive *after `json:"tierToArchive"`
	Delete        *after `json:"delete"`
	// AutoTierToHot brings a cool blob back on its first read; the service that reads obeys it.
	AutoTierToHot bool `json:"enableAutoTierToHotFromCool"`
}

// after is when: days, fractions allowed. All that are given must have passed.
type after struct {
	Modification *float64 `json:"daysAfterModificationGreaterThan"`
	Creation     *float64 `json:"daysAfterCreationGreaterThan"`
	LastAccess   *float64 `json:"daysAfterLastAccessTimeGreaterThan"`
	TierChange   *float64 `json:"daysAfterLastTierChangeGreaterThan"`
}

// Parse reads a policy's JSON: {"rules": […]}, as properties.policy of a managementPolicies resource has it. Faults are
// of kind Invalid, reason InvalidRequestPropertyValue.
func Parse(document []byte) (*Policy, error) {
	var p struct {
		Rules []rule `json:"rules"`
	}
	if err := json.Unmarshal(document, &p); err != nil {
		return nil, invalid("the policy is not valid JSON of a management policy: " + err.Error())
	}
	if len(p.Rules) == 0 || len(p.Rules) > MaxRules {
		return nil, invalid("a policy has between 1 and 100 rules")
	}
	names := map[string]bool{}
	for i := range p.Rules {
		if err := p.Rules[i].check(); err != nil {
			return nil, err
		}
		if key := strings.ToLower(p.Rules[i].Name); names[key] {
			return nil, invalid("the rule name " + p.Rules[i].Name + " is used twice")
		} else {
			names[key] = true
		}
	}
	return &Policy{rules: p.Rules}, nil
}

func invalid(message string) error {
	return fault.New(fault.Invalid, "lifecycle.Parse", "InvalidRequestPropertyValue", message)
}

func (r *rule) check() error {
	a := r.Definition.Actions
	switch {
	case r.Name == "" || len(r.Name) > 256:
		return invalid("a rule has a name of at most 256 characters")
	case r.Type != "Lifecycle":
		return invalid("the type of rule " + r.Name + " must be Lifecycle")
	case len(r.Definition.Filters.BlobTypes) == 0:
		return invalid("rule " + r.Name + " has no blobTypes")
	case a.Base == nil && a.Snapshot == nil && a.Version == nil:
		return invalid("rule " + r.Name + " has no actions")
	case len(r.Definition.Filters.Prefixes) > 10 || len(r.Definition.Filters.IndexMatch) > 10:
		return invalid("rule " + r.Name + " has more than 10 filters of a sort")
	}
	for _, t := range r.Definition.Filters.BlobTypes {
		if t != "blockBlob" && t != "appendBlob" {
			return invalid("rule " + r.Name + ": blobTypes are blockBlob and appendBlob")
		}
	}
	for _, m := range r.Definition.Filters.IndexMatch {
		if m.Op != "==" || m.Name == "" {
			return invalid("rule " + r.Name + ": a blobIndexMatch has a name and the op ==")
		}
	}
	for _, s := range []*steps{a.Base, a.Snapshot, a.Version} {
		if err := s.check(r.Name, s == a.Base); err != nil {
			return err
		}
	}
	return nil
}

func (s *steps) check(name string, base bool) error {
	if s == nil {
		return nil
	}
	for _, a := range []*after{s.TierToHot, s.TierToCool, s.TierToCold, s.TierToArchive, s.Delete} {
		if a == nil {
			continue
		}
		if a.Modification == nil && a.Creation == nil && a.LastAccess == nil {
			return invalid("rule " + name + ": an action says after how many days")
		}
		if !base && a.Creation == nil {
			return invalid("rule " + name + ": snapshots and versions are counted from their creation")
		}
		for _, days := range []*float64{a.Modification, a.Creation, a.LastAccess, a.TierChange} {
			if days != nil && (*days < 0 || *days > 99999) {
				return invalid("rule " + name + ": days are between 0 and 99999")
			}
		}
	}
	return nil
}
