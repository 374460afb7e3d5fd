package starttls

import "testing"

func xmppTalks(namespace string) []talk {
	ask := `<<?xml version="1.0"?><stream:stream to="chat.example.test" version="1.0" xmlns="` + namespace + `" xmlns:stream="http://etherx.jabber.org/streams">`
	head := `><?xml version='1.0' encoding='UTF-8'?><stream:stream xmlns='` + namespace + `' xmlns:stream='http://etherx.jabber.org/streams' id='1' version='1.0'>`
	const offer = `<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>` +
		`<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>`
	const start = `<<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>`
	const proceed = `><proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`
	const bye = "<</stream:stream>"
	return []talk{
		{"plain", []string{ask, head + offer, start, proceed}, "", ""},
		{"two tags", []string{ask, head, ">\n " + offer, start, "> <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'> </proceed>"}, "", ""},
		{"not offered", []string{ask, head + "<stream:features><starttls xmlns='x'/></stream:features>", bye}, NotOffered, "not among"},
		{"nothing offered", []string{ask, head + "<stream:features/>", bye}, NotOffered, "not among"},
		{"refused", []string{ask, head + offer, start, `><failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>`, bye}, NotOffered, "refused"},
		{"other name", []string{ask, head + `<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>`, bye}, NotOffered, "this name"},
		{"policy", []string{ask, head + `<stream:error><policy-violation/><text>no</text></stream:error>`, bye}, NotOffered, "policy-violation"},
		{"busy", []string{ask, head + `<stream:error><resource-constraint/></stream:error>`, bye}, Busy, "resource-constraint"},
		{"injected", []string{ask, head + offer, start, proceed + "<iq/>"}, Injected, "<iq/>"},
		{"injected blank", []string{ask, head + offer, start, proceed + "\n"}, Injected, ""}, // RFC 6120 section 5.3.2 forbids it
		{"http", []string{ask, ">HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<html>"}, Protocol, "HTTP"},
		{"other root", []string{ask, "><html>"}, Protocol, "html"},
		{"no features", []string{ask, head + "<message/>"}, Protocol, "message"},
		{"other answer", []string{ask, head + offer, start, "><message/>"}, Protocol, "message"},
		{"the end", []string{ask, head + "</stream:stream>"}, Protocol, "ends"},
		{"not XML", []string{ask, head + "<a b=c>"}, Protocol, "not XML"},
	}
}

func TestXMPP(t *testing.T) {
	try(t, "xmpp-client", xmppTalks("jabber:client"), endless{"<a>", Protocol}, endless{" ", TooLong}, endless{"x", Protocol})
	try(t, "xmpp-server", xmppTalks("jabber:server"))
}

func FuzzXMPPClient(f *testing.F) { fuzz(f, "xmpp-client", xmppTalks("jabber:client")) }
func FuzzXMPPServer(f *testing.F) { fuzz(f, "xmpp-server", xmppTalks("jabber:server")) }
