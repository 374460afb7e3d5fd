package wire

import "fmt"

// messages joins records to handshake messages.
type messages struct {
	records
	hand  []byte // handshake bytes; what is before done has been returned
	done  int
	count int
}

// next returns the next message with its header of four bytes, good until the
// next call. A fatal alert is the error *Alert.
func (m *messages) next() ([]byte, error) {
	if m.count++; m.count > maxMessages {
		return nil, malformed("over %d messages and no certificate", maxMessages)
	}
	if m.done == len(m.hand) {
		m.hand, m.done = m.hand[:0], 0
	}
	idle := 0
	for {
		if whole, err := m.ready(); whole != nil || err != nil {
			return whole, err
		}
		kind, payload, err := m.read()
		if err != nil {
			return nil, err
		}
		if kind == recordHandshake && len(payload) > 0 {
			m.hand = append(m.hand, payload...)
			idle = 0
			continue
		}
		if idle++; idle > maxIdleRecords {
			return nil, malformed("over %d records in a row that say nothing", maxIdleRecords)
		}
		if err := m.idle(kind, payload); err != nil {
			return nil, err
		}
	}
}

// ready returns the message that begins at done if all of it is there. Its
// length is checked as soon as the header is.
func (m *messages) ready() ([]byte, error) {
	rest := m.hand[m.done:]
	if len(rest) < 4 {
		return nil, nil
	}
	n, most := int(rest[1])<<16|int(rest[2])<<8|int(rest[3]), maxMessage
	if rest[0] == messageCertificate {
		most = maxCertificateMessage
	}
	if n > most {
		return nil, fmt.Errorf("%w: a message of type %d with %d bytes, where %d are enough", ErrTooLarge, rest[0], n, most)
	}
	if len(rest) < 4+n {
		return nil, nil
	}
	m.done += 4 + n
	return rest[:4+n], nil
}

// idle takes a record without handshake bytes: alerts end the handshake but
// for warnings, and a ChangeCipherSpec is there for middleboxes (RFC 8446
// appendix D.4) or out of place, and harmless either way.
func (m *messages) idle(kind byte, payload []byte) error {
	switch kind {
	case recordAlert:
		if len(payload) != 2 {
			return malformed("an alert of %d bytes", len(payload))
		}
		level, number := payload[0], payload[1]
		if number == alertUserCanceled || level == alertWarning && number != alertCloseNotify {
			return nil // as crypto/tls does; OpenSSL warns of an unrecognized name
		}
		return &Alert{number}
	case recordHandshake, recordChangeCipherSpec:
		return nil
	}
	return malformed("a record of type %d within the handshake", kind)
}
