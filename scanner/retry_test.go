package scanner

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

var errTry = errors.New("the end of this test's network")

// outcomes dials one after another; errTry is an odd answer, which no retry
// fixes.
func outcomes(list ...error) (dial func(context.Context, netip.AddrPort) (net.Conn, error), n *int) {
	n = new(int)
	return func(context.Context, netip.AddrPort) (net.Conn, error) {
		*n++
		if *n > len(list) {
			return nil, errTry
		}
		return nil, list[*n-1]
	}, n
}

// What may pass is tried again, after a pause that grows; nothing else is.
func TestRetries(t *testing.T) {
	reset, refused, full := error(syscall.ECONNRESET), error(syscall.ECONNREFUSED), error(syscall.EMFILE)
	timeout := error(context.DeadlineExceeded)
	for _, c := range []struct {
		retries int
		dials   []error
		made    int
		code    Code
	}{
		{0, []error{reset, reset}, 1, Reset},
		{1, []error{reset, reset, reset}, 2, Reset},
		{3, []error{reset, timeout, refused}, 3, Refused},
		{3, []error{refused, refused}, 1, Refused},
		{0, []error{full, full, refused}, 3, Refused}, // our own fault costs no retry
		{0, slices.Repeat([]error{full}, 100), 1 + localRetries, Local},
	} {
		synctest.Test(t, func(t *testing.T) {
			dial, n := outcomes(c.dials...)
			began := time.Now()
			o := one(t, &Scanner{Retries: c.retries, Dial: dial}, Target{Host: "192.0.2.1", Addr: netip.MustParseAddr("192.0.2.1"), Port: 443})
			if *n != c.made || o.Failure.Code != c.code {
				t.Errorf("%v: %d dials and %v, want %d and %s", c.dials, *n, o.Failure, c.made, c.code)
			}
			if waited := time.Since(began); waited < time.Duration(c.made-1)*250*time.Millisecond {
				t.Errorf("%d dials within %v", *n, waited)
			}
		})
	}
}

// While this machine is overloaded there are fewer connections at once, and as many as
// before when it is over.
func TestPace(t *testing.T) {
	for sign, floor := range map[load]int{exhausted: paceFloor, congested: 10} {
		p := newPace(20)
		inUse := func() int { return cap(p.slots) - p.held }
		for i := range 100 {
			if err := p.begin(t.Context()); err != nil {
				t.Fatal(err)
			}
			p.end(sign)
			if want := max(20-i-1, floor); inUse() != want {
				t.Fatalf("after %d signs of overload %d slots are in use, want %d", i+1, inUse(), want)
			}
		}
		for range 20 * paceFine {
			if err := p.begin(t.Context()); err != nil {
				t.Fatal(err)
			}
			p.end(normal)
		}
		if inUse() != 20 || len(p.slots) != 0 {
			t.Errorf("%d slots are in use again, %d taken", inUse(), len(p.slots))
		}
	}
}

// Silence is a sign of overload only where somebody has answered before.
func TestDistress(t *testing.T) {
	r := newRun(new(Scanner))
	addr := func(i int) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, byte(i >> 8), byte(i)}), 443)
	}
	silent := func(i int) *Observation { return &Observation{Addr: addr(i), Failure: &Failure{Code: Timeout}} }
	if r.loadOf(silent(0)) != normal {
		t.Error("a silent stranger")
	}
	const many = 1 << 16
	for i := range many {
		if r.loadOf(&Observation{Addr: addr(i), Chain: [][]byte{{1}}}) != normal {
			t.Error("a chain")
		}
	}
	if r.loadOf(silent(many-1)) != congested {
		t.Error("the latest endpoint is forgotten")
	}
	remembered := 0
	for i := range many {
		if r.loadOf(silent(i)) == congested {
			remembered++
		}
	}
	if places := len(r.answered.known); remembered < places/2 || remembered > places {
		t.Errorf("%d endpoints are remembered", remembered)
	}
	if r.loadOf(&Observation{Addr: addr(15), Failure: &Failure{Code: Refused}}) != normal || r.loadOf(&Observation{Failure: &Failure{Code: Local}}) != exhausted {
		t.Error("other failures")
	}
}

// The rate holds for connections, whoever they go to.
func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int32
		s := &Scanner{Rate: 10, Dial: func(context.Context, netip.AddrPort) (net.Conn, error) {
			n.Add(1)
			return nil, errTry
		}}
		began := time.Now()
		for range s.Scan(t.Context(), slices.Values(slices.Repeat([]Target{{Host: "127.0.0.1", Addr: netip.MustParseAddr("127.0.0.1"), Port: 1}}, 50))) {
		}
		if took := time.Since(began); took < 4900*time.Millisecond || took > 5*time.Second || n.Load() != 50 {
			t.Errorf("%d connections in %v", n.Load(), took)
		}
	})
}
