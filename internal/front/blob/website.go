package blob

import (
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// site answers for the website's host: anybody may read what is in $web, whatever the containers' public access is.
// Source: "Static website hosting in Azure Storage".
func (f *front) site(x *exchange) (*answer, error) {
	if x.r.Method != http.MethodGet && x.r.Method != http.MethodHead {
		return nil, refusal(fault.Unsupported, "UnsupportedHttpVerb")
	}
	w := x.account.Properties.StaticWebsite
	if w == nil || !w.Enabled {
		return nil, refusal(fault.NotFound, "WebsiteNotFound")
	}
	// The setting is the permission: who may switch the website on has decided that its files are everybody's.
	x.access = blob.Access{By: blob.Operator, ClientIP: clientIP(x.r), HTTPS: x.r.TLS != nil, RequestID: x.id}
	name := x.place.blob
	if name == "" || strings.HasSuffix(name, "/") {
		switch {
		case w.IndexDocument != "":
			name += w.IndexDocument
		case w.DefaultIndexDocumentPath != "":
			name = w.DefaultIndexDocumentPath
		}
	}
	request, err := x.getRequest()
	if err != nil {
		return nil, err
	}
	a, err := f.page(x, name, request)
	if !fault.Is(err, fault.NotFound) && fault.ReasonOf(err) != "InvalidResourceName" {
		return a, err
	}
	if w.ErrorDocument404Path == "" {
		return nil, refusal(fault.NotFound, "WebsiteNotFound")
	}
	if a, err = f.page(x, w.ErrorDocument404Path, blob.GetBlob{}); err != nil {
		return nil, refusal(fault.NotFound, "WebsiteNotFound")
	}
	a.status = http.StatusNotFound
	return a, nil
}

func (f *front) page(x *exchange, name string, request blob.GetBlob) (*answer, error) {
	if name == "" {
		return nil, refusal(fault.NotFound, "WebsiteNotFound")
	}
	target := blob.Target{Account: x.account.Name, Container: webContainer, Blob: name}
	d, err := f.Service.GetBlob(x.r.Context(), x.access, target, request)
	if err != nil {
		return nil, err
	}
	return x.download(d)
}
