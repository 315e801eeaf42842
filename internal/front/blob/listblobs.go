package blob

import (
	"github.com/alcedo-cloud/alcedo/internal/blob"
)

// listBlobs is List Blobs, flat and by hierarchy.
func (f *front) listBlobs(x *exchange) (*answer, error) {
	limit, err := x.results()
	if err != nil {
		return nil, err
	}
	in := include{creation: x.since("2017-11-09"), tiers: x.since("2017-04-17"), replication: x.since("2019-12-12")}
	if err := x.included(map[string]*bool{
		"snapshots": &in.snapshots, "metadata": &in.metadata, "uncommittedblobs": &in.uncommitted, "copy": &in.copies,
		"deleted": &in.deleted, "tags": &in.tags, "versions": &in.versions, "deletedwithversions": &in.deletedWithVersions,
		"immutabilitypolicy": &in.immutability, "legalhold": &in.legalHold, "permissions": &in.permissions,
	}); err != nil {
		return nil, err
	}
	delimiter := x.param("delimiter")
	if in.snapshots && delimiter != "" || in.permissions && !x.account.HierarchicalNamespace {
		return nil, invalidQuery("include", x.param("include"), "Invalid query parameter value.")
	}
	prefix, marker := x.param("prefix"), x.param("marker")
	page, err := f.Service.ListBlobs(x.r.Context(), x.access, x.target, blob.ListBlobs{
		Prefix: prefix, Delimiter: delimiter, Marker: marker, MaxResults: limit, StartFrom: x.param("startFrom"),
		Include: blob.Include{
			Snapshots: in.snapshots, Metadata: in.metadata, Uncommitted: in.uncommitted, Copy: in.copies,
			Deleted: in.deleted, Tags: in.tags, Versions: in.versions, DeletedWithVersions: in.deletedWithVersions,
			Immutability: in.immutability, LegalHold: in.legalHold,
		},
	})
	if err != nil {
		return nil, err
	}
	var d xmlDocument
	d.buf.Grow(len(page.Items) * 768)
	d.start("EnumerationResults", "ServiceEndpoint", f.endpoint(x), "ContainerName", x.target.Container)
	if prefix != "" {
		d.blobName("Prefix", prefix)
	}
	d.leafIf("Marker", marker)
	if x.param("maxresults") != "" {
		d.number("MaxResults", int64(limit))
	}
	d.leafIf("Delimiter", delimiter)
	d.start("Blobs")
	for i := range page.Items {
		item := &page.Items[i]
		if item.Blob != nil {
			d.blob(item.Blob, in)
			continue
		}
		d.start("BlobPrefix")
		d.blobName("Name", item.Prefix)
		d.end("BlobPrefix")
	}
	d.end("Blobs")
	d.leaf("NextMarker", page.Next)
	d.end("EnumerationResults")
	return document(&d), nil
}
