package blob

import (
	"errors"
	"html"
	"net/http"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/blob/sas"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// detail is the cause of a fault whose answer says more than code and message: further elements of the XML, a message
// of its own, a challenge.
type detail struct {
	message   string
	elements  [][2]string
	challenge string // of WWW-Authenticate
	status    int    // where it is not the code's usual one
	cause     error  // for the log
}

func (d *detail) Error() string {
	parts := make([]string, 0, len(d.elements)+1)
	for _, e := range d.elements {
		parts = append(parts, e[0]+": "+e[1])
	}
	if d.cause != nil {
		parts = append(parts, d.cause.Error())
	}
	return strings.Join(parts, "; ")
}

func (d *detail) Unwrap() error { return d.cause }

// refusal is a fault of this front's own.
func refusal(kind fault.Kind, reason string) error {
	return fault.New(kind, "front/blob", reason, "")
}

// detailed is a refusal with further elements.
func detailed(kind fault.Kind, reason string, d *detail) error {
	return &fault.Error{Kind: kind, Op: "front/blob", Reason: reason, Message: d.message, Cause: d}
}

// invalidHeader refuses the value of a header, which the answer repeats.
func invalidHeader(name, value string) error {
	return detailed(fault.Invalid, "InvalidHeaderValue", &detail{elements: [][2]string{{"HeaderName", name}, {"HeaderValue", short(value)}}})
}

func missingHeader(name string) error {
	return detailed(fault.Invalid, "MissingRequiredHeader", &detail{elements: [][2]string{{"HeaderName", name}}})
}

// invalidQuery refuses the value of a query parameter, which the answer repeats.
func invalidQuery(name, value, reason string) error {
	return detailed(fault.Invalid, "InvalidQueryParameterValue", &detail{elements: [][2]string{
		{"QueryParameterName", name}, {"QueryParameterValue", short(value)}, {"Reason", reason},
	}})
}

// short bounds what of a request an answer repeats.
func short(s string) string {
	const most = 512
	if len(s) > most {
		return s[:most]
	}
	return s
}

// refuse is the one place in which errors become the blob endpoint's.
func (f *front) refuse(x *exchange, err error) *answer {
	var domain *fault.Error
	if !errors.As(err, &domain) {
		domain = &fault.Error{Kind: fault.Internal}
	}
	reason, status, message := f.word(domain)
	if reason == "NotModified" { // what a read says whose If-None-Match or If-Modified-Since does not hold
		reason, status = "ConditionNotMet", http.StatusNotModified
	}
	if reason == "CannotVerifyCopySource" {
		status, message = f.sourceWords(x, domain, status, message)
	}
	var more detail
	if d := (*detail)(nil); errors.As(err, &d) {
		more = *d
		if more.message != "" {
			message = more.message
		}
	} else if domain.Target != "" {
		more.elements = [][2]string{{targetElement(reason), domain.Target}}
	}
	if more.status != 0 {
		status = more.status
	}
	if end := (blob.PastEnd{}); errors.As(err, &end) && reason == "InvalidRange" { // not where it is a copy's source
		x.set("Content-Range", "bytes */"+strconv.FormatInt(end.Size, 10))
	}
	if more.challenge != "" {
		x.set("WWW-Authenticate", more.challenge)
	}
	x.set("x-ms-error-code", reason)
	x.setIf("x-ms-version", x.version)
	if x.place.web {
		return website(reason, status, message)
	}
	return f.document(x, status, reason, message, more.elements)
}

// sourceWords says of a copy's source what asking for it would have said.
func (f *front) sourceWords(x *exchange, e *fault.Error, status int, message string) (int, string) {
	inner := e // the same refusal may be wrapped on its way
	for inner.Reason == e.Reason {
		if next := (*fault.Error)(nil); errors.As(inner.Cause, &next) {
			inner = next
			continue
		}
		return status, message
	}
	reason, status, text := f.word(inner)
	x.set("x-ms-copy-source-status-code", strconv.Itoa(status))
	x.set("x-ms-copy-source-error-code", reason)
	return status, text
}

// word gives code, status and message of a fault.
func (f *front) word(e *fault.Error) (reason string, status int, message string) {
	reason, status = kindCode(e.Kind)
	if e.Kind != fault.Internal && e.Reason != "" {
		reason = e.Reason
	}
	c, known := f.codes[reason]
	if known {
		message = c.message
		if c.status != 0 {
			status = c.status
		}
	}
	switch {
	case reason == "ContainerNotFound" || reason == "BlobNotFound": // their words are always the same
	case e.Target == "where", reason == "OutOfRangeInput" && e.Message != reason && e.Message != "": // theirs say more
		message = e.Message
	case e.Kind == fault.Internal, message != "":
	case e.Message != "" && e.Message != reason:
		message = e.Message
	default:
		message = f.codes["InvalidInput"].message
	}
	return reason, status, message
}

// kindCode is the code and status of a kind where no reason says more.
func kindCode(k fault.Kind) (string, int) {
	switch k {
	case fault.Invalid:
		return "InvalidInput", http.StatusBadRequest
	case fault.Unauthenticated:
		return "AuthenticationFailed", http.StatusForbidden
	case fault.Denied:
		return "AuthorizationPermissionMismatch", http.StatusForbidden
	case fault.NotFound:
		return "ResourceNotFound", http.StatusNotFound
	case fault.Exists, fault.Conflict:
		return "BlobAlreadyExists", http.StatusConflict
	case fault.Precondition:
		return "ConditionNotMet", http.StatusPreconditionFailed
	case fault.Unsupported:
		return "NotImplemented", http.StatusNotImplemented
	case fault.TooLarge:
		return "RequestBodyTooLarge", http.StatusRequestEntityTooLarge
	case fault.Throttled, fault.Unavailable, fault.Canceled:
		return "ServerBusy", http.StatusServiceUnavailable
	default:
		return "InternalError", http.StatusInternalServerError
	}
}

// targetElement is the element that names what is at fault.
func targetElement(reason string) string {
	switch reason {
	case "InvalidHeaderValue", "MissingRequiredHeader", "UnsupportedHeader":
		return "HeaderName"
	case "InvalidXmlNodeValue", "MissingRequiredXmlNode", "UnsupportedXmlNode":
		return "XmlNodeName"
	default:
		return "QueryParameterName"
	}
}

// document writes the XML of a refusal. Source: "Status and error codes" of the REST reference.
func (f *front) document(x *exchange, status int, reason, message string, elements [][2]string) *answer {
	if status == http.StatusNotModified {
		return &answer{status: status}
	}
	var d xmlDocument
	d.start("Error")
	d.leaf("Code", reason)
	d.leaf("Message", strings.ReplaceAll(message, "{0}", x.access.ClientIP.String())+"\nRequestId:"+x.id+"\nTime:"+x.at.Format("2006-01-02T15:04:05.0000000Z"))
	for _, e := range elements {
		d.leaf(e[0], e[1])
	}
	d.end("Error")
	a := &answer{status: status, mime: "application/xml", body: d.bytes()}
	if x.r.Method == http.MethodHead {
		a.body, a.mime = nil, ""
	}
	return a
}

// website is a refusal of the website's host, which speaks HTML.
func website(reason string, status int, message string) *answer {
	text := "<!DOCTYPE html><html><head><title>" + html.EscapeString(reason) + "</title></head><body><h1>" + html.EscapeString(message) + "</h1><p><ul>" +
		"<li>HttpStatusCode: " + strconv.Itoa(status) + "</li><li>ErrorCode: " + html.EscapeString(reason) + "</li></ul></p></body></html>"
	return &answer{status: status, mime: "text/html", body: []byte(text)}
}

// asRefusal finds the refusal of package sas behind err.
func asRefusal(err error, to **sas.Refusal) bool { return errors.As(err, to) }
