package wire

import "io"

// PresentedIn reads the messages of TLS 1.3 that a server sends after its
// ServerHello, as QUIC carries them: without records. It fails as a bare hello
// does, and with [io.ErrUnexpectedEOF] if they end before the Certificate message
// does.
func PresentedIn(hand []byte) (p Presented, err error) {
	p.Version = versionTLS13
	m := messages{hand: hand}
	for {
		message, err := m.ready()
		if err != nil {
			return p, err
		}
		if message == nil {
			return p, io.ErrUnexpectedEOF
		}
		switch message[0] {
		case messageCertificate:
			err = p.readCertificate(message[4:], nil)
			return p, err
		case messageCertificateRequest:
			p.readRequest(message[4:])
		case messageEncryptedExtensions:
		default:
			return p, errNoCertificate
		}
	}
}
