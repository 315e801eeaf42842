package dns

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
)

const address = "168.63.129.16"

func server(t testing.TB, name string) *Server {
	t.Helper()
	c, err := cloud.ByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return New(c, netip.MustParseAddr(address))
}

func TestAnswer(t *testing.T) {
	for _, c := range []struct {
		cloud, name string
		kind        uint16
		code        int
		want        string // the address; "" where the answer has none
	}{
		{"AzureCloud", "login.microsoftonline.com.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureChinaCloud", "login.microsoftonline.com.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureUSGovernment", "login.microsoftonline.com.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureChinaCloud", "login.chinacloudapi.cn.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureChinaCloud", "login.partner.microsoftonline.cn.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureChinaCloud", "sts.chinacloudapi.cn.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureChinaCloud", "MANAGEMENT.ChinaCloudAPI.cn.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureChinaCloud", "management.core.chinacloudapi.cn.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureChinaCloud", "microsoftgraph.chinacloudapi.cn.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureChinaCloud", "graph.chinacloudapi.cn.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureChinaCloud", "portal.azure.cn.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureCloud", "a.blob.core.windows.net.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureCloud", "a-secondary.blob.core.windows.net.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureCloud", "a.queue.core.windows.net.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureCloud", "a.table.core.windows.net.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureCloud", "a.file.core.windows.net.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureCloud", "a.dfs.core.windows.net.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureCloud", "a.z13.web.core.windows.net.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureCloud", "kv.vault.azure.net.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureCloud", "db.database.windows.net.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureCloud", "control-eastus.identity.azure.net.", mdns.TypeA, mdns.RcodeSuccess, address},
		{"AzureCloud", "db.database.windows.net.", mdns.TypeANY, mdns.RcodeSuccess, address},
		{"AzureCloud", "metadata.azure.internal.", mdns.TypeA, mdns.RcodeSuccess, "169.254.169.254"},
		{"AzureCloud", "localhost.", mdns.TypeA, mdns.RcodeSuccess, "127.0.0.1"},
		{"AzureCloud", "localhost.", mdns.TypeAAAA, mdns.RcodeSuccess, "::1"},
		{"AzureCloud", "management.azure.com.", mdns.TypeAAAA, mdns.RcodeSuccess, ""},
		{"AzureCloud", "management.azure.com.", mdns.TypeHTTPS, mdns.RcodeSuccess, ""},
		{"AzureCloud", "management.azure.com.", mdns.TypeMX, mdns.RcodeSuccess, ""},
		{"AzureCloud", "metadata.azure.internal.", mdns.TypeAAAA, mdns.RcodeSuccess, ""},
		{"AzureCloud", "management.chinacloudapi.cn.", mdns.TypeA, mdns.RcodeNameError, ""},
		{"AzureCloud", "example.com.", mdns.TypeA, mdns.RcodeNameError, ""},
		{"AzureCloud", "azure.com.", mdns.TypeNS, mdns.RcodeNameError, ""},
		{"AzureCloud", ".", mdns.TypeNS, mdns.RcodeNameError, ""},
		{"AzureCloud", "127.0.0.1.", mdns.TypeA, mdns.RcodeNameError, ""},
		{"AzureCloud", "16.129.63.168.in-addr.arpa.", mdns.TypePTR, mdns.RcodeNameError, ""},
		{"AzureCloud", "management.azure.com:443.", mdns.TypeA, mdns.RcodeNameError, ""},
		{"AzureCloud", `management\046azure.com.`, mdns.TypeA, mdns.RcodeNameError, ""},
		{"AzureCloud", "a.b.blob.core.windows.net.", mdns.TypeA, mdns.RcodeNameError, ""},
	} {
		question := new(mdns.Msg).SetQuestion(c.name, c.kind)
		answer := server(t, c.cloud).Answer(question)
		if answer.Id != question.Id || !answer.Response || answer.Rcode != c.code {
			t.Errorf("%s %s: %v", c.name, mdns.TypeToString[c.kind], answer)
			continue
		}
		if got := first(answer); got != c.want {
			t.Errorf("%s %s: address %q, want %q", c.name, mdns.TypeToString[c.kind], got, c.want)
		}
		// That there is nothing can be remembered.
		if empty := c.want == ""; empty != (len(answer.Ns) == 1) {
			t.Errorf("%s %s: authority %v", c.name, mdns.TypeToString[c.kind], answer.Ns)
		}
		if _, err := answer.Pack(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func first(answer *mdns.Msg) string {
	if len(answer.Answer) == 0 {
		return ""
	}
	switch rr := answer.Answer[0].(type) {
	case *mdns.A:
		return rr.A.String()
	case *mdns.AAAA:
		return rr.AAAA.String()
	}
	return "another type"
}

func TestOddQuestions(t *testing.T) {
	s := server(t, "AzureCloud")
	update := new(mdns.Msg).SetUpdate("azure.com.")
	if got := s.Answer(update).Rcode; got != mdns.RcodeNotImplemented {
		t.Errorf("an update: %s", mdns.RcodeToString[got])
	}
	chaos := new(mdns.Msg).SetQuestion("management.azure.com.", mdns.TypeA)
	chaos.Question[0].Qclass = mdns.ClassCHAOS
	if got := s.Answer(chaos); got.Rcode != mdns.RcodeRefused || len(got.Answer) > 0 {
		t.Errorf("class CH: %v", got)
	}
	none := new(mdns.Msg).SetQuestion("management.azure.com.", mdns.TypeA)
	none.Question = nil
	if got := s.Answer(none).Rcode; got != mdns.RcodeFormatError {
		t.Errorf("no question: %s", mdns.RcodeToString[got])
	}
	edns := new(mdns.Msg).SetQuestion("management.azure.com.", mdns.TypeA).SetEdns0(4096, true)
	if got := s.Answer(edns); got.IsEdns0() == nil || first(got) != address {
		t.Errorf("EDNS: %v", got)
	}
	edns.IsEdns0().SetVersion(1)
	if got := s.Answer(edns); got.Rcode != mdns.RcodeBadVers {
		t.Errorf("EDNS version 1: %v", got)
	}
}

func TestServe(t *testing.T) {
	s := server(t, "AzureChinaCloud")
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 2)
	go func() { served <- s.ServePacket(pc) }()
	go func() { served <- s.ServeListener(l) }()
	for network, at := range map[string]string{"udp": pc.LocalAddr().String(), "tcp": l.Addr().String()} {
		client := &mdns.Client{Net: network, Timeout: 5 * time.Second}
		answer, _, err := client.Exchange(new(mdns.Msg).SetQuestion("management.chinacloudapi.cn.", mdns.TypeA), at)
		if err != nil || first(answer) != address {
			t.Errorf("%s: %v, %v", network, answer, err)
		}
	}
	// Garbage is no reason to stop.
	conn, err := net.Dial("udp", pc.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, packet := range []string{"", "x", "\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x01\x00\x01"} {
		if _, err := conn.Write([]byte(packet)); err != nil {
			t.Fatal(err)
		}
	}
	client := &mdns.Client{Timeout: 5 * time.Second}
	if _, _, err := client.Exchange(new(mdns.Msg).SetQuestion("portal.azure.cn.", mdns.TypeA), pc.LocalAddr().String()); err != nil {
		t.Errorf("after garbage: %v", err)
	}
	if err := errors.Join(pc.Close(), l.Close()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := <-served; err != nil {
			t.Errorf("closing is no error: %v", err)
		}
	}
}

// Any message has one answer that can be packed.
func FuzzAnswer(f *testing.F) {
	for _, name := range []string{"management.azure.com.", "example.com.", "localhost."} {
		packed, err := new(mdns.Msg).SetQuestion(name, mdns.TypeA).SetEdns0(4096, false).Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed)
	}
	s := server(f, "AzureCloud")
	f.Fuzz(func(t *testing.T, packet []byte) {
		question := new(mdns.Msg)
		if question.Unpack(packet) != nil {
			return
		}
		answer := s.Answer(question)
		if answer.Id != question.Id {
			t.Fatalf("id %d became %d", question.Id, answer.Id)
		}
		if len(question.Question) > 1 {
			return // the server refuses those before; its echo of them may not pack
		}
		if _, err := answer.Pack(); err != nil {
			t.Fatalf("%v: %v", question, err)
		}
	})
}
