package blob

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
)

const maxCORSRules = 5

// getServiceProperties is Get Blob Service Properties.
func (f *front) getServiceProperties(x *exchange) (*answer, error) {
	p, err := f.Service.GetServiceProperties(x.r.Context(), x.access, x.target)
	if err != nil {
		return nil, err
	}
	var d xmlDocument
	d.start("StorageServiceProperties")
	d.logging(p.Logging)
	d.metrics("HourMetrics", p.HourMetrics)
	if x.since("2013-08-15") {
		d.metrics("MinuteMetrics", p.MinuteMetrics)
		d.cors(p.CORS)
	}
	d.leafIf("DefaultServiceVersion", p.DefaultServiceVersion)
	if x.since("2017-07-29") {
		d.retention("DeleteRetentionPolicy", p.DeleteRetention, x.since("2020-02-10"))
	}
	if x.since("2018-03-28") {
		d.staticWebsite(p.StaticWebsite)
	}
	d.end("StorageServiceProperties")
	return document(&d), nil
}

func (d *xmlDocument) logging(l *blob.Logging) {
	if l == nil {
		l = &blob.Logging{Version: "1.0"}
	}
	d.start("Logging")
	d.leaf("Version", l.Version)
	d.boolean("Delete", l.Delete)
	d.boolean("Read", l.Read)
	d.boolean("Write", l.Write)
	d.retention("RetentionPolicy", l.Retention, false)
	d.end("Logging")
}

func (d *xmlDocument) metrics(name string, m *blob.Metrics) {
	if m == nil {
		m = &blob.Metrics{Version: "1.0"}
	}
	d.start(name)
	d.leaf("Version", m.Version)
	d.boolean("Enabled", m.Enabled)
	if m.Enabled && m.IncludeAPIs != nil {
		d.boolean("IncludeAPIs", *m.IncludeAPIs)
	}
	d.retention("RetentionPolicy", m.Retention, false)
	d.end(name)
}

func (d *xmlDocument) retention(name string, r blob.Retention, permanent bool) {
	d.start(name)
	d.boolean("Enabled", r.Enabled)
	if r.Enabled {
		d.number("Days", int64(r.Days))
	}
	if permanent && r.Enabled {
		d.boolean("AllowPermanentDelete", r.AllowPermanentDelete)
	}
	d.end(name)
}

func (d *xmlDocument) cors(rules []blob.CORSRule) {
	if len(rules) == 0 {
		d.empty("Cors")
		return
	}
	d.start("Cors")
	for _, r := range rules {
		d.start("CorsRule")
		d.leaf("AllowedMethods", strings.Join(r.AllowedMethods, ","))
		d.leaf("AllowedOrigins", strings.Join(r.AllowedOrigins, ","))
		d.leaf("AllowedHeaders", strings.Join(r.AllowedHeaders, ","))
		d.leaf("ExposedHeaders", strings.Join(r.ExposedHeaders, ","))
		d.number("MaxAgeInSeconds", int64(r.MaxAgeSeconds))
		d.end("CorsRule")
	}
	d.end("Cors")
}

func (d *xmlDocument) staticWebsite(w *blob.StaticWebsite) {
	d.start("StaticWebsite")
	d.boolean("Enabled", w != nil && w.Enabled)
	if w != nil && w.Enabled {
		d.leafIf("IndexDocument", w.IndexDocument)
		d.leafIf("DefaultIndexDocumentPath", w.DefaultIndexDocumentPath)
		d.leafIf("ErrorDocument404Path", w.ErrorDocument404Path)
	}
	d.end("StaticWebsite")
}

// setServiceProperties is Set Blob Service Properties: what the document leaves out stays as it is.
func (f *front) setServiceProperties(x *exchange) (*answer, error) {
	body, err := readXML(x, "StorageServiceProperties", maxXML)
	if err != nil {
		return nil, err
	}
	var checked blob.ServiceProperties
	if err := readServiceProperties(body, &checked); err != nil {
		return nil, err
	}
	var applied error // the same document, read onto what is set
	err = f.Service.SetServiceProperties(x.r.Context(), x.access, x.target, func(p *blob.ServiceProperties) {
		applied = readServiceProperties(body, p)
	})
	if err == nil {
		err = applied
	}
	if err != nil {
		return nil, err
	}
	return &answer{status: http.StatusAccepted}, nil
}

