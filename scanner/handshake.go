package scanner

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"

	"github.com/tlschain/tlschain/scanner/starttls"
	"github.com/tlschain/tlschain/scanner/wire"
)

// handshake makes a complete TLS handshake and writes what came of it into o.
// The error says why the handshake did not complete; there may be a chain
// nevertheless.
func (a *attempt) handshake(ctx context.Context, curves []tls.CurveID) error {
	o := a.o
	link, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer link.hangUp()
	out := &corked{Conn: hearing{link.Conn, &a.heard}}
	defer out.flush() // an alert of a handshake that failed
	tape := wire.NewTape(out, &a.memory)
	defer tape.Stop()
	client := tls.Client(tape, a.config(curves, tape.KeyLog()))
	if err := client.Handshake(); err != nil { // its deadline is the connection's
		err = o.readTape(tape, err)
		if o.Request != nil {
			err = &askedError{err}
		}
		return &stepError{handshakeStep, err}
	}
	state := client.ConnectionState()
	o.Version, o.Cipher, o.Complete, o.Staple = state.Version, state.CipherSuite, true, state.OCSPResponse
	o.SCTs = state.SignedCertificateTimestamps
	// Where crypto/tls read the certificates, it holds them as they were sent.
	for _, certificate := range state.PeerCertificates {
		o.Chain = append(o.Chain, certificate.Raw)
	}
	o.Took = a.now().Sub(o.At) // the goodbye is not the server's time
	if farewell := starttls.Farewell(o.Target.STARTTLS); farewell != "" {
		io.WriteString(client, farewell) // if it fails, so will the goodbye of TLS
	}
	if client.CloseWrite() == nil {
		part(ctx, link.Conn, out.take())
	}
	return nil
}

// A corked connection keeps what is written until something is read or flush is
// called, so that the client's Finished message of TLS 1.3 and the close_notify
// that follows it are one segment.
type corked struct {
	net.Conn
	kept []byte
}

func (c *corked) Write(b []byte) (int, error) {
	c.kept = append(c.kept, b...)
	return len(b), nil
}

func (c *corked) Read(b []byte) (int, error) {
	if err := c.flush(); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

// SetWriteDeadline does nothing: crypto/tls lets all writes fail from close_notify
// on, which is not sent then. The deadline of the attempt holds.
func (c *corked) SetWriteDeadline(time.Time) error { return nil }

// flush sends what was kept.
func (c *corked) flush() error {
	if len(c.kept) == 0 {
		return nil
	}
	_, err := c.Conn.Write(c.take())
	return err
}

// take gives what was kept, for the caller to send.
func (c *corked) take() []byte {
	kept := c.kept
	c.kept = kept[:0]
	return kept
}

// readTape takes from the tape what a handshake that failed with err left on
// it, and returns the better account of the failure.
func (o *Observation) readTape(tape *wire.Tape, err error) error {
	presented, why := tape.Presented()
	o.show(&presented)
	var alert *wire.Alert
	var notTLS *wire.NotTLS
	if errors.As(why, &alert) || errors.As(why, &notTLS) || errors.Is(why, wire.ErrTooLarge) {
		return why
	}
	return err
}

// cheapCurves are those of the first handshake. A key share of P-256 costs a
// fraction of the others', and every server of TLS 1.3 must take one (RFC 8446
// section 9.1). crypto/tls has an order of its own and sends a share for the
// first curve of it that is named: X25519 and the hybrids come before P-256
// there, so they stay unnamed.
func cheapCurves() []tls.CurveID {
	return []tls.CurveID{tls.CurveP256, tls.CurveP384, tls.CurveP521}
}

// otherCurves are for servers that have none of the cheap ones.
func otherCurves() []tls.CurveID {
	return []tls.CurveID{tls.X25519MLKEM768, tls.SecP256r1MLKEM768, tls.SecP384r1MLKEM1024, tls.X25519}
}

// config offers everything that crypto/tls can do.
func (a *attempt) config(curves []tls.CurveID, keyLog io.Writer) *tls.Config {
	config := &tls.Config{
		ServerName:             a.serverName(),
		InsecureSkipVerify:     true, // the chain is what we judge, and not here
		MinVersion:             tls.VersionTLS10,
		CipherSuites:           allSuites(),
		CurvePreferences:       curves,
		SessionTicketsDisabled: true,
		KeyLogWriter:           keyLog,
		GetClientCertificate: func(request *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			a.o.Request = &wire.Request{Authorities: request.AcceptableCAs}
			if a.ClientCertificate != nil {
				return a.ClientCertificate, nil
			}
			return new(tls.Certificate), nil
		},
	}
	switch a.o.Variant {
	case TLS12:
		config.MaxVersion = tls.VersionTLS12
	case TLS13:
		config.MinVersion = tls.VersionTLS13
	}
	return config
}

func allSuites() []uint16 {
	return []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
		tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_RSA_WITH_AES_128_CBC_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_CBC_SHA,
		tls.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA,
		tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA, tls.TLS_ECDHE_RSA_WITH_RC4_128_SHA, tls.TLS_RSA_WITH_RC4_128_SHA,
	}
}

// lingerTime is how long a server may take to close its side. It costs one
// slot, so it is short; most servers close within a round trip.
const lingerTime = 300 * time.Millisecond

// lingerBytes is what a server may still have to say, session tickets mostly.
const lingerBytes = 64 << 10

// part sends our last words, close_notify among them, ends our side of the
// connection, and waits for the server to do the same: closing while its session
// tickets are on the way would reset the connection, which looks like a fault in the
// server's log.
func part(ctx context.Context, conn net.Conn, last []byte) {
	if writeLast(conn, last) != nil {
		return
	}
	half, ok := conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil || ctx.Err() != nil {
		return
	}
	conn.SetReadDeadline(time.Now().Add(lingerTime))
	var sink [1024]byte
	for left := lingerBytes; left > 0; {
		n, err := conn.Read(sink[:])
		if err != nil {
			return
		}
		left -= n
	}
}
