package e2e

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/appendblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
)

// contentOf is what a blob of that name has: bytes and size follow from it, so that whoever finds the blob can tell
// whether it is whole.
func contentOf(name string) []byte {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash never fails
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	data := make([]byte, []int{0, 100, 5_000, 70_000, 700_000}[r.IntN(5)])
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

func body(data []byte) *streamed { return &streamed{bytes.NewReader(data)} }

type streamed struct{ *bytes.Reader }

func (streamed) Close() error { return nil }

// write stores what a name stands for, in one of three ways, and returns when it was acknowledged.
func write(ctx context.Context, c *container.Client, name string) error {
	data := contentOf(name)
	switch {
	case strings.Contains(name, "blocks"):
		b := c.NewBlockBlobClient(name)
		var ids []string
		for at := 0; at < len(data); at += 64_000 {
			id := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%06d", at))
			if _, err := b.StageBlock(ctx, id, body(data[at:min(at+64_000, len(data))]), nil); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		_, err := b.CommitBlockList(ctx, ids, nil)
		return err
	case strings.Contains(name, "append"):
		b := c.NewAppendBlobClient(name)
		if _, err := b.Create(ctx, nil); err != nil {
			return err
		}
		for at := 0; at < len(data); at += 64_000 {
			if _, err := b.AppendBlock(ctx, body(data[at:min(at+64_000, len(data))]), &appendblob.AppendBlockOptions{}); err != nil {
				return err
			}
		}
		return nil
	default:
		_, err := c.NewBlockBlobClient(name).Upload(ctx, body(data), nil)
		return err
	}
}

// TestBlobPowerCut kills the process in the middle of uploads of every sort. What was acknowledged is there, whole; what
// was not is there whole or not at all; and the check of everything that is kept finds nothing.
func TestBlobPowerCut(t *testing.T) {
	data := filepath.Join(t.TempDir(), "state")
	for round := range 3 {
		d := develop(t, data, nil)
		c := d.client(t, wellKnown).ServiceClient().NewContainerClient("con")
		if _, err := c.Create(t.Context(), nil); err != nil && round == 0 {
			t.Fatal(err)
		}
		acked := d.load(t, c, round)
		if len(acked) == 0 {
			t.Fatal("nothing was acknowledged before the cut: the test proves nothing")
		}
		d = develop(t, data, nil)
		whole, cut := d.verify(t, acked)
		t.Logf("round %d: %d acknowledged, %d there, %d not finished", round, len(acked), whole, cut)
		check := &instance{data: data}
		if r := check.run(t, check.command("storage", "check")); r.status != 0 {
			t.Errorf("%s", r)
		}
		d.stop(t)
	}
}

// load writes until the power is cut, and gives the names that were acknowledged.
func (d *development) load(t *testing.T, c *container.Client, round int) map[string]bool {
	t.Helper()
	var (
		mu    sync.Mutex
		acked = map[string]bool{}
		wg    sync.WaitGroup
	)
	for w := range 6 {
		wg.Go(func() {
			for n := range 2000 {
				name := fmt.Sprintf("%s/%d-%d-%d", []string{"whole", "blocks", "append"}[n%3], round, w, n)
				if err := write(t.Context(), c, name); err != nil {
					var answered *azcore.ResponseError
					if errors.As(err, &answered) {
						t.Errorf("%s: %v", name, err)
					}
					return // the power is off
				}
				mu.Lock()
				acked[name] = true
				mu.Unlock()
			}
		})
	}
	time.Sleep(time.Second)
	d.kill()
	wg.Wait()
	return acked
}

// verify reads everything that is there, which must be whole, but for append blobs whose last writes were cut off; and
// wants of the names in acked that they are.
func (d *development) verify(t *testing.T, acked map[string]bool) (whole, cut int) {
	t.Helper()
	client := d.client(t, wellKnown)
	found := map[string]bool{}
	for pages := client.NewListBlobsFlatPager("con", nil); pages.More(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range page.Segment.BlobItems {
			found[*b.Name] = true
			got := download(t, client, *b.Name)
			want := contentOf(*b.Name)
			switch {
			case bytes.Equal(got, want):
				whole++
			case strings.Contains(*b.Name, "append") && !acked[*b.Name] && bytes.HasPrefix(want, got):
				cut++ // each of its blocks is a write of its own
			default:
				t.Errorf("%s has %d bytes, want %d others", *b.Name, len(got), len(want))
			}
		}
	}
	for name := range acked {
		if !found[name] {
			t.Errorf("%s was acknowledged and is gone", name)
		}
	}
	return whole, cut
}

// download reads a blob, which must be what the service's own checksum says.
func download(t *testing.T, c *azblob.Client, name string) []byte {
	t.Helper()
	got, err := c.DownloadStream(t.Context(), "con", name, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := out.ReadFrom(got.Body); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if sum := md5.Sum(out.Bytes()); got.ContentMD5 != nil && !bytes.Equal(got.ContentMD5, sum[:]) {
		t.Errorf("%s: the checksum is %x, that of what came %x", name, got.ContentMD5, sum)
	}
	return out.Bytes()
}

// TestFullDisk fills a disk of 200 MiB that only the process sees. Uploads are refused with 503 and leave nothing, what
// is there can be read and deleted, and then there is room again.
func TestFullDisk(t *testing.T) {
	unshare := program(t, "unshare")
	needNamespaces(t)
	data := t.TempDir()
	d := develop(t, data, nil, unshare, "--user", "--map-root-user", "--mount", "sh", "-c",
		`mount -t tmpfs -o size=200m none "$1" && shift && exec "$@"`, "sh", data)
	client := d.client(t, wellKnown)
	ctx := t.Context()
	if _, err := client.CreateContainer(ctx, "con", nil); err != nil {
		t.Fatal(err)
	}
	big := bytes.Repeat([]byte("kingfisher"), 800_000)
	full := func(name string) bool {
		t.Helper()
		_, err := client.UploadBuffer(ctx, "con", name, big, &azblob.UploadBufferOptions{BlockSize: 100 << 20})
		var answered *azcore.ResponseError
		if errors.As(err, &answered) && answered.StatusCode == 503 && answered.ErrorCode == "ServerBusy" {
			return true
		}
		if err != nil {
			t.Fatal(err)
		}
		return false
	}
	kept := 0
	for ; !full(fmt.Sprint("big", kept)); kept++ {
		if kept > 50 {
			t.Fatal("400 MB went onto a disk of 200")
		}
	}
	for range 3 {
		if !full("again") {
			t.Error("there was room again without anything being deleted")
		}
	}
	names := 0
	for pages := client.NewListBlobsFlatPager("con", nil); pages.More(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		names += len(page.Segment.BlobItems)
	}
	if names != kept || kept == 0 {
		t.Errorf("%d blobs are listed, %d were acknowledged", names, kept)
	}
	for n := range kept {
		if got := download(t, client, fmt.Sprint("big", n)); !bytes.Equal(got, big) {
			t.Errorf("big%d has %d bytes", n, len(got))
		}
	}
	for n := range 3 {
		if _, err := client.DeleteBlob(ctx, "con", fmt.Sprint("big", n), nil); err != nil {
			t.Error(err)
		}
	}
	if full("after") {
		t.Error("what was deleted gave no room")
	}
}
