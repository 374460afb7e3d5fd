package scanner

import (
	"context"
	"net"
	"net/netip"
	"time"

	"github.com/tlschain/tlschain/scanner/starttls"
)

// connect dials and speaks the STARTTLS preamble. The connection has ctx's
// deadline, and ends with ctx; the caller calls hangUp in the end.
func (a *attempt) connect(ctx context.Context) (*link, error) {
	target := a.o.Target
	if a.links++; a.links > 1 && a.limiter != nil {
		// A further connection counts, but does not wait: its time is running.
		a.limiter.Reserve()
	}
	conn, err := a.dial(ctx, target, a.o.Addr)
	if err != nil {
		return nil, &stepError{connectStep, err}
	}
	l := &link{Conn: conn}
	if deadline, ok := ctx.Deadline(); ok {
		conn.SetDeadline(deadline)
	}
	l.release = context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	if a.ProxyProtocol != NoProxyProtocol {
		if _, err := conn.Write(a.ProxyProtocol.header(conn, a.o.Addr)); err != nil {
			l.hangUp()
			return nil, &stepError{connectStep, err}
		}
	}
	if target.STARTTLS == "" {
		return l, nil
	}
	upgrade := a.StartTLS
	if upgrade == nil {
		upgrade = starttls.Upgrade
	}
	name := target.ServerName
	if name == "" {
		name = target.Host
	}
	if err := upgrade(ctx, conn, target.STARTTLS, name); err != nil {
		l.hangUp()
		return nil, &stepError{upgradeStep, err}
	}
	l.Conn = starttls.Framed(target.STARTTLS, conn)
	return l, nil
}

func (r *run) dial(ctx context.Context, target Target, addr netip.AddrPort) (net.Conn, error) {
	if r.Dial != nil {
		return r.Dial(ctx, addr)
	}
	through, err := r.proxyFor(target)
	if err != nil {
		return nil, &proxyError{err}
	}
	if through != nil {
		return r.dialProxy(ctx, through, target, addr)
	}
	// Not DialTCP: even for no source address it binds the socket, and finding
	// a free port that early costs as much as the rest of the connection.
	return r.dialer.DialContext(ctx, "tcp", addr.String())
}

// A link is a connection that is ready for the ClientHello.
type link struct {
	net.Conn
	release func() bool
}

func (l *link) hangUp() {
	l.release()
	l.Conn.Close()
}

// The steps of an attempt, as failures call them.
const (
	connectStep   = "connecting"
	upgradeStep   = "STARTTLS"
	handshakeStep = "the handshake"
)

// A stepError says during which step of an attempt its error came up.
type stepError struct {
	step string
	err  error
}

func (e *stepError) Error() string { return e.step + ": " + e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }
