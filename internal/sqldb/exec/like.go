package exec

import (
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// likePattern is the pattern of a LIKE as it was last taken apart: most do not change from row to row.
type likePattern struct {
	pattern, escape string
	compiled        *collate.Pattern
}

// prepare takes a pattern apart, unless it is the one of the row before.
func (p *likePattern) prepare(c *collate.Collation, pattern, escape string, escaped, unicode bool) error {
	if p.compiled != nil && p.pattern == pattern && p.escape == escape {
		return nil
	}
	var sign rune
	if escaped {
		r, n := utf8.DecodeRuneInString(escape)
		if n == 0 || n != len(escape) {
			return value.Errorf(506, 16, 1, "The invalid escape character \"%s\" was specified in a LIKE predicate.", escape)
		}
		sign = r
	}
	p.pattern, p.escape, p.compiled = pattern, escape, c.Like(pattern, sign, unicode)
	return nil
}
