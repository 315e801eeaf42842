package blob

import (
	"bytes"
	"fmt"
	"io"
	"sync/atomic"
	"testing"
)

func BenchmarkPut4KiB(b *testing.B) {
	w := newWorld(b, nil)
	data := make([]byte, 4096)
	var n atomic.Int64
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, err := w.PutBlob(b.Context(), key(), blobAt(fmt.Sprint(n.Add(1))), PutBlob{Body: bytes.NewReader(data), Length: 4096})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkPut4KiBDurable is sixteen writers whose blobs are on the disk before they are told so.
func BenchmarkPut4KiBDurable(b *testing.B) {
	w, end := onDisk(b, b.TempDir())
	defer end()
	w.account(b, nil)
	w.container(b, "con", CreateContainer{})
	data := make([]byte, 4096)
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, err := w.PutBlob(b.Context(), key(), blobAt(fmt.Sprint(n.Add(1))), PutBlob{Body: bytes.NewReader(data), Length: 4096})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkGet4KiB(b *testing.B) {
	w := newWorld(b, nil)
	w.put(b, "b", string(make([]byte, 4096)))
	b.ReportAllocs()
	for b.Loop() {
		d, err := w.GetBlob(b.Context(), key(), blobAt("b"), GetBlob{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := d.WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGetProperties(b *testing.B) {
	w := newWorld(b, nil)
	w.put(b, "b", "x")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.GetBlobProperties(b.Context(), key(), blobAt("b"), Conditions{}, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkList(b *testing.B) {
	w := newWorld(b, nil)
	for i := range 20_000 {
		w.put(b, fmt.Sprintf("%02d/%05d", i%100, i), "")
	}
	for name, r := range map[string]ListBlobs{
		"5000": {MaxResults: 5000}, "5000 in the middle": {MaxResults: 5000, Marker: marker("50/", 0)},
		"100 prefixes": {Delimiter: "/"},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				page, err := w.ListBlobs(b.Context(), key(), at("con"), r)
				if err != nil || len(page.Items) < 100 {
					b.Fatal(len(page.Items), err)
				}
			}
		})
	}
}
