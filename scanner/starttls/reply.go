package starttls

import (
	"fmt"
	"strings"
)

// A reply is an answer of the kind that SMTP, LMTP, FTP and NNTP give: a code
// of three digits and some text.
type reply struct {
	code  string
	lines []string // without code
}

// reply reads one answer, all its lines. Lines in the middle may be anything,
// as FTP allows (RFC 959 section 4.2).
func (s *session) reply(what string) (reply, error) {
	line, err := s.line(what)
	if err != nil {
		return reply{}, err
	}
	if !isReply(line) {
		return reply{}, s.fail(Protocol, what+" does not begin with a code of three digits", line)
	}
	r := reply{code: line[:3]}
	last := r.code + " "
	for more := strings.HasPrefix(line, r.code+"-"); ; {
		r.lines = append(r.lines, strings.TrimLeft(strings.TrimPrefix(line, r.code), "- "))
		if !more {
			return r, nil
		}
		if len(r.lines) == maxLines {
			return r, s.fail(TooLong, fmt.Sprintf("%s has over %d lines", what, maxLines), "")
		}
		if line, err = s.line(what); err != nil {
			return r, err
		}
		more = !strings.HasPrefix(line, last) && line != r.code
	}
}

func isReply(line string) bool {
	if len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return false
	}
	for _, c := range line[:3] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func (r reply) text() string { return r.code + " " + strings.Join(r.lines, " ") }

// has reports whether a line of the answer begins with a word.
func (r reply) has(word string) bool {
	for _, line := range r.lines {
		if fields := strings.Fields(line); len(fields) > 0 && strings.EqualFold(fields[0], word) {
			return true
		}
	}
	return false
}

// refused makes an error of a negative answer: 4yz means "try again later" in
// all of these protocols, anything else is for good.
func (s *session) refused(message string, r reply) error {
	kind := NotOffered
	if r.code[0] == '4' {
		kind = Busy
	}
	return s.fail(kind, message, r.text())
}

// untilDot reads lines up to one that holds a dot alone, as POP3 and NNTP end
// their lists.
func (s *session) untilDot(what string) ([]string, error) {
	var lines []string
	for range maxLines {
		line, err := s.line(what)
		if err != nil || line == "." {
			return lines, err
		}
		lines = append(lines, line)
	}
	return nil, s.fail(TooLong, fmt.Sprintf("%s are over %d lines", what, maxLines), "")
}
