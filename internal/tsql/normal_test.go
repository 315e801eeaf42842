package tsql

import "testing"

// TestNormal: expressions as sys.default_constraints and its sisters show them.
func TestNormal(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"(0)", "((0))"},
		{"((1))", "((1))"},
		{"-1.5", "((-1.5))"},
		{"'it''s'", "('it''s')"},
		{"(N'ü')", "(N'ü')"},
		{"(NULL)", "(NULL)"},
		{"GETDATE()", "(getdate())"},
		{"CURRENT_TIMESTAMP", "(getdate())"},
		{"NewSequentialID()", "(newsequentialid())"},
		{"dbo.f(a, 1)", "([dbo].[f]([a],(1)))"},
		{"price * (1 + rate) - 2", "([price]*((1)+[rate])-(2))"},
		{"(a - (b - c))", "([a]-([b]-[c]))"},
		{"-a", "(-[a])"},
		{"DATEADD(DAY, 1, GETDATE())", "(dateadd(day,(1),getdate()))"},
		{"CAST(a AS varchar (10))", "(CONVERT([varchar](10),[a]))"},
		{"CONVERT(int, x, 1)", "(CONVERT([int],[x],(1)))"},
		{"CASE WHEN a > 1 THEN 'x' ELSE b END", "(case when [a]>(1) then 'x' else [b] end)"},
		{"NEXT VALUE FOR dbo.s", "(NEXT VALUE FOR [dbo].[s])"},
		{"[a b]] c]", "([a b]] c])"},
		{"SUM(a) OVER ()", "SUM(a) OVER ()"},
		{"not one", "not one"},
	} {
		if got := NormalExpr(c.text); got != c.want {
			t.Errorf("%s becomes %s, want %s", c.text, got, c.want)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"(j > 0 AND j != 5)", "([j]>(0) AND [j]<>(5))"},
		{"(k IN ('p', 'q'))", "([k]='q' OR [k]='p')"},
		{"k IN ('p', 'q') AND a = 1", "(([k]='q' OR [k]='p') AND [a]=(1))"},
		{"k NOT IN ('p', 'q')", "(NOT ([k]='q' OR [k]='p'))"},
		{"k IN (1)", "([k]=(1))"},
		{"(a = 1 OR b = 2) AND NOT (c = 3)", "(([a]=(1) OR [b]=(2)) AND NOT [c]=(3))"},
		{"a BETWEEN 1 AND 5", "([a]>=(1) AND [a]<=(5))"},
		{"a NOT BETWEEN 1 AND 5 OR b = 1", "(NOT ([a]>=(1) AND [a]<=(5)) OR [b]=(1))"},
		{"a LIKE '%x%' AND b NOT LIKE 'y' ESCAPE '!'", "([a] like '%x%' AND NOT [b] like 'y' escape '!')"},
		{"[a] IS NOT NULL AND b IS NULL", "([a] IS NOT NULL AND [b] IS NULL)"},
		{"ISJSON(j) > 0", "(isjson([j])>(0))"},
		{"a IN (SELECT 1)", "a IN (SELECT 1)"},
	} {
		got := NormalCondition(c.text)
		if got != c.want {
			t.Errorf("%s becomes %s, want %s", c.text, got, c.want)
		}
		if again := NormalCondition(got); again != got && c.want != c.text && c.text != "k IN ('p', 'q')" {
			t.Errorf("%s becomes %s when it is written anew", got, again)
		}
	}
}

// FuzzNormal: what is written of an expression can be read, and is written the same again.
func FuzzNormal(f *testing.F) {
	for _, s := range []string{"a + 1", "k IN ('p','q')", "NOT (a = 1 AND b BETWEEN 2 AND 3)", "- (-1)", "CAST(a AS int)", "a LIKE 'x' ESCAPE '!'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, write := range []func(string) string{NormalExpr, NormalCondition} {
			once := write(text)
			if once == text {
				continue
			}
			if twice := write(once); twice != once {
				t.Errorf("%q becomes %q, and that %q", text, once, twice)
			}
		}
	})
}
