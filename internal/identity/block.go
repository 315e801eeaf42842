package identity

import (
	"sort"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// The types of an identity block, as answers spell them.
const (
	TypeNone           = "None"
	TypeSystemAssigned = "SystemAssigned"
	TypeUserAssigned   = "UserAssigned"
	TypeBoth           = "SystemAssigned, UserAssigned"
)

// block is an identity block as a request means it, after the entries that remove were taken out.
type block struct {
	system bool
	users  []*entry // in the order of their keys
}

// entry is a user-assigned identity of a block.
type entry struct {
	id       resource.ID
	spelling string // the key, as the client or the stored block spells it
	value    resource.UserAssigned
	kept     bool // the stored block has it too; value is from there
}

// parseType takes the type apart. Azure reads it without case and with any space after the comma.
func parseType(text string) (system, user bool, err error) {
	for _, part := range strings.Split(text, ",") {
		switch strings.ToLower(strings.TrimSpace(part)) {
		case "systemassigned":
			system = true
		case "userassigned":
			user = true
		case "none":
			if strings.Contains(text, ",") {
				return false, false, unknownType(text)
			}
		default:
			return false, false, unknownType(text)
		}
	}
	return system, user, nil
}

func unknownType(text string) error {
	return &fault.Error{
		Kind: fault.Invalid, Op: "identity.Apply", Reason: "InvalidRequestContent", Target: "identity.type",
		Message: "The request content was invalid and could not be deserialized: 'Error converting value \"" + text +
			"\" to type 'ResourceIdentityType'. Path 'identity.type'.'.",
	}
}

func typeName(system, user bool) string {
	switch {
	case system && user:
		return TypeBoth
	case system:
		return TypeSystemAssigned
	case user:
		return TypeUserAssigned
	default:
		return TypeNone
	}
}

// parseBlock checks what can be checked without looking anything up. doc is the resource as it shall be; old its stored
// block, or nil. A PATCH has the stored entries merged in, and those of another type than the new one fall away.
func parseBlock(doc *resource.Document, old *resource.Identity, patch bool) (block, error) {
	system, user, err := parseType(doc.Identity.Type)
	if err != nil {
		return block{}, err
	}
	stored := storedEntries(old)
	byKey, err := collect(doc.Identity.UserAssignedIdentities, stored)
	if err != nil {
		return block{}, err
	}
	b := block{system: system}
	for _, e := range byKey {
		if !user && patch && e.kept {
			continue
		}
		b.users = append(b.users, e)
	}
	sort.Slice(b.users, func(i, j int) bool { return b.users[i].id.Key() < b.users[j].id.Key() })
	switch {
	case user && len(b.users) == 0:
		return block{}, &fault.Error{
			Kind: fault.Invalid, Op: "identity.Apply", Reason: "MissingIdentityIds", Target: "identity",
			Message: "The identity ids must not be null or empty for '" + typeName(system, user) + "' identity type.",
		}
	case !user && len(b.users) > 0:
		return block{}, failedOperation(doc.ID,
			"The request format was unexpected, a non-UserAssigned identity type should not contain: userAssignedIdentities")
	}
	return b, nil
}

func storedEntries(old *resource.Identity) map[string]*entry {
	out := map[string]*entry{}
	if old == nil {
		return out
	}
	for key, value := range old.UserAssignedIdentities {
		if id, ok := resource.ParseID(key); ok && value != nil {
			out[id.Key()] = &entry{id: id, spelling: key, value: *value, kept: true}
		}
	}
	return out
}

// collect reads the entries of a block by their key without case. A null takes its entry out, under whatever spelling
// it was stored.
func collect(sent map[string]*resource.UserAssigned, stored map[string]*entry) (map[string]*entry, error) {
	byKey := make(map[string]*entry, len(sent))
	for key, value := range sent {
		id, err := userAssignedID(key)
		if err != nil {
			return nil, err
		}
		if value == nil {
			continue
		}
		kept := stored[id.Key()]
		if err := checkValue(key, value, kept); err != nil {
			return nil, err
		}
		if kept != nil {
			byKey[id.Key()] = kept
			continue
		}
		byKey[id.Key()] = &entry{id: id, spelling: key}
	}
	for key, value := range sent {
		if id, ok := resource.ParseID(key); ok && value == nil {
			delete(byKey, id.Key())
		}
	}
	return byKey, nil
}

func userAssignedID(text string) (resource.ID, error) {
	id, ok := resource.ParseID(text)
	if !ok || !strings.HasPrefix(text, "/") || id.Subscription == "" || id.Name() == "" {
		return resource.ID{}, &fault.Error{
			Kind: fault.Invalid, Op: "identity.Apply", Reason: "LinkedInvalidPropertyId", Target: "identity.userAssignedIdentities",
			Message: "Property id '" + text + "' at path 'identity.userAssignedIdentities' is invalid. Expect fully qualified " +
				"resource Id that start with '/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'.",
		}
	}
	if !strings.EqualFold(id.FullType(), UserAssignedType) || id.Group == "" || id.Parent != nil {
		return resource.ID{}, &fault.Error{
			Kind: fault.Invalid, Op: "identity.Apply", Reason: "InvalidParameter", Target: "identity.userAssignedIdentities",
			Message: "The identity '" + text + "' is not of type '" + UserAssignedType + "'.",
		}
	}
	return id, nil
}

// checkValue refuses ids that the client made up: a value is empty, or what an answer showed before.
func checkValue(key string, value *resource.UserAssigned, kept *entry) error {
	var want resource.UserAssigned
	if kept != nil {
		want = kept.value
	}
	same := func(sent, stored string) bool { return sent == "" || strings.EqualFold(sent, stored) }
	if same(value.PrincipalID, want.PrincipalID) && same(value.ClientID, want.ClientID) {
		return nil
	}
	return &fault.Error{
		Kind: fault.Invalid, Op: "identity.Apply", Reason: "InvalidIdentityValues", Target: "identity.userAssignedIdentities",
		Message: "Invalid value for the identities '" + key + "'. The 'UserAssignedIdentities' property keys should only be " +
			"empty json objects, null or the resource exisiting property.",
	}
}

// failedOperation is a refusal of the identity service as Resource Manager passes it on.
func failedOperation(id, message string) error {
	return &fault.Error{
		Kind: fault.Invalid, Op: "identity.Apply", Reason: "FailedIdentityOperation", Target: "identity",
		Message: "Identity operation for resource '" + id + "' failed with error 'Failed to perform resource identity " +
			"operation. Status: 'BadRequest'. Response: '{\"error\":{\"code\":\"BadRequest\",\"message\":\"" + message + "\"}}'.'.",
	}
}
