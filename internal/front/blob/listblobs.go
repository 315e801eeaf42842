package blob

import (
	"errors"
	"iter"
	"net/http"

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
	l := f.walk(x, in, blob.ListBlobs{
		Prefix: x.param("prefix"), Delimiter: delimiter, Marker: x.param("marker"), MaxResults: limit, StartFrom: x.param("startFrom"),
		EndBefore: x.param("endBefore"),
		Include: blob.Include{
			Snapshots: in.snapshots, Metadata: in.metadata, Uncommitted: in.uncommitted, Copy: in.copies,
			Deleted: in.deleted, Tags: in.tags, Versions: in.versions, DeletedWithVersions: in.deletedWithVersions,
			Immutability: in.immutability, LegalHold: in.legalHold,
		},
	})
	sending := false
	defer func() {
		if !sending {
			l.stop()
		}
	}()
	l.head(f.endpoint(x), x.target.Container, x.param("maxresults") != "")
	more, err := l.fill()
	switch {
	case err != nil:
		return nil, err
	case !more:
		return document(&l.doc), nil
	}
	sending = true
	return &answer{status: http.StatusOK, mime: "application/xml", stream: &stream{length: unknownLength, send: l.send, close: l.stop}}, nil
}

// listPiece is how much of a list is held before it is sent. A list that is no longer is sent with its length.
const listPiece = 128 << 10

// blobList is a page of a list on its way out. It is made while it is sent: a page of 5,000 blobs has some megabytes.
type blobList struct {
	asked blob.ListBlobs
	in    include
	doc   xmlDocument
	pull  func() (blob.ListItem, error, bool)
	stop  func()
	next  string // the marker of the page that follows, once pull has come to the end
}

// walk begins a list.
func (f *front) walk(x *exchange, in include, asked blob.ListBlobs) *blobList {
	l := &blobList{asked: asked, in: in}
	errEnough := errors.New("nobody wants the rest")
	l.pull, l.stop = iter.Pull2(func(yield func(blob.ListItem, error) bool) {
		next, err := f.Service.WalkBlobs(x.r.Context(), x.access, x.target, asked, func(i blob.ListItem) error {
			if !yield(i, nil) {
				return errEnough
			}
			return nil
		})
		l.next = next
		if err != nil && !errors.Is(err, errEnough) {
			yield(blob.ListItem{}, err)
		}
	})
	return l
}

func (l *blobList) head(endpoint, container string, sized bool) {
	d := &l.doc
	d.start("EnumerationResults", "ServiceEndpoint", endpoint, "ContainerName", container)
	if l.asked.Prefix != "" {
		d.blobName("Prefix", l.asked.Prefix)
	}
	d.leafIf("Marker", l.asked.Marker)
	if sized {
		d.number("MaxResults", int64(l.asked.MaxResults))
	}
	d.leafIf("Delimiter", l.asked.Delimiter)
	d.start("Blobs")
}

// fill writes items until there is a piece to send. more is false at the end, which it has written too.
func (l *blobList) fill() (more bool, err error) {
	d := &l.doc
	for d.buf.Len() < listPiece {
		item, err, ok := l.pull()
		if err != nil {
			return false, err
		}
		switch {
		case !ok:
			d.end("Blobs")
			d.leaf("NextMarker", l.next)
			d.end("EnumerationResults")
			return false, nil
		case item.Blob != nil:
			d.blob(item.Blob, l.in)
		default:
			d.start("BlobPrefix")
			d.blobName("Name", item.Prefix)
			d.end("BlobPrefix")
		}
	}
	return true, nil
}

// send sends what there is, and goes on to the end.
func (l *blobList) send(w http.ResponseWriter) (sent int64, err error) {
	for more := true; ; {
		n, err := w.Write(l.doc.bytes())
		sent += int64(n)
		if err != nil || !more {
			return sent, err
		}
		l.doc.buf.Reset()
		if more, err = l.fill(); err != nil {
			return sent, err
		}
	}
}
