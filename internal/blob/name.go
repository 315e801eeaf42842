package blob

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Bounds of names, in characters as .NET counts them: units of UTF-16.
const (
	maxBlobName     = 1024
	maxPathSegments = 254
)

var errNameLength = fault.New(fault.Invalid, "blob", "OutOfRangeInput", "The specified resource name length is not within the permissible limits.")

// ValidAccountName: 3 to 24 lower-case letters and digits.
func ValidAccountName(name string) bool {
	if len(name) < 3 || len(name) > 24 {
		return false
	}
	for i := range len(name) {
		if !lowerOrDigit(name[i]) {
			return false
		}
	}
	return true
}

func lowerOrDigit(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

// checkContainerName: 3 to 63 lower-case letters, digits and single hyphens, or one of the names with a dollar sign.
func checkContainerName(name string) error {
	switch name {
	case "$root", "$web", "$logs", "$blobchangefeed":
		return nil
	}
	for i := range len(name) {
		hyphen := name[i] == '-'
		if !lowerOrDigit(name[i]) && !hyphen ||
			hyphen && (i == 0 || i == len(name)-1 || name[i-1] == '-') {
			return refuse(fault.Invalid, "InvalidResourceName")
		}
	}
	if len(name) < 3 || len(name) > 63 {
		return errNameLength
	}
	return nil
}

// checkBlobName: 1 to 1,024 characters of any sort but NUL; in $root, no slash.
func checkBlobName(container, name string) error {
	switch {
	case name == "", !utf8.ValidString(name), strings.ContainsRune(name, 0):
		return refuse(fault.Invalid, "InvalidResourceName")
	case container == "$root" && strings.Contains(name, "/"):
		return refuse(fault.Invalid, "InvalidResourceName")
	case len(name) > maxBlobName && utf16Len(name) > maxBlobName:
		return errNameLength
	case strings.Count(name, "/") >= maxPathSegments:
		return refuse(fault.Invalid, "InvalidResourceName")
	}
	return nil
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// checkMetadata: names are C# identifiers, as Azure wants them, and all of it fits in 8 KiB.
func checkMetadata(m map[string]string) error {
	size := 0
	for name, value := range m {
		if name == "" {
			return refuse(fault.Invalid, "EmptyMetadataKey")
		}
		for i := range len(name) {
			c := lower(name[i])
			if !lowerOrDigit(c) && name[i] != '_' || i == 0 && name[i] >= '0' && name[i] <= '9' {
				return refuse(fault.Invalid, "InvalidMetadata")
			}
		}
		for i := range len(value) {
			if value[i] < ' ' && value[i] != '\t' || value[i] == 0x7f {
				return refuse(fault.Invalid, "InvalidMetadata")
			}
		}
		size += len(name) + len(value)
	}
	if size > 8<<10 {
		return refuse(fault.Invalid, "MetadataTooLarge")
	}
	return nil
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
