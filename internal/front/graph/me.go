package graph

import (
	"net/http"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// me shows the user who asks.
func (f *front) me(r *request) (*httpx.Response, error) {
	users := f.sets["users"]
	selected, err := users.selection(r.query["$select"])
	if err != nil {
		return nil, err
	}
	id, err := self(r)
	if err != nil {
		return nil, err
	}
	u, err := f.Directory.ReadUser(r.Context(), r.caller, id)
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Status: http.StatusOK, Body: f.entity(r, users, u, selected)}, nil
}

// ownedObjects lists what the user who asks owns.
func (f *front) ownedObjects(r *request) (*httpx.Response, error) {
	id, err := self(r)
	if err != nil {
		return nil, err
	}
	list, err := f.Directory.ReadOwned(r.Context(), r.caller, id)
	if err != nil {
		return nil, err
	}
	return f.collection(r, list), nil
}
