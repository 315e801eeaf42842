package blob

import (
	"net/http"

	"github.com/alcedo-cloud/alcedo/internal/blob"
)

// blobOperations are the rows that read a blob, and those that change what is kept of it.
func (f *front) blobOperations() []operation {
	const put = http.MethodPut
	rows := []operation{
		{method: http.MethodGet, level: onBlob, handle: f.getBlob},
		{method: http.MethodHead, level: onBlob, handle: f.getBlobProperties},
		{method: http.MethodDelete, level: onBlob, handle: f.deleteBlob},
		{method: put, level: onBlob, comp: "properties", handle: writes(f.setBlobProperties)},
		{method: put, level: onBlob, comp: "metadata", handle: writes(f.setBlobMetadata)},
		{method: put, level: onBlob, comp: "lease", handle: writes(f.leaseBlob)},
		{method: put, level: onBlob, comp: "snapshot", handle: writes(f.snapshotBlob)},
		{method: put, level: onBlob, comp: "undelete", handle: writes(f.undeleteBlob)},
		{method: put, level: onBlob, comp: "tier", handle: f.setTier},
		{method: put, level: onBlob, comp: "expiry", handle: writes(f.setExpiry)},
		{method: put, level: onBlob, comp: "immutabilitypolicies", handle: f.setImmutability},
		{method: http.MethodDelete, level: onBlob, comp: "immutabilitypolicies", handle: f.deleteImmutability},
		{method: put, level: onBlob, comp: "legalhold", handle: f.setLegalHold},
		{method: http.MethodGet, level: onBlob, comp: "tags", handle: f.getBlobTags},
		{method: put, level: onBlob, comp: "tags", handle: f.setBlobTags},
		{method: http.MethodGet, level: onBlob, comp: "blocklist", handle: f.getBlockList},
		{method: http.MethodGet, level: onBlob, comp: "pagelist", handle: f.getPageRanges},
		{method: http.MethodPost, level: onBlob, comp: "query", handle: f.queryBlob},
		{method: http.MethodGet, level: onService, comp: "blobs", handle: f.findBlobs},
		{method: http.MethodGet, level: onContainer, restype: "container", comp: "blobs", handle: f.findBlobs},
	}
	return append(rows, reads(operation{level: onBlob, comp: "metadata", handle: f.getBlobMetadata})...)
}

// writeOperations are the rows that write blocks, pages and appended bytes.
func (f *front) writeOperations() []operation {
	const put = http.MethodPut
	source := header("X-Ms-Copy-Source")
	return []operation{
		{method: put, level: onBlob, comp: "block", when: source, handle: writes(f.putBlockFromURL)},
		{method: put, level: onBlob, comp: "block", handle: writes(f.putBlock)},
		{method: put, level: onBlob, comp: "blocklist", handle: writes(f.putBlockList)},
		{method: put, level: onBlob, comp: "appendblock", when: source, handle: writes(f.appendBlockFromURL)},
		{method: put, level: onBlob, comp: "appendblock", handle: writes(f.appendBlock)},
		{method: put, level: onBlob, comp: "seal", handle: writes(f.sealBlob)},
		{method: put, level: onBlob, comp: "page", when: source, handle: writes(f.putPagesFromURL)},
		{method: put, level: onBlob, comp: "page", handle: writes(f.putPages)},
	}
}

// createOperations are the rows of Put Blob and the copies of whole blobs.
func (f *front) createOperations() []operation {
	const put = http.MethodPut
	source := header("X-Ms-Copy-Source")
	return []operation{
		{method: put, level: onBlob, when: both(source, blobType(blob.BlockBlob)), handle: writes(f.putBlobFromURL)},
		{method: put, level: onBlob, when: source, handle: writes(f.copyBlob)},
		{method: put, level: onBlob, when: blobType(blob.BlockBlob), handle: writes(f.putBlob)},
		{method: put, level: onBlob, when: blobType(blob.AppendBlob), handle: writes(f.putEmpty(blob.AppendBlob))},
		{method: put, level: onBlob, when: blobType(blob.PageBlob), handle: writes(f.putEmpty(blob.PageBlob))},
		{method: put, level: onBlob, comp: "incrementalcopy", handle: writes(f.incrementalCopy)},
		{method: put, level: onBlob, comp: "copy", handle: writes(f.abortCopy)},
	}
}
