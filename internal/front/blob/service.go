package blob

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/blob/sas"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

const (
	maxResults = 5000
	maxKeyInfo = 64 << 10
)

// serviceOperations are the rows of what is on the account.
func (f *front) serviceOperations() []operation {
	rows := []operation{
		{method: http.MethodGet, level: onService, comp: "list", handle: f.listContainers},
		{method: http.MethodGet, level: onService, restype: "service", comp: "properties", handle: f.getServiceProperties},
		{method: http.MethodPut, level: onService, restype: "service", comp: "properties", handle: f.setServiceProperties},
		{method: http.MethodGet, level: onService, restype: "service", comp: "stats", handle: f.serviceStats},
		{method: http.MethodPost, level: onService, restype: "service", comp: "userdelegationkey", handle: f.userDelegationKey},
		{method: http.MethodPost, level: onService, comp: "batch", handle: f.batch},
		{method: http.MethodPost, level: onService, restype: "container", comp: "batch", handle: f.batchOnPath},
	}
	for _, at := range []level{onService, onContainer, onBlob} {
		rows = append(rows, reads(operation{level: at, restype: "account", comp: "properties", handle: f.accountInfo})...)
	}
	return rows
}

// results reads maxresults.
func (x *exchange) results() (int, error) {
	text := x.param("maxresults")
	if text == "" {
		return maxResults, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, invalidQuery("maxresults", text, "The value is not a number.")
	}
	if n <= 0 {
		return 0, detailed(fault.Invalid, "OutOfRangeQueryParameterValue", &detail{elements: [][2]string{
			{"QueryParameterName", "maxresults"},
			{"QueryParameterValue", text},
			{"MinimumAllowed", "1"},
			{"MaximumAllowed", strconv.Itoa(maxResults)},
		}})
	}
	return min(n, maxResults), nil
}

// included reads the parameter include, whose values are those of allowed.
func (x *exchange) included(allowed map[string]*bool) error {
	for _, value := range x.query["include"] {
		for _, name := range strings.Split(value, ",") {
			name = lower(strings.TrimSpace(name))
			if name == "" {
				continue
			}
			flag, ok := allowed[name]
			if !ok {
				return invalidQuery("include", value, "Invalid query parameter value.")
			}
			*flag = true
		}
	}
	return nil
}

// endpoint is the ServiceEndpoint of a list.
func (f *front) endpoint(x *exchange) string {
	scheme := "http://"
	if x.r.TLS != nil {
		scheme = "https://"
	}
	if f.onAccountPath(x) {
		return scheme + x.r.Host + "/" + x.account.Name + "/"
	}
	return scheme + x.r.Host + "/"
}

// onAccountPath reports whether the account is in the path.
func (f *front) onAccountPath(x *exchange) bool {
	h, known := f.Cloud.Host(x.r.Host)
	return !(known && (h.Kind == cloud.HostBlob || h.Kind == cloud.HostWeb)) && localName(x.r.Host) == ""
}

// listContainers is List Containers.
func (f *front) listContainers(x *exchange) (*answer, error) {
	var in include
	limit, err := x.results()
	if err == nil {
		err = x.included(map[string]*bool{"metadata": &in.metadata, "deleted": &in.deleted, "system": &in.systems})
	}
	if err != nil {
		return nil, err
	}
	prefix, marker := x.param("prefix"), x.param("marker")
	page, err := f.Service.ListContainers(x.r.Context(), x.access, x.target, blob.ListContainers{
		Prefix: prefix, Marker: marker, MaxResults: limit, Metadata: in.metadata, Deleted: in.deleted, System: in.systems,
	})
	if err != nil {
		return nil, err
	}
	var d xmlDocument
	d.start("EnumerationResults", "ServiceEndpoint", f.endpoint(x))
	d.leafIf("Prefix", prefix)
	d.leafIf("Marker", marker)
	if x.param("maxresults") != "" {
		d.number("MaxResults", int64(limit))
	}
	d.start("Containers")
	for _, c := range page.Containers {
		d.container(c, in)
	}
	d.end("Containers")
	d.leaf("NextMarker", page.Next)
	d.end("EnumerationResults")
	return document(&d), nil
}

func document(d *xmlDocument) *answer {
	return &answer{status: http.StatusOK, mime: "application/xml", body: d.bytes()}
}

