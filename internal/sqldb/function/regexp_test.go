package function

import "testing"

// TestRegexp holds the functions of patterns to what SQL Server 2025 answers.
func TestRegexp(t *testing.T) {
	for _, c := range []struct {
		name string
		args []argument
		want string
	}{
		{"REGEXP_LIKE", []argument{s("Anna"), s("^a")}, "0"},
		{"REGEXP_LIKE", []argument{s("Anna"), s("^a"), s("i")}, "1"},
		{"REGEXP_LIKE", []argument{null(), s("(")}, "NULL"},
		{"REGEXP_COUNT", []argument{s("banana"), s("an")}, "2"},
		{"REGEXP_COUNT", []argument{s("banana"), s("a"), i(3)}, "2"},
		{"REGEXP_COUNT", []argument{s("banana"), s("a"), i(99)}, "0"},
		{"REGEXP_COUNT", []argument{s("abc"), s("")}, "4"},
		{"REGEXP_COUNT", []argument{s("bXdXf"), s("X*")}, "6"},
		{"REGEXP_COUNT", []argument{s("ééé"), s("^é")}, "1"},
		{"REGEXP_COUNT", []argument{s("a\nb"), s("^b"), i(1), s("m")}, "1"},
		{"REGEXP_COUNT", []argument{s("a\nb"), s("a.b"), i(1), s("")}, "0"},
		{"REGEXP_COUNT", []argument{s("AB"), s("ab"), i(1), s("ic")}, "0"},
		{"REGEXP_COUNT", []argument{s("AB"), s("ab"), i(1), s("ci")}, "1"},
		{"REGEXP_COUNT", []argument{s("AB"), s("ab"), i(1), s("x")}, "19303: Invalid flag provided. 'x' are not valid flags. Only {c,i,s,m} flags are valid."},
		{"REGEXP_COUNT", []argument{s("a"), s("a"), i(0)}, "19301: 'START' value should be greater than or equal to 1 but '0' is provided in 'REGEXP_COUNT' function."},
		{"REGEXP_COUNT", []argument{i(12), s("1")}, "8116: Argument data type int is invalid for argument 1 of regexp_count function."},
		{"REGEXP_COUNT", []argument{s("a"), s("a)")}, "19307: Encountered an unexpected ')' in the Pattern a)."},
		{"REGEXP_COUNT", []argument{s("a"), s("(a")}, "19308: Missing ')' in the Pattern (a."},
		{"REGEXP_COUNT", []argument{s("a"), s("[a")}, "19308: Missing ']' in the Pattern [a."},
		{"REGEXP_COUNT", []argument{s("a"), s(`a\`)}, `19309: Invalid trailing backslash (\) provided at the end of the Pattern a\.`},
		{"REGEXP_COUNT", []argument{s("a"), s("*")}, "19300: An invalid Pattern '*' was provided. Error 'no argument for repetition operator: *' occurred during evaluation of the Pattern."},
		{"REGEXP_INSTR", []argument{s("banana"), s("an")}, "2"},
		{"REGEXP_INSTR", []argument{s("banana"), s("an"), i(3)}, "4"},
		{"REGEXP_INSTR", []argument{s("banana"), s("an"), i(1), i(2), i(1)}, "6"},
		{"REGEXP_INSTR", []argument{s("k7"), s("(k)(7)"), i(1), i(1), i(0), s("i"), i(2)}, "2"},
		{"REGEXP_INSTR", []argument{s("k7"), s("(k)(7)"), i(1), i(1), i(0), s("i"), i(3)}, "0"},
		{"REGEXP_INSTR", []argument{s("ba"), s("a"), i(1), i(1), null()}, "2"},
		{"REGEXP_INSTR", []argument{s("ba"), s("a"), i(1), i(1), i(2)}, "19301: 'RETURN_OPTION' value should be greater than or equal to 0 but '2' is provided in 'REGEXP_INSTR' function."},
		{"REGEXP_SUBSTR", []argument{s("abcabd"), s("b.")}, "bc"},
		{"REGEXP_SUBSTR", []argument{s("abcabd"), s("b."), i(1), i(2)}, "bd"},
		{"REGEXP_SUBSTR", []argument{s("k7"), s("(k)(7)"), i(1), i(1), s(""), i(2)}, "7"},
		{"REGEXP_SUBSTR", []argument{s("abc"), s("z")}, "NULL"},
		{"REGEXP_SUBSTR", []argument{u("日本語"), u("本."), i(2)}, "本語"},
		{"REGEXP_REPLACE", []argument{s("banana"), s("an"), s("o")}, "booa"},
		{"REGEXP_REPLACE", []argument{s("banana"), s("an"), s("o"), i(3)}, "banoa"},
		{"REGEXP_REPLACE", []argument{s("banana"), s("a"), s("o"), i(1), i(2)}, "banona"},
		{"REGEXP_REPLACE", []argument{s("banana"), s("a")}, "bnn"},
		{"REGEXP_REPLACE", []argument{s("k7m8"), s("([a-z])([0-9])"), s(`\2\1`)}, "7k8m"},
		{"REGEXP_REPLACE", []argument{s("k7"), s("([a-z])([0-9])"), s(`\0\3\\1$1`)}, `\0\1$1`},
		{"REGEXP_REPLACE", []argument{s("bXdXf"), s("X*"), s("-")}, "-b--d--f-"},
		{"REGEXP_REPLACE", []argument{s("abc"), s(""), s("-")}, "abc"},
	} {
		if got, _ := evaluate(t, c.name, c.args...); got != c.want {
			t.Errorf("%s%v = %q, want %q", c.name, c.args, got, c.want)
		}
	}
}
