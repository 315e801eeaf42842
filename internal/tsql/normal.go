package tsql

import (
	"slices"
	"strings"
)

// NormalExpr writes an expression of a default or a computed column as SQL Server's catalog shows it: names in brackets,
// numbers in parentheses, functions in lower case, and no parentheses but where they count. What it cannot write so is
// left as it is.
func NormalExpr(text string) string { return normal(text, "SELECT ") }

// NormalCondition does so with the condition of a CHECK or of a filtered index.
func NormalCondition(text string) string { return normal(text, "SELECT 1 WHERE ") }

func normal(text, before string) string {
	b, err := Parse(before+text, Options{QuotedIdentifier: true})
	if err != nil || len(b.Statements) != 1 {
		return text
	}
	s, ok := b.Statements[0].(*SelectStatement)
	if !ok {
		return text
	}
	q, ok := s.Query.Body.(*Select)
	if !ok || len(q.Items) != 1 {
		return text
	}
	x := q.Where
	if x == nil {
		x = q.Items[0].Expr
	}
	n := &normalizer{batch: b}
	n.write(x, bindsNothing)
	if n.unknown {
		return text
	}
	return "(" + n.out.String() + ")"
}

// binding is how strongly an operator binds.
type binding uint8

const (
	bindsNothing binding = iota
	bindsOr
	bindsAnd
	bindsNot
	bindsCompare
	bindsAdd
	bindsMultiply
	bindsAll
)

type normalizer struct {
	batch   *Batch
	out     strings.Builder
	unknown bool
}

func (n *normalizer) put(parts ...string) {
	for _, p := range parts {
		n.out.WriteString(p)
	}
}

// write writes an expression, in parentheses where what is around it binds more strongly.
func (n *normalizer) write(x Expr, around binding) {
	x = unsigned(x)
	own := bindingOf(x)
	if own < around {
		n.put("(")
		defer n.put(")")
	}
	switch x := x.(type) {
	case *Literal:
		n.literal(x, "")
	case *Column:
		n.column(x)
	case *Unary:
		n.unary(x)
	case *Binary:
		n.write(x.Left, own)
		n.operator(x.Op)
		n.write(x.Right, own+1)
	case *Call:
		n.call(x)
	case *Cast:
		n.convert(&x.Type, x.X, nil, x.Try)
	case *Convert:
		n.convert(&x.Type, x.X, x.Style, x.Try)
	case *Case:
		n.choice(x)
	case *Collate:
		n.write(x.X, bindsAll)
		n.put(" collate ", x.Name.Name)
	case *NextValue:
		if x.Over != nil {
			n.unknown = true
		}
		n.put("NEXT VALUE FOR ")
		n.name(&x.Sequence)
	case *DatePart:
		n.put(strings.ToLower(x.Name))
	default:
		n.predicate(x, own)
	}
}

func (n *normalizer) predicate(x Expr, own binding) {
	switch x := x.(type) {
	case *Compare:
		n.write(x.Left, bindsAdd)
		n.operator(x.Op)
		n.write(x.Right, bindsAdd)
	case *Logical:
		word := " AND "
		if x.Op == Or {
			word = " OR "
		}
		for i, o := range x.Operands {
			if i > 0 {
				n.put(word)
			}
			n.write(o, own)
		}
	case *Not:
		n.put("NOT ")
		n.write(x.X, bindsNot)
	case *IsNull:
		n.write(x.X, bindsAdd)
		if x.Not {
			n.put(" IS NOT NULL")
		} else {
			n.put(" IS NULL")
		}
	case *Between:
		n.not(x.Not, &Logical{Op: And, Operands: []Expr{&Compare{Op: GreaterEqual, Left: x.X, Right: x.Low}, &Compare{Op: LessEqual, Left: x.X, Right: x.High}}}, own)
	case *In:
		n.in(x, own)
	case *Like:
		if x.Not {
			n.put("NOT ")
		}
		n.write(x.X, bindsAdd)
		n.put(" like ")
		n.write(x.Pattern, bindsAdd)
		if x.Escape != nil {
			n.put(" escape ")
			n.write(x.Escape, bindsAdd)
		}
	default:
		n.unknown = true
	}
}

// not writes what stands for a predicate, which binds less strongly than the predicate does.
func (n *normalizer) not(negated bool, x Expr, own binding) {
	if negated {
		n.put("NOT ")
		own = bindsNot
	}
	if negated || bindingOf(x) < own {
		n.write(x, own)
		return
	}
	n.write(x, bindsNothing)
}

// in writes a list as comparisons, the last one first.
func (n *normalizer) in(x *In, own binding) {
	if x.Query != nil || len(x.List) == 0 {
		n.unknown = true
		return
	}
	either := &Logical{Op: Or}
	for _, v := range slices.Backward(x.List) {
		either.Operands = append(either.Operands, &Compare{Op: Equal, Left: x.X, Right: v})
	}
	if len(either.Operands) == 1 {
		n.not(x.Not, either.Operands[0], own)
		return
	}
	n.not(x.Not, either, own)
}

