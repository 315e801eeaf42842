package bind

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// writer makes random queries that T-SQL and PostgreSQL understand alike. What the two spell differently is written as
// {ts:…|pg:…}.
type writer struct {
	*rand.Rand
	names int
	depth int
}

// shown is a source in FROM, with its columns of type int.
type shownTable struct {
	name string
	cols []string
}

func (w *writer) name() string {
	w.names++
	return fmt.Sprintf("t%d", w.names)
}

func pick[T any](w *writer, list []T) T { return list[w.IntN(len(list))] }

// column is a column of one of the sources in sight.
func (w *writer) column(in []shownTable) string {
	t := pick(w, in)
	return t.name + "." + pick(w, t.cols)
}

func (w *writer) number() string { return fmt.Sprint(w.IntN(9) - 1) }

// value is an expression of type int.
func (w *writer) value(in []shownTable) string {
	w.depth++
	defer func() { w.depth-- }()
	n := w.IntN(16)
	if w.depth > 4 {
		n = w.IntN(8)
	}
	switch {
	case n < 7 && len(in) > 0:
		return w.column(in)
	case n < 8:
		return w.number()
	case n < 10:
		return "(" + w.value(in) + pick(w, []string{" + ", " - "}) + w.value(in) + ")"
	case n == 10:
		return "COALESCE(" + w.value(in) + ", " + w.value(in) + ")"
	case n == 11:
		return "CASE WHEN " + w.condition(in) + " THEN " + w.value(in) + " ELSE " + w.value(in) + " END"
	case n == 12:
		return "NULLIF(" + w.value(in) + ", " + w.number() + ")"
	case n == 13:
		return "CAST(" + w.value(in) + " AS bigint)"
	}
	return w.scalar(in)
}

// scalar is a subquery of one row: an aggregate of another table, most often correlated.
func (w *writer) scalar(in []shownTable) string {
	t, from := w.base()
	all := append(in[:len(in):len(in)], t)
	return "(SELECT " + pick(w, []string{"MAX", "MIN", "COUNT", "SUM"}) + "(" + t.name + "." + pick(w, t.cols) + ") FROM " + from +
		" WHERE " + w.condition(all) + ")"
}

func (w *writer) condition(in []shownTable) string {
	w.depth++
	defer func() { w.depth-- }()
	n := w.IntN(20)
	if w.depth > 4 {
		n = w.IntN(9)
	}
	not := pick(w, []string{"", "", "NOT "})
	switch {
	case n < 8:
		op := pick(w, []string{"=", "=", "=", "<>", "<", "<=", ">", ">="})
		return w.value(in) + " " + op + " " + w.value(in)
	case n == 8:
		return w.value(in) + " IS " + not + "NULL"
	case n < 11:
		return "(" + w.condition(in) + " AND " + w.condition(in) + ")"
	case n < 13:
		return "(" + w.condition(in) + " OR " + w.condition(in) + ")"
	case n == 13:
		return "NOT (" + w.condition(in) + ")"
	case n == 14:
		return w.value(in) + " " + not + "IN (" + w.number() + ", " + w.value(in) + ", " + w.number() + ")"
	case n == 15:
		return w.value(in) + " " + not + "BETWEEN " + w.number() + " AND " + w.value(in)
	}
	return w.subqueryCondition(in, not)
}

func (w *writer) subqueryCondition(in []shownTable, not string) string {
	t, from := w.base()
	all := append(in[:len(in):len(in)], t)
	where := " FROM " + from + " WHERE " + w.condition(all)
	switch w.IntN(4) {
	case 0:
		return w.value(in) + " " + not + "IN (SELECT " + w.column([]shownTable{t}) + where + ")"
	case 1:
		op := pick(w, []string{"=", "<", ">=", "<>"}) + pick(w, []string{" ANY", " ALL"})
		return w.value(in) + " " + op + " (SELECT " + w.column([]shownTable{t}) + where + ")"
	}
	if len(in) > 0 && w.IntN(2) == 0 {
		where = " FROM " + from + " WHERE " + w.column([]shownTable{t}) + " = " + w.column(in)
	}
	return not + "EXISTS (SELECT 1" + where + ")"
}

// keyed is a table with a key to order by.
func (w *writer) keyed() (shownTable, string) {
	for {
		if t, from := w.base(); t.cols[0] == "id" {
			return t, from
		}
	}
}

// base is a table of the sample under a name of its own.
func (w *writer) base() (shownTable, string) {
	n := w.name()
	switch w.IntN(3) {
	case 0:
		return shownTable{n, []string{"id", "x", "y"}}, "a " + n
	case 1:
		return shownTable{n, []string{"id", "aid", "v"}}, "b " + n
	}
	return shownTable{n, []string{"k", "v"}}, "c " + n
}

// source is something in FROM: a table, or a query.
func (w *writer) source(outer []shownTable) (shownTable, string) {
	if w.depth > 2 || w.IntN(4) > 0 {
		return w.base()
	}
	w.depth++
	defer func() { w.depth-- }()
	n := w.name()
	if w.IntN(4) == 0 {
		return shownTable{n, []string{"p", "q"}}, "(VALUES (1, 2), (2, NULL), (3, 1)) " + n + "(p, q)"
	}
	text, width := w.query(outer)
	t := shownTable{name: n}
	for i := range width {
		t.cols = append(t.cols, fmt.Sprintf("c%d", i))
	}
	return t, "(" + text + ") " + n + "(" + strings.Join(t.cols, ", ") + ")"
}

