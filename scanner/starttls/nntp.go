package starttls

// nntp speaks NNTP: RFC 4642, capabilities by RFC 3977.
func nntp(s *session) error {
	const quit = "QUIT\r\n"
	greeting, err := s.reply("the greeting")
	if err != nil {
		return err
	}
	if greeting.code != "200" && greeting.code != "201" { // 201: posting is not allowed
		return s.leave(quit, s.refused("the server does not serve us", greeting))
	}
	if err := s.send("CAPABILITIES\r\n"); err != nil {
		return err
	}
	answer, err := s.reply("the answer to CAPABILITIES")
	if err != nil {
		return err
	}
	// Before RFC 3977 there was no such command, which says nothing of TLS.
	if answer.code == "101" {
		offer, err := s.untilDot("the capabilities")
		if err != nil {
			return err
		}
		if !(reply{lines: offer}).has("STARTTLS") {
			return s.leave(quit, s.fail(NotOffered, "STARTTLS is not among the server's capabilities", ""))
		}
	}
	if err := s.send("STARTTLS\r\n"); err != nil {
		return err
	}
	if answer, err = s.reply("the answer to STARTTLS"); err != nil {
		return err
	}
	if answer.code != "382" {
		return s.leave(quit, s.refused("STARTTLS is refused", answer))
	}
	return nil
}
