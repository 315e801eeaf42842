package tds

import "encoding/binary"

// maxMessage is how many units of a message's text are sent: the token's length has 16 bits.
const maxMessage = 16000

// MessageToken is an error or information (MS-TDS 2.2.7.10, 2.2.7.13).
type MessageToken struct {
	Number       int32
	State, Class uint8 // a class above 10 is an error
	Text         string
	Server       string
	Procedure    string
	Line         int32
}

// AppendMessage appends the token ERROR or INFO, as the class says.
func AppendMessage(dst []byte, m MessageToken) []byte {
	token := byte(tokenInfo)
	if m.Class > 10 {
		token = tokenError
	}
	at := len(dst) + 1
	dst = append(dst, token, 0, 0)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(m.Number))
	dst = append(dst, m.State, m.Class)
	dst = appendUSVarChar(dst, m.Text, maxMessage)
	dst = appendBVarChar(dst, m.Server)
	dst = appendBVarChar(dst, m.Procedure)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(m.Line))
	return long(dst, at)
}

// long puts the length of what follows into the two bytes at.
func long(dst []byte, at int) []byte {
	binary.LittleEndian.PutUint16(dst[at:], uint16(len(dst)-at-2))
	return dst
}

// DoneKind says which of the three tokens is meant (MS-TDS 2.2.7.6 to 2.2.7.8).
type DoneKind uint8

// The kinds of DONE.
const (
	Done       DoneKind = tokenDone
	DoneProc   DoneKind = tokenDoneProc
	DoneInProc DoneKind = tokenDoneInProc
)

// The bits of a DONE's status.
const (
	DoneMore          uint16 = 0x0001
	DoneError         uint16 = 0x0002
	DoneInTransaction uint16 = 0x0004
	DoneCount         uint16 = 0x0010
	DoneAttention     uint16 = 0x0020
	DoneServerError   uint16 = 0x0100
)

// AppendDone appends a token of that kind.
func AppendDone(dst []byte, kind DoneKind, status, command uint16, count uint64) []byte {
	dst = append(dst, byte(kind), byte(status), byte(status>>8), byte(command), byte(command>>8))
	return binary.LittleEndian.AppendUint64(dst, count)
}

// AppendReturnStatus appends the return status of a procedure.
func AppendReturnStatus(dst []byte, status int32) []byte {
	return binary.LittleEndian.AppendUint32(append(dst, tokenReturnStatus), uint32(status))
}

// ReturnValue is an output parameter; its value is appended after it by the caller.
type ReturnValue struct {
	Ordinal  uint16
	Name     string // with its @
	Function bool   // the value of a user-defined function, not a parameter's
	UserType uint32
	Flags    uint16
	Type     TypeInfo
}

// AppendReturnValue appends the token RETURNVALUE without its value.
func AppendReturnValue(dst []byte, v *ReturnValue) []byte {
	dst = append(dst, tokenReturnValue, byte(v.Ordinal), byte(v.Ordinal>>8))
	dst = appendBVarChar(dst, v.Name)
	status := byte(1)
	if v.Function {
		status = 2
	}
	dst = binary.LittleEndian.AppendUint32(append(dst, status), v.UserType)
	dst = binary.LittleEndian.AppendUint16(dst, v.Flags)
	return AppendTypeInfo(dst, &v.Type)
}

// AppendLoginAck appends the token LOGINACK. version is the protocol's, which goes big-endian here; program is the
// server's name and build its version.
func AppendLoginAck(dst []byte, version uint32, program string, build [4]byte) []byte {
	at := len(dst) + 1
	dst = append(dst, tokenLoginAck, 0, 0, 1) // the interface is Transact-SQL
	dst = binary.BigEndian.AppendUint32(dst, version)
	dst = appendBVarChar(dst, program)
	return long(append(dst, build[:]...), at)
}

// The types of ENVCHANGE (MS-TDS 2.2.7.9).
const (
	EnvDatabase     uint8 = 1
	EnvLanguage     uint8 = 2
	EnvPacketSize   uint8 = 4
	EnvCollation    uint8 = 7
	EnvBegin        uint8 = 8
	EnvCommit       uint8 = 9
	EnvRollback     uint8 = 10
	EnvResetSession uint8 = 18
	EnvRouting      uint8 = 20
)

// AppendEnvText appends a change whose values are texts: database, language, packet size.
func AppendEnvText(dst []byte, kind uint8, value, old string) []byte {
	at := len(dst) + 1
	dst = append(dst, tokenEnvChange, 0, 0, kind)
	return long(appendBVarChar(appendBVarChar(dst, value), old), at)
}

// AppendEnvBytes appends a change whose values are bytes: the collation, the descriptor of a transaction, a reset.
func AppendEnvBytes(dst []byte, kind uint8, value, old []byte) []byte {
	at := len(dst) + 1
	dst = append(dst, tokenEnvChange, 0, 0, kind, byte(len(value)))
	dst = append(append(dst, value...), byte(len(old)))
	return long(append(dst, old...), at)
}

// AppendEnvTransaction appends the beginning or the end of a transaction.
func AppendEnvTransaction(dst []byte, kind uint8, descriptor uint64) []byte {
	b := binary.LittleEndian.AppendUint64(nil, descriptor)
	if kind == EnvBegin {
		return AppendEnvBytes(dst, kind, b, nil)
	}
	return AppendEnvBytes(dst, kind, nil, b)
}

// AcknowledgedFeature is an entry of FEATUREEXTACK.
type AcknowledgedFeature struct {
	ID   byte
	Data []byte
}

// AppendFeatureExtAck appends the token FEATUREEXTACK.
func AppendFeatureExtAck(dst []byte, features []AcknowledgedFeature) []byte {
	dst = append(dst, tokenFeatureExtAck)
	for _, f := range features {
		dst = binary.LittleEndian.AppendUint32(append(dst, f.ID), uint32(len(f.Data)))
		dst = append(dst, f.Data...)
	}
	return append(dst, featureTerminator)
}

// AppendFedAuthInfo appends the token FEDAUTHINFO, which must be alone in its message: from where the client gets its
// token, and for whom (MS-TDS 2.2.7.12). Offsets count from the number of entries.
func AppendFedAuthInfo(dst []byte, stsURL, spn string) []byte {
	const heads = 4 + 2*9
	sts, name := AppendText(nil, stsURL), AppendText(nil, spn)
	dst = binary.LittleEndian.AppendUint32(append(dst, tokenFedAuthInfo), uint32(heads+len(sts)+len(name)))
	dst = binary.LittleEndian.AppendUint32(dst, 2)
	at := heads
	for i, text := range [][]byte{sts, name} {
		dst = append(dst, byte(i+1)) // 1 is the STS URL, 2 the SPN
		dst = binary.LittleEndian.AppendUint32(dst, uint32(len(text)))
		dst = binary.LittleEndian.AppendUint32(dst, uint32(at))
		at += len(text)
	}
	return append(append(dst, sts...), name...)
}
