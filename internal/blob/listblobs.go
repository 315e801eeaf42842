package blob

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Include says what a list of blobs shows besides blobs that are there.
type Include struct {
	Snapshots, Versions, Uncommitted, Deleted, DeletedWithVersions bool

	Metadata, Tags, Copy, Immutability, LegalHold bool
}

// ListBlobs is List Blobs. With a delimiter, names that go on behind it are shown once, as a prefix.
type ListBlobs struct {
	Prefix, Delimiter, Marker string
	StartFrom                 string // the first name to list; "" for the beginning
	MaxResults                int    // 0: as many as fit
	Include                   Include
}

// ListItem is a blob, or a prefix that blobs have in common.
type ListItem struct {
	Prefix string // "" of a blob
	Blob   *Blob
}

// BlobPage is a page of a list.
type BlobPage struct {
	Items []ListItem
	Next  string // the marker of the next page; "" at the end
}

// ListBlobs lists the container's blobs in the order of their names. A page costs what it shows, wherever it stands and
// however many blobs lie behind a prefix.
func (s *Service) ListBlobs(ctx context.Context, a Access, t Target, r ListBlobs) (BlobPage, error) {
	if err := checkContainerName(t.Container); err != nil {
		return BlobPage{}, err
	}
	t.Blob = ""
	g, err := s.permit(ctx, a, request{op: OpListBlobs, target: t, prefix: r.Prefix})
	if err != nil {
		return BlobPage{}, err
	}
	size, err := listSize(r.MaxResults)
	if err != nil {
		return BlobPage{}, err
	}
	l := &listing{ListBlobs: r, account: g.account, size: size, now: TicksOf(s.Clock.Now())}
	if err := l.begin(); err != nil {
		return BlobPage{}, err
	}
	if a.SAS != nil && a.SAS.Resource == "d" && !below(a.SAS.Blob, strings.TrimSuffix(r.Prefix, "/")) {
		return BlobPage{}, errMismatch
	}
	err = store.View(ctx, s.Store, func(reader store.Reader) error {
		c, err := readContainer(reader, t.Account, t.Container)
		if err != nil {
			return err
		}
		l.reader, l.instance = reader, c.instance
		return l.run()
	})
	if err != nil {
		return BlobPage{}, fault.Wrap("blob.ListBlobs", err)
	}
	return l.page, nil
}

// begin works out where the list starts.
func (l *listing) begin() error {
	l.from = max(keyName(l.StartFrom), cutName(l.Prefix))
	if l.Marker == "" {
		return nil
	}
	name, at, err := parseMarker(l.Marker)
	if err != nil {
		return err
	}
	if name >= l.from {
		l.from, l.resume = name, at
	}
	return nil
}

// cutName is a prefix as keys have it.
func cutName(prefix string) string { return prefix[:min(len(prefix), maxKeyName)] }

// A marker is where the next page begins, in base64 behind the format's version: the name, as keys have it, and the
// moment of the first entry of that name that is to be shown.
const markerFormat = "1!"

func marker(name string, at Ticks) string {
	raw := binary.BigEndian.AppendUint64([]byte(name), uint64(at))
	return markerFormat + base64.RawURLEncoding.EncodeToString(raw)
}

func parseMarker(text string) (name string, at Ticks, err error) {
	raw, ok := strings.CutPrefix(text, markerFormat)
	b, err := base64.RawURLEncoding.DecodeString(raw)
	if !ok || err != nil || len(b) < 8 || len(b) > maxKeyName+2*sha256.Size+8 {
		return "", 0, invalidQuery("marker", text)
	}
	at = Ticks(binary.BigEndian.Uint64(b[len(b)-8:]))
	return string(b[:len(b)-8]), at, nil
}

// listing is a page in progress.
type listing struct {
	ListBlobs
	account  *Account
	size     int
	now      Ticks
	from     string // the first name
	resume   Ticks  // of from, what is older was shown on the page before
	reader   store.Reader
	instance instance
	sources  []*source // blobs first
	page     BlobPage
}

// run merges what is there with what the request includes, name by name.
func (l *listing) run() error {
	l.sources = []*source{l.source("b")}
	i := l.Include
	if i.Snapshots || i.Versions || i.Deleted || i.DeletedWithVersions {
		l.sources = append(l.sources, l.source("h"))
	}
	if i.Uncommitted {
		l.sources = append(l.sources, l.source("u"))
	}
	for {
		name, ok, err := l.first()
		if err != nil || !ok {
			return err
		}
		if !strings.HasPrefix(name, cutName(l.Prefix)) {
			return nil
		}
		full := len(l.page.Items) >= l.size
		if prefix, ok := l.grouped(name); ok {
			shows, err := l.showsBelow(prefix, name)
			if err != nil {
				return err
			}
			if shows && full {
				l.page.Next = marker(name, 0)
				return nil
			}
			if shows {
				l.page.Items = append(l.page.Items, ListItem{Prefix: prefix})
			}
			l.skip(prefix)
			continue
		}
		shown, err := l.entry(name)
		if err != nil {
			return err
		}
		for _, b := range shown {
			if len(l.page.Items) >= l.size {
				l.page.Next = marker(name, b.moment())
				return nil
			}
			l.page.Items = append(l.page.Items, ListItem{Blob: b})
		}
	}
}

// grouped gives the prefix that stands for a name, where a delimiter follows the list's prefix in it.
func (l *listing) grouped(name string) (string, bool) {
	if l.Delimiter == "" || len(name) < len(l.Prefix) {
		return "", false
	}
	i := strings.Index(name[len(l.Prefix):], l.Delimiter)
	if i < 0 {
		return "", false
	}
	return name[:len(l.Prefix)+i+len(l.Delimiter)], true
}

// showsBelow reports whether anything behind a prefix is to be shown. A name of a blob that is there decides at once;
// history alone may be nothing that the request includes.
func (l *listing) showsBelow(prefix, name string) (bool, error) {
	for strings.HasPrefix(name, prefix) {
		if l.sources[0].name == name {
			b, err := decodeBlob(l.sources[0].value)
			if err != nil {
				return false, err
			}
			if b.Expires == 0 || b.Expires > l.now {
				return true, nil
			}
		}
		shown, err := l.entry(name)
		if err != nil || len(shown) > 0 {
			return len(shown) > 0, err
		}
		next, ok, err := l.first()
		if err != nil || !ok {
			return false, err
		}
		name = next
	}
	return false, nil
}

// first is the smallest name that any source has.
func (l *listing) first() (name string, ok bool, err error) {
	for _, s := range l.sources {
		if err := s.fill(); err != nil {
			return "", false, err
		}
		if !s.done && (!ok || s.name < name) {
			name, ok = s.name, true
		}
	}
	return name, ok, nil
}

// skip moves all sources behind a prefix.
func (l *listing) skip(prefix string) {
	end := string(store.End([]byte(prefix)))
	for _, s := range l.sources {
		s.seek(end)
	}
}

// entry takes what is to be shown of a name: its history in the order of time, then the blob. It stops where the page
// is full.
func (l *listing) entry(name string) ([]*Blob, error) {
	e := entry{listing: l, name: name}
	for i := len(l.sources) - 1; i >= 0; i-- {
		s := l.sources[i]
		for !s.done && s.name == name {
			if err := e.take(s); err != nil {
				return nil, err
			}
			if len(e.shown) > l.size {
				return e.shown, nil
			}
			if err := s.fill(); err != nil {
				return nil, err
			}
		}
	}
	return e.end(), nil
}
