package scanner

import (
	"context"
	"fmt"
	"iter"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// descriptors counts what this process has open; 0 where that is not to be
// seen.
func descriptors() int {
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(open)
}

// Every hostile peer gives one row with the right code, and a thousand good
// targets beside them are none the worse for it, though all share one address.
// Afterwards nothing is left of any of it.
func TestHostilePeers(t *testing.T) {
	for _, fast := range []bool{false, true} {
		t.Run(fmt.Sprintf("fast %v", fast), func(t *testing.T) { scanHostile(t, fast) })
	}
}

func everyHostile() []behaviour {
	return slices.Concat(hostileConnections(), hostileRecords(), hostileGreetings(), hostileHellos(), hostileCertificates())
}

func scanHostile(t *testing.T, fast bool) {
	tb := tlstest.For(t)
	all := everyHostile()
	if len(all) < 40 {
		t.Errorf("only %d behaviours", len(all))
	}
	good := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(tb.Leaf("L", nil))})
	expected := make(map[string]behaviour)
	var bad []Target
	for _, b := range all {
		if _, twice := expected[b.name]; twice {
			t.Fatalf("two behaviours are called %q", b.name)
		}
		expected[b.name] = b
		target := at(tb.Script(b.serve), "www.example.test")
		target.Text, target.STARTTLS = b.name, b.dialect
		bad = append(bad, target)
	}

	leakless(t)
	before := descriptors()
	seen := make(map[string]int)
	fine := 0
	// The good servers are in this process too, on a machine that may be busy:
	// few at once, so that none of them is out of time.
	s := &Scanner{Fast: fast, Timeout: 4 * time.Second, Concurrency: 32}
	for row := range s.Scan(t.Context(), mixed(bad, at(good, "good"), 1000)) {
		o := row[0]
		if o.Target.Text == "good" {
			if !o.Captured() || o.Complete == fast {
				t.Errorf("a good one: %v", o.Failure)
			}
			fine++
			continue
		}
		seen[o.Target.Text]++
		b := expected[o.Target.Text]
		var code Code
		if o.Failure != nil {
			code = o.Failure.Code
		}
		switch {
		case b.code == "" && !sameChain(o.Chain, b.chain):
			t.Errorf("%s: %d entries of %d came home; %v", b.name, len(o.Chain), len(b.chain), o.Failure)
		case b.code != "" && (o.Captured() || code != b.code):
			t.Errorf("%s: %v, want %s", b.name, o.Failure, b.code)
		case o.Complete:
			t.Errorf("%s: it proved possession of a key that it does not have", b.name)
		}
	}
	if fine != 1000 || len(seen) != len(all) {
		t.Errorf("%d good rows, %d hostile ones of %d", fine, len(seen), len(all))
	}
	for name, n := range seen {
		if n != 1 {
			t.Errorf("%s: %d rows", name, n)
		}
	}
	// The servers have descriptors of their own until they notice.
	for range 1_000_000 {
		if descriptors() <= before {
			break
		}
		runtime.Gosched()
	}
	if after := descriptors(); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
	// What the process ever had from the system, the servers' part included.
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	t.Logf("%d MiB of memory", memory.Sys>>20)
	if memory.Sys > 200<<20 {
		t.Errorf("%d MiB of memory, want at most 200", memory.Sys>>20)
	}
}

// mixed puts n good targets among the bad ones.
func mixed(bad []Target, good Target, n int) iter.Seq[Target] {
	return func(yield func(Target) bool) {
		for i := range max(n, len(bad)) {
			if i < len(bad) && !yield(bad[i]) || i < n && !yield(good) {
				return
			}
		}
	}
}

// A countingConn counts what is read from it.
type countingConn struct {
	net.Conn
	read *atomic.Int64
}

func (c countingConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.read.Add(int64(n))
	return n, err
}

// What a hostile peer may take is bounded: of each one some bytes are read, in
// all connections to it together, and its place is given back.
func TestHostilePeersTakeLittle(t *testing.T) {
	const most, mostConnections = 512 << 10, 12
	tb := tlstest.For(t)
	for _, fast := range []bool{false, true} {
		read, dials := make(map[netip.AddrPort]*atomic.Int64), make(map[netip.AddrPort]*atomic.Int64)
		names := make(map[netip.AddrPort]string)
		var bad []Target
		for _, b := range everyHostile() {
			target := at(tb.Script(b.serve), b.name)
			target.STARTTLS = b.dialect
			addr := netip.AddrPortFrom(target.Addr, target.Port)
			read[addr], dials[addr], names[addr] = new(atomic.Int64), new(atomic.Int64), b.name
			bad = append(bad, target)
		}
		s := &Scanner{Fast: fast, Timeout: time.Second, Concurrency: 64, Dial: func(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
			dials[addr].Add(1)
			conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr.String())
			if err != nil {
				return nil, err
			}
			return countingConn{conn, read[addr]}, nil
		}}
		s.ShareLimits()
		for range s.Scan(t.Context(), slices.Values(bad)) {
		}
		for addr, name := range names {
			if n := read[addr].Load(); n > most {
				t.Errorf("%s: %d bytes were read, want at most %d", name, n, most)
			}
			if n := dials[addr].Load(); n > mostConnections {
				t.Errorf("%s: %d connections, want at most %d", name, n, mostConnections)
			}
		}
		if p := s.shared.pace; len(p.slots) != p.held {
			t.Errorf("%d places are taken after the scan, %d for overload", len(p.slots), p.held)
		}
	}
}
