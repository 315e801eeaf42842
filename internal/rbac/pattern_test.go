package rbac

import (
	"regexp"
	"strings"
	"testing"
)

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		pattern, action string
		want            bool
	}{
		{"Microsoft.Compute/virtualMachines/read", "Microsoft.Compute/virtualMachines/read", true},
		{"Microsoft.Compute/virtualMachines/read", "microsoft.compute/VIRTUALMACHINES/Read", true},
		{"Microsoft.Compute/virtualMachines/read", "Microsoft.Compute/virtualMachines/rea", false},
		{"Microsoft.Compute/virtualMachines/read", "Microsoft.Compute/virtualMachines/reader", false},
		{"*", "Microsoft.Compute/virtualMachines/read", true},
		{"*", "", true},
		{"*/read", "Microsoft.Compute/virtualMachines/read", true},
		{"*/read", "Microsoft.Compute/virtualMachines/write", false},
		{"*/read", "Microsoft.Compute/virtualMachines/thread", false},
		{"Microsoft.Compute/*", "Microsoft.Compute/virtualMachines/start/action", true},
		{"Microsoft.Compute/*", "Microsoft.Compute", false},
		{"Microsoft.Compute/*", "Microsoft.ComputeX/virtualMachines/read", false},
		{"Microsoft.Compute/*/read", "Microsoft.Compute/a/b/c/read", true},
		// A slash, an asterisk and a slash may stand for one slash.
		{"Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/read", true},
		{"Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/secrets/read", true},
		{"Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaultsread", false},
		{"Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vault/read", false},
		{"Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action", "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", true},
		{"Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action", "Microsoft.ManagedIdentity/userAssignedIdentities/x/assign/action", true},
		{"Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action", "Microsoft.ManagedIdentity/userAssignedIdentities/write", false},
		// But only there.
		{"Microsoft.KeyVault/*", "Microsoft.KeyVault/", true},
		{"Microsoft.KeyVault/v*/read", "Microsoft.KeyVault/v/read", true},
		{"Microsoft.KeyVault/v*/read", "Microsoft.KeyVault/vread", false},
		{"Microsoft.CostManagement/*/query/*", "Microsoft.CostManagement/query/read", true},
		{"Microsoft.CostManagement/*/query/*", "Microsoft.CostManagement/a/query/action", true},
		{"Microsoft.CostManagement/*/query/*", "Microsoft.CostManagement/a/queries/action", false},
		{"a*b*c", "aXbYbZc", true},
		{"a*b*c", "aXcYb", false},
		{"a/*/*/b", "a/b", true},
		{"a/**/b", "a/b", false},
		{"a*a", "a", false},
		{"a*a", "aa", true},
	} {
		if got := NewPattern(c.pattern).Matches(c.action); got != c.want {
			t.Errorf("%q on %q: %v, want %v", c.pattern, c.action, got, c.want)
		}
		if got := NewPattern(c.pattern).String(); got != c.pattern {
			t.Errorf("%q is spelled %q", c.pattern, got)
		}
	}
}

// oracle says the same as a Pattern in the words of a regular expression.
func oracle(pattern string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?is)\A`)
	for i := 0; i < len(pattern); i++ {
		switch {
		case pattern[i] != '*':
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		case i > 0 && pattern[i-1] == '/' && i+1 < len(pattern) && pattern[i+1] == '/':
			b.WriteString(`(.*/)?`)
			i++
		default:
			b.WriteString(`.*`)
		}
	}
	return regexp.MustCompile(b.String() + `\z`)
}

func FuzzPattern(f *testing.F) {
	for _, seed := range [][2]string{
		{"Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/read"},
		{"*/read", "a/read"},
		{"a*b*c", "abbc"},
		{"a/*/*/b", "a/b"},
		{"/*/", "/"},
		{"*/*", "//"},
		{"a/**/b", "a/b"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, action string) {
		for _, s := range []string{pattern, action} {
			if len(s) > 100 || strings.ContainsFunc(s, func(r rune) bool { return r > 127 }) {
				t.Skip() // actions are ASCII, and other letters have cases of their own
			}
		}
		if got, want := NewPattern(pattern).Matches(action), oracle(pattern).MatchString(action); got != want {
			t.Errorf("%q on %q: %v, want %v", pattern, action, got, want)
		}
	})
}
