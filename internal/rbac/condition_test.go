package rbac

import (
	"strings"
	"testing"
	"time"
)

// known are attributes by "Source:name"; an empty list is an attribute without values.
type known map[string][]string

func (k known) Attribute(source, name string) ([]string, bool) {
	v, ok := k[source+":"+name]
	return v, ok
}

const (
	container = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]"
	blobRead  = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
	assign    = "Microsoft.Authorization/roleAssignments/write"
)

func TestConditionHolds(t *testing.T) {
	attributes := known{
		"Resource:Microsoft.Storage/storageAccounts/blobServices/containers:name": {"blobs-1"},
		"Request:subOperation": {"Blob.List"},
		"Request:Microsoft.Authorization/roleAssignments:RoleDefinitionId": {"acdd72a7-3385-48ef-bd42-f606fba81ae7"},
		"Request:Microsoft.Authorization/roleAssignments:PrincipalType":    {"ServicePrincipal"},
		"Resource:tags":  {"red", "blue"},
		"Resource:size":  {"10"},
		"Resource:hns":   {"true"},
		"Resource:empty": {},
	}
	for _, c := range []struct {
		condition, action string
		want              bool
	}{
		{"((!(ActionMatches{'" + blobRead + "'})) OR (" + container + " StringEquals 'blobs-1'))", blobRead, true},
		{"((!(ActionMatches{'" + blobRead + "'})) OR (" + container + " StringEquals 'blobs-2'))", blobRead, false},
		{"((!(ActionMatches{'" + blobRead + "'})) OR (" + container + " StringEquals 'blobs-2'))", "Microsoft.Storage/other", true},
		{"!(ActionMatches{'Microsoft.Storage/*'})", "microsoft.storage/x/read", false},
		{"ActionMatches{'" + blobRead + "'} AND SubOperationMatches{'blob.list'}", blobRead, true},
		{"ActionMatches{'" + blobRead + "'} AND SubOperationMatches{'Blob.Read.WithTagConditions'}", blobRead, false},
		{"@Request[subOperation] ForAnyOfAnyValues:StringEqualsIgnoreCase {'BLOB.LIST', 'x'}", blobRead, true},
		{"@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals{acdd72a7338548efbd42f606fba81ae7,b24988ac-6180-42a0-ab88-20f7382dd24c}", assign, true},
		{"@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {8e3af657-a8ff-443c-a75c-2fe8c4bcb635}", assign, false},
		{"@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {8e3af657-a8ff-443c-a75c-2fe8c4bcb635, 18d7d88d-d35e-4fb5-a5c3-7773c20a72d9}", assign, true},
		{"@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {8e3af657-a8ff-443c-a75c-2fe8c4bcb635, acdd72a7-3385-48ef-bd42-f606fba81ae7}", assign, false},
		{"@Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringEqualsIgnoreCase 'serviceprincipal'", assign, true},
		{"@Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringEquals 'serviceprincipal'", assign, false},
		// An absent attribute makes its comparison false, whichever way round it asks.
		{"@Resource[missing] StringEquals 'x'", assign, false},
		{"@Resource[missing] StringNotEquals 'x'", assign, false},
		{"!(@Resource[missing] StringEquals 'x')", assign, true},
		{"@Resource[empty] ForAllOfAllValues:StringEquals {'x'}", assign, false},
		{"'a' StringEquals @Resource[missing]", assign, false},
		{"Exists @Resource[tags]", assign, true},
		{"Exists @Resource[missing]", assign, false},
		{"NOT Exists @Resource[missing]", assign, true},
		// The examples of the documentation.
		{"'abcd' StringLike 'a*c?'", assign, true},
		{"'abcd' StringLike 'A*C?'", assign, false},
		{"'abcd' StringLike 'a*c'", assign, false},
		{"'abcd' StringLikeIgnoreCase 'A*C?'", assign, true},
		{"'abcd' StringNotLike 'a*c?'", assign, false},
		{`'a*d' StringLike 'a\*d'`, assign, true},
		{`'abd' StringLike 'a\*d'`, assign, false},
		{"'abcd' StringStartsWith 'ab'", assign, true},
		{"'abcd' StringNotStartsWith 'ab'", assign, false},
		{"'abcd' StringStartsWithIgnoreCase 'AB'", assign, true},
		{"{'red', 'blue'} ForAnyOfAnyValues:StringEquals {'blue', 'green'}", assign, true},
		{"{'red', 'blue'} ForAnyOfAnyValues:StringEquals {'orange', 'green'}", assign, false},
		{"@Resource[tags] ForAllOfAnyValues:StringEquals {'orange', 'red', 'blue'}", assign, true},
		{"@Resource[tags] ForAllOfAnyValues:StringEquals {'red', 'green'}", assign, false},
		{"{10, 20} ForAnyOfAllValues:NumericLessThan {15, 18}", assign, true},
		{"{10, 20} ForAllOfAllValues:NumericLessThan {5, 15, 18}", assign, false},
		{"{10, 20} ForAllOfAllValues:NumericLessThan {25, 30}", assign, true},
		{"{10, 20} ForAllOfAllValues:NumericLessThan {15, 25, 30}", assign, false},
		// Without a set function a negative operator holds for none of several values, not for one of them.
		{"@Resource[tags] StringNotEquals 'red'", assign, false},
		{"@Resource[tags] StringEquals 'red'", assign, true},
		{"@Resource[size] NumericGreaterThanEquals 10 && @Resource[size] NumericLessThanEquals 10.0", assign, true},
		{"@Resource[size] NumericNotEquals 10", assign, false},
		{"@Resource[tags] ForAnyOfAnyValues:NumericNotEquals {1}", assign, false},
		{"@Resource[hns] boolequals true", assign, true},
		{"@Resource[hns] BoolNotEquals true", assign, false},
		{"@Environment[UtcNow] DateTimeGreaterThan '2026-01-01T00:00:00.000Z'", assign, true},
		{"@Environment[UtcNow] DateTimeLessThan '2026-01-01T00:00:00Z'", assign, false},
		{"@Environment[UtcNow] TimeOfDayGreaterThanEquals '08:00:00' AND @Environment[UtcNow] TimeOfDayLessThan '18:00:00'", assign, true},
		{"@Environment[UtcNow] TimeOfDayLessThan '08:00:00'", assign, false},
		{"@Environment[isPrivateLink] BoolEquals true", assign, false},
		{"(('a' StringEquals 'a')||('a' StringEquals 'b'))&&!('a' StringEquals 'b')", assign, true},
	} {
		parsed, err := ParseCondition(c.condition)
		if err != nil {
			t.Errorf("%s: %v", c.condition, err)
			continue
		}
		request := &Request{Action: c.action, Attributes: attributes, Now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
		if got := parsed.Holds(request); got != c.want {
			t.Errorf("%s on %s: %v, want %v", c.condition, c.action, got, c.want)
		}
		if nothing := (&Request{Action: c.action}); strings.HasPrefix(c.condition, "@") && parsed.Holds(nothing) {
			t.Errorf("%s holds though no attribute is known", c.condition)
		}
	}
}

func TestConditionErrors(t *testing.T) {
	for _, c := range []struct{ condition, want string }{
		{"", "a value or an attribute expected"},
		{"(", "a value or an attribute expected"},
		{"@Resource[x] StringEquals 'a' AND", "a value or an attribute expected"},
		{"@Resource[x] StringEquals 'a' OR 'b' StringEquals 'b' AND 'c' StringEquals 'c'", "need parentheses"},
		{"(@Resource[x] StringEquals 'a'", `")" expected`},
		{"@Resource[x] StringEquals 'a')", "AND, OR or the end"},
		{"@Resource[x] StringEquals 'a", "has no end"},
		{"@Resource[x] StringEquals a", `cannot compare "a"`},
		{"@Resource[x] StringContains 'a'", "unknown operator StringContains"},
		{"@Resource[x] StringLessThan 'a'", "unknown operator"},
		{"@Resource[x] GuidLike 'a'", "unknown operator"},
		{"@Resource[x] NumericNotLessThan 1", "unknown operator"},
		{"@Resource[x] NumericEquals 'one'", `cannot compare "one"`},
		{"@Resource[x] BoolEquals maybe", `cannot compare "maybe"`},
		{"@Resource[x] GuidEquals {8e3af657-a8ff-443c-a75c}", "cannot compare"},
		{"@Resource[x] DateTimeEquals 'yesterday'", "cannot compare"},
		{"@Resource[x] TimeOfDayEquals '25:00:00'", "cannot compare"},
		{"@Resource[x] StringEquals {'a', 'b'}", "need a set function"},
		{"@Resource[x] ForAnyOfAnyValues StringEquals {'a'}", `":" expected`},
		{"@Resource[x] ForAnyOfAnyValues:StringEquals {'a' 'b'}", `"," expected`},
		{"@Resource[x] ForAnyOfAnyValues:StringEquals {}", "a value or an attribute expected"},
		{"@Somebody[x] StringEquals 'a'", "unknown attribute"},
		{"@Resource[] StringEquals 'a'", "unknown attribute"},
		{"@Resource x", "@Source[name]"},
		{"ActionMatches{blobs}", "a string expected"},
		{"ActionMatches('x')", `"{" expected`},
		{"Exists 'a'", "an attribute expected"},
		{"@Resource[x] # 'a'", "unexpected character"},
		{strings.Repeat("(", 100), "more than 64 levels"},
		{strings.Repeat("!", 100), "more than 64 levels"},
		{"'" + strings.Repeat("a", MaxCondition) + "'", "longer than"},
	} {
		_, err := ParseCondition(c.condition)
		if err == nil {
			t.Errorf("%s: parsed, want an error with %q", c.condition, c.want)
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.condition, err, c.want)
		}
	}
}

