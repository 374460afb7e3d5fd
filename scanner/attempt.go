package scanner

import (
	"context"
	"net/netip"
	"sync/atomic"
	"time"
)

// overslept is how late an attempt notices that its time is over where the program
// was suspended meanwhile: what the server sent could not be read.
const overslept = 500 * time.Millisecond

// localRetries is how many times an attempt that failed for want of descriptors,
// ports or time of our own is made again, beside the retries that were asked for: it
// says nothing about the target.
const localRetries = 4

// attempts makes one observation, trying again where that may help.
func (r *run) attempts(ctx context.Context, target Target, addr netip.Addr, variant Variant) *Observation {
	retries, ours := 0, 0
	for {
		o := r.attemptOnce(ctx, target, addr, variant)
		switch {
		case o.Captured() || o.Failure == nil:
			return o
		case o.Failure.Code == Local && ours < localRetries:
			ours++
		case temporary(o.Failure.Code) && retries < r.Retries:
			retries++
		default:
			return o
		}
		r.idle.tell()
		if !pause(ctx, retries+ours-1) {
			return o
		}
	}
}

// temporary reports whether a failure may be gone at the next attempt.
func temporary(code Code) bool { return code == Timeout || code == Reset || code == Busy }

// An attempt is one observation in the making: one handshake, and the other
// hellos that it takes where that shows nothing.
type attempt struct {
	*run
	o     *Observation
	links int         // connections made
	heard atomic.Bool // the server has said something in its handshake
}

// attemptOnce makes one observation, bounded by one timeout.
func (r *run) attemptOnce(ctx context.Context, target Target, addr netip.Addr, variant Variant) *Observation {
	o := &Observation{Target: target, Variant: variant, Addr: netip.AddrPortFrom(addr, target.Port)}
	done, err := r.turn(ctx, addr)
	if err != nil {
		o.At, o.Failure = r.now(), interrupted()
		return o
	}
	defer func() { done(r.loadOf(o)) }()
	o.At = r.now()
	a := &attempt{run: r, o: o}
	limited, cancel := a.limit(ctx)
	defer cancel()
	a.capture(limited)
	if until, ok := limited.Deadline(); ok && o.Failure != nil && o.Failure.Code == Timeout && time.Since(until) > overslept {
		o.Failure = &Failure{Local, "this program did not run while the time of the attempt went by"}
	}
	if f := o.Failure; f != nil && f.Code == Reset && !a.heard.Load() && a.ProxyProtocol == NoProxyProtocol && target.STARTTLS == "" &&
		!a.overQUIC() && !o.Captured() {
		o.Failure = &Failure{Reset, f.Message + expectsProxyProtocol}
	}
	if o.Took == 0 {
		o.Took = r.now().Sub(o.At)
	}
	if ctx.Err() != nil && !o.Captured() {
		o.Failure = interrupted()
	}
	return o
}

// limit gives ctx with the deadline of the attempt.
func (a *attempt) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if a.Dial == nil && a.Proxy == nil && a.o.Target.STARTTLS == "" && !a.overQUIC() {
		return untimed{ctx, time.Now().Add(a.timeout())}, func() {}
	}
	return context.WithTimeout(ctx, a.timeout())
}

// An untimed context has a deadline and does not end at it, and no context that is
// made of it does, unless its own is earlier: connections are told theirs. It costs
// nothing, while one of package context costs a timer and a kilobyte with what waits
// for it.
type untimed struct {
	context.Context
	deadline time.Time
}

func (c untimed) Deadline() (time.Time, bool) {
	if earlier, ok := c.Context.Deadline(); ok && earlier.Before(c.deadline) {
		return earlier, true
	}
	return c.deadline, true
}

// serverName is what to send as SNI; empty means none.
func (a *attempt) serverName() string {
	if a.o.Variant == NoSNI {
		return ""
	}
	return a.o.Target.ServerName
}

func interrupted() *Failure { return &Failure{Canceled, "the scan was interrupted"} }
