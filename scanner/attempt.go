package scanner

import (
	"context"
	"net/netip"
)

// patience is how many times an attempt that failed for want of descriptors or
// ports of our own is made again, beside the retries that were asked for: it
// says nothing about the target.
const patience = 4

// attempts makes one observation, trying again where that may help.
func (r *run) attempts(ctx context.Context, target Target, addr netip.Addr, variant Variant) *Observation {
	retries, ours := 0, 0
	for {
		o := r.once(ctx, target, addr, variant)
		switch {
		case o.Captured() || o.Failure == nil:
			return o
		case o.Failure.Code == Local && ours < patience:
			ours++
		case mayPass(o.Failure.Code) && retries < r.Retries:
			retries++
		default:
			return o
		}
		if !pause(ctx, retries+ours-1) {
			return o
		}
	}
}

// mayPass says whether a failure is of the kind that passes.
func mayPass(code Code) bool { return code == Timeout || code == Reset || code == Busy }

// An attempt is one observation in the making: one handshake, and the other
// hellos that it takes where that shows nothing.
type attempt struct {
	*run
	o     *Observation
	links int // connections made
}

// once makes one observation, bounded by one timeout.
func (r *run) once(ctx context.Context, target Target, addr netip.Addr, variant Variant) *Observation {
	o := &Observation{Target: target, Variant: variant, Addr: netip.AddrPortFrom(addr, target.Port)}
	done, err := r.turn(ctx, addr)
	if err != nil {
		o.At, o.Failure = r.now(), interrupted()
		return o
	}
	defer func() { done(r.sign(o)) }()
	o.At = r.now()
	limited, cancel := context.WithTimeout(ctx, r.timeout())
	defer cancel()
	(&attempt{run: r, o: o}).capture(limited)
	if o.Took == 0 {
		o.Took = r.now().Sub(o.At)
	}
	if ctx.Err() != nil && !o.Captured() {
		o.Failure = interrupted()
	}
	return o
}

// serverName is what to send as SNI; empty means none.
func (a *attempt) serverName() string {
	if a.o.Variant == NoSNI {
		return ""
	}
	return a.o.Target.ServerName
}

func interrupted() *Failure { return &Failure{Canceled, "the scan was interrupted"} }
