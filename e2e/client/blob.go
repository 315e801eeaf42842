package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
)

// account-create GROUP NAME LOCATION
func (p *program) accountCreate(ctx context.Context, a []string) (any, error) {
	c, err := armstorage.NewAccountsClient(p.subscription, p.credential, p.options)
	if err != nil {
		return nil, err
	}
	kind, sku := armstorage.KindStorage, armstorage.SKUNameStandardLRS
	poller, err := c.BeginCreate(ctx, a[0], a[1], armstorage.AccountCreateParameters{
		Kind: &kind, Location: &a[2], SKU: &armstorage.SKU{Name: &sku},
	}, nil)
	if err != nil {
		return nil, err
	}
	return poller.PollUntilDone(ctx, nil)
}

// container-create GROUP ACCOUNT NAME
func (p *program) containerCreate(ctx context.Context, a []string) (any, error) {
	c, err := armstorage.NewBlobContainersClient(p.subscription, p.credential, p.options)
	if err != nil {
		return nil, err
	}
	return c.Create(ctx, a[0], a[1], a[2], armstorage.BlobContainer{}, nil)
}

func (p *program) blobs(endpoint string) (*azblob.Client, error) {
	return azblob.NewClient(endpoint, p.credential, &azblob.ClientOptions{ClientOptions: p.options.ClientOptions})
}

// pattern is n bytes that repeat nowhere within a block.
func pattern(n int) []byte {
	out := make([]byte, 0, n+sha256.Size)
	for i := 0; len(out) < n; i++ {
		sum := sha256.Sum256([]byte(strconv.Itoa(i)))
		out = append(out, sum[:]...)
	}
	return out[:n]
}

// blob-upload ENDPOINT CONTAINER NAME SIZE: in blocks of 1 MiB, four at a time
func (p *program) blobUpload(ctx context.Context, a []string) (any, error) {
	c, err := p.blobs(a[0])
	if err != nil {
		return nil, err
	}
	size, err := strconv.Atoi(a[3])
	if err != nil {
		return nil, err
	}
	owner := "e2e"
	_, err = c.UploadBuffer(ctx, a[1], a[2], pattern(size), &azblob.UploadBufferOptions{
		BlockSize: 1 << 20, Concurrency: 4, Metadata: map[string]*string{"owner": &owner},
	})
	return map[string]any{"uploaded": size}, err
}

// blob-download ENDPOINT CONTAINER NAME: whole, and a range of it
func (p *program) blobDownload(ctx context.Context, a []string) (any, error) {
	c, err := p.blobs(a[0])
	if err != nil {
		return nil, err
	}
	whole, err := c.DownloadStream(ctx, a[1], a[2], nil)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(whole.Body)
	if err != nil {
		return nil, err
	}
	part, err := c.DownloadStream(ctx, a[1], a[2], &azblob.DownloadStreamOptions{Range: blob.HTTPRange{Offset: 7, Count: 100}})
	if err != nil {
		return nil, err
	}
	middle, err := io.ReadAll(part.Body)
	if err != nil {
		return nil, err
	}
	want := pattern(len(text))
	sum := sha256.Sum256(text)
	return map[string]any{
		"size": len(text), "sha256": hex.EncodeToString(sum[:]), "whole": bytes.Equal(text, want),
		"part": len(text) > 107 && bytes.Equal(middle, want[7:107]), "metadata": len(whole.Metadata),
	}, nil
}

// blob-list ENDPOINT CONTAINER: names, two a page
func (p *program) blobList(ctx context.Context, a []string) (any, error) {
	c, err := p.blobs(a[0])
	if err != nil {
		return nil, err
	}
	most := int32(2)
	names, pages := []string{}, 0
	for pager := c.NewListBlobsFlatPager(a[1], &container.ListBlobsFlatOptions{MaxResults: &most}); pager.More(); pages++ {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Segment.BlobItems {
			names = append(names, *item.Name)
		}
	}
	return map[string]any{"names": names, "pages": pages}, nil
}

// blob-delete ENDPOINT CONTAINER NAME
func (p *program) blobDelete(ctx context.Context, a []string) (any, error) {
	c, err := p.blobs(a[0])
	if err != nil {
		return nil, err
	}
	_, err = c.DeleteBlob(ctx, a[1], a[2], nil)
	return map[string]any{}, err
}
