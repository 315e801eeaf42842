package blob

import (
	"context"
	"strings"
)

const (
	attributeAccount   = "Microsoft.Storage/storageAccounts"
	attributeContainer = attributeAccount + "/blobServices/containers"
	attributeBlob      = attributeContainer + "/blobs"
)

// attributes answers for what conditions of assignments may ask about a request.
type attributes struct {
	ctx     context.Context
	account *Account
	request request
	read    bool // tags were read
	tags    map[string]string
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
	}
	if key, ok := tagKey(name); ok {
		return a.tag(key)
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
		keys := make([]string, 0, len(a.request.newTags))
		for k := range a.request.newTags {
			keys = append(keys, k)
		}
		return keys, len(keys) > 0
	}
	key, ok := tagKey(name)
	if !ok {
		return nil, false
	}
	for k, v := range a.request.newTags {
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
	case a.request.tags != nil && (a.request.op == OpGetBlob || a.request.op == OpGetBlobProperties):
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

// tag reads the blob's tags once, and only where a condition asks. What cannot be read is absent, which makes the
// comparison false.
func (a *attributes) tag(key string) ([]string, bool) {
	if a.request.tags == nil {
		return nil, false
	}
	if !a.read {
		a.read = true
		tags, err := a.request.tags(a.ctx)
		if err != nil {
			return nil, false
		}
		a.tags = tags
	}
	for k, v := range a.tags {
		if strings.EqualFold(k, key) {
			return []string{v}, true
		}
	}
	return nil, false
}
