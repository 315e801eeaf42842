package blob

import (
	"encoding/base64"
	"net/http"
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

const maxBlocks = 50_000

// putBlock is Put Block.
func (f *front) putBlock(x *exchange) (*answer, error) {
	id := x.param("blockid")
	if id == "" {
		return nil, detailed(fault.Invalid, "MissingRequiredQueryParameter", &detail{elements: [][2]string{{"QueryParameterName", "blockid"}}})
	}
	key, err := x.customerKey()
	if err != nil {
		return nil, err
	}
	t, err := x.upload(putBlockLimits())
	if err != nil {
		return nil, err
	}
	result, err := f.Service.PutBlock(x.r.Context(), x.access, x.target, blob.PutBlock{
		ID: id, Body: t.body, Length: t.length, MD5: t.md5, CRC64: t.crc64, LeaseID: x.in("X-Ms-Lease-Id"), Key: key,
		EncryptionScope: x.in("X-Ms-Encryption-Scope"),
	})
	if err != nil {
		return nil, err
	}
	x.transferred(t, result.MD5, result.CRC64)
	x.set("x-ms-request-server-encrypted", "true")
	x.blockEncryption(key, result)
	return &answer{status: http.StatusCreated}, nil
}

// putBlockList is Put Block List.
func (f *front) putBlockList(x *exchange) (*answer, error) {
	e, err := x.creation(false)
	if err != nil {
		return nil, err
	}
	var t transfer
	if err := x.checksums(&t); err != nil {
		return nil, err
	}
	body, err := httpx.ReadBody(x.r, maxBlockList)
	if err != nil {
		return nil, bodyFault(err)
	}
	md5, crc, err := t.holds(body)
	if err != nil {
		return nil, err
	}
	blocks, err := parseBlockList(body)
	if err != nil {
		return nil, err
	}
	b, err := f.Service.PutBlockList(x.r.Context(), x.access, x.target, blob.PutBlockList{
		Blocks: blocks, Headers: e.headers, Metadata: e.metadata, Tags: e.tags, Tier: x.in("X-Ms-Access-Tier"),
		EncryptionScope: x.in("X-Ms-Encryption-Scope"), Immutability: e.immutability, LegalHold: e.legalHold,
		Key: e.key, Conditions: e.conditions,
	})
	if err != nil {
		return nil, err
	}
	x.transferred(t, md5, crc)
	return x.created(b), nil
}

// parseBlockList reads the ids in their order. Source: "Put Block List" of the REST reference.
func parseBlockList(body []byte) ([]blob.BlockRef, error) {
	root, err := parseXML(body, "BlockList")
	if err != nil {
		return nil, err
	}
	if len(root.children) > maxBlocks {
		return nil, refusal(fault.Invalid, "BlockListTooLong")
	}
	blocks := make([]blob.BlockRef, 0, len(root.children))
	for _, e := range root.children {
		ref := blob.BlockRef{ID: e.content()}
		switch e.name {
		case "Committed":
			ref.From = blob.Committed
		case "Uncommitted":
			ref.From = blob.Uncommitted
		case "Latest":
			ref.From = blob.Latest
		default:
			return nil, badNode("BlockList", e.name)
		}
		blocks = append(blocks, ref)
	}
	return blocks, nil
}

// getBlockList is Get Block List.
func (f *front) getBlockList(x *exchange) (*answer, error) {
	kind := lower(x.param("blocklisttype"))
	switch kind {
	case "", "committed":
		kind = "committed"
	case "uncommitted", "all":
	default:
		return nil, invalidQuery("blocklisttype", kind, "Invalid block list type.")
	}
	conditions, err := x.conditions()
	if err != nil {
		return nil, err
	}
	l, err := f.Service.GetBlockList(x.r.Context(), x.access, x.target, conditions)
	if err != nil {
		return nil, err
	}
	if l.Blob != nil {
		x.changed(l.Blob.ETag, l.Blob.Modified)
		x.set("x-ms-blob-content-length", strconv.FormatInt(l.Blob.Size, 10))
	} else {
		x.set("x-ms-blob-content-length", "0")
	}
	var d xmlDocument
	d.start("BlockList")
	if kind != "uncommitted" {
		d.blocks("CommittedBlocks", l.Committed)
	}
	if kind != "committed" {
		d.blocks("UncommittedBlocks", l.Uncommitted)
	}
	d.end("BlockList")
	return document(&d), nil
}

func (d *xmlDocument) blocks(name string, blocks []blob.BlockEntry) {
	if len(blocks) == 0 {
		d.empty(name)
		return
	}
	d.start(name)
	for _, b := range blocks {
		d.start("Block")
		d.leaf("Name", base64.StdEncoding.EncodeToString([]byte(b.ID)))
		d.number("Size", b.Size)
		d.end("Block")
	}
	d.end(name)
}

// blockEncryption says with which key or encryption scope a block was encrypted.
func (x *exchange) blockEncryption(key *blob.CustomerKey, r blob.BlockResult) {
	var sum []byte
	if key != nil {
		sum = key.SHA256
	}
	x.encryptionHeader(sum, r.EncryptionScope)
}
