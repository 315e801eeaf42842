package tsql

// slab gives out nodes of one type from blocks, since a batch has thousands of them and none dies before the others.
type slab[T any] struct {
	free []T
	size int
}

const largestBlock = 256

func (s *slab[T]) get() *T {
	if len(s.free) == 0 {
		s.size = min(max(4, s.size*4), largestBlock)
		s.free = make([]T, s.size)
	}
	n := &s.free[0]
	s.free = s.free[1:]
	return n
}

// slabs has a slab for each type that is made often.
type slabs struct {
	literals  slab[Literal]
	columns   slab[Column]
	variables slab[Variable]
	binaries  slab[Binary]
	compares  slab[Compare]
	names     slab[ObjectName]
	exprs     []Expr // the free rest of a block of list elements
}

// list gives a copy of items that lives with the tree.
func (s *slabs) list(items []Expr) []Expr {
	if len(items) == 0 {
		return nil
	}
	if len(s.exprs) < len(items) {
		if len(items) > largestBlock/4 {
			return append([]Expr(nil), items...)
		}
		s.exprs = make([]Expr, min(largestBlock, max(16, 4*len(items))))
	}
	out := s.exprs[:len(items):len(items)]
	s.exprs = s.exprs[len(items):]
	copy(out, items)
	return out
}
