package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
)

// blockSize is that of blobs that are put in blocks.
const blockSize = 8 << 20

// work is one operation by a worker; n counts over all of them. It gives the bytes of the body that it read.
type work func(ctx context.Context, worker, n int) (int, error)

// client is azblob on one container.
type client struct {
	settings
	container *container.Client
	data      []byte
}

func newClient(s settings) (*client, error) {
	credential, err := container.NewSharedKeyCredential(s.account, s.key)
	if err != nil {
		return nil, err
	}
	c := &client{settings: s}
	if s.work != "huge" && s.work != "ranges" {
		c.data = make([]byte, s.size)
	}
	for i := range c.data {
		c.data[i] = byte(i*i>>3 ^ i*7) // nothing that compresses
	}
	transport := &http.Client{
		Transport: &http.Transport{MaxIdleConnsPerHost: s.workers, DisableCompression: true, WriteBufferSize: 64 << 10, ReadBufferSize: 64 << 10},
		Timeout:   time.Minute,
	}
	o := &container.ClientOptions{ClientOptions: azcore.ClientOptions{
		Transport: transport, Retry: policy.RetryOptions{MaxRetries: -1},
	}}
	if s.work == "list" || s.work == "hierarchy" {
		o.Transport, o.PerCallPolicies = unparsed{transport, s.items}, []policy.Policy{startFrom{}}
	}
	c.container, err = container.NewClientWithSharedKeyCredential(s.url+"/"+s.container, credential, o)
	return c, err
}

// works are the loads by name.
func (c *client) works() map[string]work {
	return map[string]work{
		"put": c.put, "get": c.get, "properties": c.properties, "blocks": c.blocks, "download": c.download, "list": c.list, "hierarchy": c.hierarchy,
		"ranges": c.ranges,
	}
}

// name is that of a blob. Its size is in it, for a server that has none and makes bytes up.
func (c *client) name(n int) string {
	return fmt.Sprintf("%03d/%d/blob-%08d", n%c.prefixes, c.size, n)
}

func (c *client) put(ctx context.Context, _, n int) (int, error) {
	_, err := c.container.NewBlockBlobClient(c.name(n)).Upload(ctx, streaming.NopCloser(bytes.NewReader(c.data)), nil)
	return 0, err
}

func (c *client) get(ctx context.Context, _, n int) (int, error) {
	return c.read(ctx, c.name(n%c.blobs))
}

func (c *client) read(ctx context.Context, name string) (int, error) {
	resp, err := c.container.NewBlobClient(name).DownloadStream(ctx, nil)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(io.Discard, resp.Body)
	if err == nil && int(n) != c.size {
		err = fmt.Errorf("%d bytes of %d", n, c.size)
	}
	return int(n), errors.Join(err, resp.Body.Close())
}

func (c *client) properties(ctx context.Context, _, n int) (int, error) {
	resp, err := c.container.NewBlobClient(c.name(n%c.blobs)).GetProperties(ctx, nil)
	if err == nil && (resp.ContentLength == nil || *resp.ContentLength != int64(c.size)) {
		err = errors.New("the length is another")
	}
	return 0, err
}

// blocks puts a blob in blocks, one after another, each time over the same one of the worker. UploadBuffer would put this
// much in one piece.
func (c *client) blocks(ctx context.Context, worker, _ int) (int, error) {
	blob := c.container.NewBlockBlobClient(c.name(worker))
	var list []string
	for from := 0; from < len(c.data); from += blockSize {
		id := base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(from)))
		block := bytes.NewReader(c.data[from:min(from+blockSize, len(c.data))])
		if _, err := blob.StageBlock(ctx, id, streaming.NopCloser(block), nil); err != nil {
			return 0, err
		}
		list = append(list, id)
	}
	_, err := blob.CommitBlockList(ctx, list, nil)
	return 0, err
}

func (c *client) download(ctx context.Context, worker, _ int) (int, error) {
	return c.read(ctx, c.name(worker))
}

// stride spreads numbers over what there is.
const stride = 7919

func (c *client) list(ctx context.Context, _, n int) (int, error) {
	if c.anywhere {
		ctx = context.WithValue(ctx, startFrom{}, c.name(n*stride%max(1, c.blobs-c.items+1)))
	}
	_, err := c.container.NewListBlobsFlatPager(&container.ListBlobsFlatOptions{MaxResults: to.Ptr(int32(5000))}).NextPage(ctx)
	return 0, err
}

func (c *client) hierarchy(ctx context.Context, _, _ int) (int, error) {
	_, err := c.container.NewListBlobsHierarchyPager("/", nil).NextPage(ctx)
	return 0, err
}

// prepare makes the container and puts blobs into it, from first on.
func (c *client) prepare(ctx context.Context) (outcome, error) {
	started := time.Now()
	if _, err := c.container.Create(ctx, nil); err != nil && !bloberror.HasCode(err, bloberror.ContainerAlreadyExists) {
		return outcome{}, err
	}
	numbers := make(chan int)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for range c.workers {
		wg.Go(func() {
			for n := range numbers {
				if _, err := c.put(ctx, 0, n); err != nil {
					cancel(err)
				}
			}
		})
	}
	for n := range c.settings.blobs {
		numbers <- c.first + n
	}
	close(numbers)
	wg.Wait()
	return outcome{PerSecond: float64(c.settings.blobs) / time.Since(started).Seconds()}, context.Cause(ctx)
}

// startFrom is the context's key of the name that a list begins with. The service takes it as a parameter that this client
// has no option for.
type startFrom struct{}

func (startFrom) Do(r *policy.Request) (*http.Response, error) {
	if name, ok := r.Raw().Context().Value(startFrom{}).(string); ok {
		q := r.Raw().URL.Query()
		q.Set("startFrom", name)
		r.Raw().URL.RawQuery = q.Encode()
	}
	return r.Next()
}

// unparsed reads a list's answer to its end and hands an empty one on. To parse 5,000 blobs takes this client longer than
// a server needs to list them, and would be all that is measured.
type unparsed struct {
	*http.Client
	items int // that the answer must have
}

const emptyList = `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs /><NextMarker /></EnumerationResults>`

func (u unparsed) Do(r *http.Request) (*http.Response, error) {
	resp, err := u.Client.Do(r)
	if err != nil || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	var list counter
	_, err = io.Copy(&list, resp.Body)
	if err == nil && list.items != u.items {
		err = fmt.Errorf("a list of %d items, not %d", list.items, u.items)
	}
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(emptyList)), int64(len(emptyList))
	return resp, nil
}

// counter counts the items of a list that is written to it: blobs and prefixes have one name each.
type counter struct {
	items int
	rest  []byte // what a name may begin in
}

func (c *counter) Write(p []byte) (int, error) {
	const name = "<Name>"
	c.rest = append(c.rest, p[:min(len(p), len(name)-1)]...)
	c.items += bytes.Count(c.rest, []byte(name)) + bytes.Count(p, []byte(name))
	if len(p) >= len(name) {
		c.rest = append(c.rest[:0], p...)
	}
	c.rest = append(c.rest[:0], c.rest[max(0, len(c.rest)-len(name)+1):]...)
	return len(p), nil
}
