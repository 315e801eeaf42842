package blob

import (
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// level is what an operation is on.
type level uint8

const (
	onService level = iota
	onContainer
	onBlob
)

// operation is a row of the table: what of a request chooses it, and who answers.
type operation struct {
	method  string
	level   level
	restype string
	comp    string
	when    func(x *exchange) bool // more that must hold; nil holds always
	handle  func(x *exchange) (*answer, error)
}

// routeKey is what the rows of one resource have in common.
type routeKey struct {
	level   level
	restype string
	comp    string
}

func index(table []operation) map[routeKey][]operation {
	rows := make(map[routeKey][]operation)
	for _, op := range table {
		k := routeKey{op.level, op.restype, op.comp}
		rows[k] = append(rows[k], op)
	}
	return rows
}

// header reports whether a request has a header; name is in canonical form.
func header(name string) func(*exchange) bool {
	return func(x *exchange) bool { return x.in(name) != "" }
}

func blobType(t blob.BlobType) func(*exchange) bool {
	return func(x *exchange) bool { return x.in("X-Ms-Blob-Type") == string(t) }
}

func both(a, b func(*exchange) bool) func(*exchange) bool {
	return func(x *exchange) bool { return a(x) && b(x) }
}

// route finds the operation, and fills in the target.
func (f *front) route(x *exchange) (operation, error) {
	restype, comp := lower(x.param("restype")), lower(x.param("comp"))
	at := onBlob
	x.target = blob.Target{Account: x.account.Name, Container: x.place.container, Blob: x.place.blob}
	switch {
	case x.place.container == "":
		at = onService
	case x.place.blob == "" && restype != "":
		at = onContainer
	case x.place.blob == "":
		x.target.Container, x.target.Blob = rootContainer, x.place.container
	}
	if err := x.moment(at); err != nil {
		return operation{}, err
	}
	rows := f.routes[routeKey{at, restype, comp}]
	if len(rows) == 0 {
		return operation{}, unknownRoute(restype, comp)
	}
	verb := false
	for _, op := range rows {
		if op.method != x.r.Method {
			continue
		}
		verb = true
		if op.when == nil || op.when(x) {
			return op, nil
		}
	}
	if !verb {
		return operation{}, refusal(fault.Unsupported, "UnsupportedHttpVerb")
	}
	return operation{}, x.undecided()
}

// unknownRoute says which parameter chose nothing.
func unknownRoute(restype, comp string) error {
	if comp == "" && restype == "" {
		return refusal(fault.Invalid, "InvalidUri")
	}
	if comp == "" {
		return invalidQuery("restype", restype, "Unexpected value.")
	}
	return invalidQuery("comp", comp, "Unexpected value.")
}

// undecided refuses a request whose headers fit no row: a Put Blob of an unknown type.
func (x *exchange) undecided() error {
	if v := x.in("X-Ms-Blob-Type"); v != "" {
		return invalidHeader("x-ms-blob-type", v)
	}
	return missingHeader("x-ms-blob-type")
}

// moment reads the parameters that name a snapshot or a version.
func (x *exchange) moment(at level) error {
	snapshot, version := x.param("snapshot"), x.param("versionid")
	if at != onBlob || snapshot == "" && version == "" {
		return nil
	}
	if snapshot != "" && version != "" {
		return refusal(fault.Invalid, "MutuallyExclusiveQueryParameters")
	}
	var err error
	if snapshot != "" {
		if x.target.Snapshot, err = blob.ParseTicks(snapshot); err != nil {
			return invalidQuery("snapshot", snapshot, "The snapshot is not a valid time.")
		}
		return nil
	}
	if x.target.VersionID, err = blob.ParseTicks(version); err != nil {
		return invalidQuery("versionid", version, "The version is not a valid time.")
	}
	return nil
}

// reads doubles a row for GET and HEAD.
func reads(op operation) []operation {
	op.method = http.MethodGet
	head := op
	head.method = http.MethodHead
	return []operation{op, head}
}

// operations is the table of the Blob REST API.
func (f *front) operations() []operation {
	var table []operation
	table = append(table, f.serviceOperations()...)
	table = append(table, f.containerOperations()...)
	table = append(table, f.blobOperations()...)
	table = append(table, f.writeOperations()...)
	return append(table, f.createOperations()...)
}

// writes refuses a write to what cannot change: a snapshot, or a version that is past.
func writes(handle func(x *exchange) (*answer, error)) func(x *exchange) (*answer, error) {
	return func(x *exchange) (*answer, error) {
		if x.target.Snapshot != 0 || x.target.VersionID != 0 {
			name := "snapshot"
			if x.target.VersionID != 0 {
				name = "versionid"
			}
			return nil, invalidQuery(name, strings.TrimSpace(x.param(name)), "The operation is not supported on a snapshot or version.")
		}
		return handle(x)
	}
}
