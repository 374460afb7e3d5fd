package quic

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"time"

	"github.com/tlschain/tlschain/scanner/wire"
)

// firstProbe is how long to wait for an answer before asking again; each further
// wait is twice as long (RFC 9002 section 6.2).
const firstProbe = time.Second

// A space is one encryption level, with packet numbers of its own.
type space struct {
	kind        byte
	level       tls.QUICEncryptionLevel
	read, write *protection // nil until its keys are known
	in          stream
	out         []byte // all that TLS has to say
	sent        int    // of out
	next        uint64 // packet number to send
	numbers     spans  // packet numbers that have come
	owed        bool   // an acknowledgement is
	ping        bool   // an answer is asked for, whatever it is
}

// largest is the largest packet number that has come; -1 for none.
func (s *space) largest() int64 {
	if len(s.numbers) == 0 {
		return -1
	}
	return int64(s.numbers[len(s.numbers)-1].to) - 1
}

// A conn is the client's side of a connection in the making.
type conn struct {
	link        net.Conn // datagrams
	tls         *tls.QUICConn
	source      []byte // our connection ID
	destination []byte // the server's; a random one until it has said its own
	token       []byte // of a Retry
	initial     space
	handshake   space
	early       [][]byte // packets that came before their keys
	heard       bool     // the server has taken part
	useful      bool     // the datagram at hand brought something
	done        bool
	closing     []byte // the frame that ends the connection
	result      Result
	received    int
}

