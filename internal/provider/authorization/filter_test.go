package authorization

import "testing"

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		"atScope()", "atScope() and assignedTo('x')", "principalId eq 'a''b'", "atScopeAndBelow() and type eq 'CustomRole'",
		"roleName eq 'Reader'", "and", "atScope(", "assignedTo(''')", "principalId eq '\xff'",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, clauses := range [][]string{assignmentClauses(), definitionClauses()} {
			got, err := parseFilter(text, clauses)
			if err != nil {
				if got != (filter{}) {
					t.Errorf("%q: refused, and yet %+v", text, got)
				}
				continue
			}
			// Spaces around it say nothing, and a clause may be added to a filter that has it not.
			if again, err := parseFilter(" "+text+" ", clauses); err != nil || again != got {
				t.Errorf("%q: %+v, with spaces %+v %v", text, got, again, err)
			}
			if got == (filter{}) {
				continue
			}
			more, err := parseFilter(text+" and atScope()", clauses)
			got.atScope = true
			if len(text) < maxFilter-20 && (err != nil || more != got) {
				t.Errorf("%q and atScope(): %+v %v, want %+v", text, more, err, got)
			}
		}
	})
}
