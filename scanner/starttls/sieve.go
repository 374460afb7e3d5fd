package starttls

import (
	"fmt"
	"strconv"
	"strings"
)

// sieve speaks ManageSieve: RFC 5804 sections 1.7 and 2.2.
func sieve(s *session) error {
	const logout = "LOGOUT\r\n"
	offer, last, err := sieveAnswer(s, "the greeting")
	if err != nil {
		return err
	}
	if first(last) != "OK" {
		return s.fail(Busy, "the server does not serve us", last) // NO or BYE
	}
	offered := false
	for _, line := range offer {
		offered = offered || first(line) == `"STARTTLS"`
	}
	if !offered {
		return s.leave(logout, s.fail(NotOffered, "STARTTLS is not among the server's capabilities", ""))
	}
	if err := s.send("STARTTLS\r\n"); err != nil {
		return err
	}
	_, last, err = sieveAnswer(s, "the answer to STARTTLS")
	if err != nil {
		return err
	}
	switch first(last) {
	case "OK":
		return nil
	case "BYE":
		return s.fail(Busy, "the server ends the session", last)
	}
	return s.leave(logout, s.fail(NotOffered, "STARTTLS is offered, then refused", last))
}

// sieveAnswer reads lines up to the one that begins with OK, NO or BYE. Those
// before it are strings, which may come as literals: {5}, then five bytes.
func sieveAnswer(s *session, what string) (lines []string, last string, err error) {
	for range maxLines {
		line, err := s.line(what)
		if err != nil {
			return nil, "", err
		}
		switch word := first(line); {
		case word == "OK" || word == "NO" || word == "BYE":
			return lines, line, s.literal(what, line)
		case !strings.HasPrefix(line, `"`) && !strings.HasPrefix(line, "{") && line != "":
			return nil, "", s.fail(Protocol, what+" is not ManageSieve's", line)
		}
		if err := s.literal(what, line); err != nil {
			return nil, "", err
		}
		lines = append(lines, line)
	}
	return nil, "", s.fail(TooLong, fmt.Sprintf("%s has over %d lines", what, maxLines), "")
}

// literal skips what a line announces at its end, to the end of that line.
func (s *session) literal(what, line string) error {
	for range maxLines {
		start := strings.LastIndexByte(line, '{')
		if start < 0 || !strings.HasSuffix(line, "}") {
			return nil
		}
		n, err := strconv.ParseUint(strings.TrimSuffix(line[start+1:len(line)-1], "+"), 10, 32)
		if err != nil {
			return nil // braces in a text
		}
		if n > maxTotal {
			return s.fail(TooLong, fmt.Sprintf("%s has a literal of %d bytes", what, n), "")
		}
		if _, err := s.bytes(what, int(n)); err != nil {
			return err
		}
		if line, err = s.line(what); err != nil {
			return err
		}
	}
	return s.fail(TooLong, fmt.Sprintf("%s has over %d lines", what, maxLines), "")
}

// first is a line's first word, in capitals; empty if there is none.
func first(line string) string {
	if fields := strings.Fields(line); len(fields) > 0 {
		return strings.ToUpper(fields[0])
	}
	return ""
}
