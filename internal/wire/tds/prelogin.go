package tds

import (
	"encoding/binary"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Encryption is what a side of PRELOGIN says about encryption (MS-TDS 2.2.6.5).
type Encryption uint8

// The values of Encryption.
const (
	EncryptOff          Encryption = 0 // available, but off: only the login is encrypted
	EncryptOn           Encryption = 1
	EncryptNotSupported Encryption = 2
	EncryptRequired     Encryption = 3
	EncryptStrict       Encryption = 4
	encryptClientCert   Encryption = 0x80 // a bit beside the others
)

// The options of PRELOGIN.
const (
	optionVersion         = 0
	optionEncryption      = 1
	optionInstance        = 2
	optionThreadID        = 3
	optionMARS            = 4
	optionTraceID         = 5
	optionFedAuthRequired = 6
	optionNonce           = 7
	optionTerminator      = 0xFF
)

// Prelogin is what the client says first, or the answer to it.
type Prelogin struct {
	Version         [6]byte // of the driver or the server: major, minor, build (big-endian), sub-build
	Encryption      Encryption
	HasEncryption   bool // TDS 8.0 clients may leave it out
	Instance        string
	ThreadID        []byte
	MARS            bool
	TraceID         []byte
	FedAuthRequired bool
	HasFedAuth      bool   // the option was there
	Nonce           []byte // 32 bytes, or none
}

// DecodePrelogin reads a client's PRELOGIN. Options that it does not know are left out, as the protocol asks.
func DecodePrelogin(b []byte) (Prelogin, error) {
	var p Prelogin
	for at := 0; ; at += 5 {
		if at >= len(b) {
			return p, fault.New(fault.Invalid, "wire/tds.DecodePrelogin", ReasonTruncated, "the options have no end")
		}
		if b[at] == optionTerminator {
			return p, nil
		}
		if at+5 > len(b) {
			return p, fault.New(fault.Invalid, "wire/tds.DecodePrelogin", ReasonTruncated, "an option is cut off")
		}
		from := int(binary.BigEndian.Uint16(b[at+1:]))
		to := from + int(binary.BigEndian.Uint16(b[at+3:]))
		if from > len(b) || to > len(b) {
			return p, malformed("DecodePrelogin", "option %d lies outside of the message", b[at])
		}
		if err := p.set(b[at], b[from:to]); err != nil {
			return p, err
		}
	}
}

func (p *Prelogin) set(option byte, data []byte) error {
	switch option {
	case optionVersion:
		copy(p.Version[:], data)
	case optionEncryption:
		if len(data) < 1 {
			return malformed("DecodePrelogin", "encryption has one byte")
		}
		p.Encryption, p.HasEncryption = Encryption(data[0])&^encryptClientCert, true
		if p.Encryption > EncryptStrict {
			return malformed("DecodePrelogin", "encryption %d is unknown", data[0])
		}
	case optionInstance:
		for i, c := range data {
			if c == 0 {
				data = data[:i]
				break
			}
		}
		p.Instance = string(data)
	case optionThreadID:
		p.ThreadID = append([]byte(nil), data...)
	case optionMARS:
		p.MARS = len(data) > 0 && data[0] != 0
	case optionTraceID:
		p.TraceID = append([]byte(nil), data...)
	case optionFedAuthRequired:
		p.HasFedAuth, p.FedAuthRequired = true, len(data) > 0 && data[0] != 0
	case optionNonce:
		if len(data) != 32 {
			return malformed("DecodePrelogin", "a nonce has 32 bytes")
		}
		p.Nonce = append([]byte(nil), data...)
	}
	return nil
}

// AppendPrelogin appends a server's PRELOGIN: version, encryption, instance (always matching), thread, MARS, and the
// federated options where they are set.
func AppendPrelogin(dst []byte, p Prelogin) []byte {
	type option struct {
		id   byte
		data []byte
	}
	flag := func(b bool) []byte {
		if b {
			return []byte{1}
		}
		return []byte{0}
	}
	options := []option{
		{optionVersion, p.Version[:]},
		{optionEncryption, []byte{byte(p.Encryption)}},
		{optionInstance, []byte{0}},
		{optionThreadID, nil},
		{optionMARS, flag(p.MARS)},
	}
	if p.HasFedAuth {
		options = append(options, option{optionFedAuthRequired, flag(p.FedAuthRequired)})
	}
	if len(p.Nonce) == 32 {
		options = append(options, option{optionNonce, p.Nonce})
	}
	at := 5*len(options) + 1
	for _, o := range options {
		dst = append(dst, o.id)
		dst = binary.BigEndian.AppendUint16(dst, uint16(at))
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(o.data)))
		at += len(o.data)
	}
	dst = append(dst, optionTerminator)
	for _, o := range options {
		dst = append(dst, o.data...)
	}
	return dst
}
