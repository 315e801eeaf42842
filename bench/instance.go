package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/config"
	"github.com/alcedo-cloud/alcedo/internal/control"
)

// instance is a running alcedo.
type instance struct {
	binary, folder string
	process        *exec.Cmd
	log            bytes.Buffer
	config.Instance
	control.Credentials
}

// up starts an instance, with more arguments where there are, and returns when it has given its credentials.
func up(ctx context.Context, binary, folder string, args ...string) (*instance, error) {
	i := &instance{binary: binary, folder: folder}
	i.process = exec.Command(binary, append([]string{"up", "--data", folder, "--listen", "127.0.0.1:0"}, args...)...)
	i.process.Stdout, i.process.Stderr = &i.log, &i.log
	if err := i.process.Start(); err != nil {
		return nil, err
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := i.meet(ctx)
		if err == nil {
			return i, nil
		}
		if ctx.Err() != nil || time.Now().After(deadline) {
			_ = i.process.Process.Kill()
			_ = i.process.Wait()
			return nil, fmt.Errorf("alcedo up: %w\n%s", err, i.log.String())
		}
		time.Sleep(time.Millisecond)
	}
}

func (i *instance) meet(ctx context.Context) (err error) {
	if i.Instance, err = config.ReadInstance(i.folder); err != nil {
		return err
	}
	if i.PID != i.process.Process.Pid {
		return errors.New("the record is an older instance's")
	}
	i.Credentials, err = control.NewClient(i.Instance).Credentials(ctx)
	return err
}

// down ends it cleanly.
func (i *instance) down() error {
	if err := i.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := i.process.Wait(); err != nil {
		return fmt.Errorf("alcedo up ended: %w\n%s", err, i.log.String())
	}
	return nil
}

// client dials the instance whatever the host's name.
func (i *instance) client() *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", i.Listen)
		},
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // not what is measured
	}}
}

// token signs the owner's service principal in to Resource Manager.
func (i *instance) token(ctx context.Context) (string, error) {
	return i.tokenFor(ctx, "https://management.azure.com")
}

// tokenFor signs it in to another service.
func (i *instance) tokenFor(ctx context.Context, audience string) (string, error) {
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {i.ClientID}, "client_secret": {i.ClientSecret},
		"scope": {audience + "/.default"},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost,
		"https://login.microsoftonline.com/"+i.TenantID+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := i.client().Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var out struct {
		AccessToken string `json:"access_token"`
		Error       string `json:"error_description"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return "", err
	}
	if out.AccessToken == "" {
		return "", fmt.Errorf("no token: %s", out.Error)
	}
	return out.AccessToken, nil
}

// resident is the memory of the process, in MiB: VmRSS of /proc/PID/status. ok is false where there is no /proc.
func (i *instance) resident() (mib float64, ok bool) { return i.memory("VmRSS:") }

// peak is the most that it ever was.
func (i *instance) peak() (mib float64, ok bool) { return i.memory("VmHWM:") }

func (i *instance) memory(field string) (mib float64, ok bool) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(i.process.Process.Pid) + "/status")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, field); found {
			kib, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			return float64(kib) / 1024, err == nil
		}
	}
	return 0, false
}

// run is a command of alcedo on this instance, with an input.
func (i *instance) run(ctx context.Context, input string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, i.binary, args...)
	cmd.Env = append(os.Environ(), "ALCEDO_DATA="+i.folder)
	cmd.Stdin = strings.NewReader(input)
	var out, failed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &failed
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("alcedo %s: %w: %s", strings.Join(args[:min(3, len(args))], " "), err, failed.String())
	}
	return out.Bytes(), nil
}
