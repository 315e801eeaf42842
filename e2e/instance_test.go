package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// credentials is what `alcedo credentials --output json` promises.
type credentials struct {
	TenantID          string `json:"tenantId"`
	SubscriptionID    string `json:"subscriptionId"`
	ClientID          string `json:"clientId"`
	ClientSecret      string `json:"clientSecret"`
	UserPrincipalName string `json:"userPrincipalName"`
	Password          string `json:"password"`
}

// environment is what the SDKs read of the owner's service principal.
func (c credentials) environment() []string {
	return []string{
		"AZURE_TENANT_ID=" + c.TenantID, "AZURE_SUBSCRIPTION_ID=" + c.SubscriptionID,
		"AZURE_CLIENT_ID=" + c.ClientID, "AZURE_CLIENT_SECRET=" + c.ClientSecret,
		"AZURE_USERNAME=" + c.UserPrincipalName, "AZURE_PASSWORD=" + c.Password,
	}
}

// instance is a running cloud.
type instance struct {
	cloud    string
	location string
	data     string
	server   *server
	credentials
}

// the clouds, each with a location of its own and the names that its clients use.
var clouds = map[string]struct{ location, resourceManager, login, graph string }{
	"AzureCloud":        {"westeurope", "management.azure.com", "login.microsoftonline.com", "graph.microsoft.com"},
	"AzureChinaCloud":   {"chinanorth", "management.chinacloudapi.cn", "login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn"},
	"AzureUSGovernment": {"usgovvirginia", "management.usgovcloudapi.net", "login.microsoftonline.us", "graph.microsoft.us"},
}

// start runs `alcedo up` in a folder of its own and ends it with the test.
func start(t *testing.T, cloud string, env ...string) *instance {
	t.Helper()
	i := &instance{cloud: cloud, location: clouds[cloud].location, data: filepath.Join(t.TempDir(), "state")}
	i.server = i.up(t, env...)
	out := i.must(t, i.command("credentials", "--output", "json"))
	decode(t, out.stdout, &i.credentials)
	return i
}

// server is a process of `alcedo up`.
type server struct {
	process *exec.Cmd
	exited  chan struct{} // closed when it has ended
	log     lockedBuffer
	ended   sync.Once
}

// up starts the process; it returns when the cloud answers. It is ended with the test.
func (i *instance) up(t *testing.T, env ...string) *server {
	t.Helper()
	s := &server{exited: make(chan struct{})}
	s.process = exec.Command(alcedo, "up", "--cloud", i.cloud, "--data", i.data, "--listen", "127.0.0.1:0")
	s.process.Env = append(cleanEnvironment(), env...)
	s.process.Stdout, s.process.Stderr = &s.log, &s.log
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = s.process.Wait() // its status is in ProcessState
		close(s.exited)
	}()
	t.Cleanup(func() { s.stop(t) })
	if r := i.run(t, i.command("wait", "--timeout", "30s")); r.status != 0 {
		t.Fatalf("alcedo wait: %s\nalcedo up printed:\n%s", r, s.log.String())
	}
	return s
}

// stop ends it as a person does, and holds it to a clean exit.
func (s *server) stop(t *testing.T) {
	t.Helper()
	s.ended.Do(func() {
		_ = s.process.Process.Signal(syscall.SIGTERM)
		select {
		case <-s.exited:
			if !s.process.ProcessState.Success() {
				t.Errorf("alcedo up ended with %v", s.process.ProcessState)
			}
		case <-time.After(10 * time.Second):
			_ = s.process.Process.Kill()
			t.Error("alcedo up did not end within 10 s of SIGTERM")
		}
		if t.Failed() {
			t.Logf("alcedo up printed:\n%s", s.log.String())
		}
	})
}

// kill ends it as a power cut does.
func (s *server) kill() {
	s.ended.Do(func() {
		_ = s.process.Process.Kill()
		<-s.exited
	})
}

// command is a call of alcedo on this instance.
func (i *instance) command(args ...string) *exec.Cmd {
	cmd := exec.Command(alcedo, args...)
	cmd.Env = append(cleanEnvironment(), "ALCEDO_DATA="+i.data)
	return cmd
}

// cleanEnvironment leaves out what would point a client elsewhere.
func cleanEnvironment() (env []string) {
	for _, v := range os.Environ() {
		upper := strings.ToUpper(v)
		name, _, _ := strings.Cut(upper, "=")
		switch {
		case strings.HasPrefix(name, "AZURE_"), strings.HasPrefix(name, "ARM_"), strings.HasPrefix(name, "IDENTITY_"),
			strings.HasPrefix(name, "MSI_"), strings.HasSuffix(name, "_PROXY"), name == "SSL_CERT_FILE",
			strings.HasPrefix(name, "ALCEDO_"):
		default:
			env = append(env, v)
		}
	}
	return env
}

