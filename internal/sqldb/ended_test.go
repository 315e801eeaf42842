package sqldb

import (
	"fmt"
	"slices"
	"testing"
)

// shownDones writes the ends of an answer: S statement, I in a procedure, P procedure; = with a count, ! failed, + more.
func shownDones(list []Done) (out []string) {
	for _, d := range list {
		s := string("SIP"[d.Kind])
		if d.Counted {
			s += fmt.Sprintf("=%d", d.Count)
		}
		if d.Failed {
			s += "!"
		}
		if d.More {
			s += "+"
		}
		out = append(out, s)
	}
	return out
}

// TestEnds holds the DONE tokens to those of SQL Server: each statement has one but for declarations, each turn of a loop
// has one for its condition, and EXEC in a batch ends with the procedure's status.
func TestEnds(t *testing.T) {
	k := newWorld(t).as(boss())
	k.want("CREATE PROCEDURE looping AS BEGIN DECLARE @n int; DECLARE c CURSOR FOR SELECT 1 UNION SELECT 2; OPEN c; FETCH NEXT FROM c INTO @n; " +
		"WHILE @@FETCH_STATUS = 0 BEGIN PRINT @n; FETCH NEXT FROM c INTO @n; END; CLOSE c; DEALLOCATE c; END")
	k.want("CREATE PROCEDURE quiet AS SET NOCOUNT ON; DECLARE @n int; SET @n = 1; IF @n = 1 SELECT @n; RETURN 3")
	k.want("CREATE PROCEDURE outer_one AS EXEC quiet; SELECT 1")
	for _, c := range []struct {
		batch  string
		ends   []string
		status []int32
	}{
		{"", []string{"S"}, nil},
		{"DECLARE @a int; DECLARE @b int = 1", []string{"S"}, nil},
		{"PRINT 'a'; SELECT 1; PRINT 'b'", []string{"S+", "S=1+", "S"}, nil},
		{"DECLARE @a int; SET @a = 1; SELECT @a = 2; IF @a = 2 SELECT @a", []string{"S+", "S+", "S+", "S=1"}, nil},
		{"SET NOCOUNT ON; DECLARE @a int; SET @a = 1; PRINT 'a'; SELECT 1; SET NOCOUNT OFF", []string{"S+", "S"}, nil},
		{"BEGIN TRANSACTION; CREATE TABLE #t (a int); INSERT #t VALUES (1), (2); COMMIT", []string{"S+", "S+", "S=2+", "S"}, nil},
		{"RAISERROR('low', 10, 1); RAISERROR('high', 11, 1); SELECT 1", []string{"S+", "S!+", "S=1"}, nil},
		{"EXEC looping", []string{"I+", "I+", "I+", "I+", "I+", "I+", "I+", "I+", "I+", "I+", "I+", "I+", "P"}, []int32{0}},
		{"EXEC quiet; SELECT 1", []string{"I+", "P+", "S=1"}, []int32{3}},
		{"EXEC outer_one", []string{"I+", "I+", "I=1+", "P"}, []int32{0}},
		{"CREATE TABLE #u (a int); INSERT #u EXEC quiet; SELECT 1 FROM #u", []string{"S+", "S=1+", "S=1"}, nil},
		{"EXEC ('SELECT 1; PRINT ''a''')", []string{"S=1+", "S"}, nil},
	} {
		out := &recorder{}
		if err := k.session.Batch(t.Context(), c.batch, out); err != nil {
			t.Fatal(c.batch, err)
		}
		if got := shownDones(out.done); !slices.Equal(got, c.ends) || !slices.Equal(out.status, c.status) {
			t.Errorf("%s: %v %v, want %v %v", c.batch, got, out.status, c.ends, c.status)
		}
	}
}
