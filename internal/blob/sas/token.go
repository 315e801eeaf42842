package sas

import (
	"encoding/base64"
	"net/url"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// tokenVersion is the sv of the tokens that Resource Manager makes, in every api-version so far.
const tokenVersion = "2015-04-05"

// ServiceToken is what Resource Manager's listServiceSas is asked for.
type ServiceToken struct {
	Account               string
	CanonicalizedResource string // /blob/{account}/{container}[/{blob}], /file/…, /queue/…, /table/…
	Resource              string // signedResource: b, c, f, s; "" for queues and tables
	Permissions           string
	Start, Expiry         time.Time // zero is absent; fractions of seconds are cut off
	IP, Protocol          string
	Identifier            string
	StartPartition        string // startPk, startRk, endPk, endRk of tables
	StartRow              string
	EndPartition, EndRow  string
	Overrides             Overrides
}

// AccountToken is what Resource Manager's ListAccountSas is asked for.
type AccountToken struct {
	Account       string
	Services      string
	ResourceTypes string
	Permissions   string
	Start, Expiry time.Time
	IP, Protocol  string
}

// service is how the signatures of one of the storage services differ.
type service struct{ resources, permissions string }

func services() map[string]service {
	return map[string]service{
		"blob":  {"bc", servicePermissions},
		"file":  {"fs", "rcwdl"},
		"queue": {"", "raup"},
		"table": {"", "raud"},
	}
}

// Text signs the token with the key and writes it as Azure does: its parameters in Azure's order, their values escaped.
// A field that does not hold is refused as InvalidValuesForRequestParameters, which names it.
func (r ServiceToken) Text(key []byte) (string, error) {
	kind, err := r.check()
	if err != nil {
		return "", err
	}
	start, expiry := second(r.Start), second(r.Expiry)
	fields := []string{
		r.Permissions, start, expiry, r.CanonicalizedResource, r.Identifier, r.IP, r.Protocol, tokenVersion,
	}
	o := r.Overrides
	switch kind {
	case "table":
		fields = append(fields, r.StartPartition, r.StartRow, r.EndPartition, r.EndRow)
	case "blob", "file":
		fields = append(fields, o.CacheControl, o.ContentDisposition, o.ContentEncoding, o.ContentLanguage, o.ContentType)
	}
	var t token
	t.add("sv", tokenVersion)
	t.add("sr", r.Resource)
	if kind == "table" {
		t.add("tn", r.CanonicalizedResource[strings.LastIndexByte(r.CanonicalizedResource, '/')+1:])
		t.add("spk", r.StartPartition)
		t.add("srk", r.StartRow)
		t.add("epk", r.EndPartition)
		t.add("erk", r.EndRow)
	}
	t.add("st", start)
	t.add("spr", r.Protocol)
	t.add("se", expiry)
	t.add("sp", r.Permissions)
	t.add("sip", r.IP)
	t.add("si", r.Identifier)
	if kind == "blob" || kind == "file" {
		t.add("rscc", o.CacheControl)
		t.add("rscd", o.ContentDisposition)
		t.add("rsce", o.ContentEncoding)
		t.add("rscl", o.ContentLanguage)
		t.add("rsct", o.ContentType)
	}
	return t.signed(key, strings.Join(fields, "\n")), nil
}

// check refuses the first field that does not hold, and tells which service the token is for.
func (r ServiceToken) check() (kind string, err error) {
	parts := strings.SplitN(r.CanonicalizedResource, "/", 5) // "", service, account, container, blob
	if len(parts) < 4 || parts[0] != "" || parts[2] != r.Account || parts[3] == "" {
		return "", invalidValues("canonicalizedResource")
	}
	kind = parts[1]
	s, ok := services()[kind]
	inside := len(parts) == 5
	if !ok || inside && (parts[4] == "" || s.resources == "") {
		return "", invalidValues("canonicalizedResource")
	}
	if inner := r.Resource == "b" || r.Resource == "f"; len(r.Resource) != min(1, len(s.resources)) ||
		!strings.Contains(s.resources, r.Resource) || inner != inside {
		return "", invalidValues("signedResource")
	}
	if r.Identifier == "" && r.Permissions == "" || !inOrder(r.Permissions, s.permissions) {
		return "", invalidValues("signedPermission")
	}
	if len(r.Identifier) > 64 {
		return "", invalidValues("signedIdentifier")
	}
	for _, value := range []string{
		r.CanonicalizedResource, r.Identifier, r.StartPartition, r.StartRow, r.EndPartition, r.EndRow,
		r.Overrides.CacheControl, r.Overrides.ContentDisposition, r.Overrides.ContentEncoding,
		r.Overrides.ContentLanguage, r.Overrides.ContentType,
	} {
		if strings.Contains(value, "\n") || len(value) > maxFieldLength {
			return "", invalidValues("canonicalizedResource")
		}
	}
	if r.Identifier == "" && r.Expiry.IsZero() {
		return "", invalidValues("signedExpiry")
	}
	return kind, checkShared(r.Start, r.Expiry, r.IP, r.Protocol)
}

// Text signs the token with the key and writes it as Azure does.
func (r AccountToken) Text(key []byte) (string, error) {
	for _, field := range []struct{ name, value, letters string }{
		{"signedServices", r.Services, "bqtf"},
		{"signedResourceTypes", r.ResourceTypes, "sco"},
		{"signedPermission", r.Permissions, accountPermissions},
	} {
		if field.value == "" || !among(field.value, field.letters) {
			return "", invalidValues(field.name)
		}
	}
	if r.Expiry.IsZero() {
		return "", invalidValues("signedExpiry")
	}
	if err := checkShared(r.Start, r.Expiry, r.IP, r.Protocol); err != nil {
		return "", err
	}
	s := Signed{
		Kind: Account, Version: tokenVersion, Services: r.Services, ResourceTypes: r.ResourceTypes,
		Permissions: r.Permissions, Start: Instant{Text: second(r.Start)}, Expiry: Instant{Text: second(r.Expiry)},
		IP: IPRange{Text: r.IP}, Protocol: r.Protocol,
	}
	var t token
	t.add("sv", tokenVersion)
	t.add("ss", r.Services)
	t.add("srt", r.ResourceTypes)
	t.add("sp", r.Permissions)
	t.add("st", s.Start.Text)
	t.add("se", s.Expiry.Text)
	t.add("sip", r.IP)
	t.add("spr", r.Protocol)
	return t.signed(key, s.accountString(r.Account)), nil
}

func checkShared(start, expiry time.Time, ip, protocol string) error {
	if !expiry.IsZero() && !start.IsZero() && !expiry.After(start) {
		return invalidValues("signedExpiry")
	}
	if _, err := parseIPRange(ip); err != nil {
		return invalidValues("signedIp")
	}
	if protocol != "" && protocol != "https" && protocol != "https,http" {
		return invalidValues("signedProtocol")
	}
	return nil
}

// InvalidValues is Resource Manager's code for a field that does not hold.
const InvalidValues = "InvalidValuesForRequestParameters"

func invalidValues(field string) error {
	return fault.New(fault.Invalid, "sas.Text", InvalidValues, "Values for request parameters are invalid: "+field+".")
}

func second(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// token is the text of a token while it is written.
type token struct{ strings.Builder }

// add writes a parameter that is not empty.
func (t *token) add(name, value string) {
	if value == "" {
		return
	}
	if t.Len() > 0 {
		t.WriteByte('&')
	}
	t.WriteString(name + "=" + strings.ReplaceAll(url.QueryEscape(value), "+", "%20"))
}

// signed is the whole token.
func (t *token) signed(key []byte, text string) string {
	t.add("sig", base64.StdEncoding.EncodeToString(mac(key, text)))
	return t.String()
}
