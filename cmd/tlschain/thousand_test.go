package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// demoRules are the rules that each fault of the demo is to fire, by the name
// of its server; clients are left out by judging as one that sorts and one that
// does not.
var demoRules = map[string][]string{
	"www.fjordvik-trust.example":  nil,
	"www.bakery.example":          {"missing-intermediate"},
	"tickets.ferry.example":       {"wrong-order"},
	"www.museum.example":          {"root-in-chain"},
	"netbank.sparebank.example":   {"missing-intermediate", "wrong-intermediate"},
	"login.school.example":        {"missing-intermediate"},
	"www.morning-news.example":    {"stale-cross-root"},
	"booking.hotel.example":       {"root-in-chain", "unrelated-certificate"}, // a root, and of a strange CA
	"catalogue.library.example":   {"duplicate-certificate"},
	"portal.clinic.example":       {"expired-leaf"},
	"www.theatre.example":         {"name-mismatch"},
	"printer.office.example":      {"self-signed-leaf"},
	"intranet.gronnfjell.example": {"root-in-chain", "untrusted-root"},
}

// A thousand endpoints with mixed faults: each target is reported exactly once,
// with the rules that its fault fires, and memory stays within bounds.
func TestThousandEndpoints(t *testing.T) {
	const servers, limit = 1000, 200 << 20
	endpoints, err := tlstest.Demo(tlstest.Now())
	if err != nil {
		t.Fatal(err)
	}
	var list bytes.Buffer
	want := map[string]string{} // by address, the name served there
	for i := range servers {
		e := endpoints[i%len(endpoints)]
		address := tlstest.For(t).Serve(tlstest.Behaviour{Default: e.Identity}).Addr().String()
		want[address] = e.Name
		list.WriteString(e.Name + "@" + address + "\n")
	}
	dir := t.TempDir()
	var stderr bytes.Buffer
	scan := exec.Command(builtBinary(t), "scan", "--format", "json", "--fail-on", "never",
		"--at", tlstest.Now().Format("2006-01-02T15:04:05Z"), "--clients", "openssl-3.0,go",
		"--roots", write(t, dir, "roots.pem", pemOf(endpoints[0].Anchors...)), "--pool", write(t, dir, "pool.pem", pemOf(endpoints[0].Pool...)),
		"-f", write(t, dir, "targets.txt", list.Bytes()))
	var stdout bytes.Buffer
	scan.Stdout, scan.Stderr = &stdout, &stderr
	peak, err := runPeak(scan)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	report := readReport(t, stdout.Bytes())
	if report.Summary.Endpoints != servers || len(report.Endpoints) != servers {
		t.Errorf("%d endpoints, %d in the summary, want %d", len(report.Endpoints), report.Summary.Endpoints, servers)
	}
	for i := range report.Endpoints {
		e := &report.Endpoints[i]
		_, address, _ := strings.Cut(e.Target, "@")
		name, ok := want[address]
		if !ok {
			t.Errorf("%s is reported twice, or was never asked for", e.Target)
			continue
		}
		delete(want, address)
		if got := strings.Join(rulesOf(e), " "); e.Status != reports.OK || e.ServerName != name || got != strings.Join(demoRules[name], " ") {
			t.Errorf("%s: status %s, rules %q, want %q", e.Target, e.Status, got, demoRules[name])
		}
	}
	if len(want) > 0 {
		t.Errorf("%d targets are not in the report", len(want))
	}
	t.Logf("peak memory of the scanning process: %d MiB", peak>>20)
	if peak > limit || peak == 0 && runtime.GOOS == "linux" {
		t.Errorf("peak memory %d MiB, want at most %d", peak>>20, limit>>20)
	}
}

// runPeak runs a program and gives its peak memory in bytes, on Linux; 0
// elsewhere. It is read while the program runs, because what the system tells
// afterwards counts the memory of the process that started it too.
func runPeak(cmd *exec.Cmd) (peak int64, err error) {
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			return peak, err
		case <-time.After(5 * time.Millisecond):
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
			_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
			var kilobytes int64
			if n, _ := fmt.Sscan(string(rest), &kilobytes); n == 1 {
				peak = max(peak, kilobytes<<10)
			}
		}
	}
}

// rulesOf lists the rules that fired, sorted.
func rulesOf(e *reports.Endpoint) []string {
	var out []string
	for _, f := range e.Findings {
		out = append(out, f.Rule)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
