package value

import "strings"

// resolve makes a date of the numbers and the month.
func (r *dateReader) resolve() {
	var year, month, day int
	n := r.numbers
	switch {
	case r.month != 0:
		year, month, day = r.named()
	case len(n) == 0:
		r.out.days = daysTo1900
		return
	case len(n) == 1:
		year, month, day = r.unseparated(n[0])
	case len(n) == 3:
		year, month, day = r.ordered()
	default:
		r.fail(dateForm)
	}
	if r.fault != dateFine {
		return
	}
	if !ValidDate(year, month, day) {
		r.fail(dateRange)
		return
	}
	r.out.days, r.out.hasDate = Days(year, month, day), true
}

func (r *dateReader) named() (year, month, day int) {
	n := r.numbers
	switch {
	case len(n) == 1 && len(n[0]) == 4:
		return atoi(n[0]), r.month, 1
	case len(n) == 2 && len(n[0]) == 4 && len(n[1]) <= 2:
		return atoi(n[0]), r.month, atoi(n[1])
	case len(n) == 2 && len(n[0]) <= 2:
		return r.year(n[1]), r.month, atoi(n[0])
	}
	r.fail(dateForm)
	return 0, 0, 0
}

func (r *dateReader) unseparated(n string) (year, month, day int) {
	switch len(n) {
	case 8:
		return atoi(n[:4]), atoi(n[4:6]), atoi(n[6:])
	case 6:
		return r.year(n[:2]), atoi(n[2:4]), atoi(n[4:])
	case 4:
		return atoi(n), 1, 1
	}
	r.fail(dateForm)
	return 0, 0, 0
}

func (r *dateReader) ordered() (year, month, day int) {
	n := r.numbers
	order := r.settle()
	for i := range order {
		switch order[i] {
		case 'y':
			year = r.year(n[i])
		case 'm':
			month = r.small(n[i])
		case 'd':
			day = r.small(n[i])
		}
	}
	return year, month, day
}

func (r *dateReader) small(n string) int {
	if len(n) > 2 {
		r.fail(dateForm)
	}
	return atoi(n)
}

// year reads a year of four digits, or of two: 49 is 2049 and 50 is 1950.
func (r *dateReader) year(n string) int {
	y := atoi(n)
	switch {
	case len(n) == 4:
		return y
	case len(n) > 2:
		r.fail(dateForm)
	case y < 50:
		return 2000 + y
	}
	return 1900 + y
}

// settle is the order of the three numbers at hand. A number of four digits is the year wherever it stands, and month
// and day keep the order that they have in the format: with dmy a datetime reads 1996-15-04. The newer types read what
// begins with the year as ISO 8601 does, and so does everybody what has a T.
func (r *dateReader) settle() string {
	n, order := r.numbers, r.order
	if len(n[0]) == 4 && (!r.session || !r.old || r.iso) {
		return "ymd"
	}
	at := -1
	for i := range n {
		if len(n[i]) == 4 {
			at = i
		}
	}
	if at < 0 || order[at] == 'y' {
		return order
	}
	rest := strings.ReplaceAll(order, "y", "")
	return rest[:at] + "y" + rest[at:]
}
