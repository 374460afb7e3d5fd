//go:build unix

package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// Whatever a command prints: onto a full disk, it says that it is lost.
func TestFullOutput(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full:", err)
	}
	defer full.Close()
	x := tlstest.For(t)
	chain := write(t, t.TempDir(), "chain.pem", x.Leaf("shop.example.test", x.Root("R")).PEM())
	commands := []string{"clients", "clients go", "explain missing-intermediate", "schema", "version", "version --format json", "--help", "check --help",
		"data info", "completion bash", "audit init -", "fix --clients go " + chain}
	for _, f := range reports.Formats() {
		commands = append(commands, "check --clients go --format "+f+" "+chain)
	}
	for _, command := range commands {
		cmd := exec.Command(builtBinary(t), strings.Fields(command)...)
		var said strings.Builder
		cmd.Stdout, cmd.Stderr = full, &said
		cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
		err := cmd.Run()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() == exitFindings || !strings.Contains(said.String(), "no space left") {
			t.Errorf("%s: %v, %q", command, err, said.String())
		}
	}
}

// Whoever reads no further, as head does, ends the program without a word, by
// the signal that ends all others too.
func TestClosedOutput(t *testing.T) {
	x := tlstest.For(t)
	chain := write(t, t.TempDir(), "chain.pem", x.Leaf("shop.example.test", x.Root("R")).PEM())
	for _, f := range reports.Formats() {
		cmd := exec.Command(builtBinary(t), "check", "--clients", "go", "--format", f, chain)
		reader, writer, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		reader.Close()
		var said strings.Builder
		cmd.Stdout, cmd.Stderr = writer, &said
		err = cmd.Run()
		writer.Close()
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			t.Errorf("%s: %v", f, err)
			continue
		}
		if status, ok := exit.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGPIPE || said.Len() > 0 {
			t.Errorf("%s: %v, and it says %q", f, err, said.String())
		}
	}
}

// With 64 descriptors a scan of 200 targets takes longer and finds the same.
func TestFewDescriptors(t *testing.T) {
	x := tlstest.For(t)
	root := x.Root("R")
	leaf := x.Leaf("shop.example.test", root)
	server := x.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf)})
	dir := t.TempDir()
	roots := write(t, dir, "roots.pem", root.PEM())
	var list strings.Builder
	for i := range 200 {
		fmt.Fprintf(&list, "host%d.example.test@%s\n", i, server.Addr())
	}
	hosts := write(t, dir, "hosts.txt", []byte(list.String()))
	report := filepath.Join(dir, "report.csv")
	cmd := exec.Command("sh", "-c", `ulimit -n 64; exec "$@"`, "sh", builtBinary(t), "scan", "-f", hosts, "--roots", roots, "--clients", "go",
		"--timeout", "60s", "--fail-on", "never", "--format", "csv", "-o", report)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rows, err := csv.NewReader(strings.NewReader(string(read(t, report)))).ReadAll()
	if err != nil || len(rows) != 201 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		if row[6] != "ok" {
			t.Errorf("%q", row[:8])
		}
	}
}

// Without standard input, as under "<&-", whatever would read it says that there is
// nothing, and what does not read it works.
func TestClosedInput(t *testing.T) {
	x := tlstest.For(t)
	root := x.Root("R")
	chain, roots := write(t, t.TempDir(), "chain.pem", x.Leaf("shop.example.test", root).PEM()), write(t, t.TempDir(), "roots.pem", root.PEM())
	for command, want := range map[string]struct {
		code int
		says string
	}{
		"check --clients go --roots " + roots + " " + chain: {exitClean, ""},
		"check -":                       {exitUsage, "it is empty"},
		"scan -f -":                     {exitUsage, "there is no target"},
		"fix -f -":                      {exitUsage, "there is no target"},
		"convert --format csv -":        {exitUsage, "standard input is empty"},
		"check --key - " + chain:        {exitUsage, "--key -:"},
		"check --roots - " + chain:      {exitUsage, "--roots -:"},
		"scan --timeout 1s 127.0.0.1:1": {exitUnjudged, ""},
		"audit check --config - --db x": {exitUsage, "-"},
	} {
		cmd := exec.Command("sh", append([]string{"-c", `exec "$@" <&-`, "sh", builtBinary(t)}, strings.Fields(command)...)...)
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != want.code || !strings.Contains(string(out), want.says) || strings.Contains(string(out), "goroutine") {
			t.Errorf("%s: exit %d, want %d and %q\n%s", command, code, want.code, want.says, out)
		}
	}
}

// A name server that never answers costs a list about one time-out, and each of
// its names is told of.
func TestMuteNameServer(t *testing.T) {
	mute, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	const names, patience = 200, 3 * time.Second
	var list strings.Builder
	for i := range names {
		fmt.Fprintf(&list, "host%d.example.test\n", i)
	}
	dir := t.TempDir()
	report := filepath.Join(dir, "report.ndjson")
	cmd := exec.Command(builtBinary(t), "scan", "-f", write(t, dir, "names.txt", []byte(list.String())), "--dns", mute.LocalAddr().String(),
		"--timeout", patience.String(), "--format", "ndjson", "-o", report)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	peak, _ := runPeak(cmd)
	took := time.Since(began)
	if code := cmd.ProcessState.ExitCode(); code != exitUnjudged {
		t.Errorf("exit %d\n%s", code, out.String())
	}
	told := make(map[string]bool)
	for line := range bytes.Lines(read(t, report)) {
		var e struct {
			Target string
			Error  struct{ Code string }
		}
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		told[e.Target] = true
		if e.Error.Code != string(scanner.DNS) {
			t.Errorf("%s", line)
		}
	}
	t.Logf("%d names took %v and %d MiB", len(told), took, peak>>20)
	if len(told) != names {
		t.Errorf("%d names are told of, not %d", len(told), names)
	}
	if took > 10*patience { // far from one after the other
		t.Errorf("it took %v", took)
	}
	if peak > 256<<20 {
		t.Errorf("it took %d MiB", peak>>20)
	}
}
