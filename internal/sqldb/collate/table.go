package collate

import (
	"strings"
	"sync"
)

// DefaultName is the collation of Azure SQL's databases where none is asked for.
const DefaultName = "SQL_Latin1_General_CP1_CI_AS"

// sqlCollation is one of the collations that SQL Server had before Windows'.
type sqlCollation struct {
	name     string // without "SQL_"
	lcid     uint32
	codePage int
	sortID   uint8
}

var sqlCollations = []sqlCollation{
	{"Latin1_General_CP437_BIN", 0x0409, 437, 30},
	{"Latin1_General_CP437_CS_AS", 0x0409, 437, 31},
	{"Latin1_General_CP437_CI_AS", 0x0409, 437, 32},
	{"Latin1_General_Pref_CP437_CI_AS", 0x0409, 437, 33},
	{"Latin1_General_CP437_CI_AI", 0x0409, 437, 34},
	{"Latin1_General_CP850_BIN", 0x0409, 850, 40},
	{"Latin1_General_CP850_CS_AS", 0x0409, 850, 41},
	{"Latin1_General_CP850_CI_AS", 0x0409, 850, 42},
	{"Latin1_General_Pref_CP850_CI_AS", 0x0409, 850, 43},
	{"Latin1_General_CP850_CI_AI", 0x0409, 850, 44},
	{"1xCompat_CP850_CI_AS", 0x0409, 850, 49},
	{"Latin1_General_CP1_CS_AS", 0x0409, 1252, 51},
	{"Latin1_General_CP1_CI_AS", 0x0409, 1252, 52},
	{"Latin1_General_Pref_CP1_CI_AS", 0x0409, 1252, 53},
	{"Latin1_General_CP1_CI_AI", 0x0409, 1252, 54},
	{"AltDiction_CP850_CS_AS", 0x0409, 850, 55},
	{"AltDiction_Pref_CP850_CI_AS", 0x0409, 850, 56},
	{"AltDiction_CP850_CI_AI", 0x0409, 850, 57},
	{"Scandinavian_Pref_CP850_CI_AS", 0x0409, 850, 58},
	{"Scandinavian_CP850_CS_AS", 0x0409, 850, 59},
	{"Scandinavian_CP850_CI_AS", 0x0409, 850, 60},
	{"AltDiction_CP850_CI_AS", 0x0409, 850, 61},
	{"Latin1_General_CP1250_CS_AS", 0x0409, 1250, 81},
	{"Latin1_General_CP1250_CI_AS", 0x0409, 1250, 82},
	{"Czech_CP1250_CS_AS", 0x0405, 1250, 83},
	{"Czech_CP1250_CI_AS", 0x0405, 1250, 84},
	{"Hungarian_CP1250_CS_AS", 0x040e, 1250, 85},
	{"Hungarian_CP1250_CI_AS", 0x040e, 1250, 86},
	{"Polish_CP1250_CS_AS", 0x0415, 1250, 87},
	{"Polish_CP1250_CI_AS", 0x0415, 1250, 88},
	{"Romanian_CP1250_CS_AS", 0x0418, 1250, 89},
	{"Romanian_CP1250_CI_AS", 0x0418, 1250, 90},
	{"Croatian_CP1250_CS_AS", 0x041a, 1250, 91},
	{"Croatian_CP1250_CI_AS", 0x041a, 1250, 92},
	{"Slovak_CP1250_CS_AS", 0x041b, 1250, 93},
	{"Slovak_CP1250_CI_AS", 0x041b, 1250, 94},
	{"Slovenian_CP1250_CS_AS", 0x0424, 1250, 95},
	{"Slovenian_CP1250_CI_AS", 0x0424, 1250, 96},
	{"Latin1_General_CP1251_CS_AS", 0x0409, 1251, 105},
	{"Latin1_General_CP1251_CI_AS", 0x0409, 1251, 106},
	{"Ukrainian_CP1251_CS_AS", 0x0422, 1251, 107},
	{"Ukrainian_CP1251_CI_AS", 0x0422, 1251, 108},
	{"Latin1_General_CP1253_CS_AS", 0x0409, 1253, 113},
	{"Latin1_General_CP1253_CI_AS", 0x0409, 1253, 114},
	{"MixDiction_CP1253_CS_AS", 0x0408, 1253, 120},
	{"AltDiction_CP1253_CS_AS", 0x0408, 1253, 121},
	{"Latin1_General_CP1253_CI_AI", 0x0409, 1253, 124},
	{"Latin1_General_CP1254_CS_AS", 0x041f, 1254, 129},
	{"Latin1_General_CP1254_CI_AS", 0x041f, 1254, 130},
	{"Latin1_General_CP1255_CS_AS", 0x0409, 1255, 137},
	{"Latin1_General_CP1255_CI_AS", 0x0409, 1255, 138},
	{"Latin1_General_CP1256_CS_AS", 0x0409, 1256, 145},
	{"Latin1_General_CP1256_CI_AS", 0x0409, 1256, 146},
	{"Latin1_General_CP1257_CS_AS", 0x0409, 1257, 153},
	{"Latin1_General_CP1257_CI_AS", 0x0409, 1257, 154},
	{"Estonian_CP1257_CS_AS", 0x0425, 1257, 155},
	{"Estonian_CP1257_CI_AS", 0x0425, 1257, 156},
	{"Latvian_CP1257_CS_AS", 0x0426, 1257, 157},
	{"Latvian_CP1257_CI_AS", 0x0426, 1257, 158},
	{"Lithuanian_CP1257_CS_AS", 0x0427, 1257, 159},
	{"Lithuanian_CP1257_CI_AS", 0x0427, 1257, 160},
	{"Danish_Pref_CP1_CI_AS", 0x0406, 1252, 183},
	{"SwedishPhone_Pref_CP1_CI_AS", 0x041d, 1252, 184},
	{"SwedishStd_Pref_CP1_CI_AS", 0x041d, 1252, 185},
	{"Icelandic_Pref_CP1_CI_AS", 0x040f, 1252, 186},
}

