package blob

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// keyCredential is what an Authorization header of Shared Key or Shared Key Lite says.
type keyCredential struct {
	lite      bool
	account   string
	signature []byte
	text      string // the signature as it came, for the refusal
}

// parseKeyCredential reads "SharedKey account:signature" behind its scheme. ok is false where it is not so formed.
func parseKeyCredential(lite bool, rest string) (k keyCredential, ok bool) {
	account, text, ok := strings.Cut(strings.TrimSpace(rest), ":")
	if !ok || account == "" {
		return k, false
	}
	signature, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(signature) == 0 {
		return k, false
	}
	return keyCredential{lite: lite, account: account, signature: signature, text: text}, true
}

// holds reports whether one of keys made the signature over one of texts. Both keys are always tried, so that time does
// not tell which one a client has.
func (k keyCredential) holds(keys [2][]byte, texts []string) bool {
	found := false
	for _, key := range keys {
		if len(key) == 0 {
			continue
		}
		for _, text := range texts {
			mac := hmac.New(sha256.New, key)
			mac.Write([]byte(text))
			if hmac.Equal(mac.Sum(nil), k.signature) {
				found = true
			}
		}
	}
	return found
}

// stringsToSign gives what the client may have signed: one text, or two where the order of header names differs between
// the service's own collation, which newer clients follow, and that of bytes, which older ones do. A signature over
// either covers the same request. Source: "Authorize with Shared Key" of the REST reference.
func stringsToSign(r *http.Request, account, version string, lite bool) ([]string, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Op: "blob.stringsToSign", Reason: "InvalidUri", Cause: err}
	}
	date := r.Header.Get("Date")
	if r.Header.Get("X-Ms-Date") != "" {
		date = ""
	}
	var head, resource string
	if lite {
		head = strings.Join([]string{r.Method, r.Header.Get("Content-Md5"), r.Header.Get("Content-Type"), date}, "\n")
		resource = liteResource(r, account, query)
	} else {
		head = strings.Join([]string{
			r.Method, r.Header.Get("Content-Encoding"), r.Header.Get("Content-Language"), signedLength(r, version),
			r.Header.Get("Content-Md5"), r.Header.Get("Content-Type"), date, r.Header.Get("If-Modified-Since"),
			r.Header.Get("If-Match"), r.Header.Get("If-None-Match"), r.Header.Get("If-Unmodified-Since"), r.Header.Get("Range"),
		}, "\n")
		resource = canonicalResource(r, account, query)
	}
	names := signedHeaders(r.Header)
	slices.SortFunc(names, collate)
	texts := []string{head + "\n" + canonicalHeaders(r.Header, names) + resource}
	if !slices.IsSorted(names) {
		slices.Sort(names)
		texts = append(texts, head+"\n"+canonicalHeaders(r.Header, names)+resource)
	}
	return texts, nil
}

// signedLength is the length as signed: an empty body's is the empty string since version 2015-02-21.
func signedLength(r *http.Request, version string) string {
	length := r.Header.Get("Content-Length")
	if length == "" && r.ContentLength > 0 {
		length = strconv.FormatInt(r.ContentLength, 10)
	}
	if length == "0" && version >= "2015-02-21" {
		return ""
	}
	return length
}

// signedHeaders lists the x-ms- headers in lower case, unordered.
func signedHeaders(h http.Header) []string {
	names := make([]string, 0, 8)
	for name := range h {
		if len(name) > 5 && strings.EqualFold(name[:5], "x-ms-") {
			names = append(names, strings.ToLower(name))
		}
	}
	return names
}

func canonicalHeaders(h http.Header, names []string) string {
	var b strings.Builder
	for _, name := range names {
		values := h[http.CanonicalHeaderKey(name)]
		b.WriteString(name)
		b.WriteByte(':')
		for i, v := range values {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strings.TrimSpace(v))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// collate orders header names as the service does: hyphens count last, and an underscore stands before digits.
func collate(a, b string) int {
	x, y := strings.ReplaceAll(a, "-", ""), strings.ReplaceAll(b, "-", "")
	for i := 0; i < len(x) && i < len(y); i++ {
		if p, q := weight(x[i]), weight(y[i]); p != q {
			return p - q
		}
	}
	if len(x) != len(y) {
		return len(x) - len(y)
	}
	return strings.Compare(a, b)
}

func weight(c byte) int {
	switch {
	case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		return 256 + int(c)
	default:
		return int(c)
	}
}

// canonicalResource is the account, the path as sent, and every parameter.
func canonicalResource(r *http.Request, account string, query url.Values) string {
	merged := make(map[string][]string, len(query))
	for name, values := range query {
		name = strings.ToLower(name)
		merged[name] = append(merged[name], values...)
	}
	names := make([]string, 0, len(merged))
	for name := range merged {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString("/" + account + signedPath(r))
	for _, name := range names {
		values := merged[name]
		slices.Sort(values)
		b.WriteString("\n" + name + ":" + strings.Join(values, ","))
	}
	return b.String()
}

// liteResource is the account, the path as sent, and comp alone.
func liteResource(r *http.Request, account string, query url.Values) string {
	resource := "/" + account + signedPath(r)
	if comp, ok := parameter(query, "comp"); ok {
		resource += "?comp=" + comp
	}
	return resource
}

func signedPath(r *http.Request) string {
	if path := r.URL.EscapedPath(); path != "" {
		return path
	}
	return "/"
}

// parameter is the query's value of that name, case not counting, and whether it is there.
func parameter(q url.Values, name string) (string, bool) {
	if v, ok := q[name]; ok && len(v) > 0 {
		return v[0], true
	}
	for k, v := range q {
		if len(v) > 0 && strings.EqualFold(k, name) {
			return v[0], true
		}
	}
	return "", false
}
