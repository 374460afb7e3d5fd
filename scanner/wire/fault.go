package wire

import (
	"errors"
	"fmt"
)

// ErrTooLarge is in the chain of errors of a peer that sent more than
// limits.go allows.
var ErrTooLarge = errors.New("more than a TLS client reads")

// ErrMalformed is in the chain of errors of a peer that speaks TLS wrongly.
var ErrMalformed = errors.New("the server broke the TLS protocol")

// ErrNoCertificate is in the chain of errors of a peer that went on without
// presenting a certificate.
var ErrNoCertificate = errors.New("the server presented no certificate")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

// NotTLS is the error of a peer whose first bytes are no TLS record.
type NotTLS struct {
	First []byte // what it sent, cut short; hostile
}

func (e *NotTLS) Error() string { return fmt.Sprintf("the answer is not TLS: it begins %q", e.First) }

// An Alert is the peer's own word for why it gave up.
type Alert struct {
	Number uint8 // RFC 8446 section 6
}

func (e *Alert) Error() string { return fmt.Sprintf("alert %d (%s)", e.Number, e.Name()) }

// Name is the alert's name in the registry, with spaces; "unknown" if it has
// none.
func (e *Alert) Name() string {
	switch e.Number {
	case 0:
		return "close notify"
	case 10:
		return "unexpected message"
	case 20:
		return "bad record mac"
	case 21:
		return "decryption failed"
	case 22:
		return "record overflow"
	case 30:
		return "decompression failure"
	case 40:
		return "handshake failure"
	case 41:
		return "no certificate"
	case 42:
		return "bad certificate"
	case 43:
		return "unsupported certificate"
	case 44:
		return "certificate revoked"
	case 45:
		return "certificate expired"
	case 46:
		return "certificate unknown"
	case 47:
		return "illegal parameter"
	case 48:
		return "unknown ca"
	case 49:
		return "access denied"
	case 50:
		return "decode error"
	case 51:
		return "decrypt error"
	case 60:
		return "export restriction"
	case 70:
		return "protocol version"
	case 71:
		return "insufficient security"
	case 80:
		return "internal error"
	case 86:
		return "inappropriate fallback"
	case 90:
		return "user canceled"
	case 100:
		return "no renegotiation"
	case 109:
		return "missing extension"
	case 110:
		return "unsupported extension"
	case 112:
		return "unrecognized name"
	case 113:
		return "bad certificate status response"
	case 115:
		return "unknown psk identity"
	case 116:
		return "certificate required"
	case 120:
		return "no application protocol"
	}
	return "unknown"
}
