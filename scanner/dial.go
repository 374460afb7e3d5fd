package scanner

import (
	"context"
	"net"
	"net/netip"
	"time"

	"tlschain/scanner/starttls"
)

// connect dials and speaks the STARTTLS preamble. The connection has ctx's
// deadline, and ends with ctx; the caller calls hangUp in the end.
func (r *run) connect(ctx context.Context, target Target, addr netip.AddrPort) (*link, error) {
	conn, err := r.dial(ctx, addr)
	if err != nil {
		return nil, &stepError{"connecting", err}
	}
	l := &link{Conn: conn}
	if deadline, ok := ctx.Deadline(); ok {
		conn.SetDeadline(deadline)
	}
	l.release = context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	if target.STARTTLS == "" {
		return l, nil
	}
	upgrade := r.StartTLS
	if upgrade == nil {
		upgrade = starttls.Upgrade
	}
	name := target.ServerName
	if name == "" {
		name = target.Host
	}
	if err := upgrade(ctx, conn, target.STARTTLS, name); err != nil {
		l.hangUp()
		return nil, &stepError{"STARTTLS", err}
	}
	return l, nil
}

func (r *run) dial(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
	if r.Dial != nil {
		return r.Dial(ctx, addr)
	}
	// Connections are too short for keep-alive probes to begin.
	dialer := net.Dialer{KeepAlive: -1}
	conn, err := dialer.DialTCP(ctx, "tcp", netip.AddrPort{}, addr)
	if err != nil {
		return nil, err // conn is a nil *net.TCPConn, not a nil net.Conn
	}
	return conn, nil
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

// A stepError says during which step of an attempt its error came up.
type stepError struct {
	step string
	err  error
}

func (e *stepError) Error() string { return e.step + ": " + e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }
