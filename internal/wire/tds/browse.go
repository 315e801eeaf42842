package tds

import "encoding/binary"

// The bits of a ColumnSource's status (MS-TDS 2.2.7.3).
const (
	SourceExpression    uint8 = 0x04
	SourceKey           uint8 = 0x08
	SourceHidden        uint8 = 0x10
	SourceDifferentName uint8 = 0x20
)

// ColumnSource is where a result's column comes from, as COLINFO says it.
type ColumnSource struct {
	Table  uint8 // number of the table in TABNAME, from 1; 0 for none
	Status uint8
	Name   string // in the table, where Status has SourceDifferentName
}

// AppendTabName appends the token TABNAME: the tables that a cursor's rows come from, each by the parts of its name.
func AppendTabName(dst []byte, tables [][]string) []byte {
	at := len(dst) + 1
	dst = append(dst, tokenTabName, 0, 0)
	for _, parts := range tables {
		dst = append(dst, byte(len(parts)))
		for _, part := range parts {
			dst = appendUSVarChar(dst, part, 128)
		}
	}
	return long(dst, at)
}

// maxColInfo is how many columns COLINFO can number.
const maxColInfo = 255

// AppendColInfo appends the token COLINFO: one entry for each column of the COLMETADATA before. Columns from the 256th
// on have none.
func AppendColInfo(dst []byte, columns []ColumnSource) []byte {
	at := len(dst) + 1
	dst = append(dst, tokenColInfo, 0, 0)
	for i, c := range columns[:min(len(columns), maxColInfo)] {
		dst = append(dst, byte(i+1), c.Table, c.Status)
		if c.Status&SourceDifferentName != 0 {
			dst = appendBVarChar(dst, c.Name)
		}
	}
	binary.LittleEndian.PutUint16(dst[at:], uint16(len(dst)-at-2))
	return dst
}
