package graph

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/directory"
)

func TestFilters(t *testing.T) {
	w := newWorld(t)
	for _, x := range []struct {
		set, filter string
		want        string // display names
	}{
		{"servicePrincipals", "servicePrincipalNames/any(c:c eq '" + w.vm.AppID + "')", "vm1"},
		{"servicePrincipals", "servicePrincipalNames/any(c:c eq 'api://JOB')", "job"},
		{"servicePrincipals", "servicePrincipalNames/any(c:c eq 'api://none')", ""},
		{"servicePrincipals", "servicePrincipalNames/any(x:startswith(x,'api:'))", "job"},
		{"servicePrincipals", "displayName eq 'VM1'", "vm1"},
		{"servicePrincipals", "displayName eq 'vm'", ""},
		{"servicePrincipals", "appId eq '" + w.app.AppID + "'", "job"},
		{"servicePrincipals", "appId in ('" + testTenant + "', '" + w.app.AppID + "')", "job"},
		{"servicePrincipals", "servicePrincipalType eq 'ManagedIdentity'", "vm1"},
		{"servicePrincipals", "startswith(displayName,'J') and accountEnabled eq true", "job"},
		{"servicePrincipals", "startswith(displayName,'j') and accountEnabled eq false", ""},
		{"servicePrincipals", "(displayName eq 'job') or (displayName eq 'vm1')", "job vm1"},
		{"servicePrincipals", "displayName eq 'x' or displayName eq 'job' and displayName eq 'vm1'", ""},
		{"servicePrincipals", "alternativeNames/any(a:a eq 'isExplicit=False')", "vm1"},
		{"applications", "identifierUris/any(s:s eq 'api://job')", "job"},
		{"users", "userPrincipalName eq 'ANNA@alcedo.partner.onmschina.cn'", "Anna O'Hara"},
		{"users", "displayName eq 'Anna O''Hara'", "Anna O'Hara"},
		{"users", "id eq '" + w.adminUser.ObjectID + "'", "The Admin"},
		{"users", "mail eq null and startswith(displayName,'the')", "The Admin"},
		{"users", "createdDateTime ge 2025-03-04T00:00:00Z", "Anna O'Hara The Admin"},
		{"users", "createdDateTime gt 2025-03-05T00:00:00Z", ""},
		{"users", "otherMails/any(x:x eq 'a')", ""},
	} {
		a := w.get("/v1.0/" + x.set + "?$orderby=displayName&$filter=" + url.QueryEscape(x.filter))
		var names []string
		for _, v := range a.values() {
			names = append(names, v["displayName"].(string))
		}
		if got := strings.Join(names, " "); got != x.want {
			t.Errorf("%s: %q, want %q", x.filter, got, x.want)
		}
	}
}

