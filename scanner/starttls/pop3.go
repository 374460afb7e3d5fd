package starttls

import "strings"

// pop3 speaks POP3: RFC 2595 section 4, capabilities by RFC 2449.
func pop3(s *session) error {
	const quit = "QUIT\r\n"
	greeting, err := pop3Answer(s, "the greeting")
	if err != nil {
		return err
	}
	if !positive(greeting) {
		return s.leave(quit, s.fail(Busy, "the server does not serve us", greeting))
	}
	if err := s.send("CAPA\r\n"); err != nil {
		return err
	}
	answer, err := pop3Answer(s, "the answer to CAPA")
	if err != nil {
		return err
	}
	// A server without CAPA may know STLS all the same: the two came in
	// different years. One with CAPA is taken at its word.
	if positive(answer) {
		offer, err := s.untilDot("the capabilities")
		if err != nil {
			return err
		}
		if !(reply{lines: offer}).has("STLS") {
			return s.leave(quit, s.fail(NotOffered, "STLS is not among the server's capabilities", ""))
		}
	}
	if err := s.send("STLS\r\n"); err != nil {
		return err
	}
	if answer, err = pop3Answer(s, "the answer to STLS"); err != nil {
		return err
	}
	if !positive(answer) {
		kind := NotOffered
		if strings.Contains(answer, "[SYS/TEMP]") || strings.Contains(answer, "[IN-USE]") { // RFC 3206, RFC 2449
			kind = Busy
		}
		return s.leave(quit, s.fail(kind, "STLS is refused", answer))
	}
	return nil
}

func positive(line string) bool { return strings.HasPrefix(line, "+OK") }

func pop3Answer(s *session, what string) (string, error) {
	line, err := s.line(what)
	if err == nil && !positive(line) && !strings.HasPrefix(line, "-ERR") {
		err = s.fail(Protocol, what+" is neither +OK nor -ERR", line)
	}
	return line, err
}
