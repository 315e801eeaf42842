package blob

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// sending is a request with a body, as a client sends it.
type sending struct {
	name, method, path string
	header             []string
	body               string
	sums               bool // whether it takes Content-MD5 and x-ms-content-crc64
}

// sendings are all operations that take bodies. Each would change what state shows.
func sendings() []sending {
	large := strings.Repeat("0123456789abcdef", 20<<10) // a file; smaller ones stay in the store
	page := []string{"x-ms-page-write", "update", "range"}
	return []sending{
		{"put", "PUT", "/con/put", []string{"x-ms-blob-type", "BlockBlob"}, "small", true},
		{"put large", "PUT", "/con/put", []string{"x-ms-blob-type", "BlockBlob"}, large, true},
		{"overwrite", "PUT", "/con/there", []string{"x-ms-blob-type", "BlockBlob"}, large, true},
		{"block", "PUT", "/con/put?comp=block&blockid=AAAA", nil, "small", true},
		{"block large", "PUT", "/con/there?comp=block&blockid=AAAA", nil, large, true},
		{"append", "PUT", "/con/log?comp=appendblock", nil, large, true},
		{"pages", "PUT", "/con/disk?comp=page", append(page, "bytes=0-327679"), large, true},
		{"block list", "PUT", "/con/there?comp=blocklist", nil, "<BlockList><Latest>QUFBQg==</Latest></BlockList>", true},
		{"tags", "PUT", "/con/there?comp=tags", nil, "<Tags><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tags>", true},
		{"policies", "PUT", "/con?restype=container&comp=acl", nil, "<SignedIdentifiers><SignedIdentifier><Id>x</Id></SignedIdentifier></SignedIdentifiers>", false},
		{"properties", "PUT", "/?restype=service&comp=properties", nil, "<StorageServiceProperties><DeleteRetentionPolicy><Enabled>true</Enabled><Days>9</Days></DeleteRetentionPolicy></StorageServiceProperties>", false},
		{"query", "POST", "/con/there?comp=query", nil, queryBody("SELECT * FROM BlobStorage", "", ""), false},
	}
}

// line is a real connection's far end.
type line struct {
	*world
	address string
	dir     string
}

func newLine(t *testing.T) *line {
	t.Helper()
	w, s, dir := onDisk(t)
	w.container("con")
	w.put("/con/there", "old")
	w.do(ask{method: "PUT", url: "/con/there?comp=block&blockid=QUFBQg%3D%3D", as: "key", body: "waits"}, 201, "")
	w.do(ask{method: "PUT", url: "/con/log", as: "key", header: []string{"x-ms-blob-type", "AppendBlob"}}, 201, "")
	w.do(ask{method: "PUT", url: "/con/disk", as: "key", header: []string{"x-ms-blob-type", "PageBlob", "x-ms-blob-content-length", "1048576"}}, 201, "")
	return &line{w, s.Listener.Addr().String(), dir}
}

// state is all that a client can see, and how many files there are.
func (l *line) state() string {
	l.Helper()
	var out strings.Builder
	for _, path := range []string{
		"/con?restype=container&comp=list&include=uncommittedblobs,metadata,tags", "/con?restype=container&comp=acl",
		"/?restype=service&comp=properties", "/con/there", "/con/log", "/con/there?comp=blocklist&blocklisttype=all", "/con/disk?comp=pagelist",
	} {
		out.WriteString(l.get(path))
	}
	fmt.Fprint(&out, count(l.TB.(*testing.T), l.dir))
	return out.String()
}

// speak opens a connection and says text.
func (l *line) speak(text string) *net.TCPConn {
	l.Helper()
	c, err := net.Dial("tcp", l.address)
	if err != nil {
		l.Fatal(err)
	}
	l.TB.(*testing.T).Cleanup(func() { _ = c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		l.Fatal(err)
	}
	return c.(*net.TCPConn)
}

func (l *line) answered(c net.Conn) (status int, code string) {
	l.Helper()
	got, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		l.Fatal(err)
	}
	return got.StatusCode, got.Header.Get("x-ms-error-code")
}

