package scanner

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// at is a target on loopback, where every address from 127.0.0.1 on is ours.
func at(server *tlstest.Server, name string) Target {
	return Target{Text: name, Host: "127.0.0.1", Addr: server.Addr().Addr(), Port: server.Addr().Port(), ServerName: name}
}

// many is n targets at one server, and how many of them have been taken.
func many(server *tlstest.Server, n int, taken *atomic.Int32) iter.Seq[Target] {
	return func(yield func(Target) bool) {
		for i := range n {
			taken.Add(1)
			if !yield(at(server, fmt.Sprintf("n%d.example.test", i))) {
				return
			}
		}
	}
}

// leakless fails the test if it leaves goroutines behind. They are counted
// until they are as few as before, since what has returned may yet linger.
func leakless(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for range 1_000_000 {
			if runtime.NumGoroutine() <= before {
				return
			}
			runtime.Gosched()
		}
		stacks := make([]byte, 1<<16)
		t.Errorf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
	})
}

func TestScanEveryTargetOnce(t *testing.T) {
	server := tlstest.For(t).Serve(tlstest.Behaviour{Default: tlstest.Present(tlstest.For(t).Leaf("L", nil))})
	leakless(t)
	var taken atomic.Int32
	seen := make(map[string]int)
	for row := range (&Scanner{Concurrency: 20}).Scan(t.Context(), many(server, 500, &taken)) {
		if len(row) != 1 || !row[0].Complete {
			t.Errorf("%+v: %v", row[0], row[0].Failure)
		}
		seen[row[0].Target.Text]++
	}
	if len(seen) != 500 || taken.Load() != 500 {
		t.Errorf("%d targets taken, %d of them different in the result", taken.Load(), len(seen))
	}
	for name, n := range seen {
		if n != 1 {
			t.Errorf("%s: %d rows", name, n)
		}
	}
}

func TestScanNothing(t *testing.T) {
	leakless(t)
	for row := range new(Scanner).Scan(t.Context(), slices.Values([]Target(nil))) {
		t.Errorf("a row for nothing: %v", row)
	}
}

// silent accepts, and says nothing until the test ends.
func silent(t *testing.T) *tlstest.Server {
	return tlstest.For(t).Script(func(conn net.Conn) {
		conn.Read(make([]byte, 1<<16)) // the hello
		conn.Read(make([]byte, 1))
	})
}

// Leaving the loop ends what was started, though servers keep silent.
func TestScanBreak(t *testing.T) {
	tb := tlstest.For(t)
	good := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(tb.Leaf("L", nil))})
	quiet := silent(t)
	leakless(t)
	targets := func(yield func(Target) bool) {
		for i := 0; yield(at(good, "good")) && yield(at(quiet, "quiet")); i++ {
		}
	}
	n := 0
	for range (&Scanner{Concurrency: 50}).Scan(t.Context(), targets) {
		if n++; n == 10 {
			break
		}
	}
}

// A consumer that panics leaves nothing behind either.
func TestScanPanic(t *testing.T) {
	quiet := silent(t)
	tb := tlstest.For(t)
	good := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(tb.Leaf("L", nil))})
	leakless(t)
	defer func() {
		if recover() == nil {
			t.Error("the panic did not come through")
		}
	}()
	for range new(Scanner).Scan(t.Context(), slices.Values([]Target{at(quiet, ""), at(quiet, ""), at(good, "")})) {
		panic("the consumer's")
	}
}

// On cancellation every target that was taken gives its row, and no other one
// is taken.
func TestScanCancel(t *testing.T) {
	tb := tlstest.For(t)
	met := make(chan bool, 1000)
	quiet := tb.Script(func(conn net.Conn) {
		conn.Read(make([]byte, 1<<16))
		met <- true
		conn.Read(make([]byte, 1))
	})
	leakless(t)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for range 3 { // connections wait for their ServerHello
			<-met
		}
		cancel()
	}()
	var taken atomic.Int32
	rows := 0
	for row := range (&Scanner{Concurrency: 3}).Scan(ctx, many(quiet, 100_000, &taken)) {
		rows++
		if f := row[0].Failure; f == nil || f.Code != Canceled {
			t.Errorf("failure %v", f)
		}
	}
	if int32(rows) != taken.Load() || rows < 3 || rows == 100_000 {
		t.Errorf("%d targets taken, %d rows", taken.Load(), rows)
	}
}

func TestScanCanceledBefore(t *testing.T) {
	leakless(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	lookup := func(ctx context.Context, _, _ string) ([]netip.Addr, error) { return nil, ctx.Err() }
	for row := range (&Scanner{Lookup: lookup}).Scan(ctx, slices.Values([]Target{{Host: "a", Port: 1}, {Host: "b", Port: 1}})) {
		if f := row[0].Failure; f == nil || f.Code != Canceled {
			t.Errorf("failure %v", f)
		}
	}
}

// No more connections at once than asked for, overall and to one address.
func TestScanLimits(t *testing.T) {
	var open, most atomic.Int32
	dial := func(context.Context, netip.AddrPort) (net.Conn, error) {
		for n, m := open.Add(1), most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		for range 100 {
			runtime.Gosched()
		}
		open.Add(-1)
		return nil, errors.New("not today")
	}
	for _, c := range []struct {
		scanner Scanner
		addr    string
		most    int32
	}{
		{Scanner{Concurrency: 7}, "127.0.0.1", 7},
		{Scanner{Concurrency: 50}, "192.0.2.1", 4},
		{Scanner{Concurrency: 50, PerHost: 2}, "192.0.2.1", 2},
		{Scanner{Concurrency: 5, PerHost: -1}, "192.0.2.1", 5},
	} {
		most.Store(0)
		c.scanner.Dial = dial
		targets := func(yield func(Target) bool) {
			for range 300 {
				if !yield(Target{Host: c.addr, Addr: netip.MustParseAddr(c.addr), Port: 443}) {
					return
				}
			}
		}
		for range c.scanner.Scan(t.Context(), targets) {
		}
		if got := most.Load(); got > c.most || got == 0 {
			t.Errorf("%s, concurrency %d, per host %d: %d connections at once", c.addr, c.scanner.Concurrency, c.scanner.PerHost, got)
		}
	}
}

// A crowded address does not keep the others waiting.
func TestScanCrowdedHost(t *testing.T) {
	free := make(chan struct{})
	dial := func(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
		if addr.Addr() == netip.MustParseAddr("192.0.2.1") {
			<-free
		} else {
			close(free) // only the other address's turn lets the crowd go on
		}
		return nil, errors.New("not today")
	}
	targets := func(yield func(Target) bool) {
		for range 20 {
			if !yield(Target{Host: "192.0.2.1", Addr: netip.MustParseAddr("192.0.2.1"), Port: 443}) {
				return
			}
		}
		yield(Target{Host: "192.0.2.2", Addr: netip.MustParseAddr("192.0.2.2"), Port: 443})
	}
	n := 0
	for range (&Scanner{Concurrency: 16, Dial: dial}).Scan(t.Context(), targets) {
		n++
	}
	if n != 21 {
		t.Errorf("%d rows", n)
	}
}
