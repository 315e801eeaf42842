package vault

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// read asks the door and runs fn on a snapshot of the vault's contents. name is "" for operations on the vault.
func (s *Service) read(ctx context.Context, a Access, op Operation, name string, fn func(*contents) error) error {
	if name != "" {
		if err := checkName(name); err != nil {
			return err
		}
	}
	o, err := s.permit(ctx, a, op, name)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	return fault.Wrap("vault."+string(op), store.View(ctx, s.Store, func(r store.Reader) error {
		return fn(&contents{opened: o, service: s, r: r, now: now})
	}))
}

// change asks the door and runs fn in a transaction on the vault's contents. It may run fn again after a conflict.
func (s *Service) change(ctx context.Context, a Access, op Operation, name string, fn func(*contents) error) error {
	if name != "" {
		if err := checkName(name); err != nil {
			return err
		}
	}
	o, err := s.permit(ctx, a, op, name)
	if err != nil {
		return err
	}
	return s.changeIn(ctx, op, o, fn)
}

// changeIn runs fn in a transaction on the contents of a vault that the door has opened, or the service itself.
func (s *Service) changeIn(ctx context.Context, op Operation, o *opened, fn func(*contents) error) error {
	now := s.Clock.Now()
	return fault.Wrap("vault."+string(op), s.Store.Update(ctx, func(tx store.Tx) error {
		// The vault may have been deleted since the door was asked.
		if err := s.stands(tx, o); err != nil {
			return err
		}
		return fn(&contents{opened: o, service: s, r: tx, tx: tx, now: now})
	}))
}

// Page says which part of a list is asked for.
type Page struct {
	Most  int    // rows, 1 to MaxPage; 0 is MaxPage
	After string // what the last page gave to go on from; "" begins
}

// MaxPage is the most rows of a page.
const MaxPage = 25

func (p Page) size() int {
	if p.Most <= 0 || p.Most > MaxPage {
		return MaxPage
	}
	return p.Most
}

// list calls row with each object of a page, live or deleted, and gives from where the next page goes on, "" at the end.
func (c *contents) list(part string, t Type, p Page, row func(*object, *version) error) (next string, err error) {
	rows, last := 0, ""
	err = c.objects(part, t, p.After, func(o *object) (bool, error) {
		if rows == p.size() {
			next = last
			return false, nil
		}
		v, err := c.version(o, "")
		if err != nil {
			return false, err
		}
		rows, last = rows+1, o.Name
		return true, row(o, v)
	})
	return next, err
}

// listVersions is list for the versions of one object.
func (c *contents) listVersions(o *object, p Page, row func(*version) error) (next string, err error) {
	rows, last := 0, ""
	err = c.versions(o, p.After, func(v *version) (bool, error) {
		if rows == p.size() {
			next = last
			return false, nil
		}
		rows, last = rows+1, v.ID
		return true, row(v)
	})
	return next, err
}