func FuzzCondition(f *testing.F) {
	for _, seed := range []string{
		"((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[a:b] ForAnyOfAnyValues:GuidEquals{acdd72a7338548efbd42f606fba81ae7}))",
		"@Resource[HasObotoken] boolequals true && (Exists @Request[x])", "NOT SubOperationMatches{'Blob.List'}",
		"{1, 2} ForAllOfAllValues:NumericLessThan {3}", "'a' StringLike 'a*?\\*'", "@Environment[UtcNow] DateTimeLessThan '2026-01-01'",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCondition(text)
		if err != nil {
			return
		}
		request := &Request{Action: "a/b", Attributes: known{"Request:x": {"a", "1"}}, Now: time.Unix(1e9, 0)}
		once := c.Holds(request)
		if again := c.Holds(request); once != again {
			t.Errorf("%q: %v, then %v", text, once, again)
		}
		// A condition stays itself in parentheses, and turns over behind NOT.
		if len(text) > MaxCondition-8 {
			return
		}
		if w, err := ParseCondition("(" + text + ")"); err == nil && w.Holds(request) != once {
			t.Errorf("%q changes in parentheses", text)
		}
		if w, err := ParseCondition("NOT (" + text + ")"); err == nil && w.Holds(request) == once {
			t.Errorf("%q does not turn over behind NOT", text)
		}
	})
}
