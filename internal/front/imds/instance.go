package imds

import (
	"context"
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// instance answers from the tree of what the machine is. Source: the service's documentation, "Instance metadata".
func (e *endpoint) instance(ctx context.Context, q query, path []string) (*httpx.Response, error) {
	if err := checkVersion(&q, "2017-03-01", false); err != nil {
		return nil, err
	}
	format := strings.ToLower(q.value("format"))
	if format != "" && format != "json" && format != "text" {
		return nil, invalid(false, "Bad request. The format is not supported: use json or text")
	}
	doc, err := e.Resources.Get(ctx, e.machine)
	if err != nil {
		return nil, err
	}
	m := machine{builder: builder{q.value("api-version")}, cloud: e.Cloud, id: e.machine, doc: doc}
	n, err := m.tree().walk(path)
	if err != nil {
		return nil, err
	}
	if format == "text" {
		return &httpx.Response{
			Status: http.StatusOK, Body: n.plain(),
			Header: http.Header{"Server": serverHeader, "Content-Type": textHeader},
		}, nil
	}
	if n.kind == leaf {
		return nil, invalid(false, "Bad request. A single value has no json format: use format=text")
	}
	return ok(n.json(make([]byte, 0, 4096))), nil
}
