package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
)

const (
	hugeName  = "huge"
	rangeSize = 16 << 20
)

// made is a body whose bytes are made while it is read: byte i is what byteAt says.
type made struct{ size, at int64 }

func byteAt(i int64) byte { return byte(i>>3 ^ i*7) }

func (m *made) Read(p []byte) (int, error) {
	if m.at >= m.size {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), m.size-m.at)]
	for i := range p {
		p[i] = byteAt(m.at + int64(i))
	}
	m.at += int64(len(p))
	return len(p), nil
}

func (m *made) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += m.at
	case io.SeekEnd:
		offset += m.size
	}
	if offset < 0 {
		return m.at, errors.New("before the beginning")
	}
	m.at = offset
	return offset, nil
}

// huge puts one block and commits a list that has it so many times: a blob that is larger than the disk need be.
func (c *client) huge(ctx context.Context) (outcome, error) {
	if _, err := c.container.Create(ctx, nil); err != nil && !bloberror.HasCode(err, bloberror.ContainerAlreadyExists) {
		return outcome{}, err
	}
	started := time.Now()
	b := c.container.NewBlockBlobClient(hugeName)
	id := base64.StdEncoding.EncodeToString([]byte("block"))
	if _, err := b.StageBlock(ctx, id, streaming.NopCloser(&made{size: int64(c.size)}), nil); err != nil {
		return outcome{}, err
	}
	took := time.Since(started)
	_, err := b.CommitBlockList(ctx, slices.Repeat([]string{id}, c.settings.blocks), nil)
	return outcome{PerSecond: 1 / took.Seconds()}, err
}

// ranges reads a range anywhere in the huge blob.
func (c *client) ranges(ctx context.Context, _, n int) (int, error) {
	total := int64(c.size) * int64(c.settings.blocks)
	at := int64(n) * stride * stride * 4099 % (total - rangeSize)
	resp, err := c.container.NewBlobClient(hugeName).DownloadStream(ctx, &blob.DownloadStreamOptions{Range: blob.HTTPRange{Offset: at, Count: rangeSize}})
	if err != nil {
		return 0, err
	}
	var first [1]byte
	_, err = io.ReadFull(resp.Body, first[:])
	if err == nil && first[0] != byteAt(at%int64(c.size)) {
		err = fmt.Errorf("byte %d is another", at)
	}
	rest, failed := io.Copy(io.Discard, resp.Body)
	if err = errors.Join(err, failed); err == nil && rest != rangeSize-1 {
		err = fmt.Errorf("%d bytes of %d", rest+1, rangeSize)
	}
	return int(rest) + 1, errors.Join(err, resp.Body.Close())
}
