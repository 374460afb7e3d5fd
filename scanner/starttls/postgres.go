package starttls

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// postgres speaks PostgreSQL's protocol 3: SSLRequest and its answer of one
// byte ("SSL Session Encryption" in PostgreSQL's manual, section 54.2.10).
func postgres(s *session) error {
	if err := s.send("\x00\x00\x00\x08\x04\xd2\x16\x2f"); err != nil {
		return err
	}
	answer, err := s.bytes("the answer to SSLRequest", 1)
	if err != nil {
		return err
	}
	switch answer[0] {
	case 'S':
		return nil
	case 'N':
		return s.fail(NotOffered, "the server answers SSLRequest with no", "")
	case 'E':
		return s.postgresError()
	}
	return s.fail(Protocol, "the answer to SSLRequest is not PostgreSQL's", string(answer))
}

// postgresError reads an ErrorResponse: fields of a letter and a text, C being
// the SQLSTATE and M the message. A server under stress sends one before it
// looks at the request, and one older than SSLRequest because it knows none.
func (s *session) postgresError() error {
	const what = "the error that answers SSLRequest"
	head, err := s.bytes(what, 4)
	if err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head)
	if n < 4 || n > maxTotal {
		return s.fail(Protocol, fmt.Sprintf("%s is not PostgreSQL's", what), string(head))
	}
	body, err := s.bytes(what, int(n)-4)
	if err != nil {
		return err
	}
	kind, said := NotOffered, ""
	for field := range strings.SplitSeq(string(body), "\x00") {
		switch {
		case strings.HasPrefix(field, "C53"), strings.HasPrefix(field, "C57P"): // out of resources; shutting down or starting up
			kind = Busy
		case strings.HasPrefix(field, "M"):
			said = field[1:]
		}
	}
	return s.fail(kind, "the server answers SSLRequest with an error", said)
}
