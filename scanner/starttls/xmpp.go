package starttls

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Namespaces of RFC 6120.
const (
	nsStream = "http://etherx.jabber.org/streams"
	nsTLS    = "urn:ietf:params:xml:ns:xmpp-tls"
)

// xmppClient speaks XMPP as clients do: RFC 6120 section 5.
func xmppClient(s *session) error { return xmpp(s, "jabber:client") }

// xmppServer speaks XMPP as other servers do.
func xmppServer(s *session) error { return xmpp(s, "jabber:server") }

func xmpp(s *session, namespace string) error {
	const goodbye = "</stream:stream>"
	var to strings.Builder
	if s.host != "" {
		to.WriteString(` to="`)
		if err := xml.EscapeText(&to, []byte(s.host)); err != nil {
			return err
		}
		to.WriteString(`"`)
	}
	err := s.send(`<?xml version="1.0"?><stream:stream` + to.String() + ` version="1.0" xmlns="` + namespace +
		`" xmlns:stream="` + nsStream + `">`)
	if err != nil {
		return err
	}
	// The decoder reads byte by byte from what has ReadByte, so it takes no
	// byte beyond the end of the element it returns.
	in := xml.NewDecoder(s.in)
	stream, err := s.element(in, "the stream's header")
	if err != nil {
		return err
	}
	if stream.Name != (xml.Name{Space: nsStream, Local: "stream"}) {
		return s.fail(Protocol, "the stream's header is not XMPP's", stream.Name.Local)
	}
	features, err := s.element(in, "the features")
	if err != nil {
		return err
	}
	if features.Name == (xml.Name{Space: nsStream, Local: "error"}) {
		conditions, err := s.children(in, "the error")
		if err != nil {
			return err
		}
		return s.leave(goodbye, xmppError(s, conditions))
	}
	if features.Name != (xml.Name{Space: nsStream, Local: "features"}) {
		return s.fail(Protocol, "no features follow the stream's header", features.Name.Local)
	}
	offered, err := s.children(in, "the features")
	if err != nil {
		return err
	}
	if !has(offered, "starttls") {
		return s.leave(goodbye, s.fail(NotOffered, "starttls is not among the server's features", ""))
	}
	if err := s.send(`<starttls xmlns="` + nsTLS + `"/>`); err != nil {
		return err
	}
	answer, err := s.element(in, "the answer to starttls")
	if err != nil {
		return err
	}
	switch answer.Name {
	case xml.Name{Space: nsTLS, Local: "proceed"}:
		if err := in.Skip(); err != nil {
			return s.xmlFailed("the answer to starttls", err)
		}
		return nil
	case xml.Name{Space: nsTLS, Local: "failure"}:
		return s.leave(goodbye, s.fail(NotOffered, "starttls is offered, then refused", ""))
	}
	return s.fail(Protocol, "the answer to starttls is not XMPP's", answer.Name.Local)
}

// element reads up to the start of the next element.
func (s *session) element(in *xml.Decoder, what string) (xml.StartElement, error) {
	for {
		token, err := in.Token()
		if err != nil {
			return xml.StartElement{}, s.xmlFailed(what, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			return token, nil
		case xml.EndElement:
			return xml.StartElement{}, s.fail(Protocol, what+" is missing: the stream ends", "")
		case xml.CharData:
			if text := strings.TrimSpace(string(token)); text != "" {
				return xml.StartElement{}, s.fail(Protocol, what+" is not XMPP's", text)
			}
		}
	}
}

// children reads the rest of an element and names the elements in it.
func (s *session) children(in *xml.Decoder, what string) ([]xml.Name, error) {
	var names []xml.Name
	for {
		token, err := in.Token()
		if err != nil {
			return nil, s.xmlFailed(what, err)
		}
		switch token := token.(type) {
		case xml.EndElement:
			return names, nil
		case xml.StartElement:
			names = append(names, token.Name)
			if err := in.Skip(); err != nil {
				return nil, s.xmlFailed(what, err)
			}
		}
	}
}

func has(names []xml.Name, local string) bool {
	for _, name := range names {
		if name.Local == local && (local != "starttls" || name.Space == nsTLS) {
			return true
		}
	}
	return false
}

// xmppError sorts the conditions of RFC 6120 section 4.9.3.
func xmppError(s *session, conditions []xml.Name) error {
	var words []string
	for _, c := range conditions {
		words = append(words, c.Local)
	}
	said := strings.Join(words, " ")
	for _, passing := range []string{"resource-constraint", "system-shutdown", "reset", "internal-server-error", "connection-timeout"} {
		if has(conditions, passing) {
			return s.fail(Busy, "the server does not serve us", said)
		}
	}
	if has(conditions, "host-unknown") || has(conditions, "host-gone") || has(conditions, "improper-addressing") {
		return s.fail(NotOffered, "the server does not serve this name", said)
	}
	return s.fail(NotOffered, "the server refuses the stream", said)
}

// xmlFailed tells text that is no XML from a connection that broke.
func (s *session) xmlFailed(what string, err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) && s.limited.N > 0 && syntax.Msg != "unexpected EOF" {
		return s.fail(Protocol, what+" is not XML", syntax.Msg)
	}
	if syntax != nil {
		err = io.EOF
	}
	if said, ok := strings.CutPrefix(err.Error(), "xml: "); ok { // of an encoding, in the server's words
		return s.fail(Protocol, what+" is not XML", said)
	}
	return s.readFailed(what, err)
}
