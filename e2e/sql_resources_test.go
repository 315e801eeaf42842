package e2e

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestSQLIdle opens 1,000 connections that rest. They take little, and end with the instance.
func TestSQLIdle(t *testing.T) {
	d := newDatabase(t, start(t, "AzureCloud"))
	ctx := t.Context()
	before := d.i.server.resident()
	other, _ := d.pool(t)
	other.SetMaxIdleConns(1000)
	good := login7(boss+"@"+d.server, bossPassword, d.name, func([]byte) {})
	sessions := make([]rawSession, 1000)
	var all sync.WaitGroup
	next := make(chan int)
	for range 8 {
		all.Go(func() {
			for n := range next {
				if err := sessions[n].logIn(t, good); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range sessions {
		sessions[n] = d.raw(t)
		next <- n
	}
	close(next)
	all.Wait()
	var count int
	d.check(other.QueryRowContext(ctx, "SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE is_user_process = 1").Scan(&count))
	after := d.i.server.resident()
	t.Logf("1,000 idle sessions take %d KB", after-before)
	if count < 1000 || before > 0 && after-before > 150<<10 {
		t.Errorf("%d sessions take %d KB", count, after-before)
	}
	d.i.server.stop(t)
	for _, s := range sessions {
		d.check(s.SetDeadline(time.Now().Add(time.Minute)))
		s.ends(t, "an idle session at the instance's end")
	}
}

// TestSQLFullDisk fills the disk under a database. What cannot be kept is refused, what is there stays, and once there is
// room the work goes on.
func TestSQLFullDisk(t *testing.T) {
	unshare := program(t, "unshare")
	needNamespaces(t)
	i := start(t, "AzureCloud")
	d := newDatabase(t, i)
	d.check(exhausted(d.open(), t, "CREATE TABLE dbo.rows (id int IDENTITY PRIMARY KEY, text varchar(8000) NOT NULL)"))
	i.server.stop(t)
	small := t.TempDir()
	s := &server{exited: make(chan struct{})}
	s.process = exec.Command(unshare, "--user", "--map-root-user", "--mount", "sh", "-c",
		`mount -t tmpfs -o size=200m none "$1" && cp -a "$2/." "$1" && exec "$3" up --data "$1" --listen 127.0.0.1:0`, "sh", small, i.data, alcedo)
	s.process.Env, s.process.Stdout, s.process.Stderr = cleanEnvironment(), &s.log, &s.log
	d.check(s.process.Start())
	go func() {
		_ = s.process.Wait() // its status is in ProcessState
		close(s.exited)
	}()
	t.Cleanup(func() { s.stop(t) })
	inside := filepath.Join(fmt.Sprintf("/proc/%d/root", s.process.Process.Pid), small)
	var r running
	for deadline := time.Now().Add(30 * time.Second); r.SQL == "" && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		text, err := os.ReadFile(filepath.Join(inside, "instance.json"))
		if err == nil && !strings.Contains(string(text), fmt.Sprintf(`"pid": %d,`, i.server.process.Process.Pid)) {
			d.check(json.Unmarshal(text, &r))
		}
	}
	host, port, err := net.SplitHostPort(r.SQL)
	if err != nil {
		t.Fatalf("nobody answers:\n%s", s.log.String())
	}
	db, err := sql.Open("sqlserver", strings.Join([]string{
		"server=" + host, "port=" + port, "database=" + d.name, "user id=" + boss + "@" + d.server,
		"password=" + bossPassword, "encrypt=true", "certificate=" + filepath.Join(i.data, "ca.pem"), "hostNameInCertificate=" + d.host,
	}, ";"))
	d.check(err)
	t.Cleanup(func() { _ = db.Close() })
	insert := func() error {
		return exhausted(db, t, "INSERT dbo.rows (text) SELECT REPLICATE('kingfisher', 700) FROM GENERATE_SERIES(1, 100)")
	}
	for deadline := time.Now().Add(30 * time.Second); db.PingContext(t.Context()) != nil && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
	}
	d.check(insert())
	filler, err := os.Create(filepath.Join(inside, "filler"))
	d.check(err)
	for block := make([]byte, 64<<10); err == nil; {
		_, err = filler.Write(block)
	}
	d.check(filler.Close())
	acked := 1
	for ; acked < 1000; acked++ {
		if err = insert(); err != nil {
			break
		}
	}
	if number(err) == 0 {
		t.Fatalf("the disk is full, and the client is told %v", err)
	}
	t.Logf("after %d statements: %v", acked, err)
	count := func() (rows int) {
		d.check(db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM dbo.rows WHERE text = REPLICATE('kingfisher', 700)").Scan(&rows))
		return rows
	}
	if rows := count(); rows != 100*acked {
		t.Errorf("%d rows, %d were acknowledged", rows, 100*acked)
	}
	d.check(os.Remove(filepath.Join(inside, "filler")))
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if err = insert(); err == nil || time.Now().After(deadline) {
			break
		}
	}
	if rows := count(); err != nil || rows != 100*acked+100 {
		t.Errorf("with room again: %d rows of %d, %v", rows, 100*acked+100, err)
	}
}

// exhausted runs a batch and reads all of its answer.
func exhausted(db *sql.DB, t *testing.T, batch string) error {
	t.Helper()
	_, err := db.ExecContext(t.Context(), batch)
	return err
}