// Handshake says hello on link, a connected UDP socket, and holds the handshake.
// The caller sets the deadline of ctx on link too, and moves it into the past
// when ctx ends. There may be a chain beside an error.
func Handshake(ctx context.Context, link net.Conn, config *tls.Config) (Result, error) {
	c := &conn{
		link: link, source: random(8), destination: random(8),
		initial:   space{kind: typeInitial, level: tls.QUICEncryptionLevelInitial},
		handshake: space{kind: typeHandshake, level: tls.QUICEncryptionLevelHandshake},
		tls:       tls.QUICClient(&tls.QUICConfig{TLSConfig: config}),
	}
	defer c.tls.Close()
	err := c.run(ctx)
	if why := ctx.Err(); why != nil && errors.Is(err, os.ErrDeadlineExceeded) {
		err = why // it is what moved the deadline
	}
	c.result.Presented, err = c.shown(err)
	return c.result, err
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func (c *conn) run(ctx context.Context) error {
	if err := c.begin(ctx); err != nil {
		return err
	}
	buffer := make([]byte, 1<<16)
	wait := firstProbe
	for count := 0; !c.done; count++ {
		if count == maxDatagrams || c.received > maxReceived {
			return c.tooMuch(count)
		}
		n, err := c.receive(ctx, buffer, wait)
		switch {
		case err == nil:
			err = c.datagram(buffer[:n])
		case errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() == nil && !passed(ctx):
			c.probe()
			wait *= 2
			err = nil
		case errors.Is(err, os.ErrDeadlineExceeded) && count > 0 && !c.heard && ctx.Err() != context.Canceled && c.received > 0:
			return ErrNotQUIC
		}
		if err != nil {
			c.abort(err)
			return err
		}
		if err := c.flush(); err != nil {
			return err
		}
	}
	return nil
}

// begin writes the ClientHello.
func (c *conn) begin(ctx context.Context) (err error) {
	if c.initial.write, c.initial.read, err = initialKeys(c.destination); err != nil {
		return err
	}
	c.tls.SetTransportParameters(transportParameters(c.source))
	if err := c.tls.Start(ctx); err != nil {
		return err
	}
	if err := c.events(); err != nil {
		return err
	}
	return c.flush()
}

// transportParameters leave the server room for the streams that it opens by
// itself in HTTP/3 (RFC 9000 section 18.2).
func transportParameters(source []byte) (b []byte) {
	number := func(id, n uint64) {
		value := appendVarint(nil, n)
		b = append(appendVarint(appendVarint(b, id), uint64(len(value))), value...)
	}
	number(0x01, 10_000) // max_idle_timeout, milliseconds
	number(0x04, 64<<10) // initial_max_data
	number(0x07, 16<<10) // initial_max_stream_data_uni
	number(0x09, 3)      // initial_max_streams_uni
	return append(append(b, 0x0f, byte(len(source))), source...)
}

// receive waits for a datagram, or for the moment to ask again.
func (c *conn) receive(ctx context.Context, buffer []byte, wait time.Duration) (int, error) {
	until := time.Now().Add(wait)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(until) {
		until = deadline
	}
	c.link.SetReadDeadline(until)
	if err := ctx.Err(); err != nil { // else its end comes after this, and moves the deadline again
		return 0, err
	}
	n, err := c.link.Read(buffer)
	c.received += n
	return n, err
}

func passed(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ok && !time.Now().Before(deadline)
}

func (c *conn) tooMuch(datagrams int) error {
	if !c.heard {
		return ErrNotQUIC
	}
	err := fmt.Errorf("%w: %d bytes in %d datagrams", wire.ErrTooLarge, c.received, datagrams)
	c.abort(err)
	return err
}

// datagram takes in the packets of a datagram. What is not for us, and what does
// not decrypt, is dropped (RFC 9000 section 5.2).
func (c *conn) datagram(b []byte) error {
	size, before := len(b), c.progress()
	c.useful = false
	for len(b) > 0 {
		h, after, ok := parseHeader(b)
		if !ok || !bytes.Equal(h.destination, c.source) {
			break
		}
		var err error
		switch {
		case h.version == 0:
			err = c.negotiation(&h)
		case h.kind == typeRetry:
			err = c.retry(&h)
		default:
			err = c.packet(&h)
		}
		if err != nil {
			return err
		}
		b = after
	}
	if c.useful || c.progress() > before {
		c.result.Flight += size
	}
	return nil
}

// progress counts the bytes of TLS that have come.
func (c *conn) progress() (n uint64) {
	for _, s := range [...]*space{&c.initial, &c.handshake} {
		for _, x := range s.in.have {
			n += x.to - x.from
		}
	}
	return n
}

// negotiation takes the list of a server that does not speak our version. One
// with our version in it is to be ignored (RFC 9000 section 6.2), and so is one
// that comes late.
func (c *conn) negotiation(h *header) error {
	versions := h.offered()
	if c.heard || c.result.Retried || !bytes.Equal(h.source, c.destination) || len(versions) == 0 || slices.Contains(versions, version1) {
		return nil
	}
	c.heard = true
	return &VersionError{versions}
}

// retry says hello again with the token that a server gave. It does so once
// (RFC 9000 section 17.2.5.2).
func (c *conn) retry(h *header) (err error) {
	if c.heard || c.result.Retried {
		return nil
	}
	token, ok := h.retryToken(c.destination)
	if !ok {
		return nil
	}
	if len(token) > maxToken {
		return malformed("a Retry whose token has %d bytes", len(token))
	}
	c.token, c.result.Retried = token, true
	c.destination = bytes.Clone(h.source)
	c.initial.sent = 0
	c.initial.write, c.initial.read, err = initialKeys(c.destination)
	return err
}

// packet takes in a packet of the handshake.
func (c *conn) packet(h *header) error {
	s := &c.initial
	if h.kind == typeHandshake {
		s = &c.handshake
	}
	if s.read == nil {
		if len(c.early) < maxEarly {
			c.early = append(c.early, bytes.Clone(h.packet))
			c.useful = true
		}
		return nil
	}
	source := bytes.Clone(h.source)
	number, payload, ok := s.read.open(h.packet, h.pn, s.largest())
	if !ok {
		return nil
	}
	if s.numbers.has(number) {
		s.owed = true
		return nil
	}
	wanted, keep, err := c.frames(s, payload)
	if err != nil || !keep {
		return err
	}
	if s == &c.initial && len(s.numbers) == 0 {
		c.destination = source
	}
	if !s.numbers.add(number, number+1) {
		return malformed("over %d gaps in its packet numbers", maxSpans)
	}
	s.owed = s.owed || wanted
	if data := s.in.next(); len(data) > 0 {
		if err := c.tls.HandleData(s.level, data); err != nil {
			return err
		}
	}
	return c.events()
}

// events does what crypto/tls asks for.
func (c *conn) events() (err error) {
	unlocked := false
	for {
		e := c.tls.NextEvent()
		s := &c.initial
		if e.Level == tls.QUICEncryptionLevelHandshake {
			s = &c.handshake
		}
		switch e.Kind {
		case tls.QUICNoEvent:
			if !unlocked {
				return nil
			}
			return c.replay()
		case tls.QUICWriteData:
			if e.Level != tls.QUICEncryptionLevelApplication {
				s.out = append(s.out, e.Data...)
			}
		case tls.QUICSetReadSecret:
			if s == &c.handshake {
				c.result.Version, c.result.Cipher, unlocked = tls.VersionTLS13, e.Suite, true
				s.read, err = newProtection(e.Suite, e.Data)
			}
		case tls.QUICSetWriteSecret:
			if s == &c.handshake {
				s.write, err = newProtection(e.Suite, e.Data)
			}
		case tls.QUICHandshakeDone:
			c.done, c.closing = true, closeFrame(0)
		}
		if err != nil {
			return err
		}
	}
}

// replay takes in the packets that came before their keys.
func (c *conn) replay() error {
	early := c.early
	c.early = nil
	for _, b := range early {
		h, _, ok := parseHeader(b)
		if !ok {
			continue
		}
		if err := c.packet(&h); err != nil {
			return err
		}
	}
	return nil
}

// shown is what the handshake brought, whatever became of it.
func (c *conn) shown(err error) (wire.Presented, error) {
	p := wire.Presented{Version: c.result.Version, Cipher: c.result.Cipher}
	found, why := wire.PresentedIn(c.handshake.in.whole())
	if why != nil {
		if err == nil || errors.Is(why, wire.ErrTooLarge) {
			err = why
		}
		return p, err
	}
	p.Chain, p.Staple, p.Request = found.Chain, found.Staple, found.Request
	state := c.tls.ConnectionState()
	c.result.Complete, c.result.ALPN = c.done && err == nil, state.NegotiatedProtocol
	c.result.SCTs = state.SignedCertificateTimestamps
	return p, err
}
