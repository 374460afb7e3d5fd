package starttls

import (
	"encoding/binary"
	"fmt"
)

// connectionRequest is a TPKT with an X.224 connection request that asks for
// TLS, with CredSSP or without: MS-RDPBCGR section 2.2.1.1. Both begin with a
// TLS handshake.
const connectionRequest = "\x03\x00\x00\x13" + "\x0e\xe0\x00\x00\x00\x00\x00" + "\x01\x00\x08\x00\x03\x00\x00\x00"

// rdp speaks the Remote Desktop Protocol.
func rdp(s *session) error {
	if err := s.send(connectionRequest); err != nil {
		return err
	}
	head, err := s.bytes("the connection confirm", 4)
	if err != nil {
		return err
	}
	n := int(binary.BigEndian.Uint16(head[2:]))
	if head[0] != 3 || n < 4+7 || n > maxLine {
		return s.fail(Protocol, "the connection confirm is not RDP's", string(head))
	}
	body, err := s.bytes("the connection confirm", n-4)
	if err != nil {
		return err
	}
	if body[1]&0xf0 != 0xd0 {
		return s.fail(Protocol, "the connection confirm is not RDP's", string(body))
	}
	if len(body) < 7+8 { // a server that knows of no negotiation
		return s.fail(NotOffered, "the server knows only RDP's own encryption", "")
	}
	value := binary.LittleEndian.Uint32(body[7+4:])
	switch body[7] {
	case 2: // TYPE_RDP_NEG_RSP: the selected protocol
		if value == 0 {
			return s.fail(NotOffered, "the server chose RDP's own encryption", "")
		}
		return nil
	case 3: // TYPE_RDP_NEG_FAILURE
		return s.fail(NotOffered, rdpFailure(value), "")
	}
	return s.fail(Protocol, "the connection confirm is not RDP's", string(body))
}

// rdpFailure words the codes of MS-RDPBCGR section 2.2.1.2.2.
func rdpFailure(code uint32) string {
	switch code {
	case 2:
		return "the server does not allow TLS (failure 2)"
	case 3:
		return "the server has no certificate (failure 3)"
	case 6:
		return "the server wants a client certificate on its terms (failure 6)"
	}
	return fmt.Sprintf("the server refuses TLS (failure %d)", code)
}
