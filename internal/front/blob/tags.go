package blob

import (
	"errors"
	"net/http"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

const maxTagBody = 64 << 10

// getBlobTags is Get Blob Tags.
func (f *front) getBlobTags(x *exchange) (*answer, error) {
	conditions, err := x.tagConditions()
	if err != nil {
		return nil, err
	}
	tags, err := f.Service.GetBlobTags(x.r.Context(), x.access, x.target, conditions)
	if err != nil {
		return nil, err
	}
	var d xmlDocument
	d.tags(tags)
	return document(&d), nil
}

// setBlobTags is Set Blob Tags.
func (f *front) setBlobTags(x *exchange) (*answer, error) {
	if x.target.Snapshot != 0 && !x.since("2020-08-04") {
		return nil, invalidQuery("snapshot", x.param("snapshot"), "Tags of snapshots are set from 2020-08-04 on.")
	}
	conditions, err := x.tagConditions()
	if err != nil {
		return nil, err
	}
	var t transfer
	if err := x.checksums(&t); err != nil {
		return nil, err
	}
	body, err := httpx.ReadBody(x.r, maxTagBody)
	if err != nil {
		return nil, bodyFault(err)
	}
	if _, _, err := t.holds(body); err != nil {
		return nil, err
	}
	tags, err := parseTags(body)
	if err != nil {
		return nil, err
	}
	if err := f.Service.SetBlobTags(x.r.Context(), x.access, x.target, tags, conditions); err != nil {
		return nil, err
	}
	return &answer{status: http.StatusNoContent}, nil
}

// parseTags reads the document of Set Blob Tags.
func parseTags(body []byte) (map[string]string, error) {
	root, err := parseXML(body, "Tags")
	if err != nil {
		return nil, err
	}
	set := root.child("TagSet")
	if set == nil {
		return nil, missingNode("TagSet")
	}
	tags := make(map[string]string)
	for _, e := range set.children {
		key := e.child("Key")
		if e.name != "Tag" || key == nil || e.child("Value") == nil {
			return nil, badXML(errors.New("a tag has a key and a value"))
		}
		name := string(key.text)
		if _, twice := tags[name]; twice {
			return nil, detailed(fault.Invalid, "DuplicateTagNames", &detail{message: "The tags specified contain duplicate names."})
		}
		tags[name] = string(e.child("Value").text)
	}
	return tags, nil
}

// findBlobs is Find Blobs by Tags, on the account or a container.
func (f *front) findBlobs(x *exchange) (*answer, error) {
	limit, err := x.results()
	if err != nil {
		return nil, err
	}
	where, marker := x.param("where"), x.param("marker")
	if where == "" {
		return nil, detailed(fault.Invalid, "MissingRequiredQueryParameter", &detail{elements: [][2]string{{"QueryParameterName", "where"}}})
	}
	page, err := f.Service.FindBlobs(x.r.Context(), x.access, x.target, blob.FindBlobs{Where: where, Marker: marker, MaxResults: limit})
	if err != nil {
		return nil, err
	}
	var d xmlDocument
	d.start("EnumerationResults", "ServiceEndpoint", f.endpoint(x))
	d.leaf("Where", where)
	d.leafIf("Marker", marker)
	if x.param("maxresults") != "" {
		d.number("MaxResults", int64(limit))
	}
	d.start("Blobs")
	for _, b := range page.Found {
		d.start("Blob")
		d.blobName("Name", b.Name)
		d.leaf("ContainerName", b.Container)
		d.tags(b.Tags)
		if b.VersionID != 0 {
			d.leaf("VersionId", b.VersionID.String())
			d.boolean("IsCurrentVersion", true) // tags of past versions are not searched
		}
		d.end("Blob")
	}
	d.end("Blobs")
	d.leaf("NextMarker", page.Next)
	d.end("EnumerationResults")
	return document(&d), nil
}
