package rbac

import (
	"strings"
	"testing"
)

// TestVerdictsOfOneSlot: whatever shares a slot, each question gets its own answer.
func TestVerdictsOfOneSlot(t *testing.T) {
	v := newVerdicts()
	reader, err := NewRules(&Role{Permissions: []Permission{{Actions: []string{"*/read"}}}})
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewRules(&Role{Permissions: []Permission{{Actions: []string{"*/write"}}}})
	if err != nil {
		t.Fatal(err)
	}
	const salt, hash = 7, 11 // the same for all, so that all share a slot; data turns the salt over
	for range 2 {
		for _, c := range []struct {
			rules  *Rules
			salt   uint64
			action string
			data   bool
			want   int
		}{
			{reader, salt, "a/read", false, 1},
			{reader, ^uint64(salt), "a/read", true, 0},
			{other, salt, "a/read", false, 0},
			{reader, salt, "a/write", false, 0},
			{other, salt, "a/write", false, 1},
			{reader, salt, "a/read", false, 1},
			{reader, salt, strings.Repeat("a", 300) + "/read", false, 1},
		} {
			if got := len(v.of(c.rules, c.salt, hash, c.action, c.data)); got != c.want {
				t.Errorf("%.20s, data %v: %d permissions, want %d", c.action, c.data, got, c.want)
			}
		}
	}
	kept := 0
	for i := range v.slots {
		if v.slots[i].Load() != nil {
			kept++
		}
	}
	if kept != 1 {
		t.Errorf("%d slots are in use, want the one that all share", kept)
	}
}
