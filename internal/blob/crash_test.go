package blob

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/content/files"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
)

const crashDir = "ALCEDO_TEST_CRASH_DIR"

// onDisk is a world whose store and contents are files below dir. close ends it.
func onDisk(t testing.TB, dir string) (w *world, end func()) {
	t.Helper()
	backend, err := pebble.Open(pebble.Options{Dir: filepath.Join(dir, "store")})
	if err != nil {
		t.Fatal(err)
	}
	s := store.Enforce(backend)
	contents, err := files.Open(filepath.Join(dir, "contents"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w = newWorld(t, nil)
	w.Service, err = New(Config{Store: s, Content: contents, Door: w.Door, Clock: w.Clock, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return w, func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestCrashChild is the process that TestCrash kills: it writes blobs and says so.
func TestCrashChild(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		t.Skip("TestCrash starts it")
	}
	w, _ := onDisk(t, dir)
	w.account(t, nil)
	w.container(t, "con", CreateContainer{})
	var out sync.Mutex
	for writer := range 4 {
		go func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("%d-%d", writer, i)
				body := crashBody(name, writer)
				switch writer {
				case 3: // in blocks
					w.block(t, name, "1", body[:len(body)/2])
					w.block(t, name, "2", body[len(body)/2:])
					_, err := w.PutBlockList(t.Context(), key(), blobAt(name), PutBlockList{Blocks: []BlockRef{{ID: b64("1")}, {ID: b64("2")}}})
					if err != nil {
						t.Error(err)
					}
				default:
					w.put(t, name, body)
				}
				out.Lock()
				fmt.Println("acknowledged", name)
				out.Unlock()
			}
		}()
	}
	select {}
}

// crashBody is what a writer writes under a name: inline, at the border, or a file.
func crashBody(name string, writer int) string {
	sizes := []int{100, maxInline, maxInline + 1, 3 * maxInline}
	return strings.Repeat(name+" ", sizes[writer]/len(name))[:sizes[writer]]
}

// TestCrash: a process that is killed while it writes loses nothing that it has acknowledged.
func TestCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a process")
	}
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashChild$")
	child.Env = append(os.Environ(), crashDir+"="+dir)
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var acknowledged []string
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "acknowledged "); ok {
			acknowledged = append(acknowledged, name)
		}
		if len(acknowledged) == 300 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait() // it was killed
	if len(acknowledged) < 300 {
		t.Fatalf("the writer ended after %d blobs", len(acknowledged))
	}
	w, end := onDisk(t, dir)
	defer end()
	for _, name := range acknowledged {
		writer := int(name[0] - '0')
		b, err := w.GetBlobProperties(t.Context(), key(), blobAt(name), Conditions{}, nil)
		if err != nil {
			t.Errorf("%s is lost: %v", name, err)
			continue
		}
		got := w.read(t, blobAt(name))
		if got != crashBody(name, writer) {
			t.Errorf("%s: %d bytes that differ", name, len(got))
		}
		if b.Content.Form != Manifest && content.CRC64([]byte(got)) != b.Content.CRC64 {
			t.Errorf("%s: its checksum differs", name)
		}
	}
}

// TestLargeBlob: a body is taken in and given out through buffers of one size, however long it is.
func TestLargeBlob(t *testing.T) {
	w := newWorld(t, nil)
	contents, err := files.Open(t.TempDir(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w.Content, w.pins = contents, newPins(contents)
	const size = 64 << 20
	r, err := w.PutBlob(t.Context(), key(), blobAt("b"), PutBlob{Body: io.LimitReader(zeros{}, size), Length: size})
	if err != nil || r.Size != size {
		t.Fatal(r.Blob, err)
	}
	allocated := testing.AllocsPerRun(1, func() {
		d, err := w.GetBlob(t.Context(), key(), blobAt("b"), GetBlob{})
		if err != nil {
			t.Fatal(err)
		}
		sum := content.NewDigest(content.Options{})
		if n, err := d.WriteTo(struct{ io.Writer }{sum}); err != nil || n != size {
			t.Errorf("%d, %v", n, err)
		}
		if got := sum.Ref(content.ID{}); got.CRC64 != r.BodyCRC {
			t.Error("another checksum")
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	if allocated > 2000 {
		t.Errorf("%v allocations", allocated)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
