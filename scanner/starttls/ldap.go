package starttls

import (
	"errors"
	"fmt"
)

// startTLSRequest is an LDAPMessage of ID 1 that holds an ExtendedRequest for
// 1.3.6.1.4.1.1466.20037: RFC 4511 section 4.14.1.
const startTLSRequest = "\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037"

// unbindRequest is LDAP's goodbye.
const unbindRequest = "\x30\x05\x02\x01\x02\x42\x00"

// ldap speaks LDAP version 3.
func ldap(s *session) error {
	if err := s.send(startTLSRequest); err != nil {
		return err
	}
	message, err := s.berMessage("the answer to StartTLS")
	if err != nil {
		return err
	}
	code, text, err := ldapResult(message)
	if err != nil {
		return s.fail(Protocol, "the answer to StartTLS is not LDAP's: "+err.Error(), string(message))
	}
	switch code {
	case 0:
		return nil
	case 51:
		return s.leave(unbindRequest, s.fail(Busy, "the server is busy (result 51)", text))
	case 52:
		// Active Directory without a certificate says so, for as long as it has none.
		return s.leave(unbindRequest, s.fail(NotOffered, "TLS is unavailable (result 52)", text))
	}
	return s.leave(unbindRequest, s.fail(NotOffered, fmt.Sprintf("StartTLS is refused (result %d)", code), text))
}

// berMessage reads one LDAPMessage and returns its content. Lengths may be
// longer than they need be: Active Directory writes four bytes always, which
// is BER and not DER.
func (s *session) berMessage(what string) ([]byte, error) {
	head, err := s.bytes(what, 2)
	if err != nil {
		return nil, err
	}
	if head[0] != 0x30 {
		return nil, s.fail(Protocol, what+" is not LDAP's", string(head))
	}
	n := int(head[1])
	if n >= 0x80 {
		if n == 0x80 || n > 0x84 {
			return nil, s.fail(Protocol, what+" has a length that LDAP does not allow", string(head))
		}
		more, err := s.bytes(what, n-0x80)
		if err != nil {
			return nil, err
		}
		n = 0
		for _, b := range more {
			n = n<<8 | int(b)
		}
	}
	if n < 0 || n > maxTotal {
		return nil, s.fail(TooLong, fmt.Sprintf("%s has %d bytes", what, n), "")
	}
	return s.bytes(what, n)
}

// ldapResult finds the result code and the text in an ExtendedResponse.
func ldapResult(message []byte) (code int, text string, err error) {
	_, _, message, err = ber(message) // the message's ID
	if err != nil {
		return 0, "", err
	}
	tag, response, _, err := ber(message)
	if err != nil {
		return 0, "", err
	}
	if tag != 0x78 {
		return 0, "", fmt.Errorf("no ExtendedResponse, but tag 0x%02x", tag)
	}
	tag, result, response, err := ber(response)
	if err != nil {
		return 0, "", err
	}
	if tag != 0x0a || len(result) != 1 {
		return 0, "", errors.New("no result code")
	}
	if _, _, response, err = ber(response); err == nil { // the matched name
		_, words, _, _ := ber(response)
		text = string(words)
	}
	return int(result[0]), text, nil
}

// ber takes one element off data.
func ber(data []byte) (tag byte, content, rest []byte, err error) {
	short := errors.New("it ends early")
	if len(data) < 2 {
		return 0, nil, nil, short
	}
	tag, n, data := data[0], int(data[1]), data[2:]
	if n >= 0x80 {
		size := n - 0x80
		if size == 0 || size > 4 || size > len(data) {
			return 0, nil, nil, short
		}
		n = 0
		for _, b := range data[:size] {
			n = n<<8 | int(b)
		}
		data = data[size:]
	}
	if n < 0 || n > len(data) {
		return 0, nil, nil, short
	}
	return tag, data[:n], data[n:], nil
}
