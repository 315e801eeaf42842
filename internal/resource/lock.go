package resource

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// locks is the type of management locks: extension resources that forbid deletion, or any change, at their scope and
// below it, whoever asks. Source: learn.microsoft.com "Lock your Azure resources to protect your infrastructure".
func (s *Service) locks() Type {
	return Type{
		Name: "locks", APIVersions: []string{"2020-05-01", "2017-04-01", "2016-09-01", "2015-06-01", "2015-05-01-preview", "2015-01-01"},
		Global: true, Extension: true,
		Stored: &Stored{Put: putLock},
	}
}

func putLock(_ context.Context, ch *Change) error {
	if ch.Call.ID.Subscription == "" {
		return fault.New(fault.Invalid, "resource.putLock", "InvalidLockScope", "A lock's scope must be a subscription or below one.")
	}
	level, _ := ch.New.Properties["level"].(string)
	kept := map[string]any{}
	for _, known := range []string{"CanNotDelete", "ReadOnly", "NotSpecified"} {
		if strings.EqualFold(level, known) {
			kept["level"] = known
		}
	}
	if kept["level"] == nil {
		return fault.New(fault.Invalid, "resource.putLock", "LockLevelNotSpecified",
			"The lock level is missing or is not one of 'NotSpecified', 'CanNotDelete', 'ReadOnly'.")
	}
	if notes, ok := ch.New.Properties["notes"]; ok && notes != nil {
		text, ok := notes.(string)
		if !ok || len([]rune(text)) > 512 {
			return fault.New(fault.Invalid, "resource.putLock", "LockNotesTooLong", "A lock's notes must be a text of at most 512 characters.")
		}
		kept["notes"] = text
	}
	if owners, ok := ch.New.Properties["owners"]; ok {
		kept["owners"] = owners
	}
	ch.New.Properties, ch.New.Extra = kept, nil
	return nil
}

// checkLocks refuses a change that a lock forbids: any change under ReadOnly, a deletion under CanNotDelete too, and the
// deletion of what has something locked below it. Locks themselves can always be changed.
func (s *Service) checkLocks(r store.Reader, id ID, method string) error {
	if method == "GET" || method == "HEAD" || id.Subscription == "" {
		return nil
	}
	if equalFold(id.Namespace, "Microsoft.Authorization") && len(id.Types) == 1 && equalFold(id.Types[0], "locks") {
		return nil
	}
	prefix := store.Prefix("arm", "type", strings.ToLower(id.Subscription), "microsoft.authorization/locks")
	target := id.Scope()
	var locked []string
	for entry, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		item, err := r.Get(indexedKey(entry.Key, 1))
		if errors.Is(err, store.ErrNotFound) {
			return fault.Wrap("resource.checkLocks", errRecord)
		}
		if err != nil {
			return err
		}
		doc, err := decodeRecord(item.Value)
		if err != nil {
			return fault.Wrap("resource.checkLocks", err)
		}
		scope, hit := lockHits(doc, target, method)
		if hit {
			locked = append(locked, scope.String())
		}
	}
	if len(locked) == 0 {
		return nil
	}
	operation := "write"
	if method == "DELETE" {
		operation = "delete"
	}
	return fault.New(fault.Conflict, "resource.checkLocks", "ScopeLocked", fmt.Sprintf(
		"The scope '%s' cannot perform %s operation because following scope(s) are locked: '%s'. Please remove the lock and try again.",
		target, operation, strings.Join(locked, ",")))
}

// lockHits reports whether a lock forbids method at target, and where the lock is.
func lockHits(lock *Document, target rbac.Scope, method string) (rbac.Scope, bool) {
	id, ok := ParseID(lock.ID)
	if !ok {
		return rbac.Scope{}, false
	}
	scope := id.Base()
	switch lock.Properties["level"] {
	case "ReadOnly":
		return scope, scope.Contains(target) || method == "DELETE" && target.Contains(scope)
	case "CanNotDelete":
		return scope, method == "DELETE" && (scope.Contains(target) || target.Contains(scope))
	}
	return scope, false
}
