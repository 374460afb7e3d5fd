package scanner

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"

	"github.com/tlschain/tlschain/scanner/quic"
)

// doqPort is where DNS over QUIC is (RFC 9250 section 4.1.1).
const doqPort = 853

// overQUIC reports whether the attempt goes over UDP.
func (a *attempt) overQUIC() bool { return a.o.Target.Transport == QUIC || a.o.Variant == OverQUIC }

// over reports whether a variant makes sense for a target: QUIC has one version
// of TLS and no hello but crypto/tls' own, and what begins in clear text has no
// QUIC beside it.
func (v Variant) over(target Target) bool {
	if target.Transport == QUIC {
		return v == NoSNI
	}
	return v != OverQUIC || target.STARTTLS == ""
}

// captureQUIC captures the chain by a handshake over UDP. It needs no other
// hello: each server that speaks QUIC speaks TLS 1.3.
func (a *attempt) captureQUIC(ctx context.Context) {
	o := a.o
	err := a.handshakeQUIC(ctx, cheapCurves())
	if err != nil && !o.Captured() && o.Version == 0 && wantsOtherCurve(err) {
		err = a.handshakeQUIC(ctx, otherCurves())
	}
	if err != nil {
		o.Failure = a.classify(err)
	}
}

func (a *attempt) handshakeQUIC(ctx context.Context, curves []tls.CurveID) error {
	o := a.o
	link, err := a.connectUDP(ctx)
	if err != nil {
		return err
	}
	defer link.hangUp()
	config := a.config(curves, nil)
	config.MinVersion = tls.VersionTLS13
	config.NextProtos = []string{"h3", "doq"}
	if o.Target.Port == doqPort {
		config.NextProtos = []string{"doq", "h3"}
	}
	shown, err := quic.Handshake(ctx, link, config)
	o.show(&shown.Presented)
	o.Complete, o.SCTs, o.ALPN = shown.Complete, shown.SCTs, shown.ALPN
	if !shown.Retried && shown.Complete {
		o.Flight = shown.Flight
	}
	if err == nil {
		return nil
	}
	if errors.Is(err, syscall.ECONNREFUSED) { // the answer to a datagram: nobody takes them
		return &stepError{connectStep, err}
	}
	if o.Request != nil {
		err = &askedError{err}
	}
	return &stepError{handshakeStep, err}
}

// connectUDP makes the socket. No proxy in use takes datagrams: going past one
// would not be what was asked for.
func (a *attempt) connectUDP(ctx context.Context) (*link, error) {
	if a.links++; a.links > 1 && a.limiter != nil {
		a.limiter.Reserve()
	}
	if a.proxied(a.o.Target) {
		return nil, &proxyError{errors.New("QUIC does not go through a proxy: --proxy none connects without one")}
	}
	dialer := net.Dialer{}
	if a.Source.IsValid() {
		dialer.LocalAddr = net.UDPAddrFromAddrPort(netip.AddrPortFrom(a.Source, 0))
	}
	conn, err := dialer.DialContext(ctx, "udp", a.o.Addr.String())
	if err != nil {
		return nil, &stepError{connectStep, err}
	}
	l := &link{Conn: conn}
	if deadline, ok := ctx.Deadline(); ok {
		conn.SetDeadline(deadline)
	}
	l.release = context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	return l, nil
}

// quicFailure names what went wrong in QUIC itself; nil if nothing did.
func quicFailure(err error) *Failure {
	var version *quic.VersionError
	var closed *quic.Closed
	switch {
	case errors.Is(err, quic.ErrNotQUIC):
		return &Failure{NotTLS, err.Error()}
	case errors.As(err, &version):
		return &Failure{Handshake, err.Error()}
	case errors.As(err, &closed) && closed.Refused():
		return &Failure{Busy, err.Error()}
	}
	return nil
}
