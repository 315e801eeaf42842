package assignments

import (
	_ "embed"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

//go:generate go run ./genroles -in $ROLES_JSON -out roles.txt

// builtInRoles is Azure's list of built-in roles in the form that genroles writes.
//
//go:embed roles.txt
var builtInRoles string

// catalogue gives out the built-in roles. A role is taken from the embedded text when it is first asked for: most are
// never, and taking all of them apart would cost more than the rest of a start.
type catalogue struct {
	once     sync.Once
	patterns []string
	lines    []string // one a role, sorted by GUID

	mu    sync.Mutex
	roles map[string]*builtIn
}

// builtIn is a built-in role with its breadth: how many of all actions that roles name it grants.
type builtIn struct {
	*rbac.Role
	breadth int
}

func newCatalogue() *catalogue { return &catalogue{roles: map[string]*builtIn{}} }

// open splits the text into lines, which refer to it and copy nothing.
func (c *catalogue) open() {
	c.once.Do(func() {
		rest := builtInRoles
		c.patterns, rest = section(rest)
		c.lines, _ = section(rest)
	})
}

// section reads "{title} {n}" and the n lines after it.
func section(text string) (lines []string, rest string) {
	head, rest, _ := strings.Cut(text, "\n")
	_, count, _ := strings.Cut(head, " ")
	n, err := strconv.Atoi(count)
	if err != nil {
		panic("assignments: roles.txt is damaged: " + strconv.Quote(head)) // it is part of the binary
	}
	lines = make([]string, n)
	for i := range lines {
		lines[i], rest, _ = strings.Cut(rest, "\n")
	}
	return lines, rest
}

// find gives the built-in role of that GUID, which must be in lower case.
func (c *catalogue) find(name string) (*builtIn, bool) {
	c.open()
	i, ok := slices.BinarySearchFunc(c.lines, name, func(line, name string) int {
		guid, _, _ := strings.Cut(line, "\t")
		return strings.Compare(guid, name)
	})
	if !ok {
		return nil, false
	}
	return c.parsed(name, c.lines[i]), true
}

// all yields the built-in roles in the order of their GUIDs.
func (c *catalogue) all() iter.Seq[*builtIn] {
	return func(yield func(*builtIn) bool) {
		c.open()
		for _, line := range c.lines {
			name, _, _ := strings.Cut(line, "\t")
			if !yield(c.parsed(name, line)) {
				return
			}
		}
	}
}

func (c *catalogue) parsed(name, line string) *builtIn {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.roles[name]
	if r == nil {
		r = c.parse(line)
		c.roles[name] = r
	}
	return r
}

const (
	leadingFields    = 4 // GUID, breadth, name, description
	permissionFields = 6 // four lists, condition, version
)

func (c *catalogue) parse(line string) *builtIn {
	fields := strings.Split(line, "\t")
	if strings.Contains(line, `\`) {
		for i, f := range fields {
			fields[i] = strings.NewReplacer(`\\`, "\\", `\t`, "\t", `\n`, "\n", `\r`, "\r").Replace(f)
		}
	}
	breadth, err := strconv.Atoi(fields[1])
	if err != nil {
		panic("assignments: roles.txt is damaged: " + fields[0])
	}
	role := &rbac.Role{
		Name: fields[0], RoleName: fields[2], Description: fields[3],
		Type: BuiltInRole, AssignableScopes: []string{"/"},
	}
	for rest := fields[leadingFields:]; len(rest) >= permissionFields; rest = rest[permissionFields:] {
		role.Permissions = append(role.Permissions, rbac.Permission{
			Actions: c.list(rest[0]), NotActions: c.list(rest[1]),
			DataActions: c.list(rest[2]), NotDataActions: c.list(rest[3]),
			Condition: rest[4], ConditionVersion: rest[5],
		})
	}
	return &builtIn{Role: role, breadth: breadth}
}

func (c *catalogue) list(numbers string) []string {
	if numbers == "" {
		return nil
	}
	out := make([]string, 0, strings.Count(numbers, ",")+1)
	for number := range strings.SplitSeq(numbers, ",") {
		n, err := strconv.Atoi(number)
		if err != nil || n >= len(c.patterns) {
			panic("assignments: roles.txt is damaged: pattern " + number)
		}
		out = append(out, c.patterns[n])
	}
	return out
}
