// Command genroles turns the list of Azure's built-in roles into the compact form that package assignments embeds. The
// list is built-in-roles-raw.json of github.com/iann0036/iam-dataset (MIT), one object a role:
//
//	{"name", "roleName", "description", "roleType", "assignableScopes", "permissions": [{"actions", …}]}
//
// It knows nothing of a running cloud.
package main

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"iter"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

type role struct {
	Name             string            `json:"name"`
	RoleName         string            `json:"roleName"`
	Description      string            `json:"description"`
	RoleType         string            `json:"roleType"`
	AssignableScopes []string          `json:"assignableScopes"`
	Permissions      []rbac.Permission `json:"permissions"`
}

func main() {
	in := flag.String("in", "", "the list of roles, JSON")
	out := flag.String("out", "roles.txt", "the file to write")
	flag.Parse()
	if err := run(*in, *out); err != nil {
		fmt.Fprintln(os.Stderr, "genroles:", err)
		os.Exit(1)
	}
}

func run(in, out string) error {
	data, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	var roles []role
	if err := json.Unmarshal(data, &roles); err != nil {
		return err
	}
	for _, r := range roles {
		if r.RoleType != "BuiltInRole" || !slices.Equal(r.AssignableScopes, []string{"/"}) {
			return fmt.Errorf("role %s is not a built-in role assignable at /", r.Name)
		}
	}
	slices.SortFunc(roles, func(a, b role) int { return cmp.Compare(a.Name, b.Name) })
	text, err := encode(roles)
	if err != nil {
		return err
	}
	return os.WriteFile(out, []byte(text), 0o644)
}

// encode writes the patterns, each once, then the roles, which refer to patterns by number:
//
//	patterns N
//	Microsoft.Compute/virtualMachines/read
//	…
//	roles N
//	guid TAB breadth TAB name TAB description { TAB actions TAB notActions TAB dataActions TAB notDataActions TAB condition TAB version }
func encode(roles []role) (string, error) {
	numbers, ordered := number(roles)
	all := universe(ordered, roles)
	var b strings.Builder
	fmt.Fprintf(&b, "patterns %d\n", len(ordered))
	for _, p := range ordered {
		if strings.ContainsAny(p, "\t\n") {
			return "", fmt.Errorf("pattern %q has a tab or a line end", p)
		}
		b.WriteString(p + "\n")
	}
	fmt.Fprintf(&b, "roles %d\n", len(roles))
	for _, r := range roles {
		rules, err := rbac.NewRules(&rbac.Role{Name: r.Name, Permissions: r.Permissions})
		if err != nil {
			return "", err
		}
		fields := []string{strings.ToLower(r.Name), strconv.Itoa(rules.Breadth(all)), r.RoleName, r.Description}
		for _, p := range r.Permissions {
			for _, list := range [][]string{p.Actions, p.NotActions, p.DataActions, p.NotDataActions} {
				fields = append(fields, references(list, numbers))
			}
			fields = append(fields, p.Condition, p.ConditionVersion)
		}
		for i, f := range fields {
			fields[i] = strings.NewReplacer("\\", `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`).Replace(f)
		}
		b.WriteString(strings.Join(fields, "\t") + "\n")
	}
	return b.String(), nil
}

func number(roles []role) (map[string]int, []string) {
	set := map[string]int{}
	for _, r := range roles {
		for _, p := range r.Permissions {
			for _, a := range slices.Concat(p.Actions, p.NotActions, p.DataActions, p.NotDataActions) {
				set[a] = 0
			}
		}
	}
	ordered := slices.Sorted(maps.Keys(set))
	for i, p := range ordered {
		set[p] = i
	}
	return set, ordered
}

func references(list []string, numbers map[string]int) string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = strconv.Itoa(numbers[a])
	}
	return strings.Join(out, ",")
}

// universe is what the breadth of roles is measured with: every action and data action that some role names, and for
// every wildcard one more action that only it would cover.
func universe(ordered []string, roles []role) iter.Seq2[string, bool] {
	data := map[string]bool{}
	control := map[string]bool{}
	for _, r := range roles {
		for _, p := range r.Permissions {
			for _, a := range slices.Concat(p.Actions, p.NotActions) {
				control[a] = true
			}
			for _, a := range slices.Concat(p.DataActions, p.NotDataActions) {
				data[a] = true
			}
		}
	}
	return func(yield func(string, bool) bool) {
		for _, p := range ordered {
			action := strings.ReplaceAll(strings.TrimSpace(p), "*", "other")
			if control[p] && !yield(action, false) || data[p] && !yield(action, true) {
				return
			}
		}
	}
}
