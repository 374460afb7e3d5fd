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

// errNoCertificate is in the chain of errors of a peer that went on without
// presenting a certificate.
var errNoCertificate = errors.New("the server presented no certificate")

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
	if name, ok := alertNames[e.Number]; ok {
		return name
	}
	return "unknown"
}

// alertNames are from the registry of TLS alerts.
var alertNames = map[uint8]string{
	0:   "close notify",
	10:  "unexpected message",
	20:  "bad record mac",
	21:  "decryption failed",
	22:  "record overflow",
	30:  "decompression failure",
	40:  "handshake failure",
	41:  "no certificate",
	42:  "bad certificate",
	43:  "unsupported certificate",
	44:  "certificate revoked",
	45:  "certificate expired",
	46:  "certificate unknown",
	47:  "illegal parameter",
	48:  "unknown ca",
	49:  "access denied",
	50:  "decode error",
	51:  "decrypt error",
	60:  "export restriction",
	70:  "protocol version",
	71:  "insufficient security",
	80:  "internal error",
	86:  "inappropriate fallback",
	90:  "user canceled",
	100: "no renegotiation",
	109: "missing extension",
	110: "unsupported extension",
	112: "unrecognized name",
	113: "bad certificate status response",
	115: "unknown psk identity",
	116: "certificate required",
	120: "no application protocol",
}
