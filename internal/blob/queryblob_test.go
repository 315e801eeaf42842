package blob

import (
	"bytes"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func TestQueryBlob(t *testing.T) {
	w := newWorld(t, nil)
	w.put(t, "a.csv", strings.Repeat("1,kingfisher\n2,heron\n", 20_000))
	ask := func(a Access, name, sql string) (string, error) {
		answer, err := w.QueryBlob(t.Context(), a, blobAt(name), QueryBlob{Expression: sql})
		if err != nil {
			return "", err
		}
		var out bytes.Buffer
		n, err := answer.WriteTo(&out)
		if err != nil || n != int64(out.Len()) {
			t.Errorf("%s: %d of %d bytes, %v", sql, n, out.Len(), err)
		}
		return out.String(), answer.Close()
	}
	got, err := ask(key(), "a.csv", "SELECT _2 FROM BlobStorage WHERE _1 = 2 LIMIT 1")
	if err != nil || !strings.HasPrefix(got, "Obj\x01") || !strings.Contains(got, "heron\n") || strings.Contains(got, "kingfisher") {
		t.Errorf("%q, %v", got, err)
	}
	got, err = ask(key(), "a.csv", "SELECT COUNT(*) FROM BlobStorage WHERE _1 = 2")
	if err != nil || !strings.Contains(got, "20000\n") {
		t.Errorf("%q, %v", got, err)
	}
	_, err = ask(key(), "a.csv", "SELECT")
	refused(t, err, fault.Invalid, "InvalidInput")
	_, err = ask(key(), "absent", "SELECT * FROM BlobStorage")
	refused(t, err, fault.NotFound, "BlobNotFound")
	w.appendBlob(t, "log")
	_, err = ask(key(), "log", "SELECT * FROM BlobStorage")
	refused(t, err, fault.Conflict, "InvalidBlobType")
	_, err = ask(bearer(), "a.csv", "SELECT * FROM BlobStorage")
	refused(t, err, fault.Denied, "AuthorizationPermissionMismatch")
	w.assign(t, roleBlobReader, testID, "")
	if _, err = ask(bearer(), "a.csv", "SELECT * FROM BlobStorage LIMIT 1"); err != nil {
		t.Error(err)
	}
}
