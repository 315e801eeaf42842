package vault_test

import (
	"strings"
	"testing"
)

// A certificate's secret says which version was before it, in the versions that know of that; nothing else does.
func TestPreviousVersion(t *testing.T) {
	w := newWorld(t)
	var ids [2]string
	for i := range ids {
		w.send(admin, "POST", "kv", "/certificates/c/create", selfSigned).ok(202)
		id := w.send(admin, "GET", "kv", "/certificates/c", "").ok(200).str("id")
		ids[i] = id[strings.LastIndexByte(id, '/')+1:]
		w.send(admin, "PUT", "kv", "/secrets/s", `{"value":"v"}`).ok(200)
	}
	for path, want := range map[string]any{
		"/secrets/c?api-version=2025-07-01": ids[0], "/secrets/c/" + ids[1] + "?api-version=2025-07-01": ids[0],
		"/secrets/c/" + ids[0] + "?api-version=2025-07-01": nil, "/secrets/c?api-version=7.6": nil,
		"/secrets/s?api-version=2025-07-01": nil,
	} {
		w.send(admin, "GET", "kv", path, "").ok(200).want(map[string]any{"previousVersion": want})
	}
	w.send(admin, "GET", "kv", "/secrets?api-version=2025-07-01", "").ok(200).want(map[string]any{"value.0.previousVersion": nil})
	backup := w.send(admin, "POST", "kv", "/certificates/c/backup", "").ok(200).str("value")
	w.send(admin, "DELETE", "kv", "/certificates/c", "").ok(200)
	w.send(admin, "DELETE", "kv", "/deletedcertificates/c", "").ok(204)
	w.send(admin, "POST", "kv", "/certificates/restore", `{"value":"`+backup+`"}`).ok(200)
	w.send(admin, "GET", "kv", "/secrets/c?api-version=2025-07-01", "").ok(200).want(map[string]any{"previousVersion": ids[0]})
}
