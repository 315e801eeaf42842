package sandbox

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestMachine(t *testing.T) {
	w := newWorld(t)
	if got := w.must(t, "web", self(t, "get", "http://169.254.169.254/metadata/instance")...); got != "I am web" {
		t.Errorf("the metadata service answered %q", got)
	}
	if got := w.must(t, "web", self(t, "get", "http://metadata.azure.internal/metadata/instance")...); got != "I am web" {
		t.Errorf("the metadata service answered %q by its name", got)
	}
	if got := w.must(t, "db", self(t, "get", "http://169.254.169.254/")...); got != "I am db" {
		t.Errorf("the metadata service answered %q", got)
	}
	for _, host := range []string{"management.chinacloudapi.cn", "login.microsoftonline.com"} {
		want := host + " /x over HTTP/2.0"
		if got := w.must(t, "web", self(t, "get", "https://"+host+"/x")...); got != want {
			t.Errorf("%s answered %q, want %q", host, got, want)
		}
	}
}

func TestMachineWithCurl(t *testing.T) {
	w := newWorld(t)
	curl := client(t, "curl")
	if got := w.must(t, "web", curl, "-sS", "http://169.254.169.254/"); got != "I am web" {
		t.Errorf("the metadata service answered %q", got)
	}
	got := w.must(t, "web", curl, "-sS", "https://management.chinacloudapi.cn/subscriptions", "https://login.chinacloudapi.cn/common")
	if !strings.HasPrefix(got, "management.chinacloudapi.cn /subscriptions over") || !strings.Contains(got, "login.chinacloudapi.cn /common") {
		t.Errorf("the gateway answered %q", got)
	}
	// Names that are not the cloud's do not resolve, and say so at once.
	out, status, err := w.run(t, "web", curl, "-sS", "--max-time", "10", "https://example.com/")
	if err != nil || status != 6 {
		t.Errorf("example.com: status %d, %v, %q; want curl's 6, could not resolve", status, err, out)
	}
}

func TestMachineWithNode(t *testing.T) {
	w := newWorld(t)
	node := client(t, "node")
	got := w.must(t, "web", node, "-e", `fetch("https://management.chinacloudapi.cn/n").then(r=>r.text()).then(console.log,e=>console.log(e.cause))`)
	if !strings.HasPrefix(got, "management.chinacloudapi.cn /n over") {
		t.Errorf("the gateway answered %q", got)
	}
}

