package sandbox

import (
	"context"
	"net"
	"testing"
)

// BenchmarkRun is a whole sandbox around true(1), of this binary as the command line's.
func BenchmarkRun(b *testing.B) {
	socket := b.TempDir() + "/s"
	l, err := net.Listen("unix", socket)
	if err != nil {
		b.Fatal(err)
	}
	server := NewServer(func(context.Context, Request) (Handlers, error) { return Handlers{CA: []byte("none\n")}, nil }, discard())
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	for b.Loop() {
		status, err := Run(b.Context(), Options{Socket: socket, Machine: "web", Command: []string{"true"}, HideFolder: b.TempDir()})
		if err != nil || status != 0 {
			b.Skipf("status %d, %v", status, err)
		}
	}
	if err := server.Close(); err != nil {
		b.Error(err)
	}
	if err := <-served; err != nil {
		b.Error(err)
	}
}
