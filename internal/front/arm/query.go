package arm

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// readQuery gives the api-version and the other parameters. Keys are percent-decoded; those that Resource Manager knows
// are found in any case. A parameter given twice has both values with a comma between, as ASP.NET has it, and so is
// refused by whoever reads it.
func readQuery(r *http.Request) (version string, rest url.Values, err error) {
	raw := r.URL.RawQuery
	if v, ok := strings.CutPrefix(raw, "api-version="); ok && !strings.ContainsAny(v, "&;%+") {
		return v, nil, nil // what nearly every request has: no map is needed
	}
	all, err := httpx.Query(r)
	if err != nil {
		return "", nil, err
	}
	rest = make(url.Values, len(all))
	for key, values := range all {
		name := key
		switch lower := strings.ToLower(key); lower {
		case "api-version", "$filter", "$top", "$expand", "$skiptoken":
			name = lower
		}
		joined := strings.Join(values, ",")
		if was, ok := rest[name]; ok {
			joined = was[0] + "," + joined
		}
		rest[name] = []string{joined}
	}
	version = rest.Get("api-version")
	delete(rest, "api-version")
	return version, rest, nil
}
