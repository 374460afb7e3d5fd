package scanner

import (
	"context"
	"crypto/tls"
	"net"
	"sync/atomic"
	"time"

	"github.com/tlschain/tlschain/scanner/wire"
)

// handshakeOrSecond makes the complete handshake, and where the server says
// nothing at all to its hello, asks by another one beside it: some load
// balancers never answer a hello of 256 to 511 bytes (RFC 7685 section 1), some
// old servers none that offers TLS 1.3. The first goes on waiting, since a
// server may just be slow; both end with ctx.
func (a *attempt) handshakeOrSecond(ctx context.Context, curves []tls.CurveID) error {
	deadline, limited := ctx.Deadline()
	if !limited || a.o.Variant == TLS13 {
		return a.handshake(ctx, curves)
	}
	both, end := context.WithCancel(ctx)
	defer end()
	var shown *Observation // by the second hello; nil: nothing
	finished := make(chan struct{})
	timer := time.AfterFunc(time.Until(deadline)/2, func() {
		defer close(finished)
		if a.heard.Load() {
			return
		}
		o := &Observation{Target: a.o.Target, Variant: a.o.Variant, Addr: a.o.Addr, At: a.o.At}
		b := &attempt{run: a.run, o: o, links: 1}
		if b.ask(both, wire.Hello{Version: tls.VersionTLS12}) == nil {
			shown = o
			end() // the first
		}
	})
	err := a.handshake(both, curves)
	if timer.Stop() {
		return err
	}
	if err == nil || a.o.Captured() {
		end() // the second
	}
	<-finished
	if shown == nil || err == nil || a.o.Captured() {
		return err
	}
	*a.o = *shown
	return &Failure{Timeout, noAnswer}
}

// noAnswer tells why the handshake did not complete, beside the chain that the
// second hello brought.
const noAnswer = "the server does not answer a hello that offers TLS 1.3, or one of 256 to 511 bytes; " +
	"the chain is from a second one for TLS 1.2 alone"

// A hearing notes that the server has said something.
type hearing struct {
	net.Conn
	heard *atomic.Bool
}

func (h hearing) Read(p []byte) (int, error) {
	n, err := h.Conn.Read(p)
	if n > 0 {
		h.heard.Store(true)
	}
	return n, err
}
