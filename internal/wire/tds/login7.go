package tds

import (
	"encoding/binary"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// MaxLogin is the most bytes of a LOGIN7 message (MS-TDS 2.2.6.4).
const MaxLogin = 128 << 10

// fixedLogin is the length of LOGIN7's fixed part.
const fixedLogin = 94

// The features of LOGIN7's extension (MS-TDS 2.2.6.4, FeatureExt).
const (
	FeatureSessionRecovery    = 0x01
	FeatureFedAuth            = 0x02
	FeatureColumnEncryption   = 0x04
	FeatureGlobalTransactions = 0x05
	FeatureAzureSQLSupport    = 0x08
	FeatureDataClassification = 0x09
	FeatureUTF8Support        = 0x0A
	featureTerminator         = 0xFF
)

// Feature is one entry of the extension. Data aliases the message.
type Feature struct {
	ID   byte
	Data []byte
}

// Login7 is a client's login.
type Login7 struct {
	Version                        uint32
	PacketSize                     int // wished for; 0 leaves it to the server
	ClientVersion, ClientPID       uint32
	ODBC, IntegratedSecurity       bool
	DatabaseFatal, LanguageFatal   bool // a wrong database or language ends the login
	ReadOnlyIntent, OLEDB          bool
	UserInstance, ChangesPassword  bool
	TimeZone                       int32
	LCID                           uint32
	HostName, UserName, Password   string
	AppName, ServerName, Interface string
	Language, Database             string
	ClientID                       [6]byte
	SSPI                           []byte // aliases the message
	AttachDBFile, NewPassword      string
	Features                       []Feature
}

// Feature finds an entry of the extension.
func (l *Login7) Feature(id byte) (Feature, bool) {
	for _, f := range l.Features {
		if f.ID == id {
			return f, true
		}
	}
	return Feature{}, false
}

// DecodeLogin7 reads a LOGIN7 message.
func DecodeLogin7(b []byte) (Login7, error) {
	var l Login7
	d := newDecoder("DecodeLogin7", b)
	length := d.u32()
	if d.err == nil && (length < fixedLogin-8 || int64(length) > int64(len(b))) {
		return l, malformed("DecodeLogin7", "a login of %d bytes announces %d", len(b), length)
	}
	l.Version, l.PacketSize = d.u32(), int(min(d.u32(), MaxPacketSize))
	l.ClientVersion, l.ClientPID = d.u32(), d.u32()
	d.take(4) // ConnectionID
	flags1, flags2, typeFlags, flags3 := d.u8(), d.u8(), d.u8(), d.u8()
	l.DatabaseFatal = flags1&0x40 != 0
	l.LanguageFatal, l.ODBC, l.IntegratedSecurity = flags2&0x01 != 0, flags2&0x02 != 0, flags2&0x80 != 0
	l.OLEDB, l.ReadOnlyIntent = typeFlags&0x10 != 0, typeFlags&0x20 != 0
	l.ChangesPassword, l.UserInstance = flags3&0x01 != 0, flags3&0x04 != 0
	l.TimeZone, l.LCID = int32(d.u32()), d.u32()
	if d.err != nil {
		return l, d.err
	}
	f := &loginFields{d: d, message: b[:length]}
	f.read(&l, flags3&0x10 != 0)
	return l, d.err
}

// loginFields reads the pairs of offset and length.
type loginFields struct {
	d       *decoder
	message []byte
}

func (f *loginFields) read(l *Login7, extended bool) {
	d := f.d
	l.HostName, l.UserName = f.text(), f.text()
	l.Password = DecodeText(unscramble(f.span(2)))
	l.AppName, l.ServerName = f.text(), f.text()
	extension := f.span(1)
	l.Interface, l.Language, l.Database = f.text(), f.text(), f.text()
	copy(l.ClientID[:], d.take(6))
	sspiAt, sspiLength := int(d.u16()), int64(d.u16())
	l.AttachDBFile = f.text()
	if l.Version >= Version72&0xFF000000 || l.Version == Version80 {
		l.NewPassword = DecodeText(unscramble(f.span(2)))
		if long := d.u32(); sspiLength == 0xFFFF {
			sspiLength = int64(long)
		}
	}
	l.SSPI = f.at(sspiAt, sspiLength)
	if extended && d.err == nil {
		l.Features = f.features(extension)
	}
}

// text reads a pair and the text it points to.
func (f *loginFields) text() string { return DecodeText(f.span(2)) }

// span reads a pair and returns what it points to; the length counts units of that many bytes.
func (f *loginFields) span(unit int64) []byte {
	at, n := int(f.d.u16()), int64(f.d.u16())
	return f.at(at, n*unit)
}

func (f *loginFields) at(at int, n int64) []byte {
	if n == 0 || f.d.err != nil {
		return nil
	}
	if int64(at)+n > int64(len(f.message)) {
		f.d.fail(ReasonMalformed, "a field lies outside of the message")
		return nil
	}
	return f.message[at : at+int(n)]
}

// features reads the list that the extension's offset points to.
func (f *loginFields) features(extension []byte) []Feature {
	if len(extension) < 4 {
		f.d.fail(ReasonMalformed, "the extension has no offset")
		return nil
	}
	at := int64(binary.LittleEndian.Uint32(extension))
	if at >= int64(len(f.message)) {
		f.d.fail(ReasonMalformed, "the extension lies outside of the message")
		return nil
	}
	d := newDecoder(f.d.op, f.message[at:])
	var out []Feature
	for d.err == nil {
		id := d.u8()
		if id == featureTerminator || d.err != nil {
			break
		}
		n := d.u32()
		if int64(n) > int64(d.left()) {
			d.fail(ReasonTruncated, "feature %d is cut off", id)
			break
		}
		if len(out) == 64 {
			d.fail(ReasonMalformed, "too many features")
			break
		}
		out = append(out, Feature{ID: id, Data: d.take(int(n))})
	}
	f.d.err = d.err
	return out
}

// unscramble undoes what the protocol does to passwords: the halves of each byte swapped after an XOR with 0xA5. It
// hides nothing; TLS does.
func unscramble(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		c ^= 0xA5
		out[i] = c<<4 | c>>4
	}
	return out
}

