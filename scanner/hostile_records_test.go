package scanner

import (
	"bytes"
	"crypto/rand"
	"net"
	"slices"
	"strings"
	"time"
)

// A behaviour is a peer that means no good, or knows no better.
type behaviour struct {
	name    string
	serve   func(net.Conn)
	dialect string
	code    Code     // empty: the chain is captured
	chain   [][]byte // where it does
}

var small = [][]byte{[]byte("leaf"), []byte("intermediate")}

// slowly sends one byte at a time, for as long as anybody listens.
func slowly(b []byte) func(net.Conn) {
	return func(conn net.Conn) {
		readClientHello(conn)
		for i := 0; ; i = (i + 1) % len(b) {
			if _, err := conn.Write(b[i : i+1]); err != nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func hostileConnections() []behaviour {
	garbage := make([]byte, 1<<12)
	rand.Read(garbage)
	garbage[0] = 0xee // not by chance a record
	return []behaviour{
		{name: "accepts and keeps silent", serve: func(conn net.Conn) { conn.Read(make([]byte, 1<<16)); conn.Read(make([]byte, 1)) }, code: Timeout},
		{name: "never reads the hello", serve: func(conn net.Conn) { time.Sleep(6 * time.Second) }, code: Timeout},
		{name: "drips a record", serve: slowly(record(22, make([]byte, 1<<14)...)), code: Timeout},
		{name: "drips a certificate", serve: slowly(chop(1, flight(bytes.Repeat([]byte("x"), 1<<14)))), code: Timeout},
		{name: "closes at once", serve: func(net.Conn) {}, code: Reset},
		{name: "resets at once", serve: func(conn net.Conn) { conn.(*net.TCPConn).SetLinger(0) }, code: Reset},
		{name: "closes its half first", serve: func(conn net.Conn) { conn.(*net.TCPConn).CloseWrite(); conn.Read(make([]byte, 1<<16)) }, code: Reset},
		{name: "closes within the certificate", serve: thenCloses(chop(1<<14, flight(small...))[:60]), code: Reset},
		{name: "resets within the certificate", code: Reset, serve: func(conn net.Conn) {
			readClientHello(conn)
			conn.Write(chop(1<<14, flight(small...))[:60])
			conn.(*net.TCPConn).SetLinger(0)
		}},
		{name: "closes its half after the flight", code: "", chain: small, serve: func(conn net.Conn) {
			readClientHello(conn)
			conn.Write(chop(1<<14, flight(small...)))
			conn.(*net.TCPConn).CloseWrite()
			conn.Read(make([]byte, 1<<16))
		}},
		{name: "HTTP", serve: says([]byte("HTTP/1.1 400 Bad Request\r\n\r\n<html>")), code: NotTLS},
		{name: "endless HTTP", serve: endlessly([]byte("HTTP/1.1 200 OK\r\n"), bytes.Repeat([]byte("X: y\r\n"), 1000)), code: NotTLS},
		{name: "SSH", serve: func(conn net.Conn) { conn.Write([]byte("SSH-2.0-OpenSSH_9.2\r\n")); conn.Read(make([]byte, 1<<16)) }, code: NotTLS},
		{name: "SMTP that waits", serve: func(conn net.Conn) {
			conn.Write([]byte("220 mx ESMTP\r\n"))
			for conn.SetDeadline(time.Now().Add(8 * time.Second)); ; {
				if _, err := conn.Read(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}, code: NotTLS},
		{name: "one letter", serve: thenCloses([]byte("x")), code: NotTLS},
		{name: "garbage", serve: says(garbage), code: NotTLS},
		{name: "endless garbage", serve: endlessly(nil, garbage), code: NotTLS},
		{name: "SSL 2.0", serve: says([]byte("\x80\x2e\x04\x00\x01\x00\x02"), make([]byte, 64)), code: NotTLS},
		{name: "escape sequences", serve: says([]byte("\x1b]0;pwned\x07\x1b[2J")), code: NotTLS},
		{name: "an echo", serve: answer(func(h clientHello) []byte { return h.raw }), code: Handshake},
	}
}

func hostileRecords() []behaviour {
	hello := serverHello(0x0303, 0xc02f, "", "")
	return []behaviour{
		{name: "one byte a record", serve: says(chop(1, flight(small...))), chain: small},
		{name: "one record for all", serve: says(chop(1<<14, flight(small...))), chain: small},
		{name: "empty records between", serve: says(chop(20, hello), record(22), record(22), chop(7, certificates(small...))), chain: small},
		{name: "warnings between", serve: says(record(21, 1, 112), chop(20, hello), record(21, 1, 112), chop(7, certificates(small...))), chain: small},
		{name: "HelloRequests between", serve: says(chop(1000, slices.Concat(message(0), hello, message(0), certificates(small...)))), chain: small},
		{name: "an alert after the certificate", serve: says(chop(1000, flight(small...)), alert(80)), chain: small},
		{name: "an alert within the certificate", serve: says(chop(1<<14, flight(small...)[:70]), alert(80)), code: Handshake},
		{name: "an alert at once", serve: says(alert(40)), code: Handshake},
		{name: "an unknown alert", serve: says(alert(200)), code: Handshake},
		{name: "goodbye at once", serve: says(record(21, 1, 0)), code: Handshake},
		{name: "an alert of three bytes", serve: says(record(21, 2, 40, 0)), code: Handshake},
		{name: "endless empty records", serve: endlessly(nil, bytes.Repeat(record(22), 1000)), code: Handshake},
		{name: "endless warnings", serve: endlessly(nil, bytes.Repeat(record(21, 1, 112), 1000)), code: Handshake},
		{name: "endless ChangeCipherSpecs", serve: endlessly(chop(999, hello), bytes.Repeat(record(20, 1), 1000)), code: Handshake},
		{name: "endless HelloRequests", serve: endlessly(nil, chop(1<<14, bytes.Repeat(message(0), 1000))), code: Handshake},
		{name: "application data at once", serve: says(record(23, []byte("hello")...)), code: Handshake},
		{name: "a heartbeat", serve: says(chop(999, hello), record(24, 1, 0, 9)), code: Handshake},
		{name: "a record of 64 KiB", serve: says([]byte{22, 3, 3, 0xff, 0xff}, make([]byte, 0xffff)), code: Handshake},
		{name: "HTTP within the handshake", serve: says(chop(999, hello), []byte("HTTP/1.1 400 Bad Request\r\n\r\n")), code: Handshake},
	}
}

func hostileGreetings() []behaviour {
	greet := func(lines ...string) func(net.Conn) {
		return func(conn net.Conn) {
			for _, line := range lines {
				conn.Write([]byte(line))
				conn.Read(make([]byte, 1<<16))
			}
			conn.Read(make([]byte, 1<<16))
		}
	}
	endless := func(line string) func(net.Conn) {
		return func(conn net.Conn) {
			for block := []byte(strings.Repeat(line, 1000)); ; {
				if _, err := conn.Write(block); err != nil {
					return
				}
			}
		}
	}
	return []behaviour{
		{name: "an endless greeting", dialect: "smtp", serve: endless("220-welcome\r\n"), code: TooLarge},
		{name: "a greeting without an end", dialect: "imap", serve: endless("* OK"), code: TooLarge},
		{name: "endless capabilities", dialect: "imap", serve: endless("* CAPABILITY IMAP4rev1\r\n"), code: StartTLS},
		{name: "a silent greeting", dialect: "pop3", serve: func(conn net.Conn) { conn.Read(make([]byte, 1)) }, code: Timeout},
		{name: "a slow greeting", dialect: "smtp", code: Timeout, serve: func(conn net.Conn) {
			for {
				if _, err := conn.Write([]byte("2")); err != nil {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		}},
		{name: "TLS where SMTP should be", dialect: "smtp", serve: func(conn net.Conn) { conn.Read(make([]byte, 1)) }, code: Timeout},
		{name: "no STARTTLS", dialect: "smtp", serve: greet("220 mx\r\n", "250 mx\r\n", "221 bye\r\n"), code: StartTLS},
		{name: "busy", dialect: "smtp", serve: greet("421 too many connections from you\r\n"), code: Busy},
		{name: "go-ahead and garbage", dialect: "smtp", serve: greet("220 mx\r\n", "250-mx\r\n250 STARTTLS\r\n", "220 go\r\n", "what?"), code: NotTLS},
		{name: "words behind the go-ahead", dialect: "smtp", serve: greet("220 mx\r\n", "250-mx\r\n250 STARTTLS\r\n", "220 go\r\n250 injected\r\n"), code: StartTLS},
		{name: "go-ahead and silence", dialect: "smtp", serve: greet("220 mx\r\n", "250-mx\r\n250 STARTTLS\r\n", "220 go\r\n", ""), code: Timeout},
		{name: "an endless LDAP message", dialect: "ldap", serve: func(conn net.Conn) {
			conn.Read(make([]byte, 1<<16))
			conn.Write([]byte{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff})
			endless("x")(conn)
		}, code: TooLarge},
	}
}