// unchanged waits until what was going on has come to its end, and holds that it has changed nothing.
func (l *line) unchanged(want string) {
	l.Helper()
	got := ""
	for range 500 {
		if got = l.state(); got == want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	l.Fatalf("something has changed:\n%s\nwas:\n%s", got, want)
}

// TestTruncatedBodies: a body that ends before its length is refused, and a client that goes away at any stage is
// forgotten. Neither leaves anything.
func TestTruncatedBodies(t *testing.T) {
	l := newLine(t)
	before := l.state()
	for _, s := range sendings() {
		t.Run(s.name, func(t *testing.T) {
			head := l.over(l.address, s.method, s.path, len(s.body), s.header...)
			c := l.speak(head + s.body[:len(s.body)/2])
			if err := c.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			if status, code := l.answered(c); status != 400 || code != "InvalidInput" {
				t.Errorf("cut in the middle: %d %s", status, code)
			}
			for _, text := range []string{
				head[:len(head)/2], head[:len(head)-2], head, head + s.body[:1], head + s.body[:len(s.body)-1],
			} {
				if err := l.speak(text).Close(); err != nil {
					t.Fatal(err)
				}
			}
			l.unchanged(before)
		})
	}
}

// TestWrongSums: a body that is not what the client says it is changes nothing.
func TestWrongSums(t *testing.T) {
	l := newLine(t)
	before := l.state()
	for _, s := range sendings() {
		if !s.sums {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			for code, header := range map[string][]string{
				"Md5Mismatch": {"content-md5", sum("other")}, "InvalidMd5": {"content-md5", "AAAA"},
				"Crc64Mismatch": {"x-ms-content-crc64", crcHeader("other")}, "InvalidCrc64": {"x-ms-content-crc64", "?"},
				"InvalidHeaderValue": {"content-md5", sum(s.body), "x-ms-content-crc64", crcHeader(s.body)},
			} {
				c := l.speak(l.over(l.address, s.method, s.path, len(s.body), append(slices.Clone(header), s.header...)...) + s.body)
				if status, got := l.answered(c); status != 400 || got != code {
					t.Errorf("%v: %d %s", header, status, got)
				}
			}
			l.unchanged(before)
		})
	}
}

// TestRefusedWhileSending: a client that has not yet sent all of it comes to read the refusal.
func TestRefusedWhileSending(t *testing.T) {
	l := newLine(t)
	body := strings.Repeat("x", 20<<20)
	for path, want := range map[string]string{"/none/b": "ContainerNotFound", "/con/log?comp=appendblock&snapshot=x": "InvalidQueryParameterValue"} {
		c := l.speak(l.over(l.address, "PUT", path, len(body), "x-ms-blob-type", "BlockBlob") + body)
		if _, code := l.answered(c); code != want {
			t.Errorf("%s: %s", path, code)
		}
	}
}

