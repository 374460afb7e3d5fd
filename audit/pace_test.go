package audit

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"
)

// A pacer takes the turns that it reserved one after another, lets those pass
// that it comes too late for, and never goes on without.
func TestPacer(t *testing.T) {
	var reserved []int
	fails := errors.New("the database is gone")
	p := &pacer{group: "web", report: func(error) {}, reserve: func(_ context.Context, name string, n int, every time.Duration) (time.Duration, error) {
		if name == "broken" {
			return 0, fails
		}
		reserved = append(reserved, n)
		return time.Hour, nil
	}}
	s, every := p.span("group web"), reserveFor/3
	var at []time.Time
	for range 4 {
		next, err := p.take(t.Context(), s, "group web", every)
		if err != nil {
			t.Fatal(err)
		}
		at = append(at, next)
	}
	if !slices.Equal(reserved, []int{3, 3}) || at[1].Sub(at[0]) != every || at[2].Sub(at[1]) != every {
		t.Errorf("reserved %v for %v", reserved, at)
	}
	s.next = time.Now().Add(-time.Minute) // it was frozen
	if next, err := p.take(t.Context(), s, "group web", every); err != nil || time.Until(next) < time.Minute || len(reserved) != 3 {
		t.Errorf("turns that were over were taken: %v, %v", next, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	p.report = func(err error) {
		if !errors.Is(err, fails) {
			t.Error(err)
		}
		cancel()
	}
	if _, err := p.take(ctx, p.span("broken"), "broken", every); !errors.Is(err, context.Canceled) {
		t.Errorf("without the database: %v", err)
	}
}

// Each network has a pace of its own, by its prefix.
func TestNetworks(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.77": "192.0.2.0/24", "::ffff:192.0.2.77": "192.0.2.0/24", "2001:db8:1:2::3": "2001:db8:1::/48", "fe80::1%eth0": "fe80::/48",
	} {
		if got := networkOf(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is in %s, not %s", address, got, want)
		}
	}
	l := new(ledger)
	p := &pacer{reserve: l.reserve, group: "web", network: 0.001}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, address := range []string{"192.0.2.1", "198.51.100.1"} {
		p.wait(ctx, netip.MustParseAddr(address))
		if wait, err := l.reserve(t.Context(), "network "+networkOf(netip.MustParseAddr(address)), 1, time.Second); err != nil || wait < 900*time.Second {
			t.Errorf("%s: the next turn is in %v, %v", address, wait, err)
		}
	}
	if _, used := l.next["group web"]; used {
		t.Error("a pace that was not asked for")
	}
}
