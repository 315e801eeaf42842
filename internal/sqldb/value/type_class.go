package value

// IsInteger reports bit, tinyint, smallint, int or bigint.
func (t Type) IsInteger() bool { return t.ID >= Bit && t.ID <= BigInt }

// IsMoney reports money or smallmoney.
func (t Type) IsMoney() bool { return t.ID == Money || t.ID == SmallMoney }

// IsFloat reports real or float.
func (t Type) IsFloat() bool { return t.ID == Real || t.ID == Float }

// IsNumeric reports any type of numbers.
func (t Type) IsNumeric() bool { return t.ID >= Bit && t.ID <= Float }

// IsDateTime reports any type of dates and times.
func (t Type) IsDateTime() bool { return t.ID >= Date && t.ID <= DateTimeOffset }

// IsString reports char, varchar, nchar, nvarchar, text or ntext.
func (t Type) IsString() bool { return t.ID >= Char && t.ID <= NText }

// IsUnicode reports nchar, nvarchar or ntext (and xml, which is held as text).
func (t Type) IsUnicode() bool {
	return t.ID == NChar || t.ID == NVarChar || t.ID == NText || t.ID == XML
}

// IsBinary reports binary, varbinary, image or rowversion.
func (t Type) IsBinary() bool {
	return t.ID == Binary || t.ID == VarBinary || t.ID == Image || t.ID == RowVersion
}

// IsFixedLength reports the types that are filled up to their length: char, nchar, binary.
func (t Type) IsFixedLength() bool { return t.ID == Char || t.ID == NChar || t.ID == Binary }

// IsMax reports varchar(max), nvarchar(max), varbinary(max).
func (t Type) IsMax() bool {
	return t.Length == Max && (t.ID == VarChar || t.ID == NVarChar || t.ID == VarBinary)
}

// IsLarge reports the types that go over the wire in chunks or were made before max: max, text, ntext, image, xml.
func (t Type) IsLarge() bool {
	return t.IsMax() || t.ID == Text || t.ID == NText || t.ID == Image || t.ID == XML
}

// IsComparable reports whether values can be compared, sorted and grouped: all but text, ntext, image and xml.
func (t Type) IsComparable() bool {
	return t.ID != Text && t.ID != NText && t.ID != Image && t.ID != XML
}