// serviceStats is Get Blob Service Stats, which the secondary endpoint alone answers.
func (f *front) serviceStats(x *exchange) (*answer, error) {
	if !x.place.secondary {
		return nil, invalidQuery("comp", "stats", "Stats are answered by the secondary endpoint.")
	}
	stats, err := f.Service.ServiceStats(x.r.Context(), x.access, x.target)
	if err != nil {
		return nil, err
	}
	var d xmlDocument
	d.start("StorageServiceStats")
	d.start("GeoReplication")
	d.leaf("Status", stats.Status)
	d.leaf("LastSyncTime", stats.LastSync.UTC().Format(http.TimeFormat))
	d.end("GeoReplication")
	d.end("StorageServiceStats")
	return document(&d), nil
}

// accountInfo is Get Account Information.
func (f *front) accountInfo(x *exchange) (*answer, error) {
	info, err := f.Service.AccountInfo(x.r.Context(), x.access, x.target)
	if err != nil {
		return nil, err
	}
	x.set("x-ms-sku-name", info.SKU)
	x.set("x-ms-account-kind", info.Kind)
	if x.since("2019-07-07") {
		x.set("x-ms-is-hns-enabled", strconv.FormatBool(info.HNS))
	}
	return &answer{status: http.StatusOK}, nil
}

// userDelegationKey is Get User Delegation Key, which only a token may ask for.
func (f *front) userDelegationKey(x *exchange) (*answer, error) {
	if x.access.By != blob.Bearer {
		if x.access.By == blob.Anonymous {
			return nil, f.unnamed(x)
		}
		return nil, unauthenticated("Only authentication scheme Bearer is supported")
	}
	if err := f.Service.Authorize(x.r.Context(), x.access, blob.OpGetUserDelegationKey, x.target); err != nil {
		return nil, err
	}
	body, err := readXML(x, "KeyInfo", maxKeyInfo)
	if err != nil {
		return nil, err
	}
	d := sas.Delegation{
		ObjectID: x.access.Caller.ObjectID, TenantID: x.access.Caller.TenantID, Service: "b", Version: x.version,
		UserTenantID: body.value("DelegatedUserTid"),
	}
	if d.UserTenantID != "" && !strings.EqualFold(d.UserTenantID, f.TenantID) {
		return nil, unauthenticated("The tenant of the delegated user is not known.") // there is one: docs/divergences.md
	}
	if d.Start, err = keyTime(body, "Start", x.at); err != nil {
		return nil, err
	}
	if d.Expiry, err = keyTime(body, "Expiry", time.Time{}); err != nil {
		return nil, err
	}
	end := x.at
	if d.Start.Time.After(end) {
		end = d.Start.Time
	}
	if !d.Expiry.Time.After(end) || d.Expiry.Time.After(x.at.Add(sas.MaxDelegation+maxSkew)) {
		return nil, badNode("Expiry", d.Expiry.Text)
	}
	return keyDocument(d, f.delegation(x.account).Key(d)), nil
}

// keyTime reads a time of KeyInfo, and writes it as signatures will.
func keyTime(body *element, name string, otherwise time.Time) (sas.Instant, error) {
	t, text := otherwise, body.value(name)
	if text != "" {
		i, ok := sas.ParseInstant(text)
		if !ok {
			return i, badNode(name, text)
		}
		t = i.Time
	}
	if t.IsZero() {
		return sas.Instant{}, missingNode(name)
	}
	t = t.UTC().Truncate(time.Second)
	return sas.Instant{Time: t, Text: t.Format("2006-01-02T15:04:05Z")}, nil
}

func keyDocument(k sas.Delegation, value []byte) *answer {
	var d xmlDocument
	d.start("UserDelegationKey")
	d.leaf("SignedOid", k.ObjectID)
	d.leaf("SignedTid", k.TenantID)
	d.leaf("SignedStart", k.Start.Text)
	d.leaf("SignedExpiry", k.Expiry.Text)
	d.leaf("SignedService", k.Service)
	d.leaf("SignedVersion", k.Version)
	d.leafIf("SignedDelegatedUserTid", k.UserTenantID)
	d.leaf("Value", base64.StdEncoding.EncodeToString(value))
	d.end("UserDelegationKey")
	return document(&d)
}
