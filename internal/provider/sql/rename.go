package sql

import (
	"context"
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// renameDatabase gives a database another name on its server.
// Source: learn.microsoft.com/rest/api/sql/databases/rename.
func (p *provider) renameDatabase(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	var body struct {
		ID string `json:"id"`
	}
	if err := read(call.Body, &body); err != nil {
		return nil, err
	}
	to, ok := resource.ParseID(body.ID)
	if !ok || !strings.EqualFold(to.FullType(), Namespace+"/"+databaseType) || to.Name() == "" || !to.Container().Equal(call.ID.Container()) {
		return nil, invalid("id")
	}
	if reserved(call.ID.Name()) || reserved(to.Name()) {
		return nil, reservedName()
	}
	if err := checkDatabaseName(to.Name()); err != nil {
		return nil, err
	}
	_, err := call.Update(ctx, func(ch *resource.Change) error {
		if err := p.Registry.RenameDatabase(ch.Tx, strings.ToLower(call.ID.Names[0]), ch.Old.Name, to.Name()); err != nil {
			return fault.Wrap("sql.renameDatabase", err)
		}
		if !to.Equal(call.ID) {
			_, err := resource.GetTx(ch.Tx, to)
			if err == nil {
				return fault.Newf(fault.Exists, "sql.renameDatabase", "DatabaseAlreadyExists",
					"Database '%s' already exists. Choose a different database name.", to.Name())
			}
			if !errors.Is(err, store.ErrNotFound) {
				return fault.Wrap("sql.renameDatabase", err)
			}
			if err := resource.DeleteTx(ch.Tx, call.ID); err != nil {
				return fault.Wrap("sql.renameDatabase", err)
			}
		}
		ch.New.Name, ch.New.ID = to.Name(), ch.Old.ID[:len(ch.Old.ID)-len(ch.Old.Name)]+to.Name()
		return nil
	})
	return &resource.Answer{Status: 200}, err
}