// TestLengths: a body needs a length, which is a number, and no larger than the operation takes.
func TestLengths(t *testing.T) {
	l := newLine(t)
	before := l.state()
	for _, s := range sendings()[:7] {
		head := l.over(l.address, s.method, s.path, 0, s.header...)
		for with, want := range map[string]int{
			"Transfer-Encoding: chunked": 411, "Content-Length: -1": 400, "Content-Length: x": 400, "Content-Length: 99999999999999999999": 400,
		} {
			text := strings.Replace(head, "Content-Length: 0", with, 1)
			if status, _ := l.answered(l.speak(text + "5\r\nhello\r\n0\r\n\r\n")); status != want {
				t.Errorf("%s with %s: %d, want %d", s.name, with, status, want)
			}
		}
	}
	huge := l.over(l.address, "PUT", "/con/put", 5001<<20, "x-ms-blob-type", "BlockBlob", "expect", "100-continue")
	if status, code := l.answered(l.speak(huge)); status != 413 || code != "RequestBodyTooLarge" {
		t.Errorf("5,001 MiB: %d %s", status, code)
	}
	for _, c := range []struct {
		version, path string
		most          int
	}{
		{"2018-11-09", "/con/put", 256 << 20},
		{"2015-04-05", "/con/put", 64 << 20},
		{"2018-11-09", "/con/put?comp=block&blockid=AAAA", 100 << 20},
		{"2015-04-05", "/con/put?comp=block&blockid=AAAA", 4 << 20},
		{"2021-12-02", "/con/log?comp=appendblock", 4 << 20},
		{"2022-11-02", "/con/log?comp=appendblock", 100 << 20},
	} {
		text := l.over(l.address, "PUT", c.path, c.most+1, "x-ms-blob-type", "BlockBlob", "x-ms-version", c.version, "expect", "100-continue")
		if status, code := l.answered(l.speak(text)); status != 413 || code != "RequestBodyTooLarge" {
			t.Errorf("%s of %d bytes by %s: %d %s", c.path, c.most+1, c.version, status, code)
		}
		text = l.over(l.address, "PUT", c.path, c.most, "x-ms-blob-type", "BlockBlob", "x-ms-version", c.version, "expect", "100-continue")
		waiting := l.speak(text)
		if status, _ := l.answered(waiting); status != 100 {
			t.Errorf("%s of %d bytes by %s: %d", c.path, c.most, c.version, status)
		}
		if err := waiting.Close(); err != nil {
			t.Error(err)
		}
	}
	l.unchanged(before)
}

// fullDisk refuses the nth thing that is asked of it.
type fullDisk struct {
	content.Store
	calls, at atomic.Int64
}

func (f *fullDisk) fails() error {
	if f.calls.Add(1) == f.at.Load() {
		return fault.New(fault.Unavailable, "test", "", "the disk is full")
	}
	return nil
}

func (f *fullDisk) Room() error {
	if err := f.fails(); err != nil {
		return err
	}
	return f.Store.Room()
}

func (f *fullDisk) Create(ctx context.Context, o content.Options) (content.Writer, error) {
	if err := f.fails(); err != nil {
		return nil, err
	}
	w, err := f.Store.Create(ctx, o)
	return &fullFile{w, f}, err
}

type fullFile struct {
	content.Writer
	disk *fullDisk
}

func (f *fullFile) Write(p []byte) (int, error) {
	if err := f.disk.fails(); err != nil {
		return 0, err
	}
	return f.Writer.Write(p)
}

func (f *fullFile) Commit() (content.Ref, error) {
	if err := f.disk.fails(); err != nil {
		return content.Ref{}, joined(err, f.Abort())
	}
	return f.Writer.Commit()
}

func joined(err, more error) error {
	if more != nil {
		return fmt.Errorf("%w; %w", err, more)
	}
	return err
}

// TestDiskFull: wherever in an upload the disk is full, the answer is 503, nothing is half visible, and the next upload
// succeeds.
func TestDiskFull(t *testing.T) {
	l := newLine(t)
	disk := &fullDisk{Store: l.service.Content}
	l.service.Config.Content = disk
	fresh, err := blob.New(l.service.Config)
	if err != nil {
		t.Fatal(err)
	}
	l.service, l.Handler.(*front).Service = fresh, fresh
	for _, s := range sendings()[:7] {
		t.Run(s.name, func(t *testing.T) {
			for at := int64(1); ; at++ {
				before := l.state()
				disk.calls.Store(0)
				disk.at.Store(at)
				status, code := l.answered(l.speak(l.over(l.address, s.method, s.path, len(s.body), s.header...) + s.body))
				disk.at.Store(0)
				if status == 201 {
					if least := map[bool]int64{true: 4, false: 1}[len(s.body) > 100]; at <= least {
						t.Errorf("only %d calls could fail", at-1)
					}
					return
				}
				if status != 503 || code != "ServerBusy" {
					t.Fatalf("call %d: %d %s", at, status, code)
				}
				l.unchanged(before)
			}
		})
	}
}

