package httpx

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// CleanPath collapses runs of slashes and takes trailing ones off, as Azure's gateways do: "//metadata//endpoints/" is
// "/metadata/endpoints". What is empty is "/". Dots are left alone: no name in Azure is "." or "..", so such a segment
// is refused as the bad name that it is instead of being followed.
func CleanPath(path string) string {
	if isClean(path) {
		return path
	}
	out := make([]byte, 0, len(path)+1)
	for rest := path; rest != ""; {
		var segment string
		segment, rest, _ = strings.Cut(rest, "/")
		if segment != "" {
			out = append(append(out, '/'), segment...)
		}
	}
	if len(out) == 0 {
		return "/"
	}
	return string(out)
}

func isClean(path string) bool {
	if path == "/" {
		return true
	}
	return strings.HasPrefix(path, "/") && !strings.HasSuffix(path, "/") && !strings.Contains(path, "//")
}

// Query parses the request's query. A broken escape or a semicolon between pairs is a fault Invalid, where
// url.URL.Query would drop the pair in silence.
func Query(r *http.Request) (url.Values, error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &fault.Error{
			Kind: fault.Invalid, Op: "httpx.Query", Reason: "InvalidQueryString",
			Message: "The query string of the request could not be read.", Cause: err,
		}
	}
	return q, nil
}

// Duplicate names a parameter that occurs more than once, case not counting, or is "". Of several it names the first in
// order, so that the answer is the same each time.
func Duplicate(q url.Values) string {
	seen := make(map[string]bool, len(q))
	var found []string
	for name, values := range q {
		lower := strings.ToLower(name)
		if len(values) > 1 || seen[lower] {
			found = append(found, lower)
		}
		seen[lower] = true
	}
	if len(found) == 0 {
		return ""
	}
	return slices.Min(found)
}

// Value is the query's value of that name, case not counting, and whether it is there at all.
func Value(q url.Values, name string) (string, bool) {
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
