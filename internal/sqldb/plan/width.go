package plan

func (n *Scan) node()      {}
func (n *Values) node()    {}
func (n *Virtual) node()   {}
func (n *Filter) node()    {}
func (n *Project) node()   {}
func (n *Join) node()      {}
func (n *Aggregate) node() {}
func (n *Window) node()    {}
func (n *Distinct) node()  {}
func (n *Sort) node()      {}
func (n *Top) node()       {}
func (n *Union) node()     {}
func (n *Intersect) node() {}
func (n *Except) node()    {}
func (n *Recursive) node() {}
func (n *Working) node()   {}
func (n *Insert) node()    {}
func (n *Update) node()    {}
func (n *Delete) node()    {}
func (n *Merge) node()     {}
func (n *Instead) node()   {}

// Width is the number of slots of a row.
func (n *Scan) Width() int {
	if n.Locators {
		return len(n.Columns) + 1
	}
	return len(n.Columns)
}

// Width is the number of slots of a row.
func (n *Values) Width() int { return len(n.Types) }

// Width is the number of slots of a row.
func (n *Virtual) Width() int { return len(n.Columns) }

// Width is the number of slots of a row.
func (n *Filter) Width() int { return n.Input.Width() }

// Width is the number of slots of a row.
func (n *Project) Width() int { return len(n.Exprs) }

// Width is the number of slots of a row.
func (n *Join) Width() int {
	if n.Kind == SemiJoin || n.Kind == AntiJoin {
		return n.Left.Width()
	}
	return n.Left.Width() + n.Right.Width()
}

// Width is the number of slots of a row.
func (n *Aggregate) Width() int {
	w := len(n.Groups) + len(n.Calls)
	if n.Sets != nil {
		w += len(n.Groups)
	}
	return w
}

// Width is the number of slots of a row.
func (n *Window) Width() int { return n.Input.Width() + len(n.Calls) }

// Width is the number of slots of a row.
func (n *Distinct) Width() int { return n.Input.Width() }

// Width is the number of slots of a row.
func (n *Sort) Width() int { return n.Input.Width() }

// Width is the number of slots of a row.
func (n *Top) Width() int { return n.Input.Width() }

// Width is the number of slots of a row.
func (n *Union) Width() int { return n.Left.Width() }

// Width is the number of slots of a row.
func (n *Intersect) Width() int { return n.Left.Width() }

// Width is the number of slots of a row.
func (n *Except) Width() int { return n.Left.Width() }

// Width is the number of slots of a row.
func (n *Recursive) Width() int { return n.Anchor.Width() }

// Width is the number of slots of a row.
func (n *Working) Width() int { return len(n.Types) }

func outputWidth(o *Output) int {
	if o == nil {
		return 0
	}
	return len(o.Exprs)
}

// Width is the number of columns of OUTPUT.
func (n *Insert) Width() int { return outputWidth(n.Output) }

// Width is the number of columns of OUTPUT.
func (n *Update) Width() int { return outputWidth(n.Output) }

// Width is the number of columns of OUTPUT.
func (n *Delete) Width() int { return outputWidth(n.Output) }

// Width is the number of columns of OUTPUT.
func (n *Merge) Width() int { return outputWidth(n.Output) }

// Width is nothing: no row goes to the client.
func (n *Instead) Width() int { return 0 }
