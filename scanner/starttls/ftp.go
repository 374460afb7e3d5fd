package starttls

// ftp speaks FTP: RFC 4217. It does not ask for FEAT first: many servers list
// AUTH TLS there only after login, or never, and answer AUTH all the same.
func ftp(s *session) error {
	const quit = "QUIT\r\n"
	greeting, err := s.reply("the greeting")
	if err != nil {
		return err
	}
	if greeting.code == "120" { // "ready in nnn minutes"
		return s.leave(quit, s.fail(Busy, "the server is not ready", greeting.text()))
	}
	if greeting.code != "220" {
		return s.leave(quit, s.refused("the server does not serve us", greeting))
	}
	var answer reply
	for _, mechanism := range []string{"TLS", "SSL"} { // SSL: its name in the drafts before the RFC
		if err := s.send("AUTH " + mechanism + "\r\n"); err != nil {
			return err
		}
		if answer, err = s.reply("the answer to AUTH " + mechanism); err != nil {
			return err
		}
		if answer.code == "234" {
			return nil
		}
		if answer.code[0] == '4' { // 421; 431: a resource is missing for now
			break
		}
	}
	return s.leave(quit, s.refused("AUTH TLS is refused", answer))
}
