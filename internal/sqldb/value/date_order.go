package value

import "strings"

// DateOrder is the order of the numbers of a date in texts, as SET DATEFORMAT has it. The zero value is mdy.
type DateOrder uint8

// dateOrders are SQL Server's. "DATEFORMAT" in SET's reference.
var dateOrders = [...]string{"mdy", "dmy", "ymd", "ydm", "myd", "dym"}

// DateOrderOf finds an order by its name.
func DateOrderOf(name string) (DateOrder, bool) {
	for i, s := range dateOrders {
		if strings.EqualFold(s, name) {
			return DateOrder(i), true
		}
	}
	return 0, false
}

// String is the name in lower case.
func (o DateOrder) String() string { return dateOrders[o] }

// styles are those below a step; an order is that many steps above.
const styleStep = 1 << 20

// Ordered is a style for texts that become dates and times in a session with that order. Styles that say the order of
// their numbers themselves do not change what they mean.
func Ordered(style int, o DateOrder) int {
	if style < NoStyle || style >= styleStep-1 {
		return style
	}
	return style + int(o)*styleStep
}

// ordered takes apart what Ordered made.
func ordered(style int) (int, DateOrder) {
	o := (style + 1) / styleStep
	if style < NoStyle || o >= len(dateOrders) {
		return style, 0
	}
	return style - o*styleStep, DateOrder(o)
}