// from is FROM with some joins.
func (w *writer) from(outer []shownTable) ([]shownTable, string) {
	t, text := w.source(outer)
	in := []shownTable{t}
	for range w.IntN(3) {
		var more string
		switch kind := w.IntN(9); kind {
		case 0, 1:
			t, more = w.source(outer)
			text += " JOIN " + more + " ON " + w.on(in, t)
		case 2, 3:
			t, more = w.source(outer)
			text += " LEFT JOIN " + more + " ON " + w.on(in, t)
		case 4:
			t, more = w.source(outer)
			text += " RIGHT JOIN " + more + " ON " + w.on(in, t)
		case 5:
			t, more = w.source(outer)
			text += " FULL JOIN " + more + " ON " + w.column(in) + " = " + w.column([]shownTable{t})
		case 6:
			t, more = w.source(outer)
			text += " CROSS JOIN " + more
		default:
			name := w.name()
			inner, from := w.keyed()
			all := append(append(outer[:len(outer):len(outer)], in...), inner)
			order := inner.cols[0]
			sub := "(SELECT {ts:TOP 2|pg:} " + w.value(all) + " FROM " + from + " WHERE " + w.condition(all) + " ORDER BY " + inner.name + "." + order + "{ts:|pg: LIMIT 2}) " + name + "(r)"
			t = shownTable{name, []string{"r"}}
			if kind == 7 {
				text += " {ts:CROSS APPLY|pg:CROSS JOIN LATERAL} " + sub
			} else {
				text += " {ts:OUTER APPLY|pg:LEFT JOIN LATERAL} " + sub + "{ts:|pg: ON true}"
			}
		}
		in = append(in, t)
	}
	return in, text
}

func (w *writer) on(in []shownTable, t shownTable) string {
	if w.IntN(3) > 0 {
		out := w.column(in) + " = " + w.column([]shownTable{t})
		if w.IntN(3) == 0 {
			out += " AND " + w.condition(append(in[:len(in):len(in)], t))
		}
		return out
	}
	return w.condition(append(in[:len(in):len(in)], t))
}

// query is a SELECT with its number of columns; it may be of several, joined by set operators.
func (w *writer) query(outer []shownTable) (string, int) {
	if w.depth < 2 && w.IntN(6) == 0 {
		w.depth++
		defer func() { w.depth-- }()
		op := pick(w, []string{"UNION", "UNION ALL", "INTERSECT", "EXCEPT"})
		width := 1 + w.IntN(2)
		return w.plain(outer, width) + " " + op + " " + w.plain(outer, width), width
	}
	if w.IntN(3) == 0 {
		return w.grouped(outer)
	}
	width := 1 + w.IntN(3)
	return w.plain(outer, width), width
}

func (w *writer) list(in []shownTable, width int) string {
	items := make([]string, width)
	for i := range items {
		items[i] = w.value(in)
		if strings.HasPrefix(items[i], "(SELECT") || w.IntN(12) > 0 {
			continue
		}
		items[i] = fmt.Sprintf("%s(%s) OVER (PARTITION BY %s)", pick(w, []string{"SUM", "MAX", "COUNT"}), w.column(in), w.column(in))
	}
	return strings.Join(items, ", ")
}

func (w *writer) plain(outer []shownTable, width int) string {
	in, from := w.from(outer)
	all := append(outer[:len(outer):len(outer)], in...)
	text := "SELECT " + pick(w, []string{"", "", "DISTINCT "}) + w.list(in, width) + " FROM " + from
	if w.IntN(4) > 0 {
		text += " WHERE " + w.condition(all)
	}
	return text
}

func (w *writer) grouped(outer []shownTable) (string, int) {
	in, from := w.from(outer)
	all := append(outer[:len(outer):len(outer)], in...)
	where := ""
	if w.IntN(2) == 0 {
		where = " WHERE " + w.condition(all)
	}
	aggregate := func() string {
		return pick(w, []string{"COUNT(*)", "COUNT(DISTINCT " + w.column(in) + ")", "SUM(" + w.column(in) + ")", "MIN(" + w.column(in) + ")", "MAX(" + w.column(in) + ")"})
	}
	if w.IntN(4) == 0 {
		return "SELECT " + aggregate() + ", " + aggregate() + " FROM " + from + where, 2
	}
	k1, k2 := w.column(in), w.column(in)
	by := pick(w, []string{"%s, %s", "%s, %s", "ROLLUP (%s, %s)", "CUBE (%s, %s)", "GROUPING SETS ((%s), (%s), ())"})
	text := "SELECT " + k1 + ", " + k2 + ", " + aggregate() + " FROM " + from + where + " GROUP BY " + fmt.Sprintf(by, k1, k2)
	if w.IntN(3) == 0 {
		text += " HAVING " + aggregate() + pick(w, []string{" > ", " <= ", " <> "}) + w.number()
	}
	return text, 3
}

// dialect is a text as one of the two writes it.
func dialect(text, which string) string {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{ts:")
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		ts, rest, _ := strings.Cut(rest, "|pg:")
		pg, rest, _ := strings.Cut(rest, "}")
		if which == "ts" {
			out.WriteString(ts)
		} else {
			out.WriteString(pg)
		}
		text = rest
	}
}
