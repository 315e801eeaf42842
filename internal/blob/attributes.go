package blob

import (
	"context"
	"maps"
	"slices"
	"strings"
)

const (
	attributeAccount   = "Microsoft.Storage/storageAccounts"
	attributeContainer = attributeAccount + "/blobServices/containers"
	attributeBlob      = attributeContainer + "/blobs"
	attributeScope     = attributeAccount + "/encryptionScopes"
)

// attributes answers for what conditions of assignments may ask about a request.
type attributes struct {
	ctx     context.Context
	account *Account
	request request
	read    bool  // blob was read
	blob    *Blob // nil where it cannot be read
}

// Attribute implements rbac.Attributes. Names compare without case.
func (a *attributes) Attribute(source, name string) ([]string, bool) {
	name = strings.ToLower(name)
	switch {
	case strings.EqualFold(source, "Resource"):
		return a.resource(name)
	case strings.EqualFold(source, "Request"):
		return a.asked(name)
	}
	return nil, false
}

func one(v string) ([]string, bool) { return []string{v}, v != "" }

func (a *attributes) resource(name string) ([]string, bool) {
	t := a.request.target
	switch name {
	case strings.ToLower(attributeAccount + ":name"):
		return one(a.account.Name)
	case strings.ToLower(attributeAccount + ":isHnsEnabled"):
		if a.account.HierarchicalNamespace {
			return []string{"true"}, true
		}
		return []string{"false"}, true
	case strings.ToLower(attributeContainer + ":name"):
		return one(t.Container)
	case strings.ToLower(attributeBlob + ":path"):
		return one(t.Blob)
	case strings.ToLower(attributeBlob + ":isCurrentVersion"):
		if t.Blob == "" {
			return nil, false
		}
		if t.VersionID == 0 && t.Snapshot == 0 {
			return []string{"true"}, true
		}
		return []string{"false"}, true
	case strings.ToLower(attributeScope + ":name"):
		if b := a.found(); b != nil {
			return one(b.EncryptionScope)
		}
		return nil, false
	case strings.ToLower(attributeBlob + "/tags&$keys$&"):
		if b := a.found(); b != nil {
			return keysOf(b.Tags)
		}
		return nil, false
	}
	if key, ok := tagKey(name); ok && a.found() != nil {
		return valueOf(a.blob.Tags, key)
	}
	return nil, false
}

func (a *attributes) asked(name string) ([]string, bool) {
	t := a.request.target
	switch name {
	case strings.ToLower(attributeBlob + ":prefix"):
		return []string{a.request.prefix}, a.request.op == OpListBlobs
	case strings.ToLower(attributeBlob + ":snapshot"):
		return one(t.Snapshot.String())
	case strings.ToLower(attributeBlob + ":versionId"):
		return one(t.VersionID.String())
	case "suboperation":
		return one(a.subOperation())
	case strings.ToLower(attributeBlob + "/tags&$keys$&"):
		return keysOf(a.request.newTags)
	case strings.ToLower(attributeBlob + ":include"):
		return a.request.include, len(a.request.include) > 0
	}
	if key, ok := tagKey(name); ok {
		return valueOf(a.request.newTags, key)
	}
	return nil, false
}

func keysOf(tags map[string]string) ([]string, bool) {
	keys := slices.Collect(maps.Keys(tags))
	return keys, len(keys) > 0
}

// valueOf finds a tag, whatever the case of its key.
func valueOf(tags map[string]string, key string) ([]string, bool) {
	for k, v := range tags {
		if strings.EqualFold(k, key) {
			return []string{v}, true
		}
	}
	return nil, false
}

// subOperation is what conditions call parts of an action.
func (a *attributes) subOperation() string {
	switch {
	case a.request.op == OpListBlobs:
		return "Blob.List"
	case len(a.request.newTags) > 0:
		return "Blob.Write.WithTagHeaders"
	case a.request.blob != nil && (a.request.op == OpGetBlob || a.request.op == OpGetBlobProperties):
		return "Blob.Read.WithTagConditions"
	}
	return ""
}

// tagKey takes the key out of ….blobs/tags:key<$key_case_sensitive$>, and the older ….blobs/tags:key.
func tagKey(name string) (string, bool) {
	key, ok := strings.CutPrefix(name, strings.ToLower(attributeBlob)+"/tags:")
	if !ok {
		return "", false
	}
	key, _, _ = strings.Cut(key, "<$key_case_sensitive$>")
	return key, key != ""
}

// found reads the blob once, and only where a condition asks. What cannot be read has no attributes, which makes
// comparisons false.
func (a *attributes) found() *Blob {
	if a.request.blob == nil {
		return nil
	}
	if !a.read {
		a.read = true
		a.blob, _ = a.request.blob(a.ctx) // nil then
	}
	return a.blob
}