// result is how a command ended.
type result struct {
	args           []string
	stdout, stderr string
	status         int
}

func (r result) String() string {
	return fmt.Sprintf("%s\nexit %d\nstdout: %s\nstderr: %s", strings.Join(r.args, " "), r.status, r.stdout, r.stderr)
}

// run runs a command that has two minutes.
func (i *instance) run(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	bound := exec.CommandContext(ctx, cmd.Path, cmd.Args[1:]...)
	bound.Env, bound.Dir, bound.Stdin = cmd.Env, cmd.Dir, cmd.Stdin
	bound.WaitDelay = 5 * time.Second
	var stdout, stderr bytes.Buffer
	bound.Stdout, bound.Stderr = &stdout, &stderr
	err := bound.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v: %v", cmd.Args, err)
	}
	return result{args: cmd.Args, stdout: stdout.String(), stderr: stderr.String(), status: bound.ProcessState.ExitCode()}
}

// must is run of a command that has to succeed.
func (i *instance) must(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	r := i.run(t, cmd)
	if r.status != 0 {
		t.Fatalf("%s", r)
	}
	return r
}

// owner runs the SDK's program on a workstation, signed in by the owner's service principal.
func (i *instance) owner(t *testing.T, args ...string) map[string]any {
	t.Helper()
	return i.sdk(t, i.workstation(), append([]string{"-as", "secret"}, args...)...)
}

// place is where the SDK's program runs.
type place struct {
	args []string // of alcedo, up to --
	env  []string
}

func (i *instance) workstation() place {
	return place{[]string{"run", "--"}, i.credentials.environment()}
}

// machine is the virtual machine of that name. Only the subscription's id is known there, as a user's setting.
func (i *instance) machine(name string) place {
	return place{[]string{"vm", "run", name, "--"}, []string{"AZURE_SUBSCRIPTION_ID=" + i.SubscriptionID}}
}

// program is a call of any program at a place.
func (i *instance) program(at place, args ...string) *exec.Cmd {
	cmd := i.command(append(append([]string{}, at.args...), args...)...)
	cmd.Env = append(cmd.Env, at.env...)
	return cmd
}

// sdk runs the SDK's program, which has to succeed, and decodes what it printed.
func (i *instance) sdk(t *testing.T, at place, args ...string) map[string]any {
	t.Helper()
	needNamespaces(t)
	r := i.must(t, i.program(at, append([]string{client, "-cloud", i.cloud}, args...)...))
	return object(t, r.stdout)
}

// refused runs the SDK's program, which has to fail, and gives what it made of the answer.
func (i *instance) refused(t *testing.T, at place, args ...string) failure {
	t.Helper()
	needNamespaces(t)
	r := i.run(t, i.program(at, append([]string{client, "-cloud", i.cloud}, args...)...))
	if r.status != 1 {
		t.Fatalf("want a refusal: %s", r)
	}
	var f failure
	decode(t, r.stdout, &f)
	return f
}

// failure is what the SDK's program prints of an error.
type failure struct {
	Error  string `json:"error"`
	Code   string `json:"code"`
	Status int    `json:"status"`
}

// is asserts code, status and a part of the text of a refusal.
func (f failure) is(t *testing.T, status int, code, text string) {
	t.Helper()
	if f.Status != status || f.Code != code || !strings.Contains(f.Error, text) {
		t.Errorf("refused with %d %s, want %d %s and the text %q:\n%s", f.Status, f.Code, status, code, text, f.Error)
	}
}

// needNamespaces skips where this machine cannot have a sandbox; alcedo itself says why.
func needNamespaces(t *testing.T) {
	t.Helper()
	if reason := namespaces(); reason != "" {
		missing(t, "a sandbox ("+reason+")")
	}
}

var namespaces = sync.OnceValue(func() string {
	err := exec.Command("unshare", "--user", "--map-root-user", "--mount", "--net", "true").Run()
	if err != nil && os.Getuid() != 0 {
		return "unshare: " + err.Error()
	}
	if exec.Command("unshare", "--mount", "--net", "true").Run() != nil && err != nil {
		return "unshare: " + err.Error()
	}
	return ""
})

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
}

// object decodes an answer; a list or a plain value comes under "value".
func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var v any
	decode(t, text, &v)
	if m, ok := v.(map[string]any); ok {
		return m
	}
	return map[string]any{"value": v}
}

// at walks into an answer: at(v, "properties", "principalId"). What is absent is "".
func at(v any, path ...string) string {
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = m[p]
	}
	s, _ := v.(string)
	return s
}

// lockedBuffer collects what a running process prints.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
