package bind

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/store/postgres/postgrestest"
)

const differTables = `
CREATE TABLE a (id int NOT NULL PRIMARY KEY, x int NULL, y int NULL);
CREATE TABLE b (id int NOT NULL PRIMARY KEY, aid int NULL, v int NULL);
CREATE TABLE c (k int NULL, v int NULL);
`

// TestAgainstPostgreSQL runs random queries here and there. Both know NULL, joins, groups and subqueries alike; rows are
// compared without regard to their order. ALCEDO_QUERIES sets how many, ALCEDO_SEED which.
func TestAgainstPostgreSQL(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), postgrestest.Start(t).Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := conn.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	d := newDB(t)
	d.define(differTables + "CREATE INDEX ix_aid ON b (aid); CREATE INDEX ix_x ON a (x, y DESC);")
	count, seed := knob(t, "ALCEDO_QUERIES", 500), uint64(knob(t, "ALCEDO_SEED", 1))
	random := rand.New(rand.NewPCG(seed, 7))
	script := fill(random)
	if _, err := conn.Exec(t.Context(), "SET jit = off; SET statement_timeout = 50;"+differTables+script); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.run(script); err != nil {
		t.Fatal(describeError(err))
	}
	// Guesses at sizes decide between indexes, hashes and loops: all must give the same rows.
	d.env.Rows = func(*catalog.Table) int64 { return pick(&writer{Rand: random}, []int64{-1, 1, 10, 1000, 1_000_000}) }
	compared, failed := 0, 0
	for range count {
		w := &writer{Rand: random}
		text, _ := w.query(nil)
		want, err := there(t, conn, dialect(text, "pg"))
		if err != nil {
			continue // what PostgreSQL refuses, or takes long for, tells nothing
		}
		if os.Getenv("ALCEDO_TRACE") != "" {
			fmt.Fprintln(os.Stderr, dialect(text, "ts"))
		}
		start := time.Now()
		have, _, err := d.run(dialect(text, "ts"))
		if took := time.Since(start); took > time.Second {
			t.Logf("%v: %s", took, dialect(text, "ts"))
		}
		var e *value.Error
		if errors.As(err, &e) && slices.Contains([]int32{144, 130, 8124, 164, 147}, e.Number) {
			continue // what only T-SQL forbids
		}
		compared++
		slices.Sort(have)
		if err == nil && slices.Equal(have, want) {
			continue
		}
		if failed++; failed > 5 {
			break
		}
		t.Errorf("%s;\n have %q (%v)\n want %q", dialect(text, "ts"), have, err, want)
	}
	if compared < count/3 {
		t.Errorf("only %d of %d queries could be compared", compared, count)
	}
	t.Logf("%d queries compared", compared)
}

func knob(t *testing.T, name string, otherwise int) int {
	s := os.Getenv(name)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// fill is a script that gives the tables some rows, with NULLs and values that are there twice.
func fill(random *rand.Rand) string {
	some := func() string {
		if random.IntN(4) == 0 {
			return "NULL"
		}
		return fmt.Sprint(random.IntN(6))
	}
	var out strings.Builder
	for i := range 9 {
		fmt.Fprintf(&out, "INSERT INTO a (id, x, y) VALUES (%d, %s, %s);\n", i, some(), some())
		fmt.Fprintf(&out, "INSERT INTO b (id, aid, v) VALUES (%d, %s, %s);\n", i+3, some(), some())
		fmt.Fprintf(&out, "INSERT INTO c (k, v) VALUES (%s, %s);\n", some(), some())
	}
	return out.String()
}

// there runs a query on PostgreSQL and gives its rows as db.run does, sorted.
func there(t *testing.T, conn *pgx.Conn, text string) ([]string, error) {
	rows, err := conn.Query(t.Context(), text, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var parts []string
		for _, v := range rows.RawValues() {
			if v == nil {
				parts = append(parts, "NULL")
			} else {
				parts = append(parts, string(v))
			}
		}
		out = append(out, strings.Join(parts, "|"))
	}
	slices.Sort(out)
	return out, rows.Err()
}
