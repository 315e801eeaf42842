package lifecycle

import (
	"fmt"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func rules(definitions ...string) string {
	out := ""
	for i, d := range definitions {
		if i > 0 {
			out += ","
		}
		out += fmt.Sprintf(`{"name":"r%d","enabled":true,"type":"Lifecycle","definition":%s}`, i, d)
	}
	return `{"rules":[` + out + `]}`
}

func TestEvaluate(t *testing.T) {
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	ago := func(days float64) time.Time { return now.Add(-time.Duration(days * 24 * float64(time.Hour))) }
	base := Subject{BlobType: "blockBlob", Container: "c", Name: "logs/a", Tier: "Hot", Created: ago(100), Modified: ago(40)}
	with := func(change func(*Subject)) Subject { s := base; change(&s); return s }
	cool := `{"filters":{"blobTypes":["blockBlob"]},"actions":{"baseBlob":{"tierToCool":{"daysAfterModificationGreaterThan":30}}}}`
	archive := `{"filters":{"blobTypes":["blockBlob"]},"actions":{"baseBlob":{"tierToArchive":` +
		`{"daysAfterModificationGreaterThan":30,"daysAfterLastTierChangeGreaterThan":7}}}}`
	remove := `{"filters":{"blobTypes":["blockBlob","appendBlob"],"prefixMatch":["c/logs/"],"blobIndexMatch":` +
		`[{"name":"k","op":"==","value":"v"}]},"actions":{"baseBlob":{"delete":{"daysAfterCreationGreaterThan":90}},` +
		`"snapshot":{"delete":{"daysAfterCreationGreaterThan":5}},"version":{"tierToCold":{"daysAfterCreationGreaterThan":5}}}}`
	access := `{"filters":{"blobTypes":["blockBlob"]},"actions":{"baseBlob":{"enableAutoTierToHotFromCool":true,` +
		`"tierToCool":{"daysAfterLastAccessTimeGreaterThan":50}}}}`
	tagged := map[string]string{"k": "v"}
	for _, c := range []struct {
		name    string
		policy  string
		subject Subject
		want    Action
	}{
		{"cool", rules(cool), base, Action{Tier: "Cool", Rule: "r0"}},
		{"not yet", rules(cool), with(func(s *Subject) { s.Modified = ago(30) }), Action{}},
		{"cool already", rules(cool), with(func(s *Subject) { s.Tier = "Cool" }), Action{}},
		{"never warmer", rules(cool), with(func(s *Subject) { s.Tier = "Archive" }), Action{}},
		{"append blobs have no tier", rules(cool), with(func(s *Subject) { s.BlobType = "appendBlob" }), Action{}},
		{"the coldest wins", rules(cool, archive), base, Action{Tier: "Archive", Rule: "r1"}},
		{"rehydrated lately", rules(archive), with(func(s *Subject) { s.LastTierChange = ago(3) }), Action{}},
		{"rehydrated long ago", rules(archive), with(func(s *Subject) { s.LastTierChange = ago(8) }), Action{Tier: "Archive", Rule: "r0"}},
		{"without the tag", rules(remove), base, Action{}},
		{"with the tag", rules(remove, archive), with(func(s *Subject) { s.Tags = tagged }), Action{Delete: true, Rule: "r0"}},
		{"other prefix", rules(remove), with(func(s *Subject) { s.Tags, s.Name = tagged, "log" }), Action{}},
		{"young snapshot", rules(remove), with(func(s *Subject) { s.Kind, s.Tags, s.Created = Snapshot, tagged, ago(4) }), Action{}},
		{"old snapshot", rules(remove), with(func(s *Subject) { s.Kind, s.Tags = Snapshot, tagged }), Action{Delete: true, Rule: "r0"}},
		{"version", rules(remove), with(func(s *Subject) { s.Kind, s.Tags = Version, tagged }), Action{Tier: "Cold", Rule: "r0"}},
		{"never read", rules(access), base, Action{Tier: "Cool", Rule: "r0"}},
		{"read lately", rules(access), with(func(s *Subject) { s.LastAccess = ago(1) }), Action{}},
	} {
		p, err := Parse([]byte(c.policy))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := p.Evaluate(c.subject, now); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
		if hot := p.TiersToHotOnAccess(c.subject); hot != (c.policy == rules(access)) {
			t.Errorf("%s: hot on access %v", c.name, hot)
		}
	}
}

func TestDisabledRule(t *testing.T) {
	p, err := Parse([]byte(`{"rules":[{"name":"x","enabled":false,"type":"Lifecycle","definition":{"filters":{"blobTypes":["blockBlob"]},` +
		`"actions":{"baseBlob":{"delete":{"daysAfterModificationGreaterThan":0}}}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Evaluate(Subject{BlobType: "blockBlob"}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)); got != (Action{}) {
		t.Errorf("%+v", got)
	}
}

func TestRefused(t *testing.T) {
	ok := `"actions":{"baseBlob":{"delete":{"daysAfterModificationGreaterThan":1}}}`
	for _, document := range []string{
		``, `{}`, `{"rules":[]}`, `{"rules":[{}]}`,
		rules(`{"filters":{},` + ok + `}`),
		rules(`{"filters":{"blobTypes":["pageBlob"]},` + ok + `}`),
		rules(`{"filters":{"blobTypes":["blockBlob"]},"actions":{}}`),
		rules(`{"filters":{"blobTypes":["blockBlob"]},"actions":{"baseBlob":{"delete":{}}}}`),
		rules(`{"filters":{"blobTypes":["blockBlob"]},"actions":{"baseBlob":{"delete":{"daysAfterModificationGreaterThan":-1}}}}`),
		rules(`{"filters":{"blobTypes":["blockBlob"]},"actions":{"snapshot":{"delete":{"daysAfterModificationGreaterThan":1}}}}`),
		rules(`{"filters":{"blobTypes":["blockBlob"],"blobIndexMatch":[{"name":"k","op":"<","value":"v"}]},` + ok + `}`),
		`{"rules":[{"name":"x","type":"Other","definition":{"filters":{"blobTypes":["blockBlob"]},` + ok + `}}]}`,
	} {
		if _, err := Parse([]byte(document)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", document, err)
		}
	}
	same := `{"name":"x","type":"Lifecycle","definition":{"filters":{"blobTypes":["blockBlob"]},` + ok + `}}`
	if _, err := Parse([]byte(`{"rules":[` + same + `,` + same + `]}`)); !fault.Is(err, fault.Invalid) {
		t.Errorf("a name used twice: %v", err)
	}
}

// FuzzPolicy wants no panic, and that whatever is accepted acts on nothing before it is due.
func FuzzPolicy(f *testing.F) {
	f.Add([]byte(rules(`{"filters":{"blobTypes":["blockBlob"]},"actions":{"baseBlob":{"delete":{"daysAfterModificationGreaterThan":1}}}}`)))
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, document []byte) {
		p, err := Parse(document)
		if err != nil {
			return
		}
		s := Subject{BlobType: "blockBlob", Container: "c", Name: "n", Tier: "Hot", Created: now, Modified: now, LastAccess: now}
		if got := p.Evaluate(s, now); got != (Action{}) {
			t.Fatalf("%+v at the moment of creation", got)
		}
	})
}
