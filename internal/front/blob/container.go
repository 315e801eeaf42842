package blob

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// containerOperations are the rows of what is on a container.
func (f *front) containerOperations() []operation {
	const c = "container"
	rows := []operation{
		{method: http.MethodPut, level: onContainer, restype: c, handle: f.createContainer},
		{method: http.MethodDelete, level: onContainer, restype: c, handle: f.deleteContainer},
		{method: http.MethodPut, level: onContainer, restype: c, comp: "metadata", handle: f.setContainerMetadata},
		{method: http.MethodPut, level: onContainer, restype: c, comp: "acl", handle: f.setContainerACL},
		{method: http.MethodPut, level: onContainer, restype: c, comp: "lease", handle: f.leaseContainer},
		{method: http.MethodPut, level: onContainer, restype: c, comp: "undelete", handle: f.restoreContainer},
		{method: http.MethodPut, level: onService, restype: c, comp: "undelete", handle: f.restoreContainer},
		{method: http.MethodGet, level: onContainer, restype: c, comp: "list", handle: f.listBlobs},
		{method: http.MethodPost, level: onContainer, restype: c, comp: "batch", handle: f.batch},
		{method: http.MethodPut, level: onContainer, restype: c, comp: "rename", handle: f.renameContainer},
	}
	rows = append(rows, reads(operation{level: onContainer, restype: c, handle: f.getContainer})...)
	rows = append(rows, reads(operation{level: onContainer, restype: c, comp: "metadata", handle: f.getContainer})...)
	return append(rows, reads(operation{level: onContainer, restype: c, comp: "acl", handle: f.getContainerACL})...)
}

// metadataOf reads the x-ms-meta- headers. Names keep the case that they were sent in, where that is known; else they
// are in lower case.
func (x *exchange) metadataOf() map[string]string {
	var m, spelled map[string]string
	for name, values := range x.r.Header {
		if len(name) < len("X-Ms-Meta-") || !strings.EqualFold(name[:len("X-Ms-Meta-")], "X-Ms-Meta-") {
			continue
		}
		if m == nil {
			m, spelled = make(map[string]string), httpx.Spelled(x.r, "x-ms-meta-")
		}
		name = lower(name)
		if sent, ok := spelled[name]; ok {
			name = sent
		}
		m[name[len("x-ms-meta-"):]] = strings.Join(values, ",")
	}
	return m
}

func publicAccess(x *exchange) (blob.PublicAccess, error) {
	switch v := x.in("X-Ms-Blob-Public-Access"); lower(v) {
	case "":
		return blob.Private, nil
	case "container", "true":
		return blob.PublicContainer, nil
	case "blob":
		return blob.PublicBlobs, nil
	default:
		return "", invalidHeader("x-ms-blob-public-access", v)
	}
}

// flag reads a header that is true or false.
func (x *exchange) flag(name string) (bool, error) {
	switch v := x.in(name); lower(v) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, invalidHeader(lower(name), v)
	}
}

// createContainer is Create Container.
func (f *front) createContainer(x *exchange) (*answer, error) {
	public, err := publicAccess(x)
	if err != nil {
		return nil, err
	}
	deny, err := x.flag("X-Ms-Deny-Encryption-Scope-Override")
	if err != nil {
		return nil, err
	}
	immutable, err := x.flag("X-Ms-Immutable-Storage-With-Versioning-Enabled")
	if err != nil {
		return nil, err
	}
	c, err := f.Service.CreateContainer(x.r.Context(), x.access, x.target, blob.CreateContainer{
		Metadata: x.metadataOf(), Public: public, DefaultEncryptionScope: x.in("X-Ms-Default-Encryption-Scope"),
		DenyEncryptionScopeOverride: deny, VersionImmutability: immutable,
	})
	if err != nil {
		return nil, err
	}
	x.changed(c.ETag, c.Modified)
	return &answer{status: http.StatusCreated}, nil
}

