package resource

import (
	"context"
	"encoding/json"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// getStored serves GET of a type whose documents the core keeps.
func (s *Service) getStored(ctx context.Context, c *Call) (*Answer, error) {
	var doc *Document
	err := store.View(ctx, s.Store, func(r store.Reader) (err error) {
		doc, _, err = s.existing(r, c.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, c, doc, 200)
}

// listStored serves GET of a collection of documents, page by page.
func (s *Service) listStored(ctx context.Context, c *Call) (*Answer, error) {
	page, err := newPage(c.Query)
	if err != nil {
		return nil, err
	}
	prefix := store.Prefix(typeParts(c.ID)...)
	var docs []*Document
	var last []byte
	err = store.View(ctx, s.Store, func(r store.Reader) error {
		for item, err := range r.Scan(page.start(prefix), store.End(prefix)) {
			if err != nil {
				return err
			}
			if len(docs) == page.size {
				page.more(last)
				return nil
			}
			last = item.Key
			record, err := r.Get(indexedKey(item.Key, len(c.ID.Types)))
			if err != nil {
				return err
			}
			doc, err := decodeRecord(record.Value)
			if err != nil {
				return fault.Wrap("resource.listStored", err)
			}
			docs = append(docs, doc)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	rows := make([]json.RawMessage, 0, len(docs))
	for _, doc := range docs {
		text, err := s.show(ctx, c, doc)
		if err != nil {
			return nil, err
		}
		rows = append(rows, text)
	}
	return page.answer(rows, c.BaseURL, c.ID.String(), c.APIVersion, c.Query), nil
}
