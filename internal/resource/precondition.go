package resource

import (
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// precondition holds If-Match and If-None-Match against the stored document, which is nil where there is none. Either
// may be "*" or a list of entity tags. Source: RFC 9110, 13.1.
func precondition(ifMatch, ifNoneMatch string, old *Document, version store.Version) error {
	if ifMatch != "" && (old == nil || !matches(ifMatch, entityTag(old, version))) {
		return preconditionFailed("If-Match", ifMatch)
	}
	if ifNoneMatch != "" && old != nil && matches(ifNoneMatch, entityTag(old, version)) {
		return preconditionFailed("If-None-Match", ifNoneMatch)
	}
	return nil
}

func preconditionFailed(header, value string) error {
	return fault.Newf(fault.Precondition, "resource", "PreconditionFailed",
		"The condition specified using HTTP conditional header(s) is not met: %s: %s.", header, value)
}

// entityTag is the document's own, or one made of the version of its record.
func entityTag(doc *Document, version store.Version) string {
	if doc.ETag != "" {
		return doc.ETag
	}
	return strconv.FormatUint(uint64(version), 16)
}

func matches(list, tag string) bool {
	if strings.TrimSpace(list) == "*" {
		return true
	}
	for _, one := range strings.Split(list, ",") {
		if bare(one) == bare(tag) {
			return true
		}
	}
	return false
}

// bare is an entity tag without the sign of a weak one and without quotes: some clients leave them out.
func bare(tag string) string {
	return strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)
}
