package tds

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// recorded reads the packets that a client has sent, by type, in their order.
func recorded(t testing.TB, client string) map[PacketType][][]byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + client + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[PacketType][][]byte{}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		kind, err := hex.DecodeString(fields[0])
		if err != nil {
			t.Fatal(err)
		}
		payload := []byte{}
		if len(fields) == 3 {
			if payload, err = hex.DecodeString(fields[2]); err != nil {
				t.Fatal(err)
			}
		}
		out[PacketType(kind[0])] = append(out[PacketType(kind[0])], payload)
	}
	return out
}

func clients() []string { return []string{"go-mssqldb", "tedious", "freetds"} }

func TestRecordedPrelogins(t *testing.T) {
	for _, x := range []struct {
		client     string
		n          int
		encryption Encryption
		fedAuth    bool
	}{
		{"go-mssqldb", 0, EncryptOn, false},
		{"go-mssqldb", 1, EncryptOn, true},
		{"go-mssqldb", 2, EncryptStrict, true},
		{"tedious", 0, EncryptOn, true},
		{"freetds", 0, EncryptOn, false},
	} {
		p, err := DecodePrelogin(recorded(t, x.client)[PacketPrelogin][x.n])
		if err != nil || p.Encryption != x.encryption || !p.HasEncryption || p.MARS || x.fedAuth != p.FedAuthRequired {
			t.Errorf("%s %d: %+v, %v", x.client, x.n, p, err)
		}
	}
}

func TestRecordedLogins(t *testing.T) {
	for _, x := range []struct {
		client         string
		n              int
		version        uint32
		user, password string
		library        FedAuthLibrary
		token          string
	}{
		{"go-mssqldb", 0, Version74, "sa@srv1", "Pässw0rd!", 0, ""},
		{"go-mssqldb", 1, Version74, "", "", FedAuthADAL, ""},
		{"go-mssqldb", 2, Version80, "", "", FedAuthSecurityToken, "eyJ.good.token"},
		{"tedious", 0, Version74, "", "", FedAuthSecurityToken, "eyJ.good.token"},
		{"tedious", 1, Version74, "sa@srv1", "Pässw0rd!", 0, ""},
		{"freetds", 0, Version74, "sa@srv1", "Pässw0rd!", 0, ""},
	} {
		l, err := DecodeLogin7(recorded(t, x.client)[PacketLogin7][x.n])
		if err != nil {
			t.Errorf("%s %d: %v", x.client, x.n, err)
			continue
		}
		if l.Version != x.version || l.UserName != x.user || l.Password != x.password || l.HostName != "machine" ||
			l.AppName != "record" || l.Database != "db1" || l.PacketSize != 4096 || l.ChangesPassword || l.IntegratedSecurity {
			t.Errorf("%s %d: %+v", x.client, x.n, l)
		}
		f, ok := l.Feature(FeatureFedAuth)
		if ok != (x.library != 0) {
			t.Errorf("%s %d: features %v", x.client, x.n, l.Features)
		}
		if !ok {
			continue
		}
		auth, err := DecodeFedAuth(f.Data)
		if err != nil || auth.Library != x.library || auth.Token != x.token || !auth.Echo || auth.Nonce != nil {
			t.Errorf("%s %d: %+v, %v", x.client, x.n, auth, err)
		}
	}
	token, nonce, err := DecodeFedAuthToken(recorded(t, "go-mssqldb")[PacketFedAuthToken][0])
	if err != nil || token != "eyJ.good.token" || nonce != nil {
		t.Errorf("token %q, nonce %x, %v", token, nonce, err)
	}
}

