package scanner

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// While one target waits for something else than a connection, another one is
// connected, however few connections there may be at once.
func TestWaitsLeaveRoom(t *testing.T) {
	const hour, second, reset, last = "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.9"
	at := func(addr string, port uint16) Target {
		return Target{Host: addr, Addr: netip.MustParseAddr(addr), Port: port}
	}
	lookup := func(ctx context.Context, _, _ string) ([]netip.Addr, error) {
		return nil, cmp.Or(sleep(ctx, time.Hour), errTry)
	}
	turn := func(ctx context.Context, addr netip.Addr) error {
		if addr == netip.MustParseAddr(hour) {
			return sleep(ctx, time.Hour)
		}
		return nil
	}
	for name, c := range map[string]struct {
		scanner Scanner
		targets []Target // the last of which is to be connected once the second is over
	}{
		"the next attempt": {Scanner{Concurrency: 1, Retries: 9}, []Target{at(reset, 443), at(last, 443)}},
		"a name server":    {Scanner{Concurrency: 1, Lookup: lookup}, []Target{at(second, 443), {Host: "slow.example", Port: 443}, at(last, 443)}},
		"a crowded address": {Scanner{Concurrency: 2, PerHost: 1},
			[]Target{at(hour, 443), at(second, 443), at(hour, 444), at(last, 443)}},
		"the caller's limit": {Scanner{Concurrency: 1, Turn: turn}, []Target{at(second, 443), at(hour, 443), at(last, 443)}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				began, waited := time.Now(), time.Duration(-1)
				s := c.scanner
				s.Timeout = 2 * time.Hour
				s.Dial = func(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
					switch to.Addr().String() {
					case hour:
						sleep(ctx, time.Hour)
						return nil, errTry
					case second:
						sleep(ctx, time.Second)
						return nil, errTry
					case reset:
						sleep(ctx, time.Second)
						return nil, syscall.ECONNRESET
					}
					waited = time.Since(began)
					cancel()
					return nil, errTry
				}
				for range s.Scan(ctx, func(yield func(Target) bool) {
					for _, target := range c.targets {
						if !yield(target) {
							return
						}
						time.Sleep(time.Millisecond) // until the connection is under way
					}
				}) {
				}
				if waited.Round(10*time.Millisecond) != time.Second {
					t.Errorf("the last target was connected after %v (-1ns: never)", waited)
				}
			})
		})
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
