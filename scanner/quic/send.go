package quic

import (
	"crypto/tls"
	"encoding/binary"
	"errors"

	"github.com/tlschain/tlschain/scanner/wire"
)

// flush sends what there is to say. Each datagram has the size that lets the
// server answer with three times as much: the acknowledgements too, since a
// server with a long chain may be waiting for just that.
func (c *conn) flush() error {
	for {
		b := c.build()
		if b == nil {
			return nil
		}
		if _, err := c.link.Write(b); err != nil {
			return err
		}
	}
}

// build makes the next datagram; nil if there is nothing to say.
func (c *conn) build() []byte {
	early := c.frame(&c.initial, minDatagram-c.overhead(&c.initial))
	left := minDatagram
	if early != nil {
		left -= c.overhead(&c.initial) + len(early)
	}
	var late []byte
	if room := left - c.overhead(&c.handshake); room > 64 {
		late = c.frame(&c.handshake, room)
	}
	switch {
	case late != nil:
		left -= c.overhead(&c.handshake) + len(late)
		late = append(late, make([]byte, left)...) // PADDING frames
	case early != nil:
		early = append(early, make([]byte, left)...)
	default:
		return nil
	}
	b := make([]byte, 0, minDatagram)
	if early != nil {
		b = c.seal(b, &c.initial, early)
	}
	if late != nil {
		b = c.seal(b, &c.handshake, late)
	}
	return b
}

// frame makes the frames of a packet, of room bytes at most; nil if there is
// nothing to say.
func (c *conn) frame(s *space, room int) (b []byte) {
	if s.write == nil {
		return nil
	}
	if s.owed && len(s.numbers) > 0 {
		b, s.owed = s.numbers.appendAck(b), false
	}
	const cryptoHeader = 1 + 4 + 2
	if n := min(len(s.out)-s.sent, room-len(b)-cryptoHeader); n > 0 {
		b = append(b, frameCrypto)
		b = appendVarint(b, uint64(s.sent))
		b = appendVarint(b, uint64(n))
		b = append(b, s.out[s.sent:s.sent+n]...)
		s.sent += n
	}
	if s.ping && room > len(b) {
		b, s.ping = append(b, framePing), false
	}
	last := c.handshake.write == nil || s == &c.handshake
	if c.closing != nil && last && s.sent == len(s.out) && room-len(b) >= len(c.closing) {
		b, c.closing = append(b, c.closing...), nil
	}
	return b
}

// overhead is what a packet takes beside its frames.
func (c *conn) overhead(s *space) int {
	n := 1 + 4 + 1 + len(c.destination) + 1 + len(c.source) + 2 + 4 + 16
	if s == &c.initial {
		n += len(appendVarint(nil, uint64(len(c.token)))) + len(c.token)
	}
	return n
}

// seal appends a packet (RFC 9000 section 17.2). Its length takes two bytes, its
// number four.
func (c *conn) seal(b []byte, s *space, frames []byte) []byte {
	h := []byte{0xc3 | s.kind<<4}
	h = binary.BigEndian.AppendUint32(h, version1)
	h = append(append(h, byte(len(c.destination))), c.destination...)
	h = append(append(h, byte(len(c.source))), c.source...)
	if s == &c.initial {
		h = append(appendVarint(h, uint64(len(c.token))), c.token...)
	}
	h = binary.BigEndian.AppendUint16(h, uint16(4+len(frames)+16)|0x4000)
	h = binary.BigEndian.AppendUint32(h, uint32(s.next))
	b = s.write.seal(b, h, frames, s.next)
	s.next++
	return b
}

// probe asks again, and gives the server more that it may answer with (RFC 9002
// section 6.2.2.1).
func (c *conn) probe() {
	if c.handshake.read == nil {
		c.initial.sent = 0
	}
	for _, s := range [...]*space{&c.initial, &c.handshake} {
		s.ping, s.owed = true, true
	}
}

// abort tells the server why there is no more to come, if it is still there.
func (c *conn) abort(err error) {
	const (
		protocolViolation = 0x0a
		cryptoError       = 0x100
	)
	var peer *wire.Alert
	var gone *Closed
	var version *VersionError
	if errors.As(err, &peer) || errors.As(err, &gone) || errors.As(err, &version) {
		return
	}
	code := uint64(protocolViolation)
	var alert tls.AlertError
	if errors.As(err, &alert) {
		code = cryptoError + uint64(alert)
	}
	c.closing = closeFrame(code)
	c.flush() // if it fails, nobody is there to tell
}

func closeFrame(code uint64) []byte {
	return append(appendVarint([]byte{frameClose}, code), 0, 0) // no frame's type, no reason
}
