package imds

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// apiVersions are the versions of the service, oldest first. As text they sort by time, and comparing them says what a
// version knows. Source: the service's documentation, "Supported API versions", and /metadata/versions.
var apiVersions = []string{
	"2017-03-01", "2017-04-02", "2017-08-01", "2017-10-01", "2017-12-01", "2018-02-01", "2018-04-02", "2018-10-01",
	"2019-02-01", "2019-03-11", "2019-04-30", "2019-06-01", "2019-06-04", "2019-08-01", "2019-08-15", "2019-11-01",
	"2020-06-01", "2020-07-15", "2020-09-01", "2020-10-01", "2020-12-01", "2021-01-01", "2021-02-01", "2021-03-01",
	"2021-05-01", "2021-08-01", "2021-10-01", "2021-11-01", "2021-11-15", "2021-12-13", "2023-07-01", "2023-11-15",
}

// checkVersion settles the api-version of a request to a category that was introduced with since.
func checkVersion(q *query, since string, identity bool) error {
	v, given := q.get("api-version")
	if v == "" {
		if identity {
			return invalid(true, "Required query variable 'api-version' is missing")
		}
		return unversioned("Bad request. api-version was not specified in the request. For more information refer to aka.ms/azureimds")
	}
	if given && v >= since {
		if _, known := slices.BinarySearch(apiVersions, v); known {
			return nil
		}
	}
	if identity {
		return invalid(true, "The api-version '"+v+"' is not supported")
	}
	return unversioned("Bad request. api-version is invalid or was not specified in the request. For more information refer to aka.ms/azureimds")
}

func unversioned(text string) error {
	newest := slices.Clone(apiVersions[len(apiVersions)-3:])
	slices.Reverse(newest)
	return &refusal{status: http.StatusBadRequest, code: "invalid_request", text: text, newest: newest}
}

// versions lists the versions; it is the one endpoint that has none.
func (e *endpoint) versions() (*httpx.Response, error) {
	body, err := json.Marshal(struct {
		APIVersions []string `json:"apiVersions"`
	}{apiVersions})
	if err != nil {
		return nil, err
	}
	return ok(body), nil
}

// events answers that no maintenance is planned: nothing ever interrupts a machine here.
func (e *endpoint) events(q query) (*httpx.Response, error) {
	if err := checkVersion(&q, "2017-08-01", false); err != nil {
		return nil, err
	}
	return ok([]byte(`{"DocumentIncarnation":1,"Events":[]}`)), nil
}

// attested answers as Azure does while the signing service is away: no document is signed here (docs/divergences.md).
func (e *endpoint) attested(q query) (*httpx.Response, error) {
	if err := checkVersion(&q, "2018-10-01", false); err != nil {
		return nil, err
	}
	return nil, &refusal{status: http.StatusServiceUnavailable, code: "service_unavailable", text: "Service unavailable. Attested documents are not signed by this host"}
}
