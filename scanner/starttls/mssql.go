package starttls

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
)

// TDS packets: MS-TDS section 2.2.3. Each has a header of 8 bytes: type, status
// (1: the last of its message), length with the header, process, number, window.
const (
	tdsHeader   = 8
	tdsReply    = 0x04
	tdsPreLogin = 0x12
	tdsMost     = 4096 // before login (MS-TDS section 2.2.3.1.3)
)

// preLogin asks for encryption of everything: MS-TDS section 2.2.6.5. Its
// options are version, encryption, instance, thread and MARS.
const preLogin = "\x12\x01\x00\x2f\x00\x00\x01\x00" +
	"\x00\x00\x1a\x00\x06" + "\x01\x00\x20\x00\x01" + "\x02\x00\x21\x00\x01" + "\x03\x00\x22\x00\x04" + "\x04\x00\x26\x00\x01" + "\xff" +
	"\x10\x00\x00\x00\x00\x00" + "\x01" + "\x00" + "\x00\x00\x00\x00" + "\x00"

// mssql speaks the prelogin of Microsoft SQL Server. The TLS handshake that
// follows travels within TDS packets: see [Framed].
func mssql(s *session) error {
	const what = "the answer to the prelogin"
	if err := s.send(preLogin); err != nil {
		return err
	}
	head, err := s.bytes(what, tdsHeader)
	if err != nil {
		return err
	}
	n := int(binary.BigEndian.Uint16(head[2:]))
	if head[0] != tdsReply || n <= tdsHeader || n > tdsMost {
		return s.fail(Protocol, what+" is not SQL Server's", string(head))
	}
	body, err := s.bytes(what, n-tdsHeader)
	if err != nil {
		return err
	}
	encryption, ok := tdsEncryption(body)
	switch {
	case !ok:
		return s.fail(Protocol, what+" says nothing of encryption", "")
	case encryption == 2:
		return s.fail(NotOffered, "the server has no encryption", "")
	}
	return nil
}

// tdsEncryption finds the option ENCRYPTION: 0 for the login alone, 1 on, 2 not
// supported, 3 required.
func tdsEncryption(body []byte) (value byte, ok bool) {
	for options := body; len(options) >= 5 && options[0] != 0xff; options = options[5:] {
		at := int(binary.BigEndian.Uint16(options[1:]))
		if options[0] == 1 && binary.BigEndian.Uint16(options[3:]) > 0 && at < len(body) {
			return body[at], true
		}
	}
	return 0, false
}

// Framed returns the connection on which the TLS handshake of a dialect takes
// place: conn itself, or for SQL Server one that puts TLS into TDS packets.
func Framed(dialect string, conn net.Conn) net.Conn {
	if dialect == "mssql" {
		return &tdsConn{Conn: conn}
	}
	return conn
}

// A tdsConn carries what is written in prelogin packets, and reads what is in
// those that come. It is used by one reader and one writer.
type tdsConn struct {
	net.Conn
	left int // of the packet that is being read
}

func (c *tdsConn) Read(b []byte) (int, error) {
	for c.left == 0 {
		var head [tdsHeader]byte
		if _, err := io.ReadFull(c.Conn, head[:]); err != nil {
			return 0, err
		}
		n := int(binary.BigEndian.Uint16(head[2:]))
		if head[0] != tdsPreLogin && head[0] != tdsReply || n < tdsHeader {
			return 0, &Error{"mssql", Protocol, "what comes in the handshake is no TDS packet", strings.TrimRight(string(head[:]), "\r\n")}
		}
		c.left = n - tdsHeader
	}
	n, err := c.Conn.Read(b[:min(len(b), c.left)])
	c.left -= n
	return n, err
}

func (c *tdsConn) Write(b []byte) (int, error) {
	written := 0
	for written < len(b) {
		part := b[written:min(written+tdsMost-tdsHeader, len(b))]
		status := byte(0)
		if written+len(part) == len(b) {
			status = 1
		}
		packet := []byte{tdsPreLogin, status, 0, 0, 0, 0, 0, 0}
		binary.BigEndian.PutUint16(packet[2:], uint16(tdsHeader+len(part)))
		if _, err := c.Conn.Write(append(packet, part...)); err != nil {
			return written, fmt.Errorf("mssql: sending: %w", err)
		}
		written += len(part)
	}
	return written, nil
}
