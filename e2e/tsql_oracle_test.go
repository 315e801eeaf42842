package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/sqlc-dev/teesql/parser"
)

// separator is a line that says GO: what stands between two is one batch.
var separator = regexp.MustCompile(`(?im)^\s*GO(\s+\d+)?\s*;?\s*$`)

// TestTSQLOracle has another parser of Transact-SQL judge the fixtures of ScriptDom that its module carries, and holds
// ours to the judgments: it runs internal/tsql's TestOracle over them.
func TestTSQLOracle(t *testing.T) {
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/sqlc-dev/teesql").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(folder)), "parser", "testdata", "*", "query.sql"))
	if err != nil || len(files) < 1000 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	type judged struct {
		Fixture  string
		Text     string
		Accepted bool
	}
	var all []judged
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range separator.Split(scriptText(data), -1) {
			if strings.TrimSpace(text) == "" {
				continue
			}
			_, err := parser.Parse(t.Context(), strings.NewReader(text))
			all = append(all, judged{filepath.Base(filepath.Dir(path)), text, err == nil})
		}
	}
	data, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	judgments := filepath.Join(t.TempDir(), "judged.json")
	if err := os.WriteFile(judgments, data, 0o600); err != nil {
		t.Fatal(err)
	}
	ours := exec.Command("go", "test", "-count=1", "-v", "-run", "^TestOracle$", "./internal/tsql")
	ours.Dir = ".."
	ours.Env = append(os.Environ(), "ALCEDO_TSQL_ORACLE="+judgments)
	out, err := ours.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestOracle") {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// scriptText is a script's text: some of the fixtures are in UTF-16.
func scriptText(data []byte) string {
	if len(data) > 1 && data[0] == 0xFF && data[1] == 0xFE {
		units := make([]uint16, 0, len(data)/2)
		for i := 2; i+1 < len(data); i += 2 {
			units = append(units, uint16(data[i])|uint16(data[i+1])<<8)
		}
		return string(utf16.Decode(units))
	}
	return strings.TrimPrefix(string(data), "\ufeff")
}
