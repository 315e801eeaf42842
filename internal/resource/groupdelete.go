package resource

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// operation is the record of what was accepted, for who asks how it went.
type operation struct {
	Group    string    `json:"group,omitempty"`
	Finished time.Time `json:"finished"`
}

// operationLife is how long an outcome can be asked for.
const operationLife = 24 * time.Hour

// deleteGroup deletes a group with all that is in it, in one transaction. It answers 202 with the place where the
// outcome is asked for, as Azure does; by then the deletion is done and durable.
func (s *Service) deleteGroup(ctx context.Context, r *Request, id ID) (*Answer, error) {
	token, err := s.token()
	if err != nil {
		return nil, err
	}
	c := s.call(ctx, r, nil, id)
	c.Authorize = s.linked(ctx, r, rbac.Request{Action: groupActionText("resourceGroups", "delete"), Scope: id.Scope()})
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		old, version, err := load(tx, id)
		if errors.Is(err, store.ErrNotFound) {
			return groupNotFound(id.Group)
		}
		if err != nil {
			return err
		}
		if err := precondition(r.IfMatch, r.IfNoneMatch, old, version); err != nil {
			return err
		}
		if err := s.checkLocks(tx, id, r.Method); err != nil {
			return err
		}
		sub, group := strings.ToLower(id.Subscription), strings.ToLower(id.Group)
		if err := s.cascade(ctx, c, tx, store.Key("arm", "document", sub, group)); err != nil {
			return err
		}
		if err := DeleteTx(tx, id); err != nil {
			return err
		}
		if err := s.deleted(tx, id); err != nil {
			return err
		}
		return s.putOperation(tx, sub, token, operation{Group: old.Name, Finished: c.Now})
	})
	if err != nil {
		return nil, err
	}
	return accepted(c, token), nil
}

// Accepted answers an operation that Azure accepts and then does, where a client that knows only the status 202 would
// not see that it is done: 202 with the place where the outcome is asked for. It is called when all is done.
func (c *Call) Accepted(ctx context.Context) (*Answer, error) {
	token, err := c.service.token()
	if err != nil {
		return nil, err
	}
	err = c.service.Store.Update(ctx, func(tx store.Tx) error {
		return c.service.putOperation(tx, strings.ToLower(c.ID.Subscription), token, operation{Group: c.ID.Group, Finished: c.Now})
	})
	if err != nil {
		return nil, err
	}
	return accepted(c, token), nil
}

// accepted is the answer that names the place of an outcome.
func accepted(c *Call, token string) *Answer {
	return &Answer{Status: 202, Header: map[string]string{
		"Location":    c.BaseURL + "/subscriptions/" + c.ID.Subscription + "/operationresults/" + token + "?api-version=" + c.APIVersion,
		"Retry-After": "0",
	}}
}

// putOperation records an operation and forgets those that nobody can ask for any more.
func (s *Service) putOperation(tx store.Tx, sub, token string, op operation) error {
	prefix := store.Prefix("arm", "operation", sub)
	var stale [][]byte
	for item, err := range tx.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		var old operation
		if json.Unmarshal(item.Value, &old) != nil || op.Finished.Sub(old.Finished) > operationLife {
			stale = append(stale, item.Key)
		}
	}
	for _, key := range stale {
		if err := tx.Delete(key); err != nil {
			return err
		}
	}
	text, err := encode(op)
	if err != nil {
		return err
	}
	return tx.Put(store.Key("arm", "operation", sub, token), text)
}

// operationResult answers the poll of what was accepted: 200 without a body once it is done.
func (s *Service) operationResult(ctx context.Context, r *Request, sub subscription, token string) (*Answer, error) {
	var op operation
	err := store.View(ctx, s.Store, func(read store.Reader) error {
		item, err := read.Get(store.Key("arm", "operation", strings.ToLower(sub.ID), strings.ToLower(token)))
		if err != nil {
			return err
		}
		return json.Unmarshal(item.Value, &op)
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && s.Clock.Now().Sub(op.Finished) > operationLife {
		return nil, fault.Newf(fault.NotFound, "resource", "OperationNotFound", "The operation '%s' could not be found.", token)
	}
	return &Answer{Status: 200}, err
}

// token is an unguessable lower-case name: 26 characters of base 32.
func (s *Service) token() (string, error) {
	const letters = "abcdefghijklmnopqrstuvwxyz234567"
	b := make([]byte, 26)
	if _, err := io.ReadFull(s.Rand, b); err != nil {
		return "", fault.Wrap("resource.token", err)
	}
	for i := range b {
		b[i] = letters[b[i]&31]
	}
	return string(b), nil
}
