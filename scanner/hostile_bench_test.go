//go:build unix

package scanner

import (
	"fmt"
	"iter"
	"net/netip"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// serveHostile is a farm of every hostile peer. It leaves the processor to the others:
// a stranger's server would have one of its own.
func serveHostile(tb tlstest.TB) {
	if err := syscall.Setpriority(syscall.PRIO_PROCESS, 0, 19); err != nil {
		tb.Fatal(err)
	}
	for _, b := range everyHostile() {
		fmt.Printf("HOSTILE %s %s\n", tb.Script(b.serve).Addr(), b.dialect)
	}
	fmt.Println("HOSTILE")
}

func hostileFarm(b *testing.B) (bad []Target) {
	b.Helper()
	for lines := startFarm(b, "hostile"); lines.Scan(); {
		where, ok := strings.CutPrefix(lines.Text(), "HOSTILE")
		if !ok {
			continue
		}
		addr, dialect, more := strings.Cut(strings.TrimPrefix(where, " "), " ")
		if !more {
			return bad
		}
		at := netip.MustParseAddrPort(addr)
		bad = append(bad, Target{Text: "bad", Host: "127.0.0.1", Addr: at.Addr(), Port: at.Port(), ServerName: "www.example.test",
			STARTTLS: dialect})
	}
	b.Fatal("the hostile farm did not start")
	return nil
}

// BenchmarkBesideHostile tells what 200 good endpoints cost, alone and beside all
// hostile ones, with their servers in other processes: how long each takes from its
// start to its row, when the last of them is there, and the scanner's CPU time and
// memory. What the hostile ones cost alone is to be taken off the CPU time beside them.
// In "burst" all begin at once, in "paced" a good one every 5 ms, so that the processor
// is not what they wait for. The kinds of scan take turns, b.N times.
func BenchmarkBesideHostile(b *testing.B) {
	good := slices.Collect(repeat(farm(b)[0], 200))
	bad := hostileFarm(b)
	for _, kind := range []struct {
		name string
		pace time.Duration
	}{{"burst", 0}, {"paced", 5 * time.Millisecond}} {
		b.Run(kind.name, func(b *testing.B) {
			alone, beside, hostile := &cost{name: "alone"}, &cost{name: "beside"}, &cost{name: "hostile"}
			for range b.N {
				alone.scan(b, kind.pace, nil, good)
				beside.scan(b, kind.pace, bad, good)
				hostile.scan(b, kind.pace, bad, nil)
			}
			for _, c := range []*cost{alone, beside, hostile} {
				b.Logf("%-8s CPU %6.1f ms, peak %.1f MB, median %.2f ms, p95 %.2f ms, last %.0f ms", c.name, median(c.cpu), median(c.peak),
					median(c.took), quantile(c.took, 95), median(c.last))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(beside.took)/median(alone.took), "median/alone")
			b.ReportMetric(quantile(beside.took, 95)/quantile(alone.took, 95), "p95/alone")
			b.ReportMetric((median(beside.cpu)-median(hostile.cpu))/median(alone.cpu), "CPU/alone")
			b.ReportMetric(median(beside.peak)/median(alone.peak), "memory/alone")
		})
	}
}

// A cost is what some scans took, in milliseconds and MB: of each scan, and of each good
// endpoint in took.
type cost struct {
	name                  string
	cpu, peak, last, took []float64
}

func (c *cost) scan(b *testing.B, pace time.Duration, bad, good []Target) {
	forgetPeak()
	began, cpu, last := time.Now(), system.CPUTime(b), time.Duration(0)
	for row := range (&Scanner{Timeout: 2 * time.Second}).Scan(b.Context(), among(pace, bad, good)) {
		o := row[0]
		if o.Target.Text == "bad" {
			continue
		}
		if !o.Complete {
			b.Fatal(o.Failure)
		}
		c.took = append(c.took, milliseconds(time.Since(o.At)))
		last = time.Since(began)
	}
	c.cpu = append(c.cpu, milliseconds(system.CPUTime(b)-cpu))
	c.last = append(c.last, milliseconds(last))
	c.peak = append(c.peak, peakMemory())
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

func median(of []float64) float64 { return quantile(of, 50) }

func quantile(of []float64, percent int) float64 {
	if len(of) == 0 {
		return 0
	}
	slices.Sort(of)
	return of[len(of)*percent/100]
}

// among spreads the bad targets over the good ones, of which one comes after each
// pause, and the bad ones in the middle of it.
func among(pause time.Duration, bad, good []Target) iter.Seq[Target] {
	return func(yield func(Target) bool) {
		n := max(len(bad), len(good))
		for i := range n {
			for _, of := range [][]Target{bad, good} {
				if k := i * len(of) / n; k < (i+1)*len(of)/n && !yield(of[k]) {
					return
				}
				time.Sleep(pause / 2)
			}
		}
	}
}

// forgetPeak begins a measurement of peakMemory.
func forgetPeak() {
	runtime.GC()
	debug.FreeOSMemory()
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // elsewhere than on Linux there is no peak
}

// peakMemory is what the process had in memory at most, in MB; 0 where it cannot be known.
func peakMemory() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kB, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kB / 1024
		}
	}
	return 0
}
