package resource

import (
	"sort"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// CoreVersions are the api-versions of Microsoft.Resources, newest first.
func CoreVersions() []string { return coreVersions() }

// coreVersions are those of CoreVersions.
func coreVersions() []string {
	return []string{
		"2025-04-01", "2025-03-01", "2024-11-01", "2024-07-01", "2024-03-01", "2023-07-01", "2023-07-01-preview",
		"2023-03-01-preview", "2022-12-01", "2022-11-01-preview", "2022-09-01", "2022-06-01", "2022-05-01",
		"2022-03-01-preview", "2022-01-01", "2021-04-01", "2021-01-01", "2020-10-01", "2020-09-01", "2020-08-01",
		"2020-07-01", "2020-06-01", "2020-05-01", "2020-01-01", "2019-11-01", "2019-10-01", "2019-09-01", "2019-08-01",
		"2019-07-01", "2019-06-01", "2019-05-10", "2019-05-01", "2019-03-01", "2018-11-01", "2018-09-01", "2018-08-01",
		"2018-07-01", "2018-06-01", "2018-05-01", "2018-02-01", "2018-01-01", "2017-12-01", "2017-08-01", "2017-06-01",
		"2017-05-10", "2017-05-01", "2017-03-01", "2016-09-01", "2016-07-01", "2016-06-01", "2016-02-01", "2015-11-01",
		"2015-01-01", "2014-04-01-preview", "2014-04-01", "2014-01-01",
	}
}

// checkVersion looks at the api-version's syntax: a date and perhaps a word. It must be said before anybody is asked
// for a token.
func checkVersion(v string) error {
	if v == "" {
		return fault.New(fault.Invalid, "resource", "MissingApiVersionParameter",
			"The api-version query parameter (?api-version=) is required for all requests.")
	}
	if !isVersion(v) {
		return invalidVersion(v)
	}
	return nil
}

func invalidVersion(v string) error {
	return fault.Newf(fault.Invalid, "resource", "InvalidApiVersionParameter",
		"The api-version '%s' is invalid. The supported versions are '%s'.", v, strings.Join(coreVersions(), ","))
}

func isVersion(v string) bool {
	if len(v) < 10 || len(v) > 40 {
		return false
	}
	for i := 0; i < 10; i++ {
		if i == 4 || i == 7 {
			if v[i] != '-' {
				return false
			}
		} else if v[i] < '0' || v[i] > '9' {
			return false
		}
	}
	if len(v) == 10 {
		return true
	}
	if v[10] != '-' || len(v) == 11 {
		return false
	}
	for i := 11; i < len(v); i++ {
		c := v[i] | 0x20
		if (c < 'a' || c > 'z') && v[i] != '-' && (v[i] < '0' || v[i] > '9') {
			return false
		}
	}
	return true
}

// supported reports whether a list of api-versions has v, in any case.
func supported(versions []string, v string) bool {
	for _, s := range versions {
		if s == v {
			return true
		}
	}
	for _, s := range versions {
		if equalFold(v, s) {
			return true
		}
	}
	return false
}

// versionNotOffered is the refusal of an api-version that the type does not have.
func (s *Service) versionNotOffered(e *entry, location, v string) error {
	return fault.Newf(fault.Invalid, "resource", "NoRegisteredProviderFound",
		"No registered resource provider found for location '%s' and API version '%s' for type '%s'. "+
			"The supported api-versions are '%s'. The supported locations are '%s'.",
		location, v, e.Name, strings.Join(e.APIVersions, ", "), strings.Join(s.locationNames(e), ", "))
}

func newestFirst(versions []string) string {
	sort.Sort(sort.Reverse(sort.StringSlice(versions)))
	return strings.Join(versions, ",")
}
