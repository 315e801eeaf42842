package sandbox

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// What travels over the socket is one frame each way: four bytes of length, then JSON. With the first come the
// listeners, as file descriptors (SCM_RIGHTS, unix(7)). After it the socket is silent, and its end is the sandbox's.
const (
	protocolVersion = 1
	lengthBytes     = 4
	maxHeader       = 4 << 10 // bytes of JSON from the client
	maxReply        = 1 << 20 // bytes of JSON from the server
	maxMachine      = 200     // resource group names have at most 90 characters, machine names 64
)

// endpoint names a listener.
type endpoint string

const (
	endpointIMDS      endpoint = "imds"
	endpointHTTPS     endpoint = "https"
	endpointHTTP      endpoint = "http"
	endpointSQL       endpoint = "sql"
	endpointDNS       endpoint = "dns"
	endpointDNSPacket endpoint = "dns-packet"
)

// place is where an endpoint must be bound, so that no socket of another kind passes for it.
func (e endpoint) place() (address string, port int, packet, ok bool) {
	switch e {
	case endpointIMDS:
		return IMDSAddress, 80, false, true
	case endpointHTTPS:
		return GatewayAddress, 443, false, true
	case endpointHTTP:
		return GatewayAddress, 80, false, true
	case endpointSQL:
		return GatewayAddress, 1433, false, true
	case endpointDNS:
		return GatewayAddress, 53, false, true
	case endpointDNSPacket:
		return GatewayAddress, 53, true, true
	}
	return "", 0, false, false
}

// endpointsOf lists what a sandbox for machine has.
func endpointsOf(machine string) []endpoint {
	all := []endpoint{endpointHTTPS, endpointHTTP, endpointSQL, endpointDNS, endpointDNSPacket}
	if machine != "" {
		all = append(all, endpointIMDS)
	}
	return all
}

// header is the client's frame. Listeners are named in the order of the descriptors.
type header struct {
	Version   int        `json:"version"`
	Machine   string     `json:"machine"`
	Listeners []endpoint `json:"listeners"`
}

// reply is the server's frame: either Refused or the authority to trust.
type reply struct {
	Refused string `json:"refused,omitempty"`
	CA      string `json:"ca,omitempty"`
}

// encodeFrame gives v's frame.
func encodeFrame(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint32(make([]byte, 0, lengthBytes+len(text)), uint32(len(text))), text...), nil
}

// frameLength is the length of the JSON that prefix announces.
func frameLength(prefix []byte, most int) (int, error) {
	n := binary.BigEndian.Uint32(prefix)
	if n == 0 || uint64(n) > uint64(most) {
		return 0, fmt.Errorf("a frame of %d bytes: between 1 and %d are allowed", n, most)
	}
	return int(n), nil
}

// decodeHeader reads and checks the client's JSON: exactly the endpoints of its kind of sandbox, each once.
func decodeHeader(text []byte) (header, error) {
	var h header
	if err := json.Unmarshal(text, &h); err != nil {
		return header{}, fmt.Errorf("the header is not JSON of the expected shape: %w", err)
	}
	if h.Version != protocolVersion {
		return header{}, fmt.Errorf("the client speaks version %d of the sandbox protocol and the cloud version %d: use one alcedo for both", h.Version, protocolVersion)
	}
	if err := checkMachine(h.Machine); err != nil {
		return header{}, err
	}
	want := endpointsOf(h.Machine)
	if len(h.Listeners) != len(want) {
		return header{}, fmt.Errorf("%d listeners: this kind of sandbox has %d", len(h.Listeners), len(want))
	}
	for _, e := range want {
		if !slices.Contains(h.Listeners, e) {
			return header{}, fmt.Errorf("no listener is named %q", e)
		}
	}
	return h, nil
}

// checkMachine refuses what cannot be a machine's name, so that it is neither logged nor looked up.
func checkMachine(machine string) error {
	if len(machine) > maxMachine || !utf8.ValidString(machine) {
		return fmt.Errorf("a machine's name has at most %d characters", maxMachine)
	}
	if strings.ContainsFunc(machine, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
		return errors.New("a machine's name has no control characters")
	}
	return nil
}
