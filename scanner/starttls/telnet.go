package starttls

import "fmt"

// Bytes of Telnet, RFC 854, and of draft-altman-telnet-starttls-02, whose
// option is the only way to TLS in mid-session that Telnet has.
const (
	iac, dont, do, wont, will, sb, se = 255, 254, 253, 252, 251, 250, 240
	startTLS, follows                 = 46, 1
)

// telnet speaks Telnet with the START_TLS option. We offer it (WILL), the
// server agrees (DO), and each says that TLS follows. Text in between is the
// banner, or a prompt for a name.
func telnet(s *session) error {
	if err := s.send(string([]byte{iac, will, startTLS})); err != nil {
		return err
	}
	agreed := false
	for {
		b, err := s.bytes("the negotiation", 1)
		if err != nil {
			return err
		}
		if b[0] != iac {
			continue
		}
		if b, err = s.bytes("the negotiation", 1); err != nil {
			return err
		}
		switch command := b[0]; command {
		case do, dont, will, wont:
			if err := s.telnetOption(command, &agreed); err != nil {
				return err
			}
		case sb:
			content, err := s.subnegotiation()
			if err != nil {
				return err
			}
			if content != string([]byte{startTLS, follows}) {
				continue
			}
			if !agreed {
				return s.fail(Protocol, "TLS is to follow before it was agreed", "")
			}
			return nil
		}
	}
}

// telnetOption answers one offer or demand: yes to START_TLS, once, and no to
// everything else. WONT and DONT of what we never wanted need no answer.
func (s *session) telnetOption(command byte, agreed *bool) error {
	option, err := s.bytes("the negotiation", 1)
	if err != nil {
		return err
	}
	switch {
	case option[0] == startTLS && command == dont:
		return s.fail(NotOffered, "the server declines START_TLS", "")
	case option[0] == startTLS && command == do && !*agreed:
		*agreed = true
		return s.send(string([]byte{iac, sb, startTLS, follows, iac, se}))
	case option[0] != startTLS && command == do:
		return s.send(string([]byte{iac, wont, option[0]}))
	case command == will:
		return s.send(string([]byte{iac, dont, option[0]}))
	}
	return nil
}

// subnegotiation reads up to IAC SE; IAC IAC is a byte of 255.
func (s *session) subnegotiation() (string, error) {
	const what = "a subnegotiation"
	var content []byte
	for len(content) < maxLine {
		b, err := s.bytes(what, 1)
		if err != nil {
			return "", err
		}
		if b[0] == iac {
			if b, err = s.bytes(what, 1); err != nil || b[0] == se {
				return string(content), err
			}
		}
		content = append(content, b[0])
	}
	return "", s.fail(TooLong, fmt.Sprintf("%s has over %d bytes", what, maxLine), "")
}
