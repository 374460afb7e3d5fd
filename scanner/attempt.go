package scanner

import (
	"context"
	"net/netip"
)

// attempts makes one observation, trying again where that may help.
func (r *run) attempts(ctx context.Context, target Target, addr netip.Addr, variant Variant) *Observation {
	for n := 0; ; n++ {
		o := r.attempt(ctx, target, addr, variant)
		if o.Captured() || n >= r.Retries || !mayPass(o.Failure.Code) || !pause(ctx, n) {
			return o
		}
	}
}

// mayPass says whether a failure is of the kind that passes.
func mayPass(code Code) bool { return code == Timeout || code == Reset || code == Busy }

// attempt makes one observation, bounded by one timeout: the fallbacks that it
// may take share it.
func (r *run) attempt(ctx context.Context, target Target, addr netip.Addr, variant Variant) *Observation {
	o := &Observation{Target: target, Variant: variant, Addr: netip.AddrPortFrom(addr, target.Port)}
	if variant == NoSNI {
		o.Target.ServerName = ""
	}
	done, err := r.turn(ctx, addr)
	if err != nil {
		o.At, o.Failure = r.now(), interrupted()
		return o
	}
	defer done()
	o.At = r.now()
	limited, cancel := context.WithTimeout(ctx, r.timeout())
	defer cancel()
	r.capture(limited, o)
	o.Took = r.now().Sub(o.At)
	if ctx.Err() != nil && !o.Captured() {
		o.Failure = interrupted()
	}
	return o
}

func interrupted() *Failure { return &Failure{Canceled, "the scan was interrupted"} }
