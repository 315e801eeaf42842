package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestStories runs the txtar files of testdata/stories: the command line, as a person types it. `alcedo` is the real
// binary, and each story has a state folder of its own, in ALCEDO_DATA.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:      filepath.Join("testdata", "stories"),
		Deadline: time.Now().Add(3 * time.Minute), // a command that should have ended does not take the whole run with it
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", filepath.Dir(alcedo)+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("ALCEDO_DATA", filepath.Join(e.WorkDir, "state"))
			e.Setenv("HOME", e.WorkDir)
			e.Defer(func() { down(e) })
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name == "namespaces" {
				reason := namespaces()
				if reason != "" && requireClients() {
					t.Errorf("no sandbox, and ALCEDO_REQUIRE_CLIENTS=1 asks for everything: %s", reason)
				}
				return reason == "", nil
			}
			return false, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"field": field},
	})
}

// down ends what a story left running, by the door that people use.
func down(e *testscript.Env) {
	i := &instance{data: e.Getenv("ALCEDO_DATA")}
	cmd := i.command("down")
	_ = cmd.Run() // most stories have ended it themselves
}

// field NAME VARIABLE takes one value of the last command's JSON output into a variable.
func field(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: field NAME VARIABLE")
	}
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), `": "`)
		if ok && strings.TrimPrefix(name, `"`) == args[0] {
			ts.Setenv(args[1], strings.TrimRight(strings.TrimSuffix(value, ","), `"`))
			return
		}
	}
	ts.Fatalf("the output has no %s", args[0])
}
