package starttls

import (
	"fmt"
	"strings"
)

// imap speaks IMAP4rev1 and rev2: RFC 9051 section 6.2.1.
func imap(s *session) error {
	const logout = "c LOGOUT\r\n"
	greeting, err := s.line("the greeting")
	if err != nil {
		return err
	}
	switch word := second(greeting); {
	case !strings.HasPrefix(greeting, "* "):
		return s.fail(Protocol, "the greeting is not IMAP's", greeting)
	case word == "BYE": // too many connections, shutting down
		return s.fail(Busy, "the server does not serve us", greeting)
	case word == "PREAUTH":
		return s.leave(logout, s.fail(NotOffered, "the session is authenticated from the start, so TLS is out", greeting))
	case word != "OK":
		return s.fail(Protocol, "the greeting is not IMAP's", greeting)
	}
	offer, tagged, err := imapCommand(s, "a", "CAPABILITY")
	if err != nil {
		return err
	}
	offered := false
	for _, line := range append(offer, tagged) {
		if second(line) == "CAPABILITY" || strings.Contains(strings.ToUpper(line), "[CAPABILITY ") {
			offered = offered || strings.Contains(" "+strings.ToUpper(line)+" ", " STARTTLS ")
		}
	}
	if !offered {
		return s.leave(logout, s.fail(NotOffered, "STARTTLS is not among the server's capabilities", ""))
	}
	_, tagged, err = imapCommand(s, "b", "STARTTLS")
	if err != nil {
		return err
	}
	if second(tagged) != "OK" {
		return s.leave(logout, s.fail(NotOffered, "STARTTLS is offered, then refused", tagged))
	}
	return nil
}

// imapCommand sends a command and reads up to the line that answers it; the
// lines before are the server's side remarks.
func imapCommand(s *session, tag, command string) (untagged []string, tagged string, err error) {
	if err := s.send(tag + " " + command + "\r\n"); err != nil {
		return nil, "", err
	}
	what := "the answer to " + command
	for range maxLines {
		line, err := s.line(what)
		if err != nil {
			return nil, "", err
		}
		switch {
		case strings.HasPrefix(line, tag+" "):
			return untagged, line, nil
		case strings.HasPrefix(line, "* ") && second(line) == "BYE":
			return nil, "", s.fail(Busy, "the server ends the session", line)
		case strings.HasPrefix(line, "* "):
			untagged = append(untagged, line)
		default:
			return nil, "", s.fail(Protocol, what+" is not IMAP's", line)
		}
	}
	return nil, "", s.fail(TooLong, fmt.Sprintf("%s has over %d lines", what, maxLines), "")
}

// second is a line's second word, in capitals; empty if there is none.
func second(line string) string {
	if fields := strings.Fields(line); len(fields) > 1 {
		return strings.ToUpper(fields[1])
	}
	return ""
}
