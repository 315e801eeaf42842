package tds

import (
	"encoding/hex"
	"strings"
	"testing"
)

// TestReplies compares tokens with what the examples of MS-TDS and a server's answers show.
func TestReplies(t *testing.T) {
	for _, x := range []struct {
		name string
		got  []byte
		want string
	}{
		{
			"COLMETADATA, MS-TDS 4.4", AppendColMetadata(nil, []Column{{Name: "bar", Flags: ColumnComputed, Type: TypeInfo{ID: TypeBigVarChar, Size: 3, Collation: latin}}}),
			"81 0100 00000000 2000 a7 0300 0904d00034 03 620061007200",
		},
		{
			"COLMETADATA of text", AppendColMetadata(nil, []Column{{Name: "t", Flags: ColumnNullable, Type: TypeInfo{ID: TypeText, Size: 0x7FFFFFFF, Collation: latin}, Table: []string{"x"}}}),
			"81 0100 00000000 0100 23 ffffff7f 0904d00034 01 0100 7800 01 7400",
		},
		{"TABNAME", AppendTabName(nil, [][]string{{"t"}, {"s", "u"}}), "a4 0e00 01 0100 7400 02 0100 7300 0100 7500"},
		{
			"COLINFO", AppendColInfo(nil, []ColumnSource{{Table: 1, Status: SourceKey}, {Table: 1, Status: SourceDifferentName, Name: "i"}, {Status: SourceExpression | SourceHidden}}),
			"a5 0c00 01 01 08 02 01 20 01 6900 03 00 14",
		},
		{"no COLMETADATA", AppendNoMetadata(nil), "81 ffff"},
		{"ROW, MS-TDS 4.4", AppendBytes(AppendRow(nil), "foo"), "d1 0300 666f6f"},
		{"NBCROW", AppendNBCRow(nil, 9, func(i int) bool { return i == 1 || i == 8 }), "d2 0201"},
		{"DONE, MS-TDS 4.4", AppendDone(nil, Done, DoneCount, 0xC1, 1), "fd 1000 c100 0100000000000000"},
		{"DONEPROC", AppendDone(nil, DoneProc, DoneMore|DoneError, 0xE0, 0), "fe 0300 e000 0000000000000000"},
		{"RETURNSTATUS", AppendReturnStatus(nil, -4), "79 fcffffff"},
		{"ORDER", AppendOrder(nil, []uint16{1, 3}), "a9 0400 0100 0300"},
		{
			"RETURNVALUE", append(AppendReturnValue(nil, &ReturnValue{Ordinal: 1, Name: "@o", Flags: 1, Type: TypeInfo{ID: TypeIntN, Size: 4}}), 4, 7, 0, 0, 0),
			"ac 0100 02 40006f00 01 00000000 0100 26 04 04 07000000",
		},
		{
			"LOGINACK", AppendLoginAck(nil, Version74, "Microsoft SQL Server", [4]byte{12, 0, 7, 0xD0}),
			"ad 3200 01 74000004 14 4d006900630072006f0073006f00660074002000530051004c002000530065007200760065007200 0c0007d0",
		},
		{"ENVCHANGE database", AppendEnvText(nil, EnvDatabase, "db", "master"), "e3 1300 01 02 64006200 06 6d0061007300740065007200"},
		{"ENVCHANGE collation", AppendEnvBytes(nil, EnvCollation, latin[:], nil), "e3 0800 07 05 0904d00034 00"},
		{"ENVCHANGE begin", AppendEnvTransaction(nil, EnvBegin, 1), "e3 0b00 08 08 0100000000000000 00"},
		{"ENVCHANGE commit", AppendEnvTransaction(nil, EnvCommit, 1), "e3 0b00 09 00 08 0100000000000000"},
		{
			"FEATUREEXTACK", AppendFeatureExtAck(nil, []AcknowledgedFeature{{ID: FeatureFedAuth}, {ID: FeatureUTF8Support, Data: []byte{1}}}),
			"ae 02 00000000 0a 01000000 01 ff",
		},
		{"FEDAUTHINFO", AppendFedAuthInfo(nil, "ab", "c"), "ee 1c000000 02000000 01 04000000 16000000 02 02000000 1a000000 6100 6200 6300"},
		{
			"ERROR", AppendMessage(nil, MessageToken{Number: 102, State: 1, Class: 15, Text: "x", Server: "s", Procedure: "p", Line: 3}),
			"aa 1400 66000000 01 0f 0100 7800 01 7300 01 7000 03000000",
		},
		{"INFO", AppendMessage(nil, MessageToken{Number: 5701, State: 2, Class: 0, Text: "x"}), "ab 1000 45160000 02 00 0100 7800 00 00 00000000"},
		{"FLTN type", AppendTypeInfo(nil, &TypeInfo{ID: TypeFloatN, Size: 8}), "6d 08"},
		{"nvarchar(max) type", AppendTypeInfo(nil, &TypeInfo{ID: TypeNVarChar, Size: Max, Collation: latin}), "e7 ffff 0904d00034"},
		{"datetime2 type", AppendTypeInfo(nil, &TypeInfo{ID: TypeDateTime2N, Scale: 3}), "2a 03"},
		{"decimal type", AppendTypeInfo(nil, &TypeInfo{ID: TypeDecimalN, Size: DecimalSize(18), Precision: 18, Scale: 2}), "6a 09 12 02"},
	} {
		if want := strings.ReplaceAll(x.want, " ", ""); hex.EncodeToString(x.got) != want {
			t.Errorf("%s:\n%x, want\n%s", x.name, x.got, want)
		}
	}
	long := AppendMessage(nil, MessageToken{Number: 50000, Class: 16, Text: strings.Repeat("語", 100_000)})
	if n := int(long[1]) | int(long[2])<<8; n != len(long)-3 || len(long) > 0xFFFF {
		t.Errorf("a long message has %d bytes and says %d", len(long), n)
	}
	for _, x := range []struct {
		precision uint8
		size      int32
	}{{1, 5}, {9, 5}, {10, 9}, {19, 9}, {20, 13}, {28, 13}, {29, 17}, {38, 17}} {
		if got := DecimalSize(x.precision); got != x.size {
			t.Errorf("decimal(%d) takes %d bytes", x.precision, got)
		}
	}
}

// BenchmarkRow appends a row of four columns.
func BenchmarkRow(b *testing.B) {
	var buf []byte
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		buf = AppendRow(buf[:0])
		buf = AppendInt(buf, int64(i), 4)
		buf = AppendNVarChar(buf, "product number one")
		buf = AppendDecimalN(buf, 0, uint64(i), false, 9)
		buf = AppendDateTime2N(buf, 700000, int64(i)*10000, 3)
	}
}
