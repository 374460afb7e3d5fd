// Package starttls speaks the clear-text preamble of protocols that change to
// TLS in mid-connection, up to the byte before the ClientHello.
//
// It sends no credentials, starts no transaction and makes no connection of
// its own; the TLS handshake is the caller's. It refuses to go on when bytes
// follow the server's go-ahead: whoever sent them did so in clear text, ahead
// of the handshake (the class of CVE-2011-0411 and CVE-2021-23222).
package starttls

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

// A dialect is one protocol's way into TLS.
type dialect struct {
	name    string
	ports   []uint16 // the first is the default
	upgrade func(*session) error
}

// dialects lists every dialect in the order in which they are shown.
func dialects() []dialect {
	return []dialect{
		{"smtp", []uint16{25}, smtp},
		{"submission", []uint16{587}, smtp}, // RFC 6409: SMTP on a port of its own
		{"lmtp", []uint16{24}, lmtp},
		{"imap", []uint16{143}, imap},
		{"pop3", []uint16{110}, pop3},
		{"ftp", []uint16{21}, ftp},
		{"ldap", []uint16{389, 3268}, ldap}, // 3268: Active Directory's global catalogue
		{"xmpp-client", []uint16{5222}, xmppClient},
		{"xmpp-server", []uint16{5269}, xmppServer},
		{"postgres", []uint16{5432}, postgres},
		{"mysql", []uint16{3306}, mysql},
		{"sieve", []uint16{4190}, sieve},
		{"nntp", []uint16{119}, nntp},
		{"irc", []uint16{6667}, irc},
		{"telnet", []uint16{23}, telnet},
		{"rdp", []uint16{3389}, rdp},
		{"mssql", []uint16{1433}, mssql}, // its handshake takes place on Framed's connection
	}
}

// Upgrade brings conn to the point where the TLS handshake is next. The
// caller sets a deadline on conn; Upgrade gives up earlier when ctx ends. host
// is the name of the service, which XMPP asks for; empty where none is known.
//
// It fails with an [*Error] if the peer's words rule TLS out, with the network's
// own error if the connection does, and with ctx's if that ended. After a
// failure the connection is of no further use.
func Upgrade(ctx context.Context, conn net.Conn, dialect, host string) error {
	for _, d := range dialects() {
		if d.name != dialect {
			continue
		}
		stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
		defer stop()
		err := newSession(conn, d.name, host).run(d.upgrade)
		if err != nil && ctx.Err() != nil {
			return fmt.Errorf("%s: %w", d.name, ctx.Err())
		}
		return err
	}
	return fmt.Errorf("no STARTTLS dialect is called %q", dialect)
}

// ByPort names the dialect that servers speak on a well-known port; empty if
// none does.
func ByPort(port uint16) string {
	return byPort()[port]
}

// byPort is asked for each target.
var byPort = sync.OnceValue(func() map[uint16]string {
	names := make(map[uint16]string)
	for _, d := range dialects() {
		for _, p := range d.ports {
			names[p] = d.name
		}
	}
	return names
})

// DefaultPort tells where a dialect is spoken; false if there is no such
// dialect.
func DefaultPort(dialect string) (uint16, bool) {
	for _, d := range dialects() {
		if d.name == dialect {
			return d.ports[0], true
		}
	}
	return 0, false
}

// Dialects lists the names that [Upgrade] knows.
func Dialects() []string {
	var names []string
	for _, d := range dialects() {
		names = append(names, d.name)
	}
	return names
}