// bindingOf is how strongly what is written of an expression binds.
func bindingOf(x Expr) binding {
	switch x := unsigned(x).(type) {
	case *Logical:
		if x.Op == Or {
			return bindsOr
		}
		return bindsAnd
	case *Not:
		return bindsNot
	case *Between:
		if x.Not {
			return bindsNot
		}
		return bindsAnd
	case *In:
		switch {
		case x.Not:
			return bindsNot
		case len(x.List) > 1:
			return bindsOr
		}
		return bindsCompare
	case *Like:
		if x.Not {
			return bindsNot
		}
		return bindsCompare
	case *Compare, *IsNull:
		return bindsCompare
	case *Binary:
		switch x.Op {
		case Multiply, Divide, Modulo:
			return bindsMultiply
		}
		return bindsAdd
	case *Unary:
		if l, ok := unsigned(x.X).(*Literal); ok && x.Op == Minus && isNumber(l) {
			return bindsAll
		}
		return bindsAdd // two signs in a row would begin a comment
	}
	return bindsAll
}

var operatorText = map[Operator]string{
	Add: "+", Subtract: "-", Multiply: "*", Divide: "/", Modulo: "%", BitAnd: "&", BitOr: "|", BitXor: "^", Equal: "=", NotEqual: "<>",
	Less: "<", LessEqual: "<=", Greater: ">", GreaterEqual: ">=", Minus: "-", Plus: "+", BitNot: "~",
}

func (n *normalizer) operator(op Operator) {
	text, known := operatorText[op]
	n.unknown = n.unknown || !known
	n.put(text)
}

func (n *normalizer) literal(l *Literal, sign string) {
	switch l.Kind {
	case NullLiteral:
		n.put("NULL")
	case IntegerLiteral, DecimalLiteral:
		n.put("(", sign, l.Text, ")")
	case StringLiteral:
		n.put("'", strings.ReplaceAll(l.Text, "'", "''"), "'")
	case NStringLiteral:
		n.put("N'", strings.ReplaceAll(l.Text, "'", "''"), "'")
	case BinaryLiteral:
		n.put("0x", l.Text)
	default:
		n.unknown = true
	}
}

func (n *normalizer) unary(x *Unary) {
	l, ok := unsigned(x.X).(*Literal)
	switch {
	case ok && x.Op == Minus && isNumber(l):
		n.literal(l, "-")
	default:
		n.operator(x.Op)
		n.write(x.X, bindsAdd+1)
	}
}

// unsigned takes signs away that say nothing.
func unsigned(x Expr) Expr {
	for {
		u, ok := x.(*Unary)
		if !ok || u.Op != Plus {
			return x
		}
		x = u.X
	}
}

func isNumber(l *Literal) bool { return l.Kind == IntegerLiteral || l.Kind == DecimalLiteral }

func bracketed(name string) string { return "[" + strings.ReplaceAll(name, "]", "]]") + "]" }

func (n *normalizer) column(x *Column) {
	if x.Qualifier != nil {
		n.name(x.Qualifier)
		n.put(".")
	}
	n.put(bracketed(x.Name.Name))
}

func (n *normalizer) name(o *ObjectName) {
	if o.Server.Name != "" || o.Database.Name != "" {
		n.unknown = true
	}
	if o.Schema.Name != "" {
		n.put(bracketed(o.Schema.Name), ".")
	}
	n.put(bracketed(o.Name.Name))
}

// bareCalls are the functions that the standard writes without parentheses.
var bareCalls = map[string]string{
	"CURRENT_TIMESTAMP": "getdate()", "CURRENT_USER": "user_name()", "SESSION_USER": "user_name()", "USER": "user_name()", "SYSTEM_USER": "suser_sname()",
}

func (n *normalizer) call(x *Call) {
	if x.Star || x.Distinct || x.Over != nil || x.WithinGroup != nil || x.Returning != nil || x.JSONNulls != Unspecified || x.Wrapper || x.Nulls != DefaultNulls {
		n.unknown = true
		return
	}
	if x.Bare {
		text, known := bareCalls[upper(x.Name.Name.Name)]
		n.unknown = n.unknown || !known
		n.put(text)
		return
	}
	if x.Name.Schema.Name != "" {
		n.name(&x.Name)
	} else {
		n.put(strings.ToLower(x.Name.Name.Name))
	}
	n.put("(")
	for i, a := range x.Args {
		if i > 0 {
			n.put(",")
		}
		n.write(a, bindsNothing)
	}
	n.put(")")
}

func (n *normalizer) convert(t *DataType, x, style Expr, try bool) {
	if try {
		n.put("TRY_")
	}
	n.put("CONVERT(")
	text := strings.TrimSpace(n.batch.Slice(t.At))
	name, arguments, sized := strings.Cut(text, "(")
	if name = strings.TrimSpace(name); strings.ContainsAny(name, "[].\" ") {
		n.unknown = true
	}
	n.put(bracketed(strings.ToLower(name)))
	if sized {
		n.put("(", strings.ReplaceAll(strings.ToLower(arguments), " ", ""))
	}
	n.put(",")
	n.write(x, bindsNothing)
	if style != nil {
		n.put(",")
		n.write(style, bindsNothing)
	}
	n.put(")")
}

func (n *normalizer) choice(x *Case) {
	n.put("case")
	if x.Operand != nil {
		n.put(" ")
		n.write(x.Operand, bindsNothing)
	}
	for _, w := range x.Whens {
		n.put(" when ")
		n.write(w.If, bindsNothing)
		n.put(" then ")
		n.write(w.Then, bindsNothing)
	}
	if x.Else != nil {
		n.put(" else ")
		n.write(x.Else, bindsNothing)
	}
	n.put(" end")
}
