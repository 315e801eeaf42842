// Package tds is the codec of the Tabular Data Stream protocol, versions 7.2 to 7.4 and 8.0, from the server's side:
// bytes to structs and back. Source: [MS-TDS], whose section names stand beside what they describe. Decoders take what a
// client sends and never trust a length in it: nothing is allocated before the bytes are there. Encoders append to the
// caller's buffer. It must never know a socket's life, a session, a rule of SQL or a type of SQL's values: values are
// raw bytes beside their TypeInfo, and texts are WTF-8 (UTF-8 in which a lone surrogate of UTF-16 takes three bytes).
package tds

import "github.com/alcedo-cloud/alcedo/internal/fault"

// PacketType says what a message is (MS-TDS 2.2.3.1.1).
type PacketType uint8

// The types of messages.
const (
	PacketSQLBatch           PacketType = 0x01
	PacketRPC                PacketType = 0x03
	PacketReply              PacketType = 0x04
	PacketAttention          PacketType = 0x06
	PacketBulkLoad           PacketType = 0x07
	PacketFedAuthToken       PacketType = 0x08
	PacketTransactionManager PacketType = 0x0E
	PacketLogin7             PacketType = 0x10
	PacketSSPI               PacketType = 0x11
	PacketPrelogin           PacketType = 0x12
)

// Status are the bits of a packet's second byte (MS-TDS 2.2.3.1.2).
type Status uint8

// The bits of Status.
const (
	StatusEndOfMessage       Status = 0x01
	StatusIgnore             Status = 0x02 // with EndOfMessage: the client takes the message back
	StatusResetSession       Status = 0x08
	StatusResetKeepingChange Status = 0x10 // reset, but keep the transaction
)

// The versions of the protocol as LOGIN7 says them.
const (
	Version72  uint32 = 0x72090002
	Version73  uint32 = 0x730A0003
	Version73B uint32 = 0x730B0003 // NBCROW and sparse columns
	Version74  uint32 = 0x74000004
	Version80  uint32 = 0x08000000
)

// Sizes of packets, in bytes, header included.
const (
	HeaderSize        = 8
	MinPacketSize     = 512
	DefaultPacketSize = 4096
	MaxPacketSize     = 32767
	MaxTLSPacketSize  = 16383 // what the server agrees to on an encrypted connection
)

// The tokens of a reply (MS-TDS 2.2.7).
const (
	tokenReturnStatus  = 0x79
	tokenColMetadata   = 0x81
	tokenOrder         = 0xA9
	tokenError         = 0xAA
	tokenInfo          = 0xAB
	tokenReturnValue   = 0xAC
	tokenLoginAck      = 0xAD
	tokenFeatureExtAck = 0xAE
	tokenTabName       = 0xA4
	tokenColInfo       = 0xA5
	tokenRow           = 0xD1
	tokenNBCRow        = 0xD2
	tokenEnvChange     = 0xE3
	tokenFedAuthInfo   = 0xEE
	tokenDone          = 0xFD
	tokenDoneProc      = 0xFE
	tokenDoneInProc    = 0xFF
)

// Reasons of the faults that decoders return. Every one but ReasonTooLarge means that the stream cannot be trusted.
const (
	ReasonTruncated   = "Truncated"       // it ends before what it announces
	ReasonMalformed   = "Malformed"       // it breaks a rule of the protocol
	ReasonTooLarge    = "TooLarge"        // a value or a message over the limit
	ReasonUnsupported = "UnsupportedType" // a data type that alcedo does not take
	ReasonTooMany     = "TooManyParameters"
)

func malformed(op, format string, args ...any) error {
	return fault.Newf(fault.Invalid, "wire/tds."+op, ReasonMalformed, format, args...)
}
