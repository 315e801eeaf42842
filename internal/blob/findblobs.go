package blob

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob/tags"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// maxFindScan is how many blobs one request looks at. Azure, too, may give fewer results than there are, with a marker.
const maxFindScan = 100_000

// FindBlobs is Find Blobs by Tags, in an account or, where the target names one, in a container.
type FindBlobs struct {
	Where      string // the expression
	Marker     string
	MaxResults int // 0 for as many as there may be
}

// Found is a blob that the expression holds for.
type Found struct {
	Container string
	Name      string
	Tags      map[string]string // those that the expression names
	VersionID Ticks
}

// FoundPage is an answer's part of what is found.
type FoundPage struct {
	Found []Found
	Next  string // the marker of the rest; "" where there is none
}

// finder goes over containers and blobs in the order of their names.
type finder struct {
	reader    store.Reader
	expr      *tags.Expression
	limit     int
	scanned   int
	container string // where the marker says to go on, after the blob name
	name      string
	now       Ticks
	page      FoundPage
}

// FindBlobs finds blobs by their tags.
func (s *Service) FindBlobs(ctx context.Context, a Access, t Target, r FindBlobs) (FoundPage, error) {
	op := OpFindBlobsByTags
	if t.Container != "" {
		op = OpFindBlobsByTagsContainer
		if err := checkContainerName(t.Container); err != nil {
			return FoundPage{}, err
		}
	}
	t.Blob = ""
	if _, err := s.permit(ctx, a, request{op: op, target: t}); err != nil {
		return FoundPage{}, err
	}
	expr, err := tags.ParseSearch(r.Where)
	if err != nil {
		return FoundPage{}, err
	}
	limit, err := listSize(r.MaxResults)
	if err != nil {
		return FoundPage{}, err
	}
	f := &finder{expr: expr, limit: limit, now: TicksOf(s.Clock.Now())}
	if f.container, f.name, err = parseFindMarker(r.Marker); err != nil {
		return FoundPage{}, err
	}
	scope, scoped := t.Container, t.Container != ""
	if inside, ok := expr.Container(); ok {
		if scoped && inside != scope {
			return FoundPage{}, nil
		}
		scope, scoped = inside, true
	}
	err = store.View(ctx, s.Store, func(v store.Reader) error {
		f.reader = v
		if scoped {
			return f.one(t, scope, t.Container != "")
		}
		return f.all(t.Account)
	})
	return f.page, err
}

// one looks into one container. Where only the expression names it, it need not be there.
func (f *finder) one(t Target, container string, must bool) error {
	c, err := readContainer(f.reader, t.Account, container)
	if err != nil {
		if !must && fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	}
	_, err = f.search(c)
	return err
}

func (f *finder) all(account string) error {
	prefix := store.Prefix("blob", "c", account)
	for item, err := range f.reader.Scan(keyContainer(account, f.container), store.End(prefix)) {
		if err != nil {
			return err
		}
		c, err := decodeContainer(item.Value)
		if err != nil {
			return err
		}
		if more, err := f.search(c); err != nil || !more {
			return err
		}
	}
	return nil
}

// search looks at the blobs of a container. more says that the page has room left.
func (f *finder) search(c *Container) (more bool, err error) {
	prefix := keyIn("b", c.instance, "")
	start := prefix
	if c.Name == f.container && f.name != "" {
		start = append(keyBlob(c.instance, f.name), 0)
	}
	for item, err := range f.reader.Scan(start, store.End(prefix)) {
		if err != nil {
			return false, err
		}
		b, err := decodeBlob(item.Value)
		if err != nil {
			return false, err
		}
		f.scanned++
		if len(b.Tags) > 0 && f.expr.Holds(b.Tags) && (b.Expires == 0 || b.Expires > f.now) {
			f.add(c, b)
		}
		if len(f.page.Found) == f.limit || f.scanned == maxFindScan {
			f.page.Next = findMarker(c.Name, b.Name)
			return false, nil
		}
	}
	return true, nil
}

func (f *finder) add(c *Container, b *Blob) {
	found := Found{Container: c.Name, Name: b.Name, VersionID: b.VersionID, Tags: map[string]string{}}
	for _, key := range f.expr.Keys() {
		if v, ok := b.Tags[key]; ok {
			found.Tags[key] = v
		}
	}
	f.page.Found = append(f.page.Found, found)
}

func findMarker(container, name string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(container + "/" + name))
}

func parseFindMarker(text string) (container, name string, err error) {
	if text == "" {
		return "", "", nil
	}
	plain, err := base64.RawURLEncoding.DecodeString(text)
	container, name, ok := strings.Cut(string(plain), "/")
	if err != nil || !ok || checkContainerName(container) != nil || checkBlobName("", name) != nil {
		return "", "", invalidQuery("marker", text)
	}
	return container, name, nil
}