// tables are all collations, made at the first use of another than the default.
type tables struct {
	byName   map[string]*Collation // by lower case name
	byNumber map[uint64]*Collation
	names    []string
}

var byDefault = sync.OnceValue(func() *Collation {
	for _, s := range sqlCollations {
		if "SQL_"+s.name == DefaultName {
			return s.collation()
		}
	}
	return nil
})

var all = sync.OnceValue(func() *tables {
	t := &tables{byName: map[string]*Collation{}, byNumber: map[uint64]*Collation{}}
	t.add(byDefault())
	for _, s := range sqlCollations {
		t.add(s.collation())
	}
	for _, l := range locales {
		for _, c := range l.collations() {
			t.add(c)
		}
	}
	return t
})

func (t *tables) add(c *Collation) {
	key := strings.ToLower(c.name)
	if t.byName[key] != nil {
		return
	}
	t.byName[key] = c
	t.names = append(t.names, c.name)
	if t.byNumber[c.Number()] == nil {
		t.byNumber[c.Number()] = c
	}
}

func (s sqlCollation) collation() *Collation {
	c := &Collation{name: "SQL_" + s.name, lcid: s.lcid, sortID: s.sortID, codePage: s.codePage}
	if rest, ok := strings.CutSuffix(s.name, "_BIN"); ok {
		c.binary, c.old, c.prefix = true, true, rest
	} else {
		c.ignoreCase = strings.Contains(s.name, "_CI_")
		c.ignoreMark = strings.HasSuffix(s.name, "_AI")
		c.ignoreKana, c.ignoreWide = true, true
		c.prefix = s.name[:len(s.name)-len("_CI_AS")]
	}
	c.tailoring = tailoringOf(c.prefix, c.lcid)
	return c
}

// collations makes all that the locale has: BIN, BIN2 and each combination of sensitivities, with SC and UTF8 where the
// version has them.
func (l locale) collations() []*Collation {
	var list []*Collation
	for _, version := range l.versions {
		n := uint8(version - '0')
		prefix := l.prefix + [...]string{"", "_90", "_100", "_140"}[n]
		tailoring := tailoringOf(l.prefix, l.lcid)
		add := func(c Collation) {
			c.prefix, c.lcid, c.codePage, c.version, c.tailoring = prefix, l.lcid, l.codePage, n, tailoring
			c.name = prefix + c.name
			c.extended = c.extended || n == 3
			list = append(list, &c)
			if n >= 2 && (c.extended || c.binary && !c.old) {
				u := c
				u.name, u.utf8, u.codePage = c.name+"_UTF8", true, 65001
				list = append(list, &u)
			}
		}
		add(Collation{name: "_BIN", binary: true, old: true})
		add(Collation{name: "_BIN2", binary: true})
		for bits := range 16 {
			c := Collation{
				ignoreCase: bits&8 == 0, ignoreMark: bits&4 == 0,
				ignoreKana: bits&2 == 0, ignoreWide: bits&1 == 0,
			}
			c.name = sensitivity(c)
			add(c)
			if n == 1 || n == 2 {
				c.extended, c.name = true, c.name+"_SC"
				add(c)
			}
		}
	}
	return list
}

func sensitivity(c Collation) string {
	name := "_CS"
	if c.ignoreCase {
		name = "_CI"
	}
	if c.ignoreMark {
		name += "_AI"
	} else {
		name += "_AS"
	}
	if !c.ignoreKana {
		name += "_KS"
	}
	if !c.ignoreWide {
		name += "_WS"
	}
	return name
}

// Default is the collation of a database that asked for none, SQL_Latin1_General_CP1_CI_AS.
func Default() *Collation { return byDefault() }

// Lookup finds a collation by its name, in any case.
func Lookup(name string) (*Collation, bool) {
	if strings.EqualFold(name, DefaultName) {
		return byDefault(), true
	}
	c, ok := all().byName[strings.ToLower(name)]
	return c, ok
}

// ByNumber finds the collation that has the Number.
func ByNumber(n uint64) (*Collation, bool) {
	if d := byDefault(); d.Number() == n {
		return d, true
	}
	c, ok := all().byNumber[n]
	return c, ok
}

// ByTDS finds the collation of the five bytes of the wire. Two that differ in SC only are one to the wire: it gives
// that without.
func ByTDS(b [5]byte) (*Collation, bool) {
	n := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32
	if c, ok := ByNumber(n); ok {
		return c, true
	}
	return ByNumber(n | extendedBit)
}

// Names lists the collations as fn_helpcollations does, the default first.
func Names() []string { return append([]string(nil), all().names...) }
