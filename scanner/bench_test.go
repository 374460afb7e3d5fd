//go:build unix

package scanner

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"iter"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
	"github.com/tlschain/tlschain/scanner/wire"
)

// farmVariable makes the test binary a farm of servers, so that a benchmark's
// CPU time is the client's alone.
const farmVariable = "TLSCHAIN_BENCH_FARM"

// TestBenchFarm is the farm: it serves TLS up to 1.2 and TLS 1.3 until its
// input ends. Without the variable it has nothing to do.
func TestBenchFarm(t *testing.T) {
	tb := tlstest.For(t)
	switch os.Getenv(farmVariable) {
	case "":
		return
	case "hostile":
		serveHostile(tb)
		io.Copy(io.Discard, os.Stdin)
		return
	}
	root := tb.Root("R")
	id := tlstest.Present(tb.Leaf("L", root), root)
	for _, lowest := range []uint16{tls.VersionTLS10, tls.VersionTLS13} {
		fmt.Print("FARM")
		// Thousands of connections to one address and port would measure the
		// kernel's search for a free port.
		for i := range 64 {
			server, err := tlstest.Serve(tlstest.Behaviour{Default: id, MinVersion: lowest, Listen: fmt.Sprintf("127.0.1.%d:0", i+1)})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			fmt.Print(" ", server.Addr())
		}
		fmt.Println()
	}
	io.Copy(io.Discard, os.Stdin)
}

// farm starts the servers in a process of their own: some of TLS 1.0 to 1.3,
// some of TLS 1.3 only.
func farm(b *testing.B) (kinds [][]netip.AddrPort) {
	b.Helper()
	for lines := startFarm(b, "good"); len(kinds) < 2 && lines.Scan(); {
		if where, ok := strings.CutPrefix(lines.Text(), "FARM "); ok {
			var addrs []netip.AddrPort
			for addr := range strings.FieldsSeq(where) {
				addrs = append(addrs, netip.MustParseAddrPort(addr))
			}
			kinds = append(kinds, addrs)
		}
	}
	if len(kinds) != 2 {
		b.Fatal("the farm did not start")
	}
	return kinds
}

// startFarm starts a farm of a kind until the benchmark ends, and gives what it says.
func startFarm(b *testing.B, kind string) *bufio.Scanner {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestBenchFarm$")
	cmd.Env = append(os.Environ(), farmVariable+"="+kind)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	return bufio.NewScanner(out)
}

func repeat(addrs []netip.AddrPort, n int) iter.Seq[Target] {
	return func(yield func(Target) bool) {
		for i := range n {
			addr := addrs[i%len(addrs)]
			if !yield(Target{Host: "127.0.0.1", Addr: addr.Addr(), Port: addr.Port(), ServerName: tlstest.ServerName}) {
				return
			}
		}
	}
}

// sideBySide runs f for each of n numbers, 50 at once: the floor under a scan.
func sideBySide(b *testing.B, n int, f func(int) error) {
	var group sync.WaitGroup
	work := make(chan int)
	for range 50 {
		group.Go(func() {
			for i := range work {
				if err := f(i); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	group.Wait()
}

func BenchmarkEndpoint(b *testing.B) {
	kinds := farm(b)
	both, only13 := kinds[0], kinds[1]
	scan := func(s *Scanner, addrs []netip.AddrPort) func(*testing.B) {
		return func(b *testing.B) {
			s.Concurrency = 50
			for row := range s.Scan(b.Context(), repeat(addrs, b.N)) {
				if !row[0].Captured() || row[0].Complete == s.Fast {
					b.Fatal(row[0].Failure)
				}
			}
		}
	}
	floor := func(addrs []netip.AddrPort, f func(net.Conn) error) func(*testing.B) {
		return func(b *testing.B) {
			sideBySide(b, b.N, func(i int) error {
				conn, err := net.Dial("tcp", addrs[i%len(addrs)].String())
				if err != nil {
					return err
				}
				defer conn.Close()
				return f(conn)
			})
		}
	}
	pool := new(wire.Pool)
	ask := func(version uint16) func(net.Conn) error {
		return func(conn net.Conn) error {
			_, err := wire.Hello{Version: version, ServerName: tlstest.ServerName}.Ask(conn, pool)
			return err
		}
	}
	for _, c := range []struct {
		name string
		run  func(*testing.B)
	}{
		{"floor/complete", floor(both, func(conn net.Conn) error {
			client := tls.Client(conn, &tls.Config{ServerName: tlstest.ServerName, InsecureSkipVerify: true, CurvePreferences: []tls.CurveID{tls.CurveP256}})
			defer client.Close()
			return client.Handshake()
		})},
		{"scan/complete", scan(&Scanner{}, both)},
		{"floor/bare", floor(both, ask(tls.VersionTLS12))},
		{"scan/fast", scan(&Scanner{Fast: true}, both)},
		{"floor/early-stop", floor(only13, ask(tls.VersionTLS13))},
		{"scan/fast-tls13", scan(&Scanner{Fast: true}, only13)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			before := system.CPUTime(b)
			c.run(b)
			b.ReportMetric(float64((system.CPUTime(b)-before).Microseconds())/float64(b.N), "cpu-us/op")
		})
	}
}
