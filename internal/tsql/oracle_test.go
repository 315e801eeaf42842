package tsql

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"
)

// judged is one batch of ScriptDom's fixtures, with what another parser makes of it.
type judged struct {
	Fixture  string
	Text     string
	Accepted bool
}

// TestOracle compares this parser with another one over the fixtures of ScriptDom. The other parser lives in the module
// of end-to-end tests, which judges the fixtures and runs this test over the judgments.
//
// testdata/refused.txt says of which fixtures batches are refused that SQL Server reads, and how many: the dialects of
// other products (Synapse, Fabric), what on-premises servers have, and what docs/divergences.md leaves out. Statements
// that are refused by name (40510) are not counted.
func TestOracle(t *testing.T) {
	path := os.Getenv("ALCEDO_TSQL_ORACLE")
	if path == "" {
		t.Skip("ALCEDO_TSQL_ORACLE names no judgments: they are made by TestTSQLOracle of the end-to-end tests")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []judged
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 2000 {
		t.Fatalf("%d batches are judged", len(all))
	}
	refused, both := map[string]int{}, 0
	for _, j := range all {
		b, err := Parse(j.Text, Options{QuotedIdentifier: true})
		var e *Error
		switch {
		case err == nil:
			checkSpans(t, b)
			both++
		case !errors.As(err, &e) || e.Number == 0 || e.Line < 1:
			t.Errorf("%s: %v", j.Fixture, err)
		case j.Accepted && e.Number != 40510:
			refused[j.Fixture]++
		}
	}
	if out := os.Getenv("ALCEDO_TSQL_REFUSED"); out != "" {
		writeRefused(t, out, refused)
		return
	}
	known := readRefused(t)
	for fixture, n := range refused {
		if n > known[fixture] {
			t.Errorf("%s: %d batches are refused, and %d known", fixture, n, known[fixture])
		}
	}
	for fixture, n := range known {
		if refused[fixture] < n {
			t.Errorf("%s: %d batches are refused, fewer than the %d known: change testdata/refused.txt", fixture, refused[fixture], n)
		}
	}
	t.Logf("%d of %d batches are read", both, len(all))
}

func readRefused(t *testing.T) map[string]int {
	f, err := os.Open("testdata/refused.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	known := map[string]int{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if line := lines.Text(); line != "" && !strings.HasPrefix(line, "#") {
			var name string
			var n int
			if _, err := fmt.Sscan(line, &name, &n); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			known[name] = n
		}
	}
	return known
}

func writeRefused(t *testing.T, path string, refused map[string]int) {
	var lines []string
	for fixture, n := range refused {
		lines = append(lines, fmt.Sprintf("%s %d", fixture, n))
	}
	sort.Strings(lines)
	text := "# Fixtures of ScriptDom with how many of their batches this parser refuses; TestOracle reads it.\n" + strings.Join(lines, "\n") + "\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
