package blob

import (
	"context"
	"errors"
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Problem is what a finding is about.
type Problem string

// The problems that Check finds.
const (
	Damaged  Problem = "damaged"  // a record or a key cannot be read
	Missing  Problem = "missing"  // what a record references is not there
	Mismatch Problem = "mismatch" // it is there, with another size or checksum
	Orphan   Problem = "orphan"   // nobody references it; the next sweep removes it. It harms nothing
)

// Finding is one thing that is wrong.
type Finding struct {
	Problem   Problem
	Account   string // of a container that is there
	Container string
	Blob      string
	Detail    string
}

// checker looks at one view of the store.
type checker struct {
	service *Service
	ctx     context.Context
	reader  store.Reader
	names   map[instance]Target // of the containers
	report  func(Finding)
	at      Finding // what is being looked at
}

// Check reads every record, follows every reference and works out every checksum, and reports what is wrong. An error is
// one that kept it from looking. It may run while others write: it looks at one moment.
func (s *Service) Check(ctx context.Context, report func(Finding)) error {
	pin := s.pins.pin() // what is removed meanwhile stays until the end
	defer s.pins.unpin(pin)
	var files []content.Info
	old := s.Clock.Now().Add(-collectGrace)
	for info, err := range s.Content.List(ctx) {
		if err != nil {
			return fault.Wrap("blob.Check", err)
		}
		if info.Modified.Before(old) {
			files = append(files, info)
		}
	}
	err := store.View(ctx, s.Store, func(r store.Reader) error {
		c := &checker{service: s, ctx: ctx, reader: r, names: map[instance]Target{}, report: report}
		if err := c.containers(); err != nil {
			return err
		}
		if err := c.records(); err != nil {
			return err
		}
		return c.orphans(files)
	})
	return fault.Wrap("blob.Check", err)
}

func (c *checker) find(p Problem, format string, args ...any) {
	f := c.at
	f.Problem, f.Detail = p, fmt.Sprintf(format, args...)
	c.report(f)
}

// containers reads which instance is which container.
func (c *checker) containers() error {
	for _, table := range []string{"c", "cd"} {
		prefix := store.Prefix("blob", table)
		for item, err := range c.reader.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			found, err := decodeContainer(item.Value)
			if err != nil {
				c.find(Damaged, "the record %q of a container: %v", item.Key, err)
				continue
			}
			c.names[found.instance] = Target{Account: accountOf(item.Key[len(prefix):]), Container: found.Name}
		}
	}
	return nil
}

// accountOf is the account in a container's key, behind the table's name.
func accountOf(rest []byte) string {
	for i, b := range rest {
		if b == 0 {
			return string(rest[:i])
		}
	}
	return string(rest)
}

// records looks at all blobs, snapshots, versions and uncommitted blocks.
func (c *checker) records() error {
	dead, err := deadInstances(c.reader)
	if err != nil {
		return err
	}
	for _, table := range []string{"b", "h", "u"} {
		err := scanRecords(c.reader, table, func(i instance, item store.Item) error {
			if err := c.ctx.Err(); err != nil {
				return err
			}
			if dead[i] {
				return nil
			}
			name := c.names[i]
			c.at = Finding{Account: name.Account, Container: name.Container}
			if name.Container == "" {
				c.find(Orphan, "a record of a container that is not there: %q", item.Key)
			}
			if table == "u" {
				return c.block(item)
			}
			return c.blob(item)
		})
		if err != nil {
			return err
		}
	}
	c.at = Finding{}
	return nil
}

func (c *checker) block(item store.Item) error {
	row, err := decodePieces(item.Value)
	if err != nil {
		if h, headerErr := decodeStaged(item.Value); headerErr != nil {
			c.find(Damaged, "the record %q of a block: %v", item.Key, err)
		} else {
			c.at.Blob = h.name
		}
		return nil
	}
	for _, p := range row {
		if err := c.content(p.content); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) blob(item store.Item) error {
	b, err := decodeBlob(item.Value)
	if err != nil {
		c.find(Damaged, "the record %q of a blob: %v", item.Key, err)
		return nil
	}
	c.at.Blob = b.Name
	switch b.Content.Form {
	case NoContent:
		if b.Size != 0 {
			c.find(Missing, "%d bytes have no content", b.Size)
		}
		return nil
	case Manifest:
		return c.manifest(b)
	case Pages:
		return c.pages(b)
	case Inline, File:
		if b.Size != b.Content.Size {
			c.find(Mismatch, "the blob has %d bytes and its content %d", b.Size, b.Content.Size)
		}
		return c.content(b.Content)
	}
	c.find(Damaged, "a content of unknown form %d", b.Content.Form)
	return nil
}

// manifest follows the pieces of a blob, which must leave no gap.
func (c *checker) manifest(b *Blob) error {
	pieces, err := readManifest(c.reader, b.Content.ID, 0, b.Size)
	if err != nil {
		c.find(Damaged, "the manifest %x: %v", b.Content.ID, err)
		return nil
	}
	at := int64(0)
	for _, p := range pieces {
		if p.start != at {
			c.find(Missing, "the bytes from %d to %d are in no piece", at, p.start)
		}
		at = p.end()
		if err := c.content(p.content); err != nil {
			return err
		}
	}
	if at != b.Size {
		c.find(Missing, "the bytes from %d to %d are in no piece", at, b.Size)
	}
	return nil
}

// pages follows the extents of all layers of a page blob.
func (c *checker) pages(b *Blob) error {
	chain, err := layers(c.reader, b.Content.ID)
	if err != nil {
		c.find(Missing, "the layer %x: %v", b.Content.ID, err)
		return nil
	}
	var failed error
	_, err = visitExtents(c.reader, chain, 0, maxPageBlob, func(e extent) bool {
		if e.end > b.Size && e.form != NoContent && len(chain) == 1 {
			c.find(Mismatch, "pages up to %d lie behind the end at %d", e.end, b.Size)
		}
		if e.form == File {
			failed = c.extent(e)
		}
		return failed == nil
	})
	if errors.Is(err, errRecord) || errors.Is(err, errKey) {
		c.find(Damaged, "the pages of layer %x: %v", b.Content.ID, err)
		return nil
	}
	return errors.Join(failed, err)
}

// orphans reports the files that nobody references.
func (c *checker) orphans(files []content.Info) error {
	refs, err := refer(c.reader)
	if err != nil {
		c.find(Damaged, "references cannot be followed: %v", err)
		return nil
	}
	for _, info := range files {
		if !refs.has(info.ID) {
			c.find(Orphan, "the content %x of %d bytes", info.ID, info.Size)
		}
	}
	return nil
}