// TestBadXML: no document that is wrong changes anything, and each is answered for what it is.
func TestBadXML(t *testing.T) {
	l := newLine(t)
	before := l.state()
	deep := strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100)
	noise := make([]byte, 2000)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	for _, s := range sendings()[7:] {
		for name, body := range map[string]string{
			"nothing": "", "text": "hello", "an open element": s.body[:len(s.body)-3], "two roots": s.body + s.body, "another root": "<Other/>",
			"deep": deep, "an entity": `<!DOCTYPE x [<!ENTITY y "z">]>` + s.body, "noise": string(noise), "UTF-16": "\xff\xfe<\x00a\x00/\x00>\x00",
		} {
			if name == "nothing" && s.name == "policies" {
				continue // no document is no policies
			}
			rec := httptest.NewRecorder()
			l.ServeHTTP(rec, l.request(ask{method: s.method, url: s.path, as: "key", body: body}))
			if rec.Code != 400 {
				t.Errorf("%s with %s: %d %s", s.name, name, rec.Code, rec.Body)
			}
		}
	}
	l.unchanged(before)
}

// TestLeaseLostInTheMiddle: what a lease allowed to begin is refused where another holds the blob by the time all of it has
// come.
func TestLeaseLostInTheMiddle(t *testing.T) {
	l := newLine(t)
	const mine, other = "5f6ae6a5-3d3f-4a2c-9a3b-0f6f6f2f0b01", "5f6ae6a5-3d3f-4a2c-9a3b-0f6f6f2f0b02"
	lease := func(action string, header ...string) {
		t.Helper()
		header = append([]string{"x-ms-lease-action", action}, header...)
		status := map[string]int{"acquire": 201, "break": 202, "release": 200}[action]
		l.do(ask{method: "PUT", url: "/con/there?comp=lease", as: "key", header: header}, status, "")
	}
	for _, s := range sendings() {
		if !strings.HasPrefix(s.path, "/con/there") || s.method != "PUT" || len(s.body) < 1000 {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			before := l.state()
			lease("acquire", "x-ms-proposed-lease-id", mine, "x-ms-lease-duration", "-1")
			head := l.over(l.address, s.method, s.path, len(s.body), append([]string{"x-ms-lease-id", mine}, s.header...)...)
			c := l.speak(head + s.body[:len(s.body)/2])
			for range 1000 { // until it was let in, and is on its way onto the disk
				if count(t, l.dir) > 0 {
					break
				}
				time.Sleep(time.Millisecond)
			}
			lease("break", "x-ms-lease-break-period", "0")
			lease("acquire", "x-ms-proposed-lease-id", other, "x-ms-lease-duration", "-1")
			if _, err := io.WriteString(c, s.body[len(s.body)/2:]); err != nil {
				t.Fatal(err)
			}
			if status, code := l.answered(c); status != 412 || code != "LeaseIdMismatchWithBlobOperation" {
				t.Errorf("%d %s", status, code)
			}
			lease("release", "x-ms-lease-id", other)
			l.unchanged(before)
		})
	}
}

// TestDownloadGivenUp: clients that go away in the middle of a download keep nothing from being removed.
func TestDownloadGivenUp(t *testing.T) {
	l := newLine(t)
	before := count(t, l.dir)
	l.put("/con/big", strings.Repeat("0123456789abcdef", 2<<20))
	for _, header := range [][]string{nil, {"range", "bytes=1000-30000000"}, {"x-ms-structured-body", structuredBody}} {
		for range 4 {
			c := l.speak(l.over(l.address, "GET", "/con/big", 0, header...))
			if _, err := io.ReadFull(c, make([]byte, 5000)); err != nil {
				t.Fatal(err)
			}
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	l.do(ask{method: "DELETE", url: "/con/big", as: "key"}, 202, "")
	for range 500 {
		if count(t, l.dir) == before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d files are left of a blob that nobody reads", count(t, l.dir)-before)
}
