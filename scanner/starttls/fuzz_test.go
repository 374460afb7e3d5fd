package starttls

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"
	"unicode"
)

// fuzz feeds a server's words to a dialect, at once and byte by byte. The two
// must come to the same end, unless bytes follow the go-ahead: those are seen
// at once only, and must be refused then and left alone otherwise.
func fuzz(f *testing.F, dialect string, talks []talk) {
	for _, talk := range talks {
		var said strings.Builder
		for _, line := range talk.lines {
			if line[0] == '>' {
				said.WriteString(line[1:])
			}
		}
		f.Add([]byte(said.String()))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		whole, drip := &tape{rest: said, chunk: len(said)}, &tape{rest: said, chunk: 1}
		atOnce := Upgrade(context.Background(), whole, dialect, "chat.example.test")
		byByte := Upgrade(context.Background(), drip, dialect, "chat.example.test")
		var a, b *Error
		errors.As(atOnce, &a)
		errors.As(byByte, &b)
		switch {
		case atOnce == nil && (byByte != nil || len(drip.rest) > 0):
			t.Errorf("byte by byte: %v, %d bytes left", byByte, len(drip.rest))
		case byByte == nil && len(drip.rest) > 0 && (a == nil || a.Kind != Injected):
			t.Errorf("%d bytes follow the go-ahead: %v", len(drip.rest), atOnce)
		case byByte != nil && (atOnce == nil || atOnce.Error() != byByte.Error()):
			t.Errorf("at once: %v, byte by byte: %v", atOnce, byByte)
		case (a != nil && a.Kind != Injected) != (b != nil):
			t.Errorf("at once: %#v, byte by byte: %#v", a, b)
		}
		if taken := len(said) - len(drip.rest); taken > maxTotal {
			t.Errorf("took %d bytes", taken)
		}
		if most := 1000 + 4*len(said); drip.sent > most {
			t.Errorf("sent %d bytes in answer to %d", drip.sent, len(said))
		}
		if atOnce != nil && (len(atOnce.Error()) > 2000 || strings.ContainsFunc(atOnce.Error(), unicode.IsControl)) {
			t.Errorf("%q is not fit to be shown", atOnce)
		}
	})
}

// A tape is a server that says the same whatever it hears.
type tape struct {
	rest  []byte
	chunk int
	sent  int
}

func (c *tape) Read(p []byte) (int, error) {
	n, err := bytes.NewReader(c.rest[:min(c.chunk, len(c.rest))]).Read(p)
	c.rest = c.rest[n:]
	return n, err
}
func (c *tape) Write(p []byte) (int, error)      { c.sent += len(p); return len(p), nil }
func (c *tape) Close() error                     { return nil }
func (c *tape) LocalAddr() net.Addr              { return &net.TCPAddr{IP: net.IPv6loopback} }
func (c *tape) RemoteAddr() net.Addr             { return c.LocalAddr() }
func (c *tape) SetDeadline(time.Time) error      { return nil }
func (c *tape) SetReadDeadline(time.Time) error  { return nil }
func (c *tape) SetWriteDeadline(time.Time) error { return nil }