// client finds a program that a test needs and that the machine may lack.
func client(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("ALCEDO_REQUIRE_CLIENTS") == "1" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

func TestWorkstation(t *testing.T) {
	w := newWorld(t)
	if got := w.must(t, "", self(t, "get", "https://management.chinacloudapi.cn/x")...); !strings.HasPrefix(got, "management.chinacloudapi.cn /x") {
		t.Errorf("the gateway answered %q", got)
	}
	out, status, err := w.run(t, "", self(t, "dial", "tcp", "169.254.169.254:80")...)
	if err != nil || status != 1 || !strings.Contains(out, "unreachable after 0s") {
		t.Errorf("the metadata service on a workstation: status %d, %v, %q; want unreachable at once", status, err, out)
	}
	if got := w.must(t, "", "cat", filepath.Join(w.folder, "secret")); got != "the key" {
		t.Errorf("a workstation sees %q in the state folder", got)
	}
}

// A workstation reaches the cloud's socket, and so can be used to enter a machine.
func TestMachineFromWorkstation(t *testing.T) {
	w := newWorld(t)
	options, err := json.Marshal(Options{
		Socket: w.socket, HideFolder: w.folder, Machine: "web", Command: self(t, "get", "http://169.254.169.254/"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.must(t, "", append(self(t, "run"), string(options))...); got != "I am web" {
		t.Errorf("the metadata service answered %q", got)
	}
}

// Nothing but the cloud is reachable: no listener of the machine, no address beyond it.
func TestNothingElseIsReachable(t *testing.T) {
	w := newWorld(t)
	outside := httptest.NewServer(http.NotFoundHandler())
	defer outside.Close()
	unixOutside, err := net.Listen("unix", "@alcedo-test-"+strconv.Itoa(os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	defer unixOutside.Close()
	for _, c := range []struct{ network, address, want string }{
		{"tcp", outside.Listener.Addr().String(), "refused"},
		{"tcp", "192.0.2.1:80", "unreachable"},
		{"tcp", "10.0.0.1:443", "unreachable"},
		{"tcp", "[2001:db8::1]:443", "unreachable"},
		{"udp", "192.0.2.1:53", "unreachable"},
		{"tcp", "168.63.129.16:80", "refused"},
		{"tcp", "168.63.129.16:1433", "refused"}, // its handler is nil
		{"tcp", "127.0.0.1:443", "refused"},
		{"tcp", "example.com:443", "lookup example.com"},
		{"unix", unixOutside.Addr().String(), "refused"}, // abstract names belong to the network namespace
	} {
		out, status, err := w.run(t, "web", self(t, "dial", c.network, c.address)...)
		if err != nil || status != 1 || !strings.Contains(out, c.want) {
			t.Errorf("%s %s: status %d, %v, %q; want %q", c.network, c.address, status, err, out, c.want)
		}
	}
	if conn, err := net.Dial("tcp", outside.Listener.Addr().String()); err != nil {
		t.Errorf("the listener outside did not answer the machine itself: %v", err)
	} else {
		_ = conn.Close()
	}
}

func TestStateIsHidden(t *testing.T) {
	w := newWorld(t)
	if got := strings.Fields(w.must(t, "web", "ls", "-A", w.folder)); len(got) != 1 || got[0] != "ca.pem" {
		t.Errorf("the state folder shows %q", got)
	}
	if got := w.must(t, "web", "cat", filepath.Join(w.folder, "ca.pem")); got != string(w.ca) {
		t.Errorf("the certificate in it is %q", got)
	}
	out, status, err := w.run(t, "web", self(t, "attach", w.socket, "db")...)
	if err != nil || status != 1 {
		t.Errorf("attach from inside: status %d, %v, %q", status, err, out)
	}
	out, status, err = w.run(t, "web", self(t, "escape", w.folder, strconv.Itoa(os.Getpid()))...)
	if err != nil || status != 0 || out != "sealed" {
		t.Errorf("status %d, %v, %q; want sealed", status, err, out)
	}
	unshare := client(t, "unshare")
	out, _, err = w.run(t, "web", unshare, "-Urm", "sh", "-c", "umount "+w.folder+" 2>&1; cat "+w.folder+"/secret; cat "+w.folder+"/../state/secret")
	if err != nil || strings.Contains(out, "the key") {
		t.Errorf("a namespace inside uncovers it: %v, %q", err, out)
	}
	if _, err := os.Stat(filepath.Join(w.folder, "ca.pem")); !os.IsNotExist(err) {
		t.Errorf("the sandbox wrote into the real folder: %v", err)
	}
}

// A command that stands in the covered folder stands in an empty one of the same name.
func TestCurrentFolderInside(t *testing.T) {
	w := newWorld(t)
	deep := filepath.Join(w.folder, "a", "b")
	if err := os.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{w.folder, deep} {
		t.Chdir(dir)
		out := w.must(t, "web", "sh", "-c", "pwd; ls -A; cat secret ../../secret 2>/dev/null; touch new && echo made")
		if lines := strings.Split(out, "\n"); lines[0] != dir || strings.Contains(out, "the key") || !strings.Contains(out, "made") {
			t.Errorf("in %s: %q", dir, out)
		}
	}
}

// A socket beside the state folder is out of reach as well.
func TestSocketElsewhere(t *testing.T) {
	requireNamespaces(t)
	for _, mode := range []os.FileMode{0o700, 0o755} {
		w := newWorld(t)
		other := filepath.Join(t.TempDir(), "run")
		if err := os.Mkdir(other, mode); err != nil {
			t.Fatal(err)
		}
		moved := filepath.Join(other, "sandbox.sock")
		if err := os.Rename(w.socket, moved); err != nil {
			t.Fatal(err)
		}
		w.socket = moved
		out, status, err := w.run(t, "web", self(t, "attach", w.socket, "db")...)
		if err != nil || status != 1 {
			t.Errorf("mode %o: status %d, %v, %q", mode, status, err, out)
		}
	}
}

func TestEnvironmentInside(t *testing.T) {
	w := newWorld(t)
	out, status, err := w.runWith(t, Options{Machine: "web", Command: []string{"env"}, Env: []string{
		"PATH=" + os.Getenv("PATH"), "HOME=/home/u", "https_proxy=http://127.0.0.1:1", "NO_PROXY=*", "IDENTITY_ENDPOINT=http://x",
		"MSI_ENDPOINT=http://x", "IDENTITY_HEADER=h", "SSL_CERT_FILE=/x", "AZURE_TENANT_ID=t",
	}})
	if err != nil || status != 0 {
		t.Fatal(status, err, out)
	}
	for _, name := range []string{"https_proxy", "NO_PROXY", "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT"} {
		if v, ok := environ(out, name); ok {
			t.Errorf("%s=%s came through", name, v)
		}
	}
	if v, _ := environ(out, "AZURE_TENANT_ID"); v != "t" {
		t.Errorf("AZURE_TENANT_ID=%q", v)
	}
	for _, name := range []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"} {
		v, ok := environ(out, name)
		if !ok {
			t.Errorf("%s is not set", name)
			continue
		}
		if got := w.must(t, "web", "cat", v); !strings.Contains(got, strings.TrimSpace(string(w.ca))) {
			t.Errorf("%s=%s does not have the cloud's authority", name, v)
		}
	}
}
