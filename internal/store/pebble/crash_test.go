package pebble_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
)

// crashDir names the folder to the child of TestCrash.
const crashDir = "ALCEDO_TEST_CRASH_DIR"

const (
	crashWriters = 4
	crashRounds  = 6
	crashAcks    = 150 // acknowledgements to wait for before the kill
)

// TestMain lets the test binary be its own victim.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		fmt.Fprintln(os.Stderr, crashChild(dir, os.Stdout))
		os.Exit(1) // it is killed before it ends
	}
	os.Exit(m.Run())
}

// crashChild writes until it is killed. Each writer counts up; an update has the count under two keys. What was
// acknowledged is printed, a line each.
func crashChild(dir string, out io.Writer) error {
	backend, err := pebble.Open(pebble.Options{Dir: dir, MemTable: 256 << 10})
	if err != nil {
		return err
	}
	s := store.Enforce(backend)
	var mu sync.Mutex
	failed := make(chan error, crashWriters)
	for w := range crashWriters {
		go func() {
			for {
				n, err := crashStep(s, w)
				if err == nil {
					mu.Lock()
					_, err = fmt.Fprintf(out, "%d %d\n", w, n)
					mu.Unlock()
				}
				if err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	return <-failed
}

func crashKey(half string, writer int) []byte { return fmt.Appendf(nil, "%s%d", half, writer) }

func crashStep(s store.Store, writer int) (n int, err error) {
	err = s.Update(context.Background(), func(tx store.Tx) error {
		item, err := tx.Get(crashKey("left", writer))
		if err == nil {
			n, err = crashCount(item.Value)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		n++
		value := append(strconv.AppendInt(nil, int64(n), 10), " "+strings.Repeat("x", n%4096)...)
		return errors.Join(
			tx.Put(crashKey("left", writer), value),
			tx.Put(fmt.Appendf(nil, "log%d-%08d", writer, n), nil),
			tx.Put(crashKey("right", writer), value))
	})
	return n, err
}

func crashCount(value []byte) (int, error) {
	text, _, _ := strings.Cut(string(value), " ")
	return strconv.Atoi(text)
}

// TestCrash kills the writing process with SIGKILL in the middle of its load, again and again. All that it was told is
// there must be, and each update whole.
func TestCrash(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	acknowledged := make([]int, crashWriters)
	rounds := crashRounds
	if testing.Short() {
		rounds = 2
	}
	for round := range rounds {
		crashRound(t, self, dir, crashAcks*(round+1), acknowledged)
		s := open(t, pebble.Options{Dir: dir})
		checkCrash(t, s, acknowledged)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	t.Logf("%v updates were acknowledged, and none lost", acknowledged)
}

// crashRound starts the child and kills it after some acknowledgements. Those that come meanwhile count too.
func crashRound(t *testing.T, self, dir string, acks int, acknowledged []int) {
	t.Helper()
	child := exec.Command(self, "-test.run=^$")
	child.Env = append(os.Environ(), crashDir+"="+dir)
	var complaint strings.Builder
	child.Stderr = &complaint
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	seen := 0
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // a line that was cut short is no acknowledgement
		}
		var w, n int
		if _, err := fmt.Sscanf(line, "%d %d\n", &w, &n); err != nil || w < 0 || w >= len(acknowledged) {
			t.Fatalf("the child says %q", line)
		}
		if n <= acknowledged[w] {
			t.Errorf("writer %d was at %d and counts %d again", w, acknowledged[w], n)
		}
		acknowledged[w] = n
		if seen++; seen == acks {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	err = child.Wait()
	if seen < acks {
		t.Fatalf("the child ended after %d acknowledgements: %v\n%s", seen, err, complaint.String())
	}
}

func checkCrash(t *testing.T, s store.Store, acknowledged []int) {
	t.Helper()
	err := store.View(t.Context(), s, func(r store.Reader) error {
		for w, want := range acknowledged {
			left, errL := r.Get(crashKey("left", w))
			right, errR := r.Get(crashKey("right", w))
			if err := errors.Join(errL, errR); err != nil && want > 0 {
				return err
			}
			n, err := crashCount(left.Value)
			if err != nil && want > 0 {
				return err
			}
			if n < want {
				t.Errorf("writer %d: %d was acknowledged, %d is there", w, want, n)
			}
			if string(left.Value) != string(right.Value) || left.Version != right.Version {
				t.Errorf("writer %d: update %d is half there", w, n)
			}
			prefix := fmt.Appendf(nil, "log%d-", w)
			logged := 0
			for _, err := range r.Scan(prefix, store.End(prefix)) {
				if err != nil {
					return err
				}
				logged++
			}
			if logged != n {
				t.Errorf("writer %d: %d updates are logged of %d", w, logged, n)
			}
			acknowledged[w] = max(want, n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
