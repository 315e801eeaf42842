// Package resource is Resource Manager's core: ids, subscriptions, resource groups, documents, locks, tags, lists, and the
// dispatcher that checks each request in Azure's order before it reaches a provider. Providers are values handed to New.
// It must never know HTTP, tokens, or what any one type means.
package resource

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Provider is a resource provider: a namespace and the table of its types. Providers are values that the composition
// root hands to New; the core checks, authorizes and stores, and calls their hooks in between.
type Provider struct {
	Namespace string // "Microsoft.Compute"
	Types     []Type
}

// Type is a resource type with its operations. An operation whose hook is nil (and that Stored does not serve) is
// answered as Azure answers an unsupported one.
type Type struct {
	Name        string   // below the namespace: "virtualMachines", "virtualMachineScaleSets/virtualMachines"
	APIVersions []string // newest first
	Global      bool     // has no location of its own
	Extension   bool     // hangs under any scope: {scope}/providers/{namespace}/{type}/{name}
	Stored      *Stored  // the core keeps its documents; nil where the hooks below do
	Get         Handler  // one resource; Call.ID.Name is set
	List        Handler  // the collection; at subscription or group scope, or under a parent
	Put         Handler
	Patch       Handler
	Delete      Handler
	Actions     map[string]Handler // POST {id}/{action}, keyed by the action as Azure spells it, "start"; the action
	// checked is {namespace}/{type}/{key}/action. Also POST on the collection for a type without a name in its path.
	Operations []string // further actions to list for the provider, beyond what the table implies
	// Attributes supplies what conditions of roles and assignments may ask about the call; it is asked before
	// authorization, for every operation of the type. nil supplies nothing.
	Attributes func(ctx context.Context, call *Call) (rbac.Attributes, error)
	// SelfAuthorized is asked before authorization: a call for which it reports true is decided by the handler itself, as
	// for reads that every authenticated principal may make. nil is never.
	SelfAuthorized func(call *Call) bool
	// Relaxed is set where bodies need not be JSON to the letter: the handlers read what came, as deployments do of az, which
	// sends a name without quotes.
	Relaxed bool
	// CheckName refuses a name that a new resource of the type must not have. nil takes what Resource Manager takes.
	CheckName func(name string) error
}

// Stored is the life of a type whose documents the core keeps. The hooks run inside the transaction that stores, after
// every check of the core: they may be called again after a conflict, and must not have other effects.
type Stored struct {
	Tracked bool // has location and tags and is shown in lists of resources
	// Put validates and completes Change.New, for PUT and for PATCH (where New is Old with the body merged in). Old is
	// nil when the resource is new. Read-only properties that the client sent are to be overwritten here.
	Put func(ctx context.Context, ch *Change) error
	// Delete undoes what Put did elsewhere. Children and extension resources are deleted by the core.
	Delete func(ctx context.Context, ch *Change) error
	// View shapes the stored document for an answer in Call.APIVersion; nil answers the document as it is stored.
	View func(ctx context.Context, call *Call, doc *Document) (*Document, error)
	// CreatedStatus is the status of a PUT that created; 0 is 201 Created.
	CreatedStatus int
	// ETag is set where the type shows an entity tag: the core makes a new one with each change.
	ETag bool
}

// Handler is an operation.
type Handler func(ctx context.Context, call *Call) (*Answer, error)

// Call is a request that has passed the core's checks up to and including authorization.
type Call struct {
	Caller               caller.Caller
	Method               string
	ID                   ID     // the resource, or for List the collection (Name is "")
	Action               string // of POST; "" otherwise
	APIVersion           string
	Query                url.Values
	Body                 json.RawMessage // checked to be JSON, but of a Relaxed type; nil when the request had none
	IfMatch, IfNoneMatch string
	BaseURL              string // https://management.chinacloudapi.cn, for links
	Now                  time.Time
	// Authorize asks for a further permission, on a linked resource. Its refusal is LinkedAuthorizationFailed.
	Authorize func(action string, scope rbac.Scope) error
	// Permits asks without recording, for lists.
	Permits func(action string, scope rbac.Scope) (bool, error)
	service *Service
	entry   *entry
}

// Answer is what an operation gives back. A zero Status is 200, or 204 where Body is nil.
type Answer struct {
	Status int
	Header map[string]string
	Body   any
}

// Change is one change of a stored document inside a transaction.
type Change struct {
	Call     *Call
	Tx       store.Tx
	Old, New *Document // Old is nil on creation, New on deletion
	// Cascade is set where the resource goes because something above it goes (its parent or its resource group).
	Cascade bool
}
