package certificate

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// attributeTypes are the names of the attributes of a distinguished name. Source: RFC 4514, RFC 5280 appendix A, and the
// names that X500DistinguishedName of .NET, which Key Vault reads subjects with, knows beside them.
var attributeTypes = map[string]asn1.ObjectIdentifier{
	"CN": {2, 5, 4, 3}, "SN": {2, 5, 4, 4}, "SERIALNUMBER": {2, 5, 4, 5}, "C": {2, 5, 4, 6}, "L": {2, 5, 4, 7},
	"ST": {2, 5, 4, 8}, "S": {2, 5, 4, 8}, "STREET": {2, 5, 4, 9}, "O": {2, 5, 4, 10}, "OU": {2, 5, 4, 11},
	"T": {2, 5, 4, 12}, "TITLE": {2, 5, 4, 12}, "POSTALCODE": {2, 5, 4, 17}, "G": {2, 5, 4, 42}, "GIVENNAME": {2, 5, 4, 42},
	"I": {2, 5, 4, 43}, "INITIALS": {2, 5, 4, 43}, "DC": {0, 9, 2342, 19200300, 100, 1, 25}, "UID": {0, 9, 2342, 19200300, 100, 1, 1},
	"E": {1, 2, 840, 113549, 1, 9, 1}, "EMAIL": {1, 2, 840, 113549, 1, 9, 1}, "EMAILADDRESS": {1, 2, 840, 113549, 1, 9, 1},
}

const maxSubject = 4096 // bytes

// ParseSubject reads a distinguished name such as "CN=www.example.com, O=Example, C=GB" into DER. An empty one has no
// parts. Faults are Invalid.
func ParseSubject(text string) ([]byte, error) {
	refused := invalid("policy.x509_props.subject")
	if len(text) > maxSubject || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, refused
	}
	name := pkix.RDNSequence{}
	rest := strings.TrimSpace(text)
	for rest != "" {
		var set pkix.RelativeDistinguishedNameSET
		for more := true; more; {
			one, after, separator, ok := attribute(rest)
			if !ok {
				return nil, refused
			}
			set, rest, more = append(set, one), after, separator == '+'
			if separator != 0 && strings.TrimSpace(rest) == "" {
				return nil, refused
			}
		}
		name = append(name, set)
	}
	slices.Reverse(name) // the text begins with what DER ends with: RFC 4514 section 2.1
	der, err := asn1.Marshal(name)
	if err != nil {
		return nil, refused
	}
	return der, nil
}

// attribute reads "CN = value" and the separator after it, 0 at the end.
func attribute(text string) (one pkix.AttributeTypeAndValue, rest string, separator byte, ok bool) {
	key, rest, found := strings.Cut(text, "=")
	if !found {
		return one, "", 0, false
	}
	if one.Type, ok = attributeType(strings.TrimSpace(key)); !ok {
		return one, "", 0, false
	}
	value, rest, ok := attributeValue(strings.TrimLeft(rest, " "))
	if !ok || value == "" || len(value) > 1024 {
		return one, "", 0, false
	}
	one.Value = value
	if key := strings.ToUpper(strings.TrimSpace(key)); key == "DC" || strings.HasPrefix(key, "E") {
		one.Value = asn1.RawValue{Tag: asn1.TagIA5String, Bytes: []byte(value)}
		if strings.IndexFunc(value, func(r rune) bool { return r > 0x7e }) >= 0 {
			return one, "", 0, false
		}
	}
	if rest == "" {
		return one, "", 0, true
	}
	return one, rest[1:], rest[0], true
}

func attributeType(key string) (asn1.ObjectIdentifier, bool) {
	key = strings.ToUpper(key)
	if id, ok := attributeTypes[key]; ok {
		return id, true
	}
	return objectIdentifier(strings.TrimPrefix(key, "OID."))
}

// objectIdentifier reads dotted numbers.
func objectIdentifier(text string) (asn1.ObjectIdentifier, bool) {
	if len(text) > 256 {
		return nil, false
	}
	var id asn1.ObjectIdentifier
	for _, part := range strings.Split(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n > 1<<30 {
			return nil, false
		}
		id = append(id, n)
	}
	if len(id) < 2 || id[0] > 2 || id[0] < 2 && id[1] > 39 {
		return nil, false
	}
	return id, true
}

// attributeValue reads a value up to a separator outside of quotes: "…" with doubled quotes in it, or with backslashes.
func attributeValue(text string) (value, rest string, ok bool) {
	if strings.HasPrefix(text, `"`) {
		return quotedValue(text[1:])
	}
	var b strings.Builder
	kept := 0 // length up to the last byte that is not a trailing space
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case ',', ';', '+':
			return b.String()[:kept], text[i:], true
		case '\\':
			i++
			if i == len(text) {
				return "", "", false
			}
			b.WriteByte(text[i])
			kept = b.Len()
		case '"':
			return "", "", false
		default:
			b.WriteByte(c)
			if c != ' ' {
				kept = b.Len()
			}
		}
	}
	return b.String()[:kept], "", true
}

func quotedValue(text string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '"' {
			b.WriteByte(text[i])
			continue
		}
		if strings.HasPrefix(text[i+1:], `"`) {
			b.WriteByte('"')
			i++
			continue
		}
		rest = strings.TrimLeft(text[i+1:], " ")
		return b.String(), rest, rest == "" || strings.IndexByte(",;+", rest[0]) >= 0
	}
	return "", "", false
}
