package audit

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"
)

// However many workers scan a group, they keep its pace together: connections a
// second of the group, and to one network. Each reserves some turns at a time, in
// the history that all of them share, and lets those pass that it comes too late
// for: so that what comes together is never more than was asked for.

// A pacer keeps the pace of one group in one process.
type pacer struct {
	reserve func(ctx context.Context, name string, n int, every time.Duration) (time.Duration, error) // history.DB.Turns
	report  func(error)
	group   string
	rate    float64 // connections a second; 0: no limit
	network float64 // of them to one network; 0: no limit

	mu    sync.Mutex
	spans map[string]*turnSpan // by name
}

// A turnSpan is turns in a row that this process has.
type turnSpan struct {
	mu   sync.Mutex
	next time.Time // the next turn
	left int
}

const (
	// reserveFor is how long the turns last that are reserved at a time: the share
	// of a worker that dies is lost for no longer.
	reserveFor = 250 * time.Millisecond

	// spansKept bounds the networks that are remembered.
	spansKept = 10_000
)

// wait waits until a connection to an address may begin. The error is ctx's.
func (p *pacer) wait(ctx context.Context, addr netip.Addr) error {
	if p.network > 0 && addr.IsValid() {
		if err := p.turn(ctx, "network "+networkOf(addr), p.network); err != nil {
			return err
		}
	}
	if p.rate > 0 {
		return p.turn(ctx, "group "+p.group, p.rate)
	}
	return nil
}

// networkOf names the network that is taken for one place: /24 of IPv4, /48 of
// IPv6.
func networkOf(addr netip.Addr) string {
	bits := 48
	if addr = addr.Unmap(); addr.Is4() {
		bits = 24
	}
	network, err := addr.WithZone("").Prefix(bits)
	if err != nil {
		return addr.String()
	}
	return network.String()
}

func (p *pacer) span(name string) *turnSpan {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.spans) >= spansKept {
		clear(p.spans) // what they have left is lost
	}
	if p.spans == nil {
		p.spans = map[string]*turnSpan{}
	}
	s := p.spans[name]
	if s == nil {
		s = new(turnSpan)
		p.spans[name] = s
	}
	return s
}

// turn takes the next turn under a name, and waits for it.
func (p *pacer) turn(ctx context.Context, name string, rate float64) error {
	every := time.Duration(float64(time.Second) / rate)
	at, err := p.take(ctx, p.span(name), name, every)
	if err != nil {
		return err
	}
	return sleep(ctx, time.Until(at))
}

func (p *pacer) take(ctx context.Context, s *turnSpan, name string, every time.Duration) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		for now := time.Now(); s.left > 0; s.left-- {
			if at := s.next; !at.Add(every).Before(now) {
				s.left--
				s.next = at.Add(every)
				return at, nil
			}
			s.next = s.next.Add(every) // too late for it
		}
		n := max(1, int(reserveFor/every))
		wait, err := p.reserve(ctx, name, n, every)
		if err == nil {
			s.next, s.left = time.Now().Add(wait), n
			continue
		}
		if ctx.Err() != nil {
			return time.Time{}, ctx.Err()
		}
		p.report(err) // the database may come back
		if err := sleep(ctx, time.Second); err != nil {
			return time.Time{}, err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ledger reserves turns for this process alone.
type ledger struct {
	mu   sync.Mutex
	next map[string]time.Time
}

func (l *ledger) reserve(_ context.Context, name string, n int, every time.Duration) (time.Duration, error) {
	if every <= 0 {
		return 0, errors.New("turns take a while")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if len(l.next) >= spansKept {
		for other, next := range l.next {
			if next.Before(now) {
				delete(l.next, other)
			}
		}
	}
	if l.next == nil {
		l.next = map[string]time.Time{}
	}
	first := l.next[name]
	if first.Before(now) {
		first = now
	}
	l.next[name] = first.Add(time.Duration(n) * every)
	return first.Sub(now), nil
}
