package query

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// taken is a sink that keeps what it is given.
type taken struct {
	data     bytes.Buffer
	failures []Failure
	scanned  int64
	ended    bool
}

func (s *taken) Records(d []byte) error  { s.data.Write(d); return nil }
func (s *taken) Progress(n int64) error  { s.scanned = n; return nil }
func (s *taken) Failure(f Failure) error { s.failures = append(s.failures, f); return nil }
func (s *taken) End() error              { s.ended = true; return nil }

const birds = "id,name,weight\n1,kingfisher,34.5\n2,\"heron, grey\",1500\n3,\"the \"\"wren\"\"\",9\n4,,0\n"

var csv = Format{HasHeaders: true, Quote: '"'}

func run(t *testing.T, sql, in string, from, to Format) *taken {
	t.Helper()
	q, err := Parse(sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	s := &taken{}
	if err := q.Run(strings.NewReader(in), from, to, s); err != nil || !s.ended {
		t.Fatalf("%s: %v", sql, err)
	}
	return s
}

func TestCSV(t *testing.T) {
	for sql, want := range map[string]string{
		`SELECT * FROM BlobStorage`:                                                                                          "1,kingfisher,34.5\n2,\"heron, grey\",1500\n3,\"the \"\"wren\"\"\",9\n4,,0\n",
		`SELECT * FROM BlobStorage WHERE _1 > 2`:                                                                             "3,\"the \"\"wren\"\"\",9\n4,,0\n",
		`SELECT name FROM BlobStorage WHERE weight < 100 AND id <> 4`:                                                        "kingfisher\n\"the \"\"wren\"\"\"\n",
		`select "name", _1 from blobstorage where NAME like '%fish%'`:                                                        "kingfisher,1\n",
		`SELECT id FROM BlobStorage WHERE name IN ('x', 'kingfisher') OR id=4`:                                               "1\n4\n",
		`SELECT id FROM BlobStorage WHERE id BETWEEN 2 AND 3`:                                                                "2\n3\n",
		`SELECT id FROM BlobStorage WHERE NOT id BETWEEN 2 AND 3`:                                                            "1\n4\n",
		`SELECT id FROM BlobStorage WHERE id NOT IN (1, 2, 3)`:                                                               "4\n",
		`SELECT id*2+1 AS x FROM BlobStorage LIMIT 2`:                                                                        "3\n5\n",
		`SELECT -id - -1 FROM BlobStorage LIMIT 2`:                                                                           "0\n-1\n",
		`SELECT id FROM BlobStorage LIMIT 0`:                                                                                 "",
		`SELECT COUNT(*) FROM BlobStorage`:                                                                                   "4\n",
		`SELECT COUNT(*), SUM(id), MIN(weight), MAX(weight), AVG(id) FROM BlobStorage WHERE id > 1`:                          "3,9,0,1500,3\n",
		`SELECT SUM(id), COUNT(*) FROM BlobStorage WHERE id > 10`:                                                            ",0\n",
		`SELECT UPPER(name), SUBSTRING(name, 2, 3), CHAR_LENGTH(name) FROM BlobStorage WHERE id=1`:                           "KINGFISHER,ing,10\n",
		`SELECT CAST(weight AS INT) FROM BlobStorage WHERE id=1`:                                                             "34\n",
		`SELECT COALESCE(absent, 'none'), NULLIF(id, 1) FROM BlobStorage WHERE absent IS NULL AND id IS NOT MISSING LIMIT 1`: "none,\n",
		`SELECT id FROM BlobStorage WHERE absent = 1 OR id = 2`:                                                              "2\n",
		`SELECT id FROM BlobStorage WHERE NOT absent = 1`:                                                                    "",
		`SELECT id || '-' || name FROM BlobStorage LIMIT 1`:                                                                  "1-kingfisher\n",
	} {
		if s := run(t, sql, birds, csv, Format{Quote: '"'}); s.data.String() != want || len(s.failures) > 0 {
			t.Errorf("%s:\n%s%v\nwant\n%s", sql, s.data.String(), s.failures, want)
		}
	}
}

func TestSeparators(t *testing.T) {
	s := run(t, `SELECT _2 FROM BlobStorage`, "a;b\\;c;d\r\n1;'x\r\ny';3", Format{RecordSeparator: "\r\n", ColumnSeparator: ";", Quote: '\'', Escape: '\\'},
		Format{JSON: true, RecordSeparator: "|"})
	if got := s.data.String(); got != `{"_2":"b;c"}|{"_2":"x\r\ny"}|` {
		t.Errorf("%s", got)
	}
}

func TestJSON(t *testing.T) {
	in := `{"id":1,"name":"a","tags":["x","y"],"at":{"lat":1.5}}` + "\n\n" + `{"id":2,"name":null,"ok":true}` + "\n"
	for sql, want := range map[string]string{
		`SELECT * FROM BlobStorage WHERE ok = true`:             `{"id":2,"name":null,"ok":true}`,
		`SELECT id, at.lat, tags[1] AS t FROM BlobStorage[*]`:   `{"id":1,"lat":1.5,"t":"y"}` + "\n" + `{"id":2,"lat":null,"t":null}`,
		`SELECT at FROM BlobStorage WHERE BlobStorage.id = 1`:   `{"at":{"lat":1.5}}`,
		`SELECT SUM(id) AS s FROM BlobStorage`:                  `{"s":3}`,
		`SELECT id FROM BlobStorage WHERE name IS NULL`:         `{"id":2}`,
		`SELECT id FROM BlobStorage WHERE "ID" IS NULL LIMIT 1`: `{"id":1}`,
	} {
		if s := run(t, sql, in, Format{JSON: true}, Format{JSON: true}); strings.TrimSpace(s.data.String()) != want {
			t.Errorf("%s: %s, want %s", sql, s.data.String(), want)
		}
	}
}

func TestFailures(t *testing.T) {
	s := run(t, `SELECT CAST(_1 AS INT) FROM BlobStorage`, "1\nx\n3\n", Format{}, Format{})
	if s.data.String() != "1\n3\n" || len(s.failures) != 1 || s.failures[0].Fatal || s.failures[0].Position != 2 {
		t.Errorf("%q, %+v", s.data.String(), s.failures)
	}
	s = run(t, `SELECT _1 FROM BlobStorage WHERE _1 LIKE '`+strings.Repeat("%a", maxPattern)+`'`, "1\n", Format{}, Format{})
	if s.data.Len() > 0 || len(s.failures) != 1 || s.failures[0].Fatal {
		t.Errorf("a long pattern: %q, %+v", s.data.String(), s.failures)
	}
	for in, from := range map[string]Format{
		"\"open":                           {Quote: '"'},
		"a\\":                              {Escape: '\\'},
		"[1]":                              {JSON: true},
		"null":                             {JSON: true},
		strings.Repeat("x", maxRecord+1):   {},
		strings.Repeat(" ", maxRecord+100): {JSON: true},
	} {
		s := run(t, `SELECT * FROM BlobStorage`, in, from, Format{})
		if len(s.failures) != 1 || !s.failures[0].Fatal {
			t.Errorf("%.20q: %+v", in, s.failures)
		}
	}
	for _, sql := range []string{`SELECT 9223372036854775807 + _1 FROM BlobStorage`, `SELECT 1/0 FROM BlobStorage`, `SELECT 1%0 FROM BlobStorage`} {
		if s := run(t, sql, "1\n", Format{}, Format{}); len(s.failures) != 1 || s.data.Len() != 0 {
			t.Errorf("%s: %q, %+v", sql, s.data.String(), s.failures)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, sql := range []string{
		"", "SELECT", "SELECT *", "SELECT * FROM other", "SELECT * FROM BlobStorage WHERE", "SELECT * FROM BlobStorage LIMIT x",
		"SELECT * FROM BlobStorage x", "SELECT 'x FROM BlobStorage", "SELECT a, COUNT(*) FROM BlobStorage", "SELECT a b FROM BlobStorage",
		"SELECT (a FROM BlobStorage", "SELECT a[b] FROM BlobStorage", "SELECT LOWER() FROM BlobStorage", "SELECT a ? b FROM BlobStorage",
		"SELECT CAST(a AS THING) FROM BlobStorage", "DELETE FROM BlobStorage", "SELECT 1.2.3 FROM BlobStorage", "SELECT a FROM BlobStorage WHERE a NOT 1",
		"SELECT " + strings.Repeat("(", 100) + "a" + strings.Repeat(")", 100) + " FROM BlobStorage",
		"SELECT " + strings.Repeat("NOT ", 100) + "a FROM BlobStorage", "SELECT '" + strings.Repeat("x", MaxExpression) + "' FROM BlobStorage",
	} {
		if _, err := Parse(sql); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.60q: %v", sql, err)
		}
	}
	for _, sql := range []string{"SELECT * FROM BlobStorage[*].a", "SELECT UTCNOW() FROM BlobStorage", "SELECT CAST(a AS TIMESTAMP) FROM BlobStorage"} {
		if _, err := Parse(sql); !fault.Is(err, fault.Unsupported) {
			t.Errorf("%q: %v", sql, err)
		}
	}
}

// TestAvro takes the file apart again.
func TestAvro(t *testing.T) {
	var out bytes.Buffer
	mark := [16]byte{1, 2, 3}
	q, err := Parse("SELECT _1 FROM BlobStorage")
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Run(strings.NewReader("a,b\nc,d\n"), Format{}, Format{}, NewAvro(&out, 8, mark)); err != nil {
		t.Fatal(err)
	}
	b := out.Bytes()
	long := func() int64 {
		v, n := binary.Varint(b)
		if n <= 0 {
			t.Fatal("a number is cut off")
		}
		b = b[n:]
		return v
	}
	take := func(n int64) []byte {
		if n < 0 || n > int64(len(b)) {
			t.Fatalf("%d bytes of %d", n, len(b))
		}
		v := b[:n]
		b = b[n:]
		return v
	}
	if string(take(4)) != "Obj\x01" || long() != 2 {
		t.Fatal("no Avro file")
	}
	head := map[string]string{}
	for range 2 {
		key := string(take(long()))
		head[key] = string(take(long()))
	}
	if long() != 0 || head["avro.codec"] != "null" || head["avro.schema"] != schema || !bytes.Equal(take(16), mark[:]) {
		t.Errorf("the head is %v", head)
	}
	var kinds []int64
	for len(b) > 0 {
		if long() != 1 {
			t.Fatal("not one record a block")
		}
		size := long()
		rest := int64(len(b)) - size
		kind := long()
		kinds = append(kinds, kind)
		switch kind {
		case resultRecord:
			if got := string(take(long())); got != "a\nc\n" {
				t.Errorf("data %q", got)
			}
		case progressRecord:
			if scanned, total := long(), long(); scanned != 8 || total != 8 {
				t.Errorf("progress %d of %d", scanned, total)
			}
		case endRecord:
			if long() != 8 {
				t.Error("another total")
			}
		}
		if int64(len(b)) != rest || !bytes.Equal(take(16), mark[:]) {
			t.Fatal("a block ends elsewhere")
		}
	}
	if kinds[0] != resultRecord || kinds[len(kinds)-1] != endRecord {
		t.Errorf("%v", kinds)
	}
}

// FuzzQuery wants no panic, and an end, whatever is asked of whatever data.
func FuzzQuery(f *testing.F) {
	f.Add("SELECT _1, COUNT(*) FROM BlobStorage", birds, true, true)
	f.Add("SELECT a.b[1]||'x' FROM BlobStorage WHERE a LIKE '%_' AND NOT b IS NULL LIMIT 5", `{"a":{"b":[1,2]}}`, true, false)
	f.Add("SELECT SUBSTRING(_1,-1,9223372036854775807), CAST(_1 AS INT) % -1 FROM BlobStorage", "-9223372036854775808\n", false, false)
	f.Fuzz(func(t *testing.T, sql, in string, json, headers bool) {
		q, err := Parse(sql)
		if err != nil {
			return
		}
		s := &taken{}
		from := Format{JSON: json, HasHeaders: headers, Quote: '"', Escape: '\\'}
		if err := q.Run(strings.NewReader(in), from, Format{JSON: !json, Quote: '"'}, s); err != nil || !s.ended {
			t.Fatalf("%v", err)
		}
	})
}
