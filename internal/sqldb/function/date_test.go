package function

import (
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

func tm(text string) argument { return cast(text, value.Scaled(value.Time, 7)) }

func TestNow(t *testing.T) {
	check(t, []example{
		{"GETDATE", nil, "2026-11-23 16:05:06.123 :: datetime"},
		{"GETUTCDATE", nil, "2026-11-23 16:05:06.123 :: datetime"},
		{"CURRENT_TIMESTAMP", nil, "2026-11-23 16:05:06.123 :: datetime"},
		{"SYSDATETIME", nil, "2026-11-23 16:05:06.1234567 :: datetime2(7)"},
		{"SYSDATETIMEOFFSET", nil, "2026-11-23 16:05:06.1234567 +00:00 :: datetimeoffset(7)"},
		{"CURRENT_DATE", nil, "2026-11-23 :: date"},
		{"DB_NAME", nil, "shop :: nvarchar(128)"},
		{"OBJECT_ID", with(s("t"), s("U")), "2 :: int"},
		{"SCOPE_IDENTITY", nil, "41 :: decimal(38,0)"},
		{"SERVERPROPERTY", with(s("Edition")), "SQL Azure :: sql_variant"},
		{"RAND", with(i(1)), "0.713592"},
	})
	if id, _ := evaluate(t, "NEWID"); len(id) != 36 || id[14] != '4' {
		t.Errorf("NEWID: %s", id)
	}
}

func TestDateParts(t *testing.T) {
	at := d2("2007-10-30 12:15:32.1234567")
	check(t, []example{
		{"DATEPART", with(s("year"), at), "2007 :: int"},
		{"DATEPART", with(s("qq"), at), "4"},
		{"DATEPART", with(s("mm"), at), "10"},
		{"DATEPART", with(s("dayofyear"), at), "303"},
		{"DATEPART", with(s("dd"), at), "30"},
		{"DATEPART", with(s("week"), at), "44"},
		{"DATEPART", with(s("weekday"), at), "3"},
		{"DATEPART", with(s("HH"), at), "12"},
		{"DATEPART", with(s("n"), at), "15"},
		{"DATEPART", with(s("ss"), at), "32"},
		{"DATEPART", with(s("ms"), at), "123"},
		{"DATEPART", with(s("mcs"), at), "123456"},
		{"DATEPART", with(s("ns"), at), "123456700"},
		{"DATEPART", with(s("tz"), dto("2007-10-30 12:15:32 +05:10")), "310"},
		{"DATEPART", with(s("iso_week"), date("2008-12-29")), "1"},
		{"DATEPART", with(s("iso_week"), date("2010-01-03")), "53"},
		{"DATEPART", with(s("ms"), dt("2007-10-30 12:15:32.997")), "997"},
		{"DATEPART", with(s("week"), date("2007-01-01")), "1"},
		{"DATEPART", with(s("week"), date("2007-01-07")), "2"},
		{"DATEPART", with(s("fortnight"), at), "155: 'fortnight' is not a recognized datepart option."},
		{"DATEPART", with(s("year"), tm("12:00")), "9810: The datepart year is not supported by date function datepart for data type time."},
		{"DATEPART", with(s("hour"), date("2007-01-01")), "9810: The datepart hour is not supported by date function datepart for data type date."},
		{"DATEPART", with(s("year"), s("2007-10-30")), "2007"},
		{"DATEPART", with(s("year"), null()), "NULL"},
		{"DATENAME", with(s("month"), at), "October :: nvarchar(30)"},
		{"DATENAME", with(s("dw"), at), "Tuesday"},
		{"DATENAME", with(s("yy"), at), "2007"},
		{"DATENAME", with(s("tz"), dto("2007-10-30 12:15:32 -05:10")), "-05:10"},
		{"YEAR", with(at), "2007"},
		{"MONTH", with(s("2007-04-30T01:01:01")), "4"},
		{"DAY", with(at), "30"},
		{"YEAR", with(i(0)), "1900"},
		{"ISDATE", with(s("2009-05-12 10:19:41.177")), "1"},
		{"ISDATE", with(s("04/2008/15 x")), "0"},
		{"ISDATE", with(s("2009-02-30")), "0"},
		{"ISDATE", with(at), "0"},
	})
}

func TestDateArithmetic(t *testing.T) {
	check(t, []example{
		{"DATEADD", with(s("month"), i(1), date("2006-08-31")), "2006-09-30 :: date"},
		{"DATEADD", with(s("year"), i(1), date("2024-02-29")), "2025-02-28"},
		{"DATEADD", with(s("quarter"), i(-1), date("2026-05-31")), "2026-02-28"},
		{"DATEADD", with(s("day"), i(365), d2("2007-01-01 13:10:10.1111111")), "2008-01-01 13:10:10.1111111 :: datetime2(7)"},
		{"DATEADD", with(s("ns"), i(150), d2("2007-01-01 13:10:10.1111111")), "2007-01-01 13:10:10.1111113"},
		{"DATEADD", with(s("ms"), i(1), dt("2007-01-01 13:10:10.000")), "2007-01-01 13:10:10.000 :: datetime"},
		{"DATEADD", with(s("ms"), i(2), dt("2007-01-01 13:10:10.000")), "2007-01-01 13:10:10.003"},
		{"DATEADD", with(s("minute"), i(30), cast("2007-01-01 13:10", value.Of(value.SmallDateTime))), "2007-01-01 13:40:00.000 :: smalldatetime"},
		{"DATEADD", with(s("hour"), i(2), tm("23:30")), "01:30:00.0000000"},
		{"DATEADD", with(s("hour"), i(1), dto("2026-01-01 00:00:00 +02:00")), "2026-01-01 01:00:00.0000000 +02:00"},
		{"DATEADD", with(s("day"), i(1), s("2026-02-28")), "2026-03-01 00:00:00.000 :: datetime"},
		{"DATEADD", with(s("hour"), i(1), date("2026-01-01")), "9810: The datepart hour is not supported by date function dateadd for data type date."},
		{"DATEADD", with(s("year"), i(10000), dt("2026-01-01")), "517: Adding a value to a 'datetime' column caused an overflow."},
		{"DATEADD", with(s("day"), i(-1000000), dt("2026-01-01")), "517: Adding a value to a 'datetime' column caused an overflow."},
		{"DATEDIFF", with(s("year"), date("2005-12-31"), date("2006-01-01")), "1 :: int"},
		{"DATEDIFF", with(s("day"), d2("2005-12-31 23:59:59.9999999"), d2("2006-01-01 00:00:00.0000000")), "1"},
		{"DATEDIFF", with(s("week"), d2("2005-12-31 23:59:59.9999999"), d2("2006-01-01")), "1"},
		{"DATEDIFF", with(s("week"), date("2026-01-01"), date("2026-01-03")), "0"},
		{"DATEDIFF", with(s("second"), s("2026-01-01 00:00:00"), s("2026-01-02 00:00:00")), "86400"},
		{"DATEDIFF", with(s("hour"), tm("10:59"), tm("11:01")), "1"},
		{"DATEDIFF", with(s("month"), date("2026-03-31"), date("2026-01-01")), "-2"},
		{"DATEDIFF", with(s("ms"), date("2000-01-01"), date("2026-01-01")), "535: The datediff function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use datediff with a less precise datepart."},
		{"DATEDIFF_BIG", with(s("ms"), date("2000-01-01"), date("2026-01-01")), "820540800000 :: bigint"},
		{"DATETRUNC", with(s("hour"), d2("2021-12-08 11:30:15.1234567")), "2021-12-08 11:00:00.0000000 :: datetime2(7)"},
		{"DATETRUNC", with(s("quarter"), d2("2021-12-08 11:30:15.1234567")), "2021-10-01 00:00:00.0000000"},
		{"DATETRUNC", with(s("week"), d2("2021-12-08 11:30:15.1234567")), "2021-12-05 00:00:00.0000000"},
		{"DATETRUNC", with(s("week"), d2("0001-01-01")), "9837: An invalid date value was encountered: The date value is less than the minimum date value allowed for the data type."},
		{"DATETRUNC", with(s("year"), tm("12:12:12")), "9810: The datepart year is not supported by date function datetrunc for data type time."},
		{"DATETRUNC", with(s("microsecond"), dt("2021-12-12 12:12:12.123")), "9810: The datepart microsecond is not supported by date function datetrunc for data type datetime."},
		{"DATETRUNC", with(s("iso_week"), d2("2021-12-08 11:30:15.1234567")), "2021-12-06 00:00:00.0000000"},
		{"DATETRUNC", with(s("ms"), dt("2021-12-08 11:30:15.127")), "2021-12-08 11:30:15.127"},
		{"DATE_BUCKET", with(s("week"), i(1), d2("2021-01-02 10:00")), "2020-12-28 00:00:00.0000000"},
		{"DATE_BUCKET", with(s("month"), i(3), d2("2021-02-02 10:00")), "2021-01-01 00:00:00.0000000"},
		{"DATE_BUCKET", with(s("hour"), i(2), d2("2021-02-02 11:00"), d2("2021-01-01 01:00")), "2021-02-02 11:00:00.0000000"},
		{"EOMONTH", with(date("2026-02-10")), "2026-02-28 :: date"},
		{"EOMONTH", with(s("2026-01-31"), i(1)), "2026-02-28"},
		{"EOMONTH", with(null()), "NULL"},
		{"DATEFROMPARTS", with(i(2010), i(12), i(31)), "2010-12-31 :: date"},
		{"DATEFROMPARTS", with(i(2010), i(13), i(31)), "289: Cannot construct data type date, some of the arguments have values which are not valid."},
		{"TIMEFROMPARTS", with(i(14), i(23), i(44), i(5), i(1)), "14:23:44.5000000"},
		{"DATETIMEFROMPARTS", with(i(2010), i(12), i(31), i(23), i(59), i(59), i(0)), "2010-12-31 23:59:59.000 :: datetime"},
		{"SMALLDATETIMEFROMPARTS", with(i(2010), i(12), i(31), i(23), i(59)), "2010-12-31 23:59:00.000 :: smalldatetime"},
		{"DATETIME2FROMPARTS", with(i(2011), i(8), i(15), i(14), i(23), i(44), i(50), i(3)), "2011-08-15 14:23:44.0500000"},
		{"DATETIME2FROMPARTS", with(i(2011), i(8), i(15), i(14), i(23), i(44), i(50), i(1)), "289: Cannot construct data type datetime2, some of the arguments have values which are not valid."},
		{"DATETIMEOFFSETFROMPARTS", with(i(2010), i(12), i(31), i(14), i(23), i(23), i(0), i(12), i(0), i(7)), "2010-12-31 14:23:23.0000000 +12:00"},
	})
}

func TestZones(t *testing.T) {
	check(t, []example{
		{"SWITCHOFFSET", with(dto("1998-09-20 07:45:50.71345 -05:00"), s("-08:00")), "1998-09-20 04:45:50.7134500 -08:00"},
		{"SWITCHOFFSET", with(dto("1998-09-20 07:45:50 -05:00"), i(60)), "1998-09-20 13:45:50.0000000 +01:00"},
		{"SWITCHOFFSET", with(dto("1998-09-20 07:45:50 -05:00"), s("8")), "9812: The timezone provided to builtin function switchoffset is invalid."},
		{"TODATETIMEOFFSET", with(d2("2026-01-01 10:00"), s("+02:00")), "2026-01-01 10:00:00.0000000 +02:00"},
		{"AT TIME ZONE", with(d2("2026-07-01 10:00"), s("Pacific Standard Time")), "2026-07-01 10:00:00.0000000 -07:00"},
		{"AT TIME ZONE", with(dto("2026-07-01 10:00 +00:00"), s("Central European Standard Time")), "2026-07-01 12:00:00.0000000 +02:00"},
		{"AT TIME ZONE", with(d2("2015-03-29 01:01"), s("Central European Standard Time")), "2015-03-29 01:01:00.0000000 +01:00"},
		{"AT TIME ZONE", with(d2("2015-03-29 02:01"), s("Central European Standard Time")), "2015-03-29 03:01:00.0000000 +02:00"},
		{"AT TIME ZONE", with(d2("2015-03-29 03:01"), s("Central European Standard Time")), "2015-03-29 03:01:00.0000000 +02:00"},
		{"AT TIME ZONE", with(d2("2015-10-25 02:00"), s("Central European Standard Time")), "2015-10-25 02:00:00.0000000 +02:00"},
		{"AT TIME ZONE", with(d2("2015-10-25 02:30"), s("Central European Standard Time")), "2015-10-25 02:30:00.0000000 +02:00"},
		{"AT TIME ZONE", with(d2("2015-10-25 03:00"), s("Central European Standard Time")), "2015-10-25 03:00:00.0000000 +01:00"},
		{"AT TIME ZONE", with(d2("2015-10-25 03:00"), s("Europe/Berlin")), "9820: The time zone parameter 'Europe/Berlin' provided to AT TIME ZONE clause is invalid."},
	})
	for name := range windowsZones {
		if _, ok := locationOf(name); !ok {
			t.Errorf("no zone %s", name)
		}
	}
}
