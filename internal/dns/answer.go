package dns

import (
	"net/netip"
	"strings"

	mdns "github.com/miekg/dns"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
)

// Answer is the answer to a question (RFC 1035, RFC 2308). A name of the cloud's has an A record and nothing else: other
// types get no data. All other names do not exist, so that a client gives up on them at once, as in Azure on a name that
// nobody has; both come with the SOA that lets resolvers remember it. Classes other than IN are REFUSED.
func (s *Server) Answer(question *mdns.Msg) *mdns.Msg {
	answer := new(mdns.Msg)
	if question.Opcode != mdns.OpcodeQuery {
		return answer.SetRcode(question, mdns.RcodeNotImplemented)
	}
	if len(question.Question) != 1 {
		return answer.SetRcode(question, mdns.RcodeFormatError)
	}
	answer.SetReply(question)
	if opt := question.IsEdns0(); opt != nil {
		answer.SetEdns0(udpSize, false)
		if opt.Version() != 0 {
			return answer.SetRcode(question, mdns.RcodeBadVers)
		}
	}
	q := question.Question[0]
	if q.Qclass != mdns.ClassINET {
		answer.Rcode = mdns.RcodeRefused
		return answer
	}
	answer.Authoritative = true
	host, ok := s.host(q.Name)
	if !ok {
		answer.Rcode = mdns.RcodeNameError
		answer.Ns = []mdns.RR{authority(".")}
		return answer
	}
	for _, address := range s.addresses(host) {
		if rr := record(q, address); rr != nil {
			answer.Answer = append(answer.Answer, rr)
		}
	}
	if len(answer.Answer) == 0 {
		answer.Ns = []mdns.RR{authority(q.Name)}
	}
	return answer
}

// host tells what a question's name is. Names there are written with escapes, which no name of the cloud's has.
func (s *Server) host(name string) (cloud.Host, bool) {
	if strings.ContainsAny(name, `\:[`) {
		return cloud.Host{}, false
	}
	h, ok := s.cloud.Host(name)
	if ok && h.Kind == cloud.HostLocal && h.Name != "localhost" {
		return cloud.Host{}, false // an address is no name
	}
	return h, ok
}

func (s *Server) addresses(h cloud.Host) []netip.Addr {
	switch h.Kind {
	case cloud.HostLocal:
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}
	case cloud.HostIMDS:
		return []netip.Addr{netip.AddrFrom4([4]byte{169, 254, 169, 254})}
	}
	return []netip.Addr{s.address}
}

// record is the answer's record for address, or nil where the question is for another type. ANY is answered with the
// address alone (RFC 8482).
func record(q mdns.Question, address netip.Addr) mdns.RR {
	every := q.Qtype == mdns.TypeANY
	header := mdns.RR_Header{Name: q.Name, Class: mdns.ClassINET, Ttl: ttl}
	switch {
	case address.Is4() && (every || q.Qtype == mdns.TypeA):
		header.Rrtype = mdns.TypeA
		return &mdns.A{Hdr: header, A: address.AsSlice()}
	case address.Is6() && (every || q.Qtype == mdns.TypeAAAA):
		header.Rrtype = mdns.TypeAAAA
		return &mdns.AAAA{Hdr: header, AAAA: address.AsSlice()}
	}
	return nil
}

// authority is the SOA of a zone that is the name alone.
func authority(name string) mdns.RR {
	return &mdns.SOA{
		Hdr: mdns.RR_Header{Name: name, Rrtype: mdns.TypeSOA, Class: mdns.ClassINET, Ttl: ttl},
		Ns:  "ns.alcedo.invalid.", Mbox: "hostmaster.alcedo.invalid.",
		Serial: 1, Refresh: 3600, Retry: 600, Expire: 86400, Minttl: ttl,
	}
}
