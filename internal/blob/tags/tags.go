// Package tags has the index tags of blobs: their rules, their form in a header, and the expressions over them that
// x-ms-if-tags and Find Blobs by Tags use. It is pure: it must never know where tags are stored or who asks.
package tags

import (
	"net/url"
	"sort"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Limits of a blob's tags, as Set Blob Tags has them.
const (
	MaxTags  = 10
	MaxKey   = 128 // characters, at least one
	MaxValue = 256 // characters
)

// Validate reports what breaks the rules for tags: number, lengths and characters. Faults are of kind Invalid, with
// Azure's reasons TagsTooLarge, EmptyTagName and InvalidTag.
func Validate(tags map[string]string) error {
	if len(tags) > MaxTags {
		return invalid("TagsTooLarge", "The tags specified exceed the maximum permissible limit.")
	}
	for key, value := range tags {
		switch {
		case key == "":
			return invalid("EmptyTagName", "The name of one of the tag key-value pairs is empty.")
		case len(key) > MaxKey || len(value) > MaxValue:
			return invalid("TagsTooLarge", "The tags specified exceed the maximum permissible limit.")
		case !permitted(key) || !permitted(value):
			return invalid("InvalidTag", "The tags specified are invalid. It contains characters that are not permitted.")
		}
	}
	return nil
}

func invalid(reason, message string) error {
	return fault.New(fault.Invalid, "tags.Validate", reason, message)
}

// permitted reports whether text has only letters, digits and the signs that tags may have, all of them ASCII.
func permitted(text string) bool {
	for i := range len(text) {
		c := text[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte(" +-./:=_", c) < 0 {
			return false
		}
	}
	return true
}

// ParseHeader reads the value of x-ms-tags, "key1=value1&key2=value2" with both parts URL-encoded, and validates what it
// says. An empty header is no tags.
func ParseHeader(header string) (map[string]string, error) {
	tags := map[string]string{}
	if header == "" {
		return tags, nil
	}
	for i, pair := range strings.Split(header, "&") {
		if i >= MaxTags {
			return nil, invalid("TagsTooLarge", "The tags specified exceed the maximum permissible limit.")
		}
		escapedKey, escapedValue, ok := strings.Cut(pair, "=")
		key, keyErr := url.QueryUnescape(escapedKey)
		value, valueErr := url.QueryUnescape(escapedValue)
		if !ok || keyErr != nil || valueErr != nil {
			return nil, invalid("InvalidTag", "The tags specified are invalid. It contains characters that are not permitted.")
		}
		if _, twice := tags[key]; twice {
			return nil, invalid("DuplicateTagNames", "The tags specified contain duplicate names.")
		}
		tags[key] = value
	}
	return tags, Validate(tags)
}

// Header is the form of tags that ParseHeader reads, sorted by key.
func Header(tags map[string]string) string {
	keys := make([]string, 0, len(tags))
	for key := range tags {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	var b strings.Builder
	for i, key := range keys {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(key) + "=" + url.QueryEscape(tags[key]))
	}
	return b.String()
}
