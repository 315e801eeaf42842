package value

// group puts together the types that convert alike.
type group uint8

const (
	gInteger group = 1 << iota // bit to bigint
	gNumber                    // decimal, money
	gFloat                     // real, float
	gOldDate                   // datetime, smalldatetime
	gDay                       // date
	gClock                     // time
	gNewDate                   // datetime2, datetimeoffset
	gNarrow                    // char, varchar
)

const (
	gWide group2 = 1 << iota // nchar, nvarchar
	gText
	gNText
	gBytes // binary, varbinary
	gImage
	gGUID
	gXML
	gStamp // rowversion
)

type group2 uint8

// set is a set of groups, in two halves.
type set struct {
	a group
	b group2
}

func setOf(id ID) set {
	switch {
	case id >= Bit && id <= BigInt:
		return set{a: gInteger}
	case id == Decimal || id == Money || id == SmallMoney:
		return set{a: gNumber}
	case id == Real || id == Float:
		return set{a: gFloat}
	}
	switch id {
	case DateTime, SmallDateTime:
		return set{a: gOldDate}
	case Date:
		return set{a: gDay}
	case Time:
		return set{a: gClock}
	case DateTime2, DateTimeOffset:
		return set{a: gNewDate}
	case Char, VarChar:
		return set{a: gNarrow}
	case NChar, NVarChar:
		return set{b: gWide}
	case Text:
		return set{b: gText}
	case NText:
		return set{b: gNText}
	case Binary, VarBinary:
		return set{b: gBytes}
	case Image:
		return set{b: gImage}
	case UniqueIdentifier:
		return set{b: gGUID}
	case XML:
		return set{b: gXML}
	case RowVersion:
		return set{b: gStamp}
	}
	return set{}
}

const (
	numbers  = gInteger | gNumber | gFloat
	newDates = gDay | gClock | gNewDate
	dates    = gOldDate | newDates
)

// conversions of one type: those that happen by themselves, and those that CAST does besides.
type conversions struct{ implicit, explicit set }

// conversionsFrom is the chart of "CAST and CONVERT (Transact-SQL)", a row for each type.
func conversionsFrom(id ID) conversions {
	switch id {
	case Bit, TinyInt, SmallInt, Int, BigInt:
		return conversions{implicit: set{numbers | gOldDate | gNarrow, gWide | gBytes | gStamp}}
	case Decimal:
		return conversions{implicit: set{numbers | gOldDate | gNarrow, gWide | gBytes | gStamp}}
	case Money, SmallMoney:
		return conversions{implicit: set{numbers | gOldDate, gBytes | gStamp}, explicit: set{gNarrow, gWide}}
	case Real, Float:
		return conversions{implicit: set{numbers | gOldDate | gNarrow, gWide | gBytes}}
	case DateTime, SmallDateTime:
		return conversions{implicit: set{dates | gNarrow, gWide}, explicit: set{numbers, gBytes | gStamp}}
	case Date:
		return conversions{implicit: set{gOldDate | gDay | gNewDate | gNarrow, gWide}, explicit: set{b: gBytes}}
	case Time:
		return conversions{implicit: set{gOldDate | gClock | gNewDate | gNarrow, gWide}, explicit: set{b: gBytes}}
	case DateTime2, DateTimeOffset:
		return conversions{implicit: set{dates | gNarrow, gWide}, explicit: set{b: gBytes}}
	case Char, VarChar:
		return conversions{
			implicit: set{numbers | dates | gNarrow, gWide | gText | gNText | gImage | gGUID | gXML},
			explicit: set{b: gBytes | gStamp},
		}
	case NChar, NVarChar:
		return conversions{
			implicit: set{numbers | dates | gNarrow, gWide | gText | gNText | gGUID | gXML},
			explicit: set{b: gBytes | gStamp},
		}
	case Text:
		return conversions{implicit: set{gNarrow, gWide | gText | gNText}, explicit: set{b: gXML}}
	case NText:
		return conversions{implicit: set{b: gWide | gText | gNText}, explicit: set{gNarrow, gXML}}
	case Binary, VarBinary:
		return conversions{
			implicit: set{gInteger | gNumber | gOldDate | gNarrow, gWide | gBytes | gImage | gGUID | gStamp},
			explicit: set{newDates, gXML},
		}
	case RowVersion:
		return conversions{implicit: set{gInteger | gNumber | gOldDate | gNarrow, gBytes | gImage | gStamp}}
	case Image:
		return conversions{implicit: set{b: gBytes | gImage | gStamp}}
	case UniqueIdentifier:
		return conversions{implicit: set{gNarrow, gWide | gGUID}, explicit: set{b: gBytes}}
	case XML:
		return conversions{implicit: set{b: gXML}, explicit: set{gNarrow, gWide | gBytes}}
	case Variant:
		return conversions{explicit: set{numbers | dates | gNarrow, gWide | gBytes | gGUID}}
	}
	return conversions{}
}

// Implicit reports whether a value of type from becomes one of type to without CAST.
func Implicit(from, to Type) bool {
	switch {
	case from.ID == Void, from.ID == to.ID:
		return true
	case to.ID == Variant:
		return variantHolds(from)
	}
	to2, can := setOf(to.ID), conversionsFrom(from.ID).implicit
	return can.a&to2.a|group(can.b&to2.b) != 0
}

// Explicit reports whether CAST and CONVERT can turn from into to at all.
func Explicit(from, to Type) bool {
	to2, can := setOf(to.ID), conversionsFrom(from.ID).explicit
	return Implicit(from, to) || can.a&to2.a|group(can.b&to2.b) != 0
}

// variantHolds reports the types that a sql_variant can hold.
func variantHolds(t Type) bool {
	return !t.IsLarge() && t.ID != RowVersion && t.ID != XML
}
