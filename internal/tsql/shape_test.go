package tsql

import (
	"fmt"
	"strings"
	"testing"
)

// shape writes an expression with all its parentheses.
func shape(e Expr) string {
	list := func(op string, all ...Expr) string {
		parts := []string{op}
		for _, x := range all {
			if x != nil {
				parts = append(parts, shape(x))
			}
		}
		return "(" + strings.Join(parts, " ") + ")"
	}
	not := func(is bool, op string) string {
		if is {
			return "not-" + op
		}
		return op
	}
	switch e := e.(type) {
	case *Literal:
		return [...]string{"null", "", "", "", "$", "'", "N'", "0x"}[e.Kind] + e.Text
	case *Variable:
		return e.Name
	case *Column:
		if e.Qualifier != nil {
			return e.Qualifier.Name.Name + "." + e.Name.Name
		}
		return e.Name.Name
	case *Unary:
		return list(map[Operator]string{Plus: "+", Minus: "-", BitNot: "~"}[e.Op], e.X)
	case *Binary:
		return list(map[Operator]string{
			Add: "+", Subtract: "-", Multiply: "*", Divide: "/", Modulo: "%", BitAnd: "&", BitOr: "|", BitXor: "^", Concat: "||", ShiftLeft: "<<", ShiftRight: ">>",
		}[e.Op], e.Left, e.Right)
	case *Compare:
		return list(map[Operator]string{Equal: "=", NotEqual: "<>", Less: "<", LessEqual: "<=", Greater: ">", GreaterEqual: ">="}[e.Op], e.Left, e.Right)
	case *Logical:
		return list(map[Operator]string{And: "and", Or: "or"}[e.Op], e.Operands...)
	case *Not:
		return list("not", e.X)
	case *IsNull:
		return list(not(e.Not, "is-null"), e.X)
	case *Between:
		return list(not(e.Not, "between"), e.X, e.Low, e.High)
	case *In:
		if e.Query != nil {
			return list(not(e.Not, "in-query"), e.X)
		}
		return list(not(e.Not, "in"), append([]Expr{e.X}, e.List...)...)
	case *Like:
		return list(not(e.Not, "like"), e.X, e.Pattern, e.Escape)
	case *Call:
		return list(e.Name.Name.Name, e.Args...)
	case *Collate:
		return list("collate-"+e.Name.Name, e.X)
	case *AtTimeZone:
		return list("at", e.X, e.Zone)
	case *Case:
		all := []Expr{e.Operand}
		for _, w := range e.Whens {
			all = append(all, w.If, w.Then)
		}
		return list("case", append(all, e.Else)...)
	case *Cast:
		return list("cast-"+e.Type.Name.Name.Name, e.X)
	case *Subquery:
		return "query"
	case *Exists:
		return "exists"
	case *Method:
		return list("."+e.Name.Name, append([]Expr{e.X}, e.Args...)...)
	}
	return fmt.Sprintf("%T", e)
}

