package blob

import (
	"strings"
	"testing"
)

// TestVersionsOfLists: a client is shown what its version of the protocol has.
func TestVersionsOfLists(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "x")
	for version, shown := range map[string]string{
		"2015-04-05": "", "2017-04-17": "AccessTier", "2017-11-09": "AccessTier Creation-Time", "2020-10-02": "AccessTier Creation-Time OrMetadata",
		"2099-01-01": "AccessTier Creation-Time OrMetadata",
	} {
		got := w.do(ask{method: "GET", url: "/con?restype=container&comp=list", as: "key", header: []string{"x-ms-version", version}}, 200, "").Body.String()
		for _, element := range []string{"AccessTier", "Creation-Time", "OrMetadata"} {
			if has := strings.Contains(got, "<"+element); has != strings.Contains(shown, element) {
				t.Errorf("%s: %s is shown: %v", version, element, has)
			}
		}
	}
}
