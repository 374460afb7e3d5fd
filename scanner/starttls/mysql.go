package starttls

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Capability flags of MySQL's protocol that matter here.
const (
	clientProtocol41       = 1 << 9
	clientSSL              = 1 << 11
	clientSecureConnection = 1 << 15
)

// mysql speaks MySQL's and MariaDB's protocol 10: the server greets, the
// client asks for TLS in half an answer ("SSLRequest") and begins at once.
//
// Servers count connections that never log in, and by default block an address
// after 100 of them in a row (max_connect_errors); nothing can be done here.
func mysql(s *session) error {
	head, err := s.bytes("the greeting", 4)
	if err != nil {
		return err
	}
	n := int(head[0]) | int(head[1])<<8 | int(head[2])<<16
	if n == 0 || n > maxLine || head[3] != 0 {
		return s.fail(Protocol, "the greeting is not MySQL's", string(head))
	}
	body, err := s.bytes("the greeting", n)
	if err != nil {
		return err
	}
	if body[0] == 0xff {
		return s.mysqlError(body[1:])
	}
	flags, ok := mysqlFlags(body)
	if !ok {
		return s.fail(Protocol, "the greeting is not MySQL's", string(body))
	}
	if flags&clientSSL == 0 {
		return s.fail(NotOffered, "SSL is not among the server's capabilities", "")
	}
	request := make([]byte, 4+32)
	request[0], request[3] = 32, 1 // length and sequence number
	binary.LittleEndian.PutUint32(request[4:], clientProtocol41|clientSSL|clientSecureConnection)
	binary.LittleEndian.PutUint32(request[8:], 1<<24) // the largest packet
	request[12] = 33                                  // utf8, known to all versions
	return s.send(string(request))
}

// mysqlFlags finds the lower half of the capabilities: protocol version, the
// server's version up to a NUL, connection id (4), data (8), filler (1).
func mysqlFlags(body []byte) (uint16, bool) {
	if body[0] != 10 {
		return 0, false
	}
	_, rest, ok := bytes.Cut(body[1:], []byte{0})
	if !ok || len(rest) < 15 {
		return 0, false
	}
	return binary.LittleEndian.Uint16(rest[13:]), true
}

// mysqlError reads an ERR packet: a number and a text.
func (s *session) mysqlError(body []byte) error {
	if len(body) < 2 {
		return s.fail(Protocol, "the greeting is not MySQL's", string(body))
	}
	kind, number := NotOffered, binary.LittleEndian.Uint16(body)
	switch number {
	case 1040, 1053, 1203, 1226: // too many connections (three kinds), shutdown
		kind = Busy
	}
	return s.fail(kind, fmt.Sprintf("the server greets with error %d", number), string(body[2:]))
}
