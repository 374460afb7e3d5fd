// Package quic makes the TLS handshake of a QUIC connection (RFC 9000, RFC
// 9001), and no more of one: the client says hello, reads up to the server's
// Finished, answers it, and closes. What the server sends beyond is not read.
//
// The handshake is crypto/tls' own ([tls.QUICConn]); this package carries its
// bytes, and keeps the server's as they were sent, so that the chain is there
// even where crypto/tls refuses a certificate.
package quic

import (
	"errors"
	"fmt"

	"github.com/tlschain/tlschain/scanner/wire"
)

// Result is what a server showed of itself.
type Result struct {
	wire.Presented
	Complete bool     // the handshake ended: the server proved possession of the leaf's key
	ALPN     string   // the protocol that was agreed, such as h3
	Retried  bool     // the server had the client's address validated first (RFC 9000 section 8.1.2)
	SCTs     [][]byte // signed certificate timestamps of the TLS extension, of a complete handshake

	// Flight are the bytes of the datagrams that the server's handshake took.
	// More than three times what it has received it may not send before it has
	// seen that the client's address is right.
	Flight int
}

// minDatagram is the smallest datagram that may carry a client's first packets,
// and the size of all that are sent here: a server may answer with three times
// as much (RFC 9000 sections 8.1 and 14.1).
const minDatagram = 1200

// Versions of QUIC (RFC 9000 section 15). Of version 2 (RFC 9369) no server is
// known that does not speak version 1 too.
const version1 = 1

// ErrNotQUIC is in the chain of errors of a peer that answered by something else
// until the time was over.
var ErrNotQUIC = errors.New("the answer is not QUIC")

// A VersionError is a server that speaks other versions of QUIC.
type VersionError struct{ Versions []uint32 }

func (e *VersionError) Error() string {
	return fmt.Sprintf("the server speaks QUIC in none but the versions %#x", e.Versions)
}

// Closed is the server's own word for why it gave up (RFC 9000 section 20).
type Closed struct {
	Code   uint64
	Reason string // its text, cut short; hostile
}

// Refused reports whether the server does not take connections now.
func (e *Closed) Refused() bool { return e.Code == 2 }

func (e *Closed) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("the server closed the connection with the QUIC error %#x", e.Code)
	}
	return fmt.Sprintf("the server closed the connection with the QUIC error %#x (%s)", e.Code, e.Reason)
}

// closed is the error of a connection that the server closed: one of TLS is an
// alert (RFC 9001 section 4.8).
func closed(code uint64, reason []byte) error {
	const cryptoError = 0x100
	if code >= cryptoError && code < cryptoError+0x100 {
		return &wire.Alert{Number: uint8(code - cryptoError)}
	}
	return &Closed{Code: code, Reason: string(reason[:min(len(reason), 100)])}
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", wire.ErrMalformed, fmt.Sprintf(format, args...))
}
