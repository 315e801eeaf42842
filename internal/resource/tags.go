package resource

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// The limits of tags. Source: learn.microsoft.com "Use tags to organize your Azure resources", Limitations.
const (
	maxTags     = 50
	maxTagName  = 512 // characters
	maxTagValue = 256
)

// cleanTags checks what a client gave as tags. A value may be null, which is kept as "". nil gives nil.
func cleanTags(given *map[string]*string) (map[string]string, error) {
	if given == nil || *given == nil {
		return nil, nil
	}
	tags := make(map[string]string, len(*given))
	for name, value := range *given {
		if value != nil {
			tags[name] = *value
		} else {
			tags[name] = ""
		}
	}
	return tags, checkTags(tags)
}

func checkTags(tags map[string]string) error {
	if len(tags) > maxTags {
		return fault.Newf(fault.Invalid, "resource", "InvalidTags",
			"The number of tags provided '%d' exceeds the maximum allowed number of tags '%d'.", len(tags), maxTags)
	}
	names := make([]string, 0, len(tags))
	for name := range tags {
		names = append(names, name)
	}
	sort.Strings(names)
	seen := make(map[string]bool, len(tags))
	for _, name := range names {
		lower := strings.ToLower(name)
		if seen[lower] {
			return fault.Newf(fault.Invalid, "resource", "AmbiguousTagNames",
				"Ambiguous tag names: '%s'. Tag names are compared without case.", name)
		}
		seen[lower] = true
		if err := checkTag(name, tags[name]); err != nil {
			return err
		}
	}
	return nil
}

func checkTag(name, value string) error {
	switch {
	case name == "" || strings.TrimSpace(name) != name:
		return fault.New(fault.Invalid, "resource", "InvalidTagName", "A tag's name must not be empty nor begin or end with a space.")
	case utf8.RuneCountInString(name) > maxTagName:
		return fault.Newf(fault.Invalid, "resource", "InvalidTagName",
			"Tag key too large. Following tag name '%s' exceeded the maximum length. Maximum allowed length for tag name is '%d' characters.",
			name, maxTagName)
	case utf8.RuneCountInString(value) > maxTagValue:
		return fault.Newf(fault.Invalid, "resource", "InvalidTagValueLength",
			"Tag value too large. Following tag value '%s' exceeded the maximum length. Maximum allowed length for tag value is '%d' characters.",
			value, maxTagValue)
	case strings.ContainsFunc(name, reserved):
		return fault.Newf(fault.Invalid, "resource", "InvalidTagNameCharacters",
			`The tag names '%s' have reserved characters '<,>,%%,&,\,?,/' or control characters.`, name)
	}
	return nil
}

// reserved reports whether a character may not stand in a tag's name. "hidden-link:" tags, which the portal writes,
// hold a resource id.
func reserved(c rune) bool { return c < ' ' || c == 0x7f || strings.ContainsRune(`<>%&\?/`, c) }
