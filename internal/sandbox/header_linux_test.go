package sandbox

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestDecodeHeader(t *testing.T) {
	good := `{"version":1,"machine":"g/web","listeners":["https","http","sql","dns","dns-packet","imds"]}`
	h, err := decodeHeader([]byte(good))
	if err != nil || h.Machine != "g/web" || len(h.Listeners) != 6 {
		t.Errorf("%+v, %v", h, err)
	}
	if _, err := decodeHeader([]byte(`{"version":1,"listeners":["dns","http","sql","https","dns-packet"]}`)); err != nil {
		t.Errorf("a workstation: %v", err)
	}
	for _, c := range []struct{ text, want string }{
		{``, "not JSON"},
		{`[]`, "not JSON"},
		{`{"version":"1"}`, "not JSON"},
		{`{"version":2,"machine":"web","listeners":[]}`, "version 2"},
		{`{"version":1,"machine":"web","listeners":["https","http","sql","dns","dns-packet"]}`, "5 listeners"},
		{`{"version":1,"listeners":["https","http","sql","dns","dns-packet","imds"]}`, "6 listeners"}, // a workstation has no IMDS
		{`{"version":1,"listeners":["https","http","sql","dns","imds"]}`, "dns-packet"},
		{`{"version":1,"listeners":["https","https","http","dns","dns-packet"]}`, "sql"},
		{`{"version":1,"listeners":["HTTPS","http","sql","dns","dns-packet"]}`, "https"},
		{`{"version":1,"machine":"a\nb","listeners":["https","http","sql","dns","dns-packet","imds"]}`, "control characters"},
		{`{"version":1,"machine":"` + strings.Repeat("a", 201) + `","listeners":["https","http","sql","dns","dns-packet","imds"]}`, "at most 200"},
	} {
		if _, err := decodeHeader([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.text, err, c.want)
		}
	}
}

func TestFrameLength(t *testing.T) {
	for _, c := range []struct {
		prefix uint32
		ok     bool
	}{{0, false}, {1, true}, {maxHeader, true}, {maxHeader + 1, false}, {1 << 31, false}, {1<<32 - 1, false}} {
		n, err := frameLength(binary.BigEndian.AppendUint32(nil, c.prefix), maxHeader)
		if (err == nil) != c.ok || err == nil && n != int(c.prefix) {
			t.Errorf("%d: %d, %v", c.prefix, n, err)
		}
	}
}

func FuzzHeader(f *testing.F) {
	f.Add([]byte(`{"version":1,"machine":"g/web","listeners":["https","http","sql","dns","dns-packet","imds"]}`))
	f.Add([]byte(`{"version":1,"listeners":["https","http","sql","dns","dns-packet"]}`))
	f.Add([]byte(`{"version":1,"machine":null,"listeners":[null]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		h, err := decodeHeader(text)
		if err != nil {
			return
		}
		want := endpointsOf(h.Machine)
		got := slices.Clone(h.Listeners)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%q passed with listeners %v", h.Machine, got)
		}
		frame, err := encodeFrame(h)
		if err != nil {
			t.Fatal(err)
		}
		n, err := frameLength(frame, len(frame))
		if err != nil || n != len(frame)-lengthBytes {
			t.Fatalf("a frame of %d bytes says %d, %v", len(frame), n, err)
		}
		again, err := decodeHeader(frame[lengthBytes:])
		if err != nil || again.Machine != h.Machine || !slices.Equal(again.Listeners, h.Listeners) {
			t.Fatalf("%+v became %+v, %v", h, again, err)
		}
		if !json.Valid(frame[lengthBytes:]) || bytes.Contains(frame[lengthBytes:], []byte{'\n'}) {
			t.Fatalf("%q", frame)
		}
	})
}

func TestCorrectedNSSwitch(t *testing.T) {
	for _, c := range []struct {
		conf, want string
		changed    bool
	}{
		{"hosts: files dns\n", "hosts: files dns\n", false},
		{"hosts:\tfiles myhostname dns # x\n", "hosts:\tfiles myhostname dns # x\n", false},
		{"passwd: files\nhosts: mymachines resolve [!UNAVAIL=return] files dns\nx: y\n", "passwd: files\nhosts: files dns\nx: y\n", true},
		{"hosts: files mdns4_minimal [NOTFOUND=return] dns\n", "hosts: files dns\n", true},
		{"hosts: dns files\n", "hosts: files dns\n", true},
		{"hosts: dns\n", "hosts: files dns\n", true},
		{"# hosts: files dns\npasswd: files", "# hosts: files dns\npasswd: files\nhosts: files dns\n", true},
		{"hosts: resolve\nhosts: files dns\n", "hosts: files dns\n\n", true},
		{"", "\nhosts: files dns\n", true},
	} {
		if got, changed := correctedNSSwitch(c.conf); got != c.want || changed != c.changed {
			t.Errorf("%q: %q, %v; want %q, %v", c.conf, got, changed, c.want, c.changed)
		}
	}
}

func TestExplainForbidden(t *testing.T) {
	for _, c := range []struct {
		files map[string]string
		root  bool
		want  []string
	}{
		{map[string]string{"sys/kernel/apparmor_restrict_unprivileged_userns": "1\n"}, false, []string{"kernel.apparmor_restrict_unprivileged_userns is 1", "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"}},
		{map[string]string{"sys/user/max_user_namespaces": "0\n"}, false, []string{"user.max_user_namespaces is 0"}},
		{map[string]string{"sys/kernel/unprivileged_userns_clone": "0\n"}, false, []string{"kernel.unprivileged_userns_clone is 0", "=1"}},
		{map[string]string{"sys/user/max_net_namespaces": "0\n", "sys/user/max_user_namespaces": "0\n"}, true, []string{"user.max_net_namespaces is 0"}},
		{map[string]string{"sys/kernel/apparmor_restrict_unprivileged_userns": "0\n", "self/attr/current": "docker-default (enforce)\n", "self/status": "Seccomp:\t2\n"}, true, []string{"profile docker-default", "apparmor=unconfined"}},
		{map[string]string{"self/attr/current": "unconfined\n", "self/status": "Name:\tx\nSeccomp:\t2\n"}, true, []string{"seccomp filter", "--cap-add SYS_ADMIN"}},
		{map[string]string{"self/status": "Seccomp:\t0\n"}, false, []string{"none of the switches"}},
		{nil, false, []string{"none of the switches"}},
	} {
		proc := fstest.MapFS{}
		for name, text := range c.files {
			proc[name] = &fstest.MapFile{Data: []byte(text)}
		}
		got := explainForbidden(proc, c.root)
		for _, want := range append(c.want, "alcedo env") {
			if !strings.Contains(got, want) {
				t.Errorf("%v: %q lacks %q", c.files, got, want)
			}
		}
	}
}
