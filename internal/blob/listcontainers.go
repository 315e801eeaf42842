package blob

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// maxPage is how many entries a page of a list has at most, and where nobody says.
const maxPage = 5000

// ListContainers is List Containers.
type ListContainers struct {
	Prefix, Marker string
	MaxResults     int // 0: as many as fit
	Metadata       bool
	Deleted        bool
	System         bool // $logs and $blobchangefeed too
}

// ContainerPage is a page of a list of containers.
type ContainerPage struct {
	Containers []*Container // those deleted softly stand behind the one that is alive
	Next       string       // the marker of the next page; "" at the end
}

func hex16(v uint64) string { return hex.EncodeToString(binary.BigEndian.AppendUint64(nil, v)) }

func hexBytes(text string) ([]byte, error) { return hex.DecodeString(text) }

// listSize checks maxresults.
func listSize(asked int) (int, error) {
	switch {
	case asked < 0:
		return 0, invalidQuery("maxresults", "negative")
	case asked == 0, asked > maxPage:
		return maxPage, nil
	}
	return asked, nil
}

// ListContainers lists the account's containers in the order of their names.
func (s *Service) ListContainers(ctx context.Context, a Access, t Target, r ListContainers) (ContainerPage, error) {
	t.Container = ""
	if _, err := s.permit(ctx, a, request{op: OpListContainers, target: t, prefix: r.Prefix}); err != nil {
		return ContainerPage{}, err
	}
	size, err := listSize(r.MaxResults)
	if err != nil {
		return ContainerPage{}, err
	}
	now := TicksOf(s.Clock.Now())
	var page ContainerPage
	err = store.View(ctx, s.Store, func(reader store.Reader) error {
		alive, err := scanContainers(reader, "c", t.Account, r, size+1)
		if err != nil {
			return err
		}
		var dead []*Container
		if r.Deleted {
			if dead, err = scanContainers(reader, "cd", t.Account, r, size+1); err != nil {
				return err
			}
		}
		page = mergeContainers(alive, dead, size, now)
		return nil
	})
	if err != nil {
		return ContainerPage{}, fault.Wrap("blob.ListContainers", err)
	}
	for _, c := range page.Containers {
		if !r.Metadata {
			c.Metadata = nil
		}
	}
	return page, nil
}

// scanContainers reads at most limit containers of a table from the marker on.
func scanContainers(r store.Reader, table, account string, l ListContainers, limit int) ([]*Container, error) {
	prefix := store.Prefix("blob", table, account)
	start, end := append(prefix[:len(prefix):len(prefix)], max(l.Prefix, l.Marker)...), store.End(prefix)
	var found []*Container
	for item, err := range r.Scan(start, end) {
		if err != nil {
			return nil, err
		}
		c, err := decodeContainer(item.Value)
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(c.Name, l.Prefix) {
			break
		}
		if !l.System && (c.Name == "$logs" || c.Name == "$blobchangefeed") {
			continue
		}
		if found = append(found, c); len(found) >= limit {
			break
		}
	}
	return found, nil
}

// mergeContainers makes a page of those that are alive and those deleted softly. All of one name stand on one page.
func mergeContainers(alive, dead []*Container, size int, now Ticks) ContainerPage {
	var page ContainerPage
	for len(alive)+len(dead) > 0 {
		var c *Container
		if len(dead) == 0 || len(alive) > 0 && alive[0].Name <= dead[0].Name {
			c, alive = alive[0], alive[1:]
		} else {
			c, dead = dead[0], dead[1:]
			if c.Purge <= now {
				continue
			}
			c.Version = containerVersion(c.Deleted)
		}
		if n := len(page.Containers); n >= size && page.Containers[n-1].Name != c.Name {
			page.Next = c.Name
			return page
		}
		page.Containers = append(page.Containers, c.shown(now))
	}
	return page
}
