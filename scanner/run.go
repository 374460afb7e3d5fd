package scanner

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"

	"golang.org/x/time/rate"

	"github.com/tlschain/tlschain/scanner/wire"
)

// A run is one scan under way: the scanner and what its connections share.
type run struct {
	*Scanner
	*limits
	names    names
	answered *answered
	idle     idle
	memory   wire.Pool
	dialer   net.Dialer
}

// limits hold back the connections of one run, or of several that share them.
type limits struct {
	pace    *pace
	hosts   hosts
	limiter *rate.Limiter // nil without a limit
}

func newRun(s *Scanner) *run {
	// Connections are too short for keep-alive probes to begin.
	r := &run{Scanner: s, limits: s.shared, answered: newAnswered(), idle: make(idle, s.concurrency()), dialer: net.Dialer{KeepAlive: -1}}
	if s.Source.IsValid() {
		r.dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(s.Source, 0))
	}
	if r.limits == nil {
		r.limits = newLimits(s)
	}
	return r
}

func newLimits(s *Scanner) *limits {
	l := &limits{pace: newPace(s.concurrency())}
	switch {
	case s.PerHost == 0:
		l.hosts.limit = 4
	case s.PerHost > 0:
		l.hosts.limit = s.PerHost
	}
	if s.Rate > 0 {
		l.limiter = rate.NewLimiter(rate.Limit(s.Rate), max(1, int(s.Rate/10)))
	}
	return l
}

// turn waits until a connection to addr may begin. The caller calls done when
// it has ended, with what that says about this machine; on an error, which is
// ctx's, there is nothing to call.
func (r *run) turn(ctx context.Context, addr netip.Addr) (done func(load), err error) {
	leave, err := r.hosts.enter(ctx, addr, r.idle)
	if err != nil {
		return nil, err
	}
	if r.Turn != nil {
		r.idle.tell()
		if err := r.Turn(ctx, addr); err != nil {
			leave()
			return nil, err
		}
	}
	if err := r.pace.begin(ctx); err != nil {
		leave()
		return nil, err
	}
	if r.limiter != nil {
		err = r.limiter.Wait(ctx)
	}
	if err == nil {
		err = ctx.Err() // the place may have come free because the scan is ending
	}
	done = func(sign load) {
		r.pace.end(sign)
		leave()
	}
	if err != nil {
		done(normal)
		return nil, err
	}
	return done, nil
}

// pause waits before the n-th retry: half a second, doubled each time, and up
// to half of that more or less, so that the targets of a server that comes
// back do not all return at once. It returns false when ctx ended.
func pause(ctx context.Context, n int) bool {
	d := 500 * time.Millisecond << min(n, 6)
	timer := time.NewTimer(d/2 + rand.N(d))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
