package blob

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// Bytes that a body may have. 50,000 ids of 88 characters, each in its element, fit in the list's.
const (
	maxBlockList = 8 << 20
	maxXML       = 1 << 20
)

// readXML reads a body as a tree below root.
func readXML(x *exchange, root string, limit int64) (*element, error) {
	body, err := httpx.ReadBody(x.r, limit)
	if err != nil {
		return nil, bodyFault(err)
	}
	return parseXML(body, root)
}

// element is a part of a small XML document. Attributes and namespaces say nothing in this protocol.
type element struct {
	name     string
	text     []byte
	children []*element
}

// Depth and number of elements that any document of the protocol stays below.
const (
	maxDepth    = 16
	maxElements = 200_000
)

// parseXML reads a document whose root has that name. Source of the refusals: "Common REST API error codes".
func parseXML(body []byte, root string) (*element, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "us-ascii") {
			return in, nil
		}
		return nil, errors.New("unsupported charset")
	}
	var stack []*element
	var top *element
	for count := 0; ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, badXML(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			count++
			if len(stack) >= maxDepth || count > maxElements || len(stack) == 0 && top != nil {
				return nil, badXML(errors.New("too deep, too many elements or two roots"))
			}
			e := &element{name: t.Name.Local}
			if len(stack) == 0 {
				top = e
			} else {
				parent := stack[len(stack)-1]
				parent.children = append(parent.children, e)
			}
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				e := stack[len(stack)-1]
				e.text = append(e.text, t...)
			}
		case xml.Directive:
			return nil, badXML(errors.New("a document type"))
		}
	}
	if top == nil || top.name != root {
		return nil, badXML(errors.New("the root is not " + root))
	}
	return top, nil
}

func badXML(cause error) error {
	return detailed(fault.Invalid, "InvalidXmlDocument", &detail{cause: cause})
}

// child is the first child of that name, or nil.
func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	for _, c := range e.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// value is the trimmed text of the child of that name.
func (e *element) value(name string) string {
	if c := e.child(name); c != nil {
		return c.content()
	}
	return ""
}

func badNode(name, value string) error {
	return detailed(fault.Invalid, "InvalidXmlNodeValue", &detail{elements: [][2]string{
		{"XmlNodeName", name}, {"XmlNodeValue", short(value)},
	}})
}

func missingNode(name string) error {
	return detailed(fault.Invalid, "MissingRequiredXmlNode", &detail{elements: [][2]string{{"XmlNodeName", name}}})
}

// bodyFault gives the protocol's words to a body that could not be read.
func bodyFault(err error) error {
	switch {
	case fault.Is(err, fault.TooLarge):
		return &fault.Error{Kind: fault.TooLarge, Op: "front/blob", Reason: "RequestBodyTooLarge", Cause: err}
	case fault.Is(err, fault.Invalid):
		return &fault.Error{Kind: fault.Invalid, Op: "front/blob", Reason: "InvalidInput", Cause: err}
	}
	return err
}

// content is the element's own text, trimmed.
func (e *element) content() string { return string(bytes.TrimSpace(e.text)) }