// FedAuthLibrary is how a token comes (MS-TDS 2.2.6.4, FEDAUTH).
type FedAuthLibrary uint8

// The libraries that alcedo takes.
const (
	FedAuthSecurityToken FedAuthLibrary = 1 // with the login
	FedAuthADAL          FedAuthLibrary = 2 // after the server has said from where
)

// FedAuth is the data of FeatureFedAuth.
type FedAuth struct {
	Library  FedAuthLibrary
	Echo     bool   // the server's FEDAUTHREQUIRED as the client saw it
	Workflow byte   // ADAL: clients disagree about its values
	Token    string // SecurityToken
	Nonce    []byte // SecurityToken: the one of PRELOGIN, or none
}

// DecodeFedAuth reads the feature's data.
func DecodeFedAuth(data []byte) (FedAuth, error) {
	d := newDecoder("DecodeFedAuth", data)
	options := d.u8()
	f := FedAuth{Library: FedAuthLibrary(options >> 1), Echo: options&1 != 0}
	switch {
	case d.err != nil:
	case f.Library == FedAuthSecurityToken:
		f.Token, f.Nonce = token(d)
	case f.Library == FedAuthADAL:
		if d.more() {
			f.Workflow = d.u8()
		}
	default:
		return f, fault.Newf(fault.Unsupported, "wire/tds.DecodeFedAuth", ReasonMalformed, "library %d is unknown", f.Library)
	}
	return f, d.err
}

// token reads a length, a token and the nonce that may follow.
func token(d *decoder) (text string, nonce []byte) {
	n := d.u32()
	if int64(n) > int64(d.left()) {
		d.fail(ReasonTruncated, "the token is cut off")
		return "", nil
	}
	if n%2 != 0 {
		d.fail(ReasonMalformed, "a token of %d bytes is no text", n)
		return "", nil
	}
	text = DecodeText(d.take(int(n)))
	switch rest := d.take(d.left()); len(rest) {
	case 0:
	case 32:
		nonce = append([]byte(nil), rest...)
	default:
		d.fail(ReasonMalformed, "a nonce has 32 bytes")
	}
	return text, nonce
}

// DecodeFedAuthToken reads the message in which the token follows in the ADAL workflow (MS-TDS 2.2.6.3).
func DecodeFedAuthToken(b []byte) (text string, nonce []byte, err error) {
	d := newDecoder("DecodeFedAuthToken", b)
	if n := d.u32(); d.err == nil && int64(n) != int64(d.left()) {
		d.fail(ReasonMalformed, "a message of %d bytes announces %d", d.left(), n)
	}
	if d.err == nil {
		text, nonce = token(d)
	}
	return text, nonce, d.err
}
