package starttls

import (
	"net"
)

// smtp speaks SMTP and message submission: RFC 3207, RFC 5321.
func smtp(s *session) error { return mail(s, "EHLO") }

// mail is SMTP or LMTP, which differ in the word of greeting only.
func mail(s *session, hello string) error {
	const quit = "QUIT\r\n"
	greeting, err := s.reply("the greeting")
	if err != nil {
		return err
	}
	if greeting.code != "220" {
		// 421: too busy; 554: no service here (RFC 5321 section 3.1).
		return s.leave(quit, s.refused("the server does not serve us", greeting))
	}
	if err := s.send(hello + " " + s.ownName() + "\r\n"); err != nil {
		return err
	}
	offer, err := s.reply("the answer to " + hello)
	if err != nil {
		return err
	}
	if offer.code != "250" {
		return s.leave(quit, s.refused(hello+" is refused", offer))
	}
	offer.lines = offer.lines[1:] // the first names the server
	if !offer.has("STARTTLS") {
		return s.leave(quit, s.fail(NotOffered, "STARTTLS is not among what the server offers", ""))
	}
	if err := s.send("STARTTLS\r\n"); err != nil {
		return err
	}
	goAhead, err := s.reply("the answer to STARTTLS")
	if err != nil {
		return err
	}
	if goAhead.code != "220" {
		return s.leave(quit, s.refused("STARTTLS is offered, then refused", goAhead))
	}
	return nil
}

// ownName is what we call ourselves: our address, as is right for a client
// without a name of its own (RFC 5321 sections 4.1.3 and 4.1.4).
func (s *session) ownName() string {
	addr, ok := s.conn.LocalAddr().(*net.TCPAddr)
	if !ok {
		return "[127.0.0.1]" // a unix socket
	}
	ip := addr.AddrPort().Addr().Unmap().WithZone("")
	if ip.Is6() {
		return "[IPv6:" + ip.String() + "]"
	}
	return "[" + ip.String() + "]"
}
