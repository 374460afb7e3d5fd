package starttls

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
)

// Limits on what a server may say before TLS. Long greetings exist (a
// university's FTP banner, an IMAP capability list), but not of this size.
const (
	maxTotal = 64 << 10 // bytes in all
	maxLine  = 8 << 10  // one line: IRC allows 512, IMAP capability lists reach 1 KiB
	maxLines = 500      // of one reply
	maxSaid  = 200      // of the server's words kept in an error
)

// A session is one conversation in clear text.
type session struct {
	conn    net.Conn
	in      *bufio.Reader // over limited; what is left in it after the go-ahead was injected
	limited *io.LimitedReader
	dialect string
	host    string
}

func newSession(conn net.Conn, dialect, host string) *session {
	limited := &io.LimitedReader{R: conn, N: maxTotal}
	return &session{conn, bufio.NewReaderSize(limited, maxLine), limited, dialect, host}
}

// run holds the conversation and makes sure that the server stopped talking
// when it was over.
func (s *session) run(upgrade func(*session) error) error {
	if err := upgrade(s); err != nil {
		return err
	}
	if n := s.in.Buffered(); n > 0 {
		rest, _ := s.in.Peek(n)
		return s.fail(Injected, "clear text follows the go-ahead", string(rest))
	}
	return nil
}

func (s *session) fail(kind Kind, message, said string) error {
	if len(said) > maxSaid {
		said = said[:maxSaid]
	}
	return &Error{s.dialect, kind, message, strings.TrimRight(said, "\r\n")}
}

// readFailed tells the end of our patience from the end of the connection.
func (s *session) readFailed(what string, err error) error {
	if s.limited.N <= 0 {
		return s.fail(TooLong, fmt.Sprintf("over %d bytes without coming to TLS", maxTotal), "")
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%s: reading %s: %w", s.dialect, what, err)
}

// line reads one line and returns it without its end. A lone LF ends a line
// too, since some servers send no CR.
func (s *session) line(what string) (string, error) {
	b, err := s.in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", s.fail(TooLong, fmt.Sprintf("%s has a line over %d bytes", what, maxLine), string(b))
	case err != nil:
		return "", s.readFailed(what, err)
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r"), nil
}

// bytes reads exactly n bytes; n is bounded by the caller.
func (s *session) bytes(what string, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.in, b); err != nil {
		return nil, s.readFailed(what, err)
	}
	return b, nil
}

// send writes one command; text goes out as it is, with its line end.
func (s *session) send(text string) error {
	if _, err := io.WriteString(s.conn, text); err != nil {
		return fmt.Errorf("%s: sending: %w", s.dialect, err)
	}
	return nil
}

// leave says goodbye on the way out, so that the server's log shows a guest
// who left and not one who vanished, and returns the reason for leaving.
func (s *session) leave(goodbye string, reason error) error {
	_ = s.send(goodbye) // the reason matters more than whether the goodbye arrived
	return reason
}
