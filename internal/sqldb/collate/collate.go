// Package collate has SQL Server's collations: their names and numbers, how strings compare and hash under them, the
// sort keys that an index stores, LIKE, and the code pages of varchar. Strings are WTF-8: UTF-8 in which a lone
// surrogate takes three bytes. The package is pure: it must never know of types, of tables or of the wire.
package collate

import "strings"

// Collation says how strings compare and which code page varchar has. There is one *Collation for each name, so two are
// the same exactly when their pointers are. It does not change.
type Collation struct {
	name       string
	prefix     string // the name up to the sensitivities
	lcid       uint32
	sortID     uint8 // of the SQL_ collations; 0 of Windows collations
	version    uint8 // 0 for 80, 1 for _90, 2 for _100, 3 for _140
	codePage   int
	binary     bool // BIN or BIN2
	ignoreCase bool
	ignoreMark bool
	ignoreKana bool
	ignoreWide bool
	old        bool // BIN, the older of the two
	utf8       bool
	extended   bool // SC: characters beyond the BMP are one character
	tailoring  map[rune]string
}

// Flags of the collation as MS-TDS 2.2.5.1.2 has them, in the 32 bits that start with 20 bits of LCID.
const (
	flagIgnoreCase = 1 << 20
	flagIgnoreMark = 1 << 21
	flagIgnoreKana = 1 << 22
	flagIgnoreWide = 1 << 23
	flagBinary     = 1 << 24
	flagBinary2    = 1 << 25
	flagUTF8       = 1 << 26
	extendedBit    = 1 << 40 // ours: the wire does not tell SC
)

// Name is the name as SQL Server spells it.
func (c *Collation) Name() string { return c.name }

// LCID is the locale identifier.
func (c *Collation) LCID() uint32 { return c.lcid }

// SortID is the number of the sort order of a SQL_ collation, 0 otherwise.
func (c *Collation) SortID() uint8 { return c.sortID }

// CodePage is the number of the code page of char and varchar, 65001 for UTF-8.
func (c *Collation) CodePage() int { return c.codePage }

// Version is the property Version of COLLATIONPROPERTY: 0 for the collations of SQL Server 2000, 1 for _90, 2 for _100, 3 for _140.
func (c *Collation) Version() int { return int(c.version) }

// IsUTF8 reports whether char and varchar are UTF-8.
func (c *Collation) IsUTF8() bool { return c.utf8 }

// IsBinary reports BIN and BIN2.
func (c *Collation) IsBinary() bool { return c.binary }

// IgnoresCase reports CI.
func (c *Collation) IgnoresCase() bool { return c.ignoreCase }

// IgnoresAccents reports AI.
func (c *Collation) IgnoresAccents() bool { return c.ignoreMark }

// IsSupplementary reports whether characters beyond the Basic Multilingual Plane count as one (SC).
func (c *Collation) IsSupplementary() bool { return c.extended }

// Number identifies the collation: the 32 bits and the sort order of the wire, and a bit for SC.
func (c *Collation) Number() uint64 {
	n := uint64(c.lcid) | uint64(c.version)<<28 | uint64(c.sortID)<<32
	for _, f := range []struct {
		on  bool
		bit uint64
	}{
		{c.ignoreCase, flagIgnoreCase},
		{c.ignoreMark, flagIgnoreMark},
		{c.ignoreKana, flagIgnoreKana},
		{c.ignoreWide, flagIgnoreWide},
		{c.binary && c.old, flagBinary},
		{c.binary && !c.old, flagBinary2},
		{c.utf8, flagUTF8},
		{c.extended, extendedBit},
	} {
		if f.on {
			n |= f.bit
		}
	}
	return n
}

// TDS is the collation as the wire has it: 4 bytes little-endian of LCID, flags and version, and the sort order.
func (c *Collation) TDS() [5]byte {
	n := c.Number()
	return [5]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24), byte(n >> 32)}
}

// ComparisonStyle is the property of COLLATIONPROPERTY: the bits of Windows' NORM_IGNORE flags.
func (c *Collation) ComparisonStyle() int {
	style := 0
	for _, f := range []struct {
		on  bool
		bit int
	}{{c.ignoreCase, 1}, {c.ignoreMark, 2}, {c.ignoreKana, 0x10000}, {c.ignoreWide, 0x20000}} {
		if f.on {
			style |= f.bit
		}
	}
	return style
}

// trim takes the spaces at the end away: comparison pads the shorter string with them.
func trim(s string) string {
	if len(s) == 0 || s[len(s)-1] != ' ' {
		return s
	}
	return strings.TrimRight(s, " ")
}
