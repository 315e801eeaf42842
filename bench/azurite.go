package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// azuriteVersion is what the goals were set beside.
const azuriteVersion = "3.37"

// startAzurite runs Azurite's Blob Storage, from a folder or from npm. An error says why there is none.
func startAzurite(ctx context.Context, s settings, dir string) (address string, stop func(), err error) {
	folder, err := azuriteFolder(ctx, s, dir)
	if err != nil {
		return "", nil, err
	}
	data, err := os.MkdirTemp(dir, "azurite-data-")
	if err != nil {
		return "", nil, err
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	var log bytes.Buffer
	cmd := exec.CommandContext(ctx, filepath.Join(folder, "node_modules", ".bin", "azurite-blob"),
		"--silent", "--skipApiVersionCheck", "--disableTelemetry", "--location", data, "--blobHost", "127.0.0.1", "--blobPort", strconv.Itoa(port))
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait() // measured already
	}
	address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get("http://" + address + "/")
		if err == nil {
			return address, stop, resp.Body.Close()
		}
		if ctx.Err() != nil || time.Now().After(deadline) {
			stop()
			return "", nil, fmt.Errorf("it does not answer: %s", log.String())
		}
	}
}

// azuriteFolder is where Azurite is installed; npm puts it into the run's own folder, once.
func azuriteFolder(ctx context.Context, s settings, dir string) (string, error) {
	switch s.azurite {
	case "no", "":
		return "", errors.New("not asked for")
	case "npm":
	default:
		return s.azurite, nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", errors.New("npm is missing")
	}
	folder := filepath.Join(dir, "azurite")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", ".bin", "azurite-blob")); err == nil {
		return folder, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, npm, "install", "--no-audit", "--no-fund", "azurite@"+azuriteVersion)
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm install azurite: %w: %.300s", err, out)
	}
	return folder, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
