package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// likeTerms reads "column LIKE 'abc%'" as a range of the column: from 'abc' to before 'abd'. The condition stays.
func (b *binder) likeTerms(g *get, c *plan.Like) []term {
	if c.Negate || c.Escape != nil {
		return nil
	}
	q, through := columnOf(c.X)
	pattern, ok := c.Pattern.(*plan.Const)
	if q == nil || through || q.c.base != g || !ok || pattern.V.IsNull() {
		return nil
	}
	t := g.table.Columns[q.c.ordinal].Type
	if b.collationOf(t) != c.Collation || t.IsLarge() {
		return nil
	}
	text, _, _ := c.Collation.Like(pattern.V.Text(), 0, pattern.T.IsUnicode()).Prefix()
	next, ok := successor(text)
	if !ok {
		return nil
	}
	at := func(s string) plan.Expr {
		return constant(value.OfString(s), value.Sized(value.NVarChar, length(len(s), maxUnits)).WithNullable(false))
	}
	low := term{ordinal: q.c.ordinal, kind: termLow, x: at(text), inclusive: true, cond: c}
	high := term{ordinal: q.c.ordinal, kind: termHigh, x: at(next), cond: c}
	return []term{low, high}
}

// successor is the least string of its length that is beyond all that begin with s. It only knows Latin letters and
// digits, whose neighbours stand next to one another in every order of strings.
func successor(s string) (string, bool) {
	for i := range len(s) {
		if c := s[i]; !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9') {
			return "", false
		}
	}
	if s == "" {
		return "", false
	}
	last := s[len(s)-1]
	if last == 'z' || last == 'Z' || last == '9' {
		return "", false
	}
	return s[:len(s)-1] + string(last+1), true
}