func TestPrecedence(t *testing.T) {
	for text, want := range map[string]string{
		"1 + 2 * 3":                             "(+ 1 (* 2 3))",
		"1 - 2 - 3":                             "(- (- 1 2) 3)",
		"1 & 2 + 3 | 4":                         "(| (+ (& 1 2) 3) 4)",
		"2 * 3 % 4":                             "(% (* 2 3) 4)",
		"-100.0/-100.0*10":                      "(- (/ 100.0 (- (* 100.0 10))))",
		"- a + b":                               "(+ (- a) b)",
		"~ 1 + 2":                               "(+ (~ 1) 2)",
		"- ~ 1 * 2":                             "(- (* (~ 1) 2))",
		"(1 + 2) * 3":                           "(* (+ 1 2) 3)",
		"a + b COLLATE x":                       "(+ a (collate-x b))",
		"(a + b) COLLATE x":                     "(collate-x (+ a b))",
		"a AT TIME ZONE 'x' AT TIME ZONE 'y'":   "(at (at a 'x) 'y)",
		"'a' + N'b' + 0xFF":                     "(+ (+ 'a N'b) 0xFF)",
		"t.a * u.b":                             "(* t.a u.b)",
		"CASE a WHEN 1 THEN 2 ELSE 3 END + 1":   "(+ (case a 1 2 3) 1)",
		"CASE WHEN a = 1 OR b = 2 THEN 'x' END": "(case (or (= a 1) (= b 2)) 'x)",
		"COALESCE(a, -1) * 2":                   "(* (COALESCE a (- 1)) 2)",
		"IIF(a = 1 AND b IS NULL, 1, 2)":        "(IIF (and (= a 1) (is-null b)) 1 2)",
		"@x.value('a', 'int') + 1":              "(+ (.value @x 'a 'int) 1)",
		"$-1.5 + $2":                            "(+ $-1.5 $2)",
		"{fn UCASE('a')}":                       "(UPPER 'a)",
		"{fn LOCATE('a', b)} + 1":               "(+ (CHARINDEX 'a b) 1)",
		"{fn HOUR(d)}":                          "(DATEPART *tsql.DatePart d)",
		"{fn TIMESTAMPADD(SQL_TSI_DAY, 1, {fn NOW()})}": "(DATEADD *tsql.DatePart 1 (GETDATE))",
		"{fn INSERT('abc', 1, 1, 'x')}":                 "(STUFF 'abc 1 1 'x)",
		"{fn MOD(a, 2)}":                                "(% a 2)",
		"{fn TRUNCATE(a, 2)}":                           "(ROUND a 2 1)",
		"{fn CURDATE()}":                                "(cast-date (GETDATE))",
		"{fn CONVERT(a, SQL_INTEGER)}":                  "(cast-int a)",
		"{fn DATABASE()}":                               "(DB_NAME)",
		"{fn USER()}":                                   "(USER)",
		"{fn CONCAT('a', {fn LCASE('B')})}":             "(CONCAT 'a (LOWER 'B))",
		"{fn ABS(-1)}":                                  "(ABS (- 1))",
		"{d '2020-01-02'}":                              "(cast-datetime '2020-01-02)",
		"1 << 2 + 3":                                    "(+ (<< 1 2) 3)",
		"a || b + c":                                    "(+ (|| a b) c)",
	} {
		b, err := Parse("SELECT "+text, Options{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := shape(b.Statements[0].(*SelectStatement).Query.Body.(*Select).Items[0].Expr); got != want {
			t.Errorf("%s\n\tgot  %s\n\twant %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"a = 1 OR b = 2 AND c = 3":                "(or (= a 1) (and (= b 2) (= c 3)))",
		"a = 1 OR b = 2 OR c = 3":                 "(or (= a 1) (= b 2) (= c 3))",
		"NOT a = 1 AND b = 2":                     "(and (not (= a 1)) (= b 2))",
		"NOT (a = 1 AND b = 2)":                   "(not (and (= a 1) (= b 2)))",
		"(a = 1 OR b = 2) AND c = 3":              "(and (or (= a 1) (= b 2)) (= c 3))",
		"(a + 1) * 2 > 3":                         "(> (* (+ a 1) 2) 3)",
		"((a)) = (b)":                             "(= a b)",
		"a !> 1 AND b !< 2 AND c != 3":            "(and (<= a 1) (>= b 2) (<> c 3))",
		"a BETWEEN 1 AND 2 AND b = 3":             "(and (between a 1 2) (= b 3))",
		"a NOT BETWEEN b + 1 AND c OR d = 1":      "(or (not-between a (+ b 1) c) (= d 1))",
		"a NOT IN (1, 2) AND b IN (SELECT 1)":     "(and (not-in a 1 2) (in-query b))",
		"a NOT LIKE 'x' ESCAPE '!' OR b = 1":      "(or (not-like a 'x '!) (= b 1))",
		"NOT EXISTS (SELECT 1) AND a IS NOT NULL": "(and (not exists) (not-is-null a))",
		"NOT NOT a = 1":                           "(not (not (= a 1)))",
		"(SELECT 1) = 1":                          "(= query 1)",
		"a > = 1":                                 "(>= a 1)",
	} {
		b, err := Parse("SELECT 1 WHERE "+text, Options{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := shape(b.Statements[0].(*SelectStatement).Query.Body.(*Select).Where); got != want {
			t.Errorf("%s\n\tgot  %s\n\twant %s", text, got, want)
		}
	}
}

// source writes a table source with all its parentheses.
func source(s TableSource) string {
	switch s := s.(type) {
	case *Table:
		return s.Name.Name.Name
	case *Derived:
		return "d:" + s.Alias.Name
	case *TableFunction:
		return s.Name.Name.Name + "()"
	case *Join:
		op := [...]string{"inner", "left", "right", "full", "cross", "apply", "outer"}[s.Kind]
		return "(" + source(s.Left) + " " + op + " " + source(s.Right) + ")"
	}
	return fmt.Sprintf("%T", s)
}

func TestJoins(t *testing.T) {
	for text, want := range map[string]string{
		"a JOIN b ON 1=1 LEFT JOIN c ON 1=1":                       "((a inner b) left c)",
		"a JOIN b JOIN c ON 1=1 ON 1=1":                            "(a inner (b inner c))",
		"a LEFT JOIN (b CROSS JOIN c) ON 1=1":                      "(a left (b cross c))",
		"a CROSS APPLY f(a.x) OUTER APPLY g(1)":                    "((a apply f()) outer g())",
		"(SELECT 1 x) d JOIN ((SELECT 2 y) e CROSS JOIN f) ON 1=1": "(d:d inner (d:e cross f))",
		"a FULL OUTER JOIN b ON 1=1 CROSS JOIN c":                  "((a full b) cross c)",
		"((a))": "a",
	} {
		b, err := Parse("SELECT 1 FROM "+text, Options{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := source(b.Statements[0].(*SelectStatement).Query.Body.(*Select).From[0]); got != want {
			t.Errorf("%s\n\tgot  %s\n\twant %s", text, got, want)
		}
	}
}

func body(b QueryBody) string {
	switch b := b.(type) {
	case *Select:
		return shape(b.Items[0].Expr)
	case *SetOperation:
		all := ""
		if b.All {
			all = "-all"
		}
		return "(" + body(b.Left) + " " + [...]string{"union", "except", "intersect"}[b.Op] + all + " " + body(b.Right) + ")"
	}
	return fmt.Sprintf("%T", b)
}

func TestSetOperators(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT 1 UNION SELECT 2 UNION ALL SELECT 3":                  "((1 union 2) union-all 3)",
		"SELECT 1 UNION SELECT 2 INTERSECT SELECT 3":                  "(1 union (2 intersect 3))",
		"SELECT 1 INTERSECT SELECT 2 UNION SELECT 3":                  "((1 intersect 2) union 3)",
		"SELECT 1 EXCEPT (SELECT 2 UNION SELECT 3)":                   "(1 except (2 union 3))",
		"(SELECT 1 UNION SELECT 2) INTERSECT SELECT 3":                "((1 union 2) intersect 3)",
		"SELECT 1 EXCEPT SELECT 2 INTERSECT SELECT 3 EXCEPT SELECT 4": "((1 except (2 intersect 3)) except 4)",
	} {
		b, err := Parse(text, Options{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := body(b.Statements[0].(*SelectStatement).Query.Body); got != want {
			t.Errorf("%s\n\tgot  %s\n\twant %s", text, got, want)
		}
	}
}

// TestStatements: how a text is cut into statements, and what their spans hold.
func TestStatements(t *testing.T) {
	for text, want := range map[string][]string{
		"SELECT 1 SELECT 2; SELECT 3":                                    {"SELECT 1", "SELECT 2", "SELECT 3"},
		"IF 1=1 SELECT 1; ELSE SELECT 2 SELECT 3":                        {"IF 1=1 SELECT 1; ELSE SELECT 2", "SELECT 3"},
		"WITH a AS (SELECT 1 x) SELECT x FROM a -- c\nSELECT 2":          {"WITH a AS (SELECT 1 x) SELECT x FROM a", "SELECT 2"},
		"EXEC p 1, @a OUTPUT SELECT 1":                                   {"EXEC p 1, @a OUTPUT", "SELECT 1"},
		"p 1 SELECT 1":                                                   {"p 1", "SELECT 1"},
		"SET NOCOUNT ON SET @a = 1 COMMIT DECLARE @b int PRINT 1":        {"SET NOCOUNT ON", "SET @a = 1", "COMMIT", "DECLARE @b int", "PRINT 1"},
		"BEGIN TRAN INSERT t VALUES (1) COMMIT TRAN":                     {"BEGIN TRAN", "INSERT t VALUES (1)", "COMMIT TRAN"},
		"  CREATE VIEW v AS SELECT 1 a ; ":                               {"CREATE VIEW v AS SELECT 1 a"},
		"a: SELECT 1 GOTO a":                                             {"a:", "SELECT 1", "GOTO a"},
		"UPDATE t SET a=1 DELETE t":                                      {"UPDATE t SET a=1", "DELETE t"},
		"RETURN SELECT 1":                                                {"RETURN", "SELECT 1"},
		"SELECT 1 AS a\nEXEC sp_who":                                     {"SELECT 1 AS a", "EXEC sp_who"},
		"CREATE TABLE t (a int) CREATE INDEX i ON t (a) DROP TABLE t":    {"CREATE TABLE t (a int)", "CREATE INDEX i ON t (a)", "DROP TABLE t"},
		"GRANT SELECT ON t TO u DENY INSERT ON t TO u":                   {"GRANT SELECT ON t TO u", "DENY INSERT ON t TO u"},
		"ALTER TABLE t ADD a int ALTER TABLE t DROP COLUMN b":            {"ALTER TABLE t ADD a int", "ALTER TABLE t DROP COLUMN b"},
		"CREATE USER u FROM EXTERNAL PROVIDER ALTER ROLE r ADD MEMBER u": {"CREATE USER u FROM EXTERNAL PROVIDER", "ALTER ROLE r ADD MEMBER u"},
	} {
		b, err := Parse(text, Options{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var got []string
		for _, s := range b.Statements {
			got = append(got, b.Slice(s.Span()))
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s\n\tgot  %q\n\twant %q", text, got, want)
		}
	}
}

// TestQuotedIdentifier: what "…" is depends on the option, and SET changes it for the text that follows.
func TestQuotedIdentifier(t *testing.T) {
	item := func(text string, quoted bool, statement int) Expr {
		b, err := Parse(text, Options{QuotedIdentifier: quoted})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return b.Statements[statement].(*SelectStatement).Query.Body.(*Select).Items[0].Expr
	}
	if got := shape(item(`SELECT "a""b"`, true, 0)); got != `a"b` {
		t.Error(got)
	}
	if got := shape(item(`SELECT "a""b"`, false, 0)); got != `'a"b` {
		t.Error(got)
	}
	if got := shape(item(`SET QUOTED_IDENTIFIER OFF SELECT "a"`, true, 1)); got != "'a" {
		t.Error(got)
	}
	if got := shape(item(`SET QUOTED_IDENTIFIER ON; SELECT "a"`, false, 1)); got != "a" {
		t.Error(got)
	}
}
