package blob

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// preflight answers a browser that asks whether it may. It needs no credential. Source: "Preflight Blob Request" and
// "Cross-Origin Resource Sharing support" of the REST reference.
func (f *front) preflight(x *exchange) (*answer, error) {
	origin, method := x.in("Origin"), x.in("Access-Control-Request-Method")
	if origin == "" || method == "" {
		return nil, detailed(fault.Invalid, "InvalidHeaderValue", &detail{message: "A required CORS header is not present."})
	}
	asked := list(x.in("Access-Control-Request-Headers"))
	for _, rule := range x.account.Properties.CORS {
		if !allowsOrigin(rule, origin) || !slices.Contains(rule.AllowedMethods, method) || !allowsHeaders(rule, asked) {
			continue
		}
		x.origin(rule, origin)
		x.set("Access-Control-Allow-Methods", method)
		x.setIf("Access-Control-Allow-Headers", strings.Join(asked, ","))
		x.set("Access-Control-Max-Age", strconv.Itoa(rule.MaxAgeSeconds))
		return &answer{status: http.StatusOK}, nil
	}
	return nil, refusal(fault.Denied, "CorsPreflightFailure")
}

// allowOrigin adds the headers by which a browser lets a page of another origin read the answer.
func (f *front) allowOrigin(x *exchange) {
	rules := x.account.Properties.CORS
	if len(rules) == 0 {
		return
	}
	origin := x.in("Origin")
	if origin == "" {
		if !slices.ContainsFunc(rules, anyOrigin) {
			x.set("Vary", "Origin")
		}
		return
	}
	for _, rule := range rules {
		if allowsOrigin(rule, origin) && slices.Contains(rule.AllowedMethods, x.r.Method) {
			x.origin(rule, origin)
			x.exposed = rule.ExposedHeaders
			return
		}
	}
	x.set("Vary", "Origin") // another origin may be allowed
}

func anyOrigin(r blob.CORSRule) bool { return slices.Contains(r.AllowedOrigins, "*") }

// allowsOrigin compares origins exactly; "*" is any, and one * in a host stands for a part of it.
func allowsOrigin(r blob.CORSRule, origin string) bool {
	for _, allowed := range r.AllowedOrigins {
		before, after, wild := strings.Cut(allowed, "*")
		switch {
		case allowed == origin:
			return true
		case wild && len(origin) >= len(before)+len(after) && strings.HasPrefix(origin, before) && strings.HasSuffix(origin, after):
			return true
		}
	}
	return false
}

func allowsHeaders(r blob.CORSRule, asked []string) bool {
	for _, name := range asked {
		if !matchesHeader(r.AllowedHeaders, name) {
			return false
		}
	}
	return true
}

// matchesHeader compares a name with literal names and with prefixes that end in *.
func matchesHeader(patterns []string, name string) bool {
	for _, p := range patterns {
		prefix, wild := strings.CutSuffix(lower(p), "*")
		if wild && strings.HasPrefix(lower(name), prefix) || !wild && strings.EqualFold(p, name) {
			return true
		}
	}
	return false
}

// origin names the origin that may read the answer.
func (x *exchange) origin(rule blob.CORSRule, origin string) {
	if anyOrigin(rule) {
		x.set("Access-Control-Allow-Origin", "*")
		return
	}
	x.set("Access-Control-Allow-Origin", origin)
	x.set("Access-Control-Allow-Credentials", "true")
	x.set("Vary", "Origin")
}

// expose lists those of the answer's headers that a page may read: browsers know no prefixes.
func (x *exchange) expose() {
	if len(x.exposed) == 0 {
		return
	}
	var names []string
	for name := range x.header {
		if matchesHeader(x.exposed, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	x.setIf("Access-Control-Expose-Headers", strings.Join(names, ","))
}