func TestRecordedBatches(t *testing.T) {
	batches := recorded(t, "go-mssqldb")[PacketSQLBatch]
	h, text, err := DecodeSQLBatch(batches[0])
	if err != nil || text != "select N'über'" || h.Transaction != 0 || h.Outstanding != 1 {
		t.Errorf("%+v %q, %v", h, text, err)
	}
	if h, text, err = DecodeSQLBatch(batches[1]); err != nil || text != "in tx" || h.Transaction != 1<<40 {
		t.Errorf("%+v %q, %v", h, text, err)
	}
	for _, client := range clients() {
		for i, b := range recorded(t, client)[PacketSQLBatch] {
			if _, _, err := DecodeSQLBatch(b); err != nil {
				t.Errorf("%s %d: %v", client, i, err)
			}
		}
	}
}

// calls decodes all calls of a request.
func calls(t *testing.T, payload []byte) []Call {
	t.Helper()
	r, err := DecodeRPC(payload)
	if err != nil {
		t.Fatal(err)
	}
	var out []Call
	for r.More() {
		c, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func TestRecordedCalls(t *testing.T) {
	got := calls(t, recorded(t, "go-mssqldb")[PacketRPC][0])
	if len(got) != 1 || got[0].Number != ProcExecuteSQL || len(got[0].Parameters) != 14 {
		t.Fatalf("%+v", got)
	}
	p := got[0].Parameters
	if s := DecodeText(p[0].Data); s != "select @p1" || p[0].Type.ID != TypeNVarChar {
		t.Errorf("statement %q", s)
	}
	if p[2].Name != "@p1" || p[2].Type.ID != TypeIntN || Signed(p[2].Data) != 1 {
		t.Errorf("%+v", p[2])
	}
	if DecodeText(p[3].Data) != "text ü語😀" || !bytes.Equal(p[4].Data, []byte{1, 2}) || Float(p[5].Data) != 3.5 ||
		p[6].Type.ID != TypeBitN || p[6].Data[0] != 1 || !p[7].Null {
		t.Errorf("%+v", p[3:8])
	}
	if at := p[8]; at.Type.ID != TypeDateTimeOffsetN || at.Type.Scale != 7 || len(at.Data) != 10 ||
		Ticks(at.Data[:5], 7) != 37231234567-36000000000 || Signed(at.Data[8:]) != 60 {
		t.Errorf("datetimeoffset %+v, %d", at, Ticks(at.Data[:5], 7))
	}
	if last := p[13]; last.Type.Size != Max || DecodeText(last.Data) != "max" {
		t.Errorf("nvarchar(max) %+v", last)
	}
	named := calls(t, recorded(t, "go-mssqldb")[PacketRPC][1])[0]
	if named.Procedure != "dbo.proc1" || len(named.Parameters) != 2 || named.Parameters[0].Output || !named.Parameters[1].Output {
		t.Errorf("%+v", named)
	}
}

func TestRecordedCallsOfTedious(t *testing.T) {
	got := calls(t, recorded(t, "tedious")[PacketRPC][0])[0]
	if got.Number != ProcExecuteSQL || len(got.Parameters) != 2+23 {
		t.Fatalf("%d parameters", len(got.Parameters))
	}
	want := map[string]TypeID{
		"@a": TypeIntN, "@b": TypeNVarChar, "@c": TypeBigVarChar, "@d": TypeDateTimeOffsetN, "@e": TypeDecimalN, "@g": TypeGUID,
		"@i": TypeBitN, "@j": TypeMoneyN, "@k": TypeTimeN, "@l": TypeText, "@m": TypeNText, "@o": TypeDateTimeN,
		"@p": TypeFloatN, "@q": TypeFloatN, "@r": TypeDateTimeN, "@s": TypeDateN, "@t": TypeBigChar, "@u": TypeImage,
		"@v": TypeBigBinary, "@w": TypeBigVarBinary,
	}
	for _, p := range got.Parameters[2:] {
		if id, ok := want[p.Name]; ok && id != p.Type.ID {
			t.Errorf("%s has type %#02x", p.Name, uint8(p.Type.ID))
		}
		switch p.Name {
		case "@j":
			if Money(p.Data) != 32500 {
				t.Errorf("money %d", Money(p.Data))
			}
		case "@e":
			if _, lo, negative := Decimal(p.Data); lo != 1250 || !negative {
				t.Errorf("decimal %d %v", lo, negative)
			}
		case "@l":
			if string(p.Data) != "text" {
				t.Errorf("text %q", p.Data)
			}
		case "@m":
			if DecodeText(p.Data) != "ntext" {
				t.Errorf("ntext %q", p.Data)
			}
		case "@r":
			if days, thirds := DateTime(p.Data); days != 25567 || thirds != 0 {
				t.Errorf("datetime %d %d", days, thirds)
			}
		case "@n", "@w":
			if !p.Null {
				t.Errorf("%s is not NULL", p.Name)
			}
		}
	}
	table := calls(t, recorded(t, "tedious")[PacketRPC][1])[0].Parameters[0].Table
	if table == nil || table.Schema != "dbo" || table.Type != "T" || len(table.Columns) != 2 || len(table.Rows) != 2 ||
		Signed(table.Rows[1][0].Data) != 2 || DecodeText(table.Rows[0][1].Data) != "a" || !table.Rows[1][1].Null {
		t.Errorf("table %+v", table)
	}
}

func TestRecordedCallsOfFreeTDS(t *testing.T) {
	got := calls(t, recorded(t, "freetds")[PacketRPC][0])[0]
	if got.Number != ProcPrepExec || len(got.Parameters) != 6 || !got.Parameters[0].Output || !got.Parameters[0].Null {
		t.Fatalf("%+v", got)
	}
	if p := got.Parameters[1]; p.Type.ID != TypeNText && p.Type.ID != TypeNVarChar {
		t.Errorf("declarations %+v", p)
	}
	if s := DecodeText(got.Parameters[4].Data); s != "zwei ü" {
		t.Errorf("text %q", s)
	}
}

func TestRecordedTransactions(t *testing.T) {
	var got []TransactionRequest
	for _, client := range []string{"go-mssqldb", "tedious"} {
		for _, b := range recorded(t, client)[PacketTransactionManager] {
			r, err := DecodeTransactionRequest(b)
			if err != nil {
				t.Fatal(err)
			}
			r.Headers = Headers{}
			got = append(got, r)
		}
	}
	want := []TransactionRequest{
		{Kind: TransactionBegin, Isolation: IsolationSnapshot},
		{Kind: TransactionCommit},
		{Kind: TransactionBegin},
		{Kind: TransactionRollback},
		{Kind: TransactionBegin, Isolation: IsolationRepeatableRead, Name: "nm"},
		{Kind: TransactionSave, Name: "sp"},
		{Kind: TransactionRollback, Name: "nm"},
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i].Kind != want[i].Kind || got[i].Name != want[i].Name || got[i].Isolation != want[i].Isolation {
			t.Errorf("%d: %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestRecordedBulkLoads(t *testing.T) {
	for _, x := range []struct {
		client        string
		columns, rows int
	}{{"go-mssqldb", 11, 3}, {"tedious", 4, 2}} {
		b, err := NewBulkLoad(bytes.NewReader(recorded(t, x.client)[PacketBulkLoad][0]), MaxValue)
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Columns) != x.columns {
			t.Fatalf("%s: %d columns", x.client, len(b.Columns))
		}
		cells := make([]Cell, len(b.Columns))
		n := 0
		for {
			more, err := b.Next(cells)
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				break
			}
			if first := Signed(cells[0].Data); first != int64(n) && first != int64(n+1) {
				t.Errorf("%s: row %d begins with %d", x.client, n, first)
			}
			if null := n == 1; cells[len(cells)-1].Null && !null {
				t.Errorf("%s: row %d ends with NULL", x.client, n)
			}
			n++
		}
		if n != x.rows {
			t.Errorf("%s: %d rows", x.client, n)
		}
	}
}