// getContainer is Get Container Properties and Get Container Metadata.
func (f *front) getContainer(x *exchange) (*answer, error) {
	conditions, err := x.conditions()
	if err != nil {
		return nil, err
	}
	c, err := f.Service.GetContainer(x.r.Context(), x.access, x.target, conditions)
	if err != nil {
		return nil, err
	}
	x.changed(c.ETag, c.Modified)
	x.metadata(c.Metadata)
	if x.param("comp") != "" {
		return &answer{status: http.StatusOK}, nil
	}
	x.leaseStatus(c.LeaseStatus)
	if x.since("2016-05-31") {
		x.setIf("x-ms-blob-public-access", string(c.Public))
	}
	if x.since("2017-11-09") {
		x.set("x-ms-has-immutability-policy", strconv.FormatBool(c.Immutability != nil))
		x.set("x-ms-has-legal-hold", strconv.FormatBool(len(c.LegalHolds) > 0))
	}
	if x.since("2019-02-02") {
		x.set("x-ms-default-encryption-scope", defaultScope(c))
		x.set("x-ms-deny-encryption-scope-override", strconv.FormatBool(c.DenyEncryptionScopeOverride))
	}
	if x.since("2020-10-02") {
		x.set("x-ms-immutable-storage-with-versioning-enabled", strconv.FormatBool(c.VersionImmutability))
	}
	return &answer{status: http.StatusOK}, nil
}

// setContainerMetadata is Set Container Metadata.
func (f *front) setContainerMetadata(x *exchange) (*answer, error) {
	conditions, err := x.conditions()
	if err != nil {
		return nil, err
	}
	c, err := f.Service.SetContainerMetadata(x.r.Context(), x.access, x.target, x.metadataOf(), conditions)
	if err != nil {
		return nil, err
	}
	x.changed(c.ETag, c.Modified)
	return &answer{status: http.StatusOK}, nil
}

// deleteContainer is Delete Container.
func (f *front) deleteContainer(x *exchange) (*answer, error) {
	conditions, err := x.conditions()
	if err == nil {
		err = f.Service.DeleteContainer(x.r.Context(), x.access, x.target, conditions)
	}
	if err != nil {
		return nil, err
	}
	return &answer{status: http.StatusAccepted}, nil
}

// restoreContainer is Restore Container.
func (f *front) restoreContainer(x *exchange) (*answer, error) {
	name, version := x.in("X-Ms-Deleted-Container-Name"), x.in("X-Ms-Deleted-Container-Version")
	if version == "" {
		return nil, missingHeader("x-ms-deleted-container-version")
	}
	if name == "" {
		name = x.target.Container
	}
	if _, err := f.Service.RestoreContainer(x.r.Context(), x.access, x.target, name, version); err != nil {
		return nil, err
	}
	return &answer{status: http.StatusCreated}, nil
}

// renameContainer is Rename Container: the container of x-ms-source-container-name gets the name that the address has.
func (f *front) renameContainer(x *exchange) (*answer, error) {
	source := x.in("X-Ms-Source-Container-Name")
	if source == "" {
		return nil, missingHeader("x-ms-source-container-name")
	}
	if err := f.Service.RenameContainer(x.r.Context(), x.access, x.target, source, x.in("X-Ms-Source-Lease-Id")); err != nil {
		return nil, err
	}
	return &answer{status: http.StatusOK}, nil
}

// getContainerACL is Get Container ACL.
func (f *front) getContainerACL(x *exchange) (*answer, error) {
	conditions, err := x.conditions()
	if err != nil {
		return nil, err
	}
	c, err := f.Service.GetContainerACL(x.r.Context(), x.access, x.target, conditions)
	if err != nil {
		return nil, err
	}
	x.changed(c.ETag, c.Modified)
	x.setIf("x-ms-blob-public-access", string(c.Public))
	var d xmlDocument
	if len(c.Policies) == 0 {
		d.empty("SignedIdentifiers")
		return document(&d), nil
	}
	d.start("SignedIdentifiers")
	for _, p := range c.Policies {
		d.start("SignedIdentifier")
		d.leaf("Id", p.ID)
		d.start("AccessPolicy")
		d.leafIf("Start", p.Start)
		d.leafIf("Expiry", p.Expiry)
		d.leafIf("Permission", p.Permission)
		d.end("AccessPolicy")
		d.end("SignedIdentifier")
	}
	d.end("SignedIdentifiers")
	return document(&d), nil
}

// setContainerACL is Set Container ACL.
func (f *front) setContainerACL(x *exchange) (*answer, error) {
	conditions, err := x.conditions()
	if err != nil {
		return nil, err
	}
	public, err := publicAccess(x)
	if err != nil {
		return nil, err
	}
	policies, err := readPolicies(x)
	if err != nil {
		return nil, err
	}
	c, err := f.Service.SetContainerACL(x.r.Context(), x.access, x.target, public, policies, conditions)
	if err != nil {
		return nil, err
	}
	x.changed(c.ETag, c.Modified)
	return &answer{status: http.StatusOK}, nil
}
