package blob

import (
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func TestParseXML(t *testing.T) {
	got, err := parseXML([]byte("\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?><A><B> x<!-- c -->y </B><B>2</B></A>"), "A")
	if err != nil || got.value("B") != "xy" || len(got.children) != 2 || got.children[1].content() != "2" {
		t.Fatalf("got %+v, %v", got, err)
	}
	for name, text := range map[string]string{
		"nothing": "", "cut": "<A><B>", "another root": "<B/>", "two roots": "<A/><A/>", "crossed": "<A><B></A></B>",
		"document type": `<!DOCTYPE A [<!ENTITY e "x">]><A>&e;</A>`, "entity": "<A>&e;</A>", "charset": `<?xml version="1.0" encoding="utf-16"?><A/>`,
		"deep": "<A>" + strings.Repeat("<x>", 20) + strings.Repeat("</x>", 20) + "</A>", "binary": "\x00\x01",
	} {
		if _, err := parseXML([]byte(text), "A"); fault.ReasonOf(err) != "InvalidXmlDocument" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseXML(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0" encoding="utf-8"?><BlockList><Latest>AA==</Latest><Committed>AQ==</Committed></BlockList>`))
	f.Add([]byte(`<BlockList><![CDATA[x]]></BlockList>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := parseXML(body, "BlockList")
		if (e == nil) == (err == nil) {
			t.Fatalf("%v, %v", e, err)
		}
	})
}
