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

// names are the values of the parameter include.
func (i Include) names() (names []string) {
	for _, one := range []struct {
		name string
		set  bool
	}{
		{"snapshots", i.Snapshots},
		{"versions", i.Versions},
		{"uncommittedblobs", i.Uncommitted},
		{"deleted", i.Deleted},
		{"deletedwithversions", i.DeletedWithVersions},
		{"metadata", i.Metadata},
		{"tags", i.Tags},
		{"copy", i.Copy},
		{"immutabilitypolicy", i.Immutability},
		{"legalhold", i.LegalHold},
	} {
		if one.set {
			names = append(names, one.name)
		}
	}
	return names
}

// ListBlobs is List Blobs. With a delimiter, names that go on behind it are shown once, as a prefix.
type ListBlobs struct {
	Prefix, Delimiter, Marker string
	StartFrom                 string // the first name to list; "" for the beginning
	EndBefore                 string // the first name that is no longer listed; "" for the end
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
	var page BlobPage
	next, err := s.WalkBlobs(ctx, a, t, r, func(i ListItem) error {
		if i.Blob != nil {
			own := *i.Blob
			i.Blob = &own
		}
		page.Items = append(page.Items, i)
		return nil
	})
	if err != nil {
		return BlobPage{}, err
	}
	page.Next = next
	return page, nil
}

// WalkBlobs is ListBlobs without a page in memory: it calls show with one item after another, whose blob is show's only
// until it returns. It gives the marker of the next page, "" at the end.
func (s *Service) WalkBlobs(ctx context.Context, a Access, t Target, r ListBlobs, show func(ListItem) error) (next string, err error) {
	if err := checkContainerName(t.Container); err != nil {
		return "", err
	}
	t.Blob = ""
	g, err := s.permit(ctx, a, request{op: OpListBlobs, target: t, prefix: r.Prefix, include: r.Include.names()})
	if err != nil {
		return "", err
	}
	size, err := listSize(r.MaxResults)
	if err != nil {
		return "", err
	}
	l := &listing{ListBlobs: r, show: show, account: g.account, size: size, now: TicksOf(s.Clock.Now())}
	if err := l.begin(); err != nil {
		return "", err
	}
	if a.SAS != nil && a.SAS.Resource == "d" && !below(a.SAS.Blob, strings.TrimSuffix(r.Prefix, "/")) {
		return "", errMismatch
	}
	err = store.View(ctx, s.Store, func(reader store.Reader) error {
		c, err := readContainer(reader, t.Account, t.Container)
		if err != nil {
			return err
		}
		l.reader, l.instance = reader, c.instance
		defer l.close()
		return l.run()
	})
	if err != nil {
		return "", fault.Wrap("blob.ListBlobs", err)
	}
	return l.next, nil
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
