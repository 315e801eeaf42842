package blob

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// TestTimeout: an operation that has so long to answer sends the same bodies, which are sent after it has answered.
func TestTimeout(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	large := strings.Repeat("0123456789abcdef", 64<<10)
	w.put("/con/whole", large)
	id := base64.RawURLEncoding.EncodeToString([]byte("one"))
	w.do(ask{method: "PUT", url: "/con/blocks?comp=block&timeout=60&blockid=" + id, as: "key", body: large}, 201, "")
	w.do(ask{method: "PUT", url: "/con/blocks?comp=blocklist&timeout=60", as: "key", body: "<BlockList><Latest>" + id + "</Latest></BlockList>"}, 201, "")
	for i := range 700 {
		w.put(fmt.Sprintf("/con/small/%04d", i), "a,b\n1,2\n")
	}
	for _, path := range []string{"/con/whole?", "/con/blocks?", "/con/small/0000?", "/con?restype=container&comp=list", "/?comp=list"} {
		if got, want := w.get(path+"&timeout=30"), w.get(path); got != want {
			t.Errorf("%s: %d bytes, want %d", path, len(got), len(want))
		}
	}
	const query = `<QueryRequest><QueryType>SQL</QueryType><Expression>SELECT * FROM BlobStorage</Expression></QueryRequest>`
	if got := w.do(ask{method: "POST", url: "/con/whole?comp=query&timeout=30", as: "key", body: query}, 200, "").Body.Len(); got < len(large) {
		t.Errorf("the query's answer has %d bytes", got)
	}
}
