package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// addresses is where the bare server answers.
type addresses struct {
	Plain string `json:"plain"`
	TLS   string `json:"tls"`
}

// serveBare is the measure: net/http with a handler that does nothing but read and write. A GET is answered with as many
// bytes as the first number in its path says, a PUT's body is thrown away. It ends when standard input does, so that it
// never outlives the program that started it.
func serveBare(ctx context.Context) error {
	text := []byte(filler())
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			_, _ = io.Copy(io.Discard, r.Body) // a client that goes away is told nothing
			w.WriteHeader(http.StatusCreated)
			return
		}
		n, ok := sizeIn(r.URL.Path)
		if !ok {
			http.Error(w, "a size, please", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(n))
		if r.Method == http.MethodHead {
			return
		}
		for n > 0 {
			k, err := w.Write(text[:min(n, len(text))])
			if err != nil {
				return
			}
			n -= k
		}
	})
	certificate, err := selfSigned()
	if err != nil {
		return err
	}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	secure, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(plain) }()
	go func() { failed <- server.Serve(secure) }()
	if err := json.NewEncoder(os.Stdout).Encode(addresses{plain.Addr().String(), secure.Addr().String()}); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(ended)
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	case <-ended:
	}
	return server.Close()
}

// sizeIn is the first segment of a path that is a number without leading zeros.
func sizeIn(path string) (int, bool) {
	for segment := range strings.SplitSeq(path, "/") {
		if n, err := strconv.Atoi(segment); err == nil && n >= 0 && n <= maxBare && strconv.Itoa(n) == segment {
			return n, true
		}
	}
	return 0, false
}

// maxBare bounds an answer.
const maxBare = 1 << 30

// filler makes the text that answers are cut from.
func filler() string { return strings.Repeat("0123456789abcdef", 16384) }

func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// startBare runs the bare server as a process of its own, as alcedo is one.
func startBare(ctx context.Context) (addresses, func(), error) {
	self, err := os.Executable()
	if err != nil {
		return addresses{}, nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-bare")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return addresses{}, nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return addresses{}, nil, err
	}
	if err := cmd.Start(); err != nil {
		return addresses{}, nil, err
	}
	stop := func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	}
	var a addresses
	if err := json.NewDecoder(stdout).Decode(&a); err != nil {
		stop()
		return a, nil, err
	}
	return a, stop, nil
}