func TestFilterRefusals(t *testing.T) {
	w := newWorld(t)
	const clause = "Invalid filter clause"
	for _, x := range []struct{ filter, code, message string }{
		{"", "BadRequest", clause},
		{"displayName", "BadRequest", clause},
		{"displayName eq", "BadRequest", clause},
		{"displayName eq x", "BadRequest", clause},
		{"displayName eq 1", "BadRequest", clause},
		{"displayName = 'x'", "BadRequest", ""},
		{"displayName eq 'x", "BadRequest", ""},
		{"displayName eq 'x' and", "BadRequest", clause},
		{"displayName eq 'x' displayName eq 'y'", "BadRequest", clause},
		{"(displayName eq 'x'", "BadRequest", clause},
		{"displayName eq 'x')", "BadRequest", clause},
		{"accountEnabled eq 'true'", "BadRequest", clause},
		{"planet eq 'x'", "BadRequest", "Invalid filter clause: Could not find a property named 'planet' on type 'microsoft.graph.user'."},
		{"startswith(planet,'x')", "BadRequest", ""},
		{"startswith(displayName)", "BadRequest", clause},
		{"startswith('x',displayName)", "BadRequest", clause},
		{"displayName/any(c:c eq 'x')", "BadRequest", clause},
		{"otherMails eq 'x'", "BadRequest", clause},
		{"otherMails/all(c:c eq 'x')", "BadRequest", clause},
		{"otherMails/any(c:d eq 'x')", "BadRequest", clause},
		{"createdDateTime ge yesterday", "BadRequest", clause},
		{"displayName in ()", "BadRequest", clause},
		{"displayName in ('a' 'b')", "BadRequest", clause},
		{"passwordProfile eq null", "Request_UnsupportedQuery", ""},
		{"contains(displayName,'x')", "Request_UnsupportedQuery", "Unsupported property filter clause operator 'Contains'."},
		{"displayName ne 'x'", "Request_UnsupportedQuery", "Unsupported property filter clause operator 'NotEqualsMatch'."},
		{"not (displayName eq 'x')", "Request_UnsupportedQuery", ""},
		{"endsWith(displayName,'x')", "Request_UnsupportedQuery", ""},
		{strings.Repeat("(", 10_000) + "displayName eq 'x'", "BadRequest", clause},
		{strings.Repeat("(", 100) + "displayName eq 'x'" + strings.Repeat(")", 100), "BadRequest", clause},
	} {
		w.want(w.call(w.admin, "GET", "/v1.0/users?$filter="+url.QueryEscape(x.filter), ""), x.filter, 400, x.code, x.message)
	}
	// The same with the advanced query capabilities.
	h := http.Header{"Authorization": {"Bearer " + w.admin}, "Consistencylevel": {"eventual"}}
	for filter, n := range map[string]int{
		"displayName ne 'The Admin'": 1, "not(startswith(displayName,'the'))": 1, "endsWith(displayName,'hara')": 1, "not displayName eq 'x'": 2,
	} {
		a := w.send("GET", "/v1.0/users?$count=true&$filter="+url.QueryEscape(filter), "", h)
		if a.status != 200 || len(a.values()) != n {
			t.Errorf("%s: %d %s", filter, a.status, a.text)
		}
	}
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		"displayName eq 'x' and (accountEnabled eq true or startswith(mail,'a'))", "otherMails/any(c:c eq 'it''s')",
		"createdDateTime ge 2025-03-04T05:06:07.5Z", "displayName in ('a','b',null)", "not not (id eq 'x')", "'", "((((", "/any(", "a:b",
	} {
		f.Add(seed, true)
	}
	e := (&front{}).users()
	e.index()
	f.Fuzz(func(t *testing.T, text string, advanced bool) {
		keep, err := parseFilter(text, e, advanced)
		if (keep == nil) == (err == nil) {
			t.Fatalf("%q: neither a filter nor an error, or both", text)
		}
		if err == nil {
			u := &directory.User{DisplayName: "x", UserPrincipalName: "x@y"}
			if first := keep(u); keep(u) != first {
				t.Errorf("%q changes its mind", text)
			}
		}
	})
}

func FuzzPath(f *testing.F) {
	for _, seed := range []string{"/v1.0/users/x", "/v1.0/users('a')/memberOf", "/beta/applications(appId='%27')", "/v1.0/%2e%2e/()", "/v1.0/$count"} {
		f.Add("GET", seed)
	}
	fr := &front{Config: Config{}, sets: map[string]*entity{}}
	for _, e := range []*entity{fr.users(), fr.groups(), fr.applications(), fr.servicePrincipals()} {
		e.index()
		fr.sets[strings.ToLower(e.set)] = e
	}
	fr.routes = fr.table()
	f.Fuzz(func(t *testing.T, method, path string) {
		_, segments, err := split(path)
		if err != nil {
			return
		}
		if rt, params, err := fr.match(method, segments); err == nil && (rt.method != method || len(rt.pattern) != len(segments) || len(params) > 2) {
			t.Errorf("%s %s: %v", method, path, rt.pattern)
		}
	})
}