func readServiceProperties(body *element, p *blob.ServiceProperties) (err error) {
	for _, e := range body.children {
		switch e.name {
		case "Logging":
			p.Logging, err = readLogging(e)
		case "HourMetrics", "Metrics":
			p.HourMetrics, err = readMetrics(e)
		case "MinuteMetrics":
			p.MinuteMetrics, err = readMetrics(e)
		case "Cors":
			p.CORS, err = readCORS(e)
		case "DefaultServiceVersion":
			if p.DefaultServiceVersion = e.content(); !isVersion(p.DefaultServiceVersion) {
				err = badNode(e.name, p.DefaultServiceVersion)
			}
		case "DeleteRetentionPolicy":
			p.DeleteRetention, err = readRetention(e)
		case "StaticWebsite":
			p.StaticWebsite, err = readStaticWebsite(e)
		default:
			err = badXML(nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func readLogging(e *element) (*blob.Logging, error) {
	l := &blob.Logging{Version: e.value("Version")}
	if l.Version == "" {
		return nil, missingNode("Version")
	}
	for name, flag := range map[string]*bool{"Delete": &l.Delete, "Read": &l.Read, "Write": &l.Write} {
		if err := readFlag(e, name, flag, true); err != nil {
			return nil, err
		}
	}
	r, err := readRetention(e.child("RetentionPolicy"))
	l.Retention = r
	return l, err
}

func readMetrics(e *element) (*blob.Metrics, error) {
	m := &blob.Metrics{Version: e.value("Version")}
	if m.Version == "" {
		return nil, missingNode("Version")
	}
	if err := readFlag(e, "Enabled", &m.Enabled, true); err != nil {
		return nil, err
	}
	if e.child("IncludeAPIs") != nil {
		m.IncludeAPIs = new(bool)
		if err := readFlag(e, "IncludeAPIs", m.IncludeAPIs, true); err != nil {
			return nil, err
		}
	} else if m.Enabled {
		return nil, missingNode("IncludeAPIs")
	}
	if e.child("RetentionPolicy") == nil {
		return m, nil
	}
	r, err := readRetention(e.child("RetentionPolicy"))
	m.Retention = r
	return m, err
}

func readFlag(e *element, name string, to *bool, required bool) error {
	text := e.value(name)
	if text == "" {
		if required {
			return missingNode(name)
		}
		return nil
	}
	v, err := strconv.ParseBool(lower(text))
	if err != nil {
		return badNode(name, text)
	}
	*to = v
	return nil
}

func readRetention(e *element) (r blob.Retention, err error) {
	if e == nil {
		return r, missingNode("RetentionPolicy")
	}
	if err := readFlag(e, "Enabled", &r.Enabled, true); err != nil {
		return r, err
	}
	if err := readFlag(e, "AllowPermanentDelete", &r.AllowPermanentDelete, false); err != nil {
		return r, err
	}
	text := e.value("Days")
	switch {
	case text == "" && r.Enabled:
		return r, badXML(errors.New("a retention without Days"))
	case text == "" || !r.Enabled:
		return r, nil
	}
	if r.Days, err = strconv.Atoi(text); err != nil || r.Days < 1 || r.Days > 365 {
		return r, badXML(errors.New("a retention of fewer days than 1, or more than 365"))
	}
	return r, nil
}

func readCORS(e *element) ([]blob.CORSRule, error) {
	rules := []blob.CORSRule{}
	for _, c := range e.children {
		if c.name != "CorsRule" || len(rules) == maxCORSRules {
			return nil, badXML(nil)
		}
		r := blob.CORSRule{
			AllowedOrigins: list(c.value("AllowedOrigins")), AllowedMethods: list(strings.ToUpper(c.value("AllowedMethods"))),
			AllowedHeaders: list(c.value("AllowedHeaders")), ExposedHeaders: list(c.value("ExposedHeaders")),
		}
		if len(r.AllowedOrigins) == 0 || len(r.AllowedOrigins) > 64 {
			return nil, badNode("AllowedOrigins", c.value("AllowedOrigins"))
		}
		for _, m := range r.AllowedMethods {
			if !strings.Contains(" DELETE GET HEAD MERGE POST OPTIONS PUT PATCH CONNECT TRACE ", " "+m+" ") {
				return nil, badNode("AllowedMethods", m)
			}
		}
		if len(r.AllowedMethods) == 0 {
			return nil, missingNode("AllowedMethods")
		}
		age, err := strconv.Atoi(c.value("MaxAgeInSeconds"))
		if err != nil || age < 0 {
			return nil, badNode("MaxAgeInSeconds", c.value("MaxAgeInSeconds"))
		}
		r.MaxAgeSeconds = age
		rules = append(rules, r)
	}
	return rules, nil
}

// list splits a comma separated value.
func list(text string) []string {
	var out []string
	for _, part := range strings.Split(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func readStaticWebsite(e *element) (*blob.StaticWebsite, error) {
	w := &blob.StaticWebsite{
		IndexDocument: e.value("IndexDocument"), DefaultIndexDocumentPath: e.value("DefaultIndexDocumentPath"),
		ErrorDocument404Path: e.value("ErrorDocument404Path"),
	}
	if err := readFlag(e, "Enabled", &w.Enabled, true); err != nil {
		return nil, err
	}
	if strings.Contains(w.IndexDocument, "/") {
		return nil, badNode("IndexDocument", w.IndexDocument)
	}
	return w, nil
}
