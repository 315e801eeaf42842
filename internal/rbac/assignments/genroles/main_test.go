package main

import (
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

func TestEncode(t *testing.T) {
	got, err := encode([]role{
		{
			Name: "AAAAAAAA-0000-0000-0000-000000000001", RoleName: "Looker", Description: "a\tb\\c\nd",
			Permissions: []rbac.Permission{{Actions: []string{"A/*/read", "A/x/write"}, NotActions: []string{"A/x/read"}}},
		},
		{
			Name: "bbbbbbbb-0000-0000-0000-000000000002", RoleName: "Taker",
			Permissions: []rbac.Permission{
				{DataActions: []string{"A/x/read"}},
				{Actions: []string{"A/x/write"}, Condition: "@Resource[x] StringEquals 'y'", ConditionVersion: "2.0"},
			},
		},
	})
	want := strings.Join([]string{
		"patterns 3", "A/*/read", "A/x/read", "A/x/write",
		"roles 2",
		// Of A/other/read, A/x/read (both sorts) and A/x/write, the first role has the first and the last.
		"aaaaaaaa-0000-0000-0000-000000000001\t2\tLooker\t" + `a\tb\\c\nd` + "\t0,2\t1\t\t\t\t",
		"bbbbbbbb-0000-0000-0000-000000000002\t2\tTaker\t\t\t\t1\t\t\t\t2\t\t\t\t@Resource[x] StringEquals 'y'\t2.0",
		"",
	}, "\n")
	if err != nil || got != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}

func TestEncodeRefuses(t *testing.T) {
	for _, p := range []rbac.Permission{
		{Actions: []string{"A/\tread"}},
		{Actions: []string{"A/read"}, Condition: "nonsense"},
	} {
		if _, err := encode([]role{{Name: "a", Permissions: []rbac.Permission{p}}}); err == nil {
			t.Errorf("%+v was encoded", p)
		}
	}
}
