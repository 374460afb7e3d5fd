package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// The shards of a scan, packed and brief, become the report of the whole again
// but for times.
func TestShardsMergeToTheWhole(t *testing.T) {
	endpoints, err := tlstest.Demo(tlstest.Now())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var list bytes.Buffer
	for i := range 40 {
		e := endpoints[i%len(endpoints)]
		list.WriteString(e.Name + "@" + tlstest.For(t).Serve(tlstest.Behaviour{Default: e.Identity}).Addr().String() + "\n")
	}
	list.WriteString("this is no target\n")
	args := []string{"scan", "--at", tlstest.Now().Format(time.RFC3339), "--clients", "openssl-3.0,go,chrome",
		"--roots", write(t, dir, "roots.pem", pemOf(endpoints[0].Anchors...)), "--pool", write(t, dir, "pool.pem", pemOf(endpoints[0].Pool...)),
		"-f", write(t, dir, "targets.txt", list.Bytes()), "--fail-on", "never", "--progress", "none"}
	whole := timeless(t, into(t, filepath.Join(dir, "whole.json"), append(args, "--format", "json")...))
	merge := []string{"convert", "--merge", "--fail-on", "never", "--format", "json"}
	for i := 1; i <= 7; i++ {
		format, ending := "ndjson", ".zst"
		if i%2 == 0 {
			format, ending = "json", ".gz"
		}
		file := filepath.Join(dir, fmt.Sprintf("%d.%s%s", i, format, ending))
		data := into(t, file, append(args, "--shard", fmt.Sprintf("%d/7", i), "--format", format, "--detail", "brief")...)
		if bytes.Contains(data, []byte("target")) {
			t.Fatalf("%s is not packed", file)
		}
		merge = append(merge, file)
	}
	merged := timeless(t, into(t, filepath.Join(dir, "merged.json"), merge...))
	if !bytes.Equal(whole, merged) {
		t.Errorf("whole:\n%s\nmerged:\n%s", whole, merged)
	}
	if !bytes.Contains(merged, []byte("this is no target")) || !bytes.Contains(merged, []byte("BEGIN CERTIFICATE")) {
		t.Error("what was skipped, or a fix, is lost")
	}
}

// into runs a command whose report goes into a file, and gives what is there.
func into(t *testing.T, file string, args ...string) []byte {
	t.Helper()
	var stderr bytes.Buffer
	code := run(t.Context(), append(args, "-o", file), strings.NewReader(""), os.Stdout, &stderr, func(string) string { return "" })
	if code != exitClean && code != exitUnjudged {
		t.Fatalf("tlschain %s: exit code %d\n%s", strings.Join(args, " "), code, stderr.String())
	}
	return read(t, file)
}

// timeless is a report without its times, its endpoints in order.
func timeless(t *testing.T, data []byte) []byte {
	t.Helper()
	report := readReport(t, data)
	report.StartedAt, report.EvaluatedAt = time.Time{}, time.Time{}
	for i := range report.Endpoints {
		e := &report.Endpoints[i]
		e.SeenAt, e.Handshake.DurationMS = time.Time{}, 0
	}
	slices.SortFunc(report.Endpoints, func(a, b reports.Endpoint) int { return cmp.Compare(a.Target, b.Target) })
	var b bytes.Buffer
	w, err := reports.New("json", &b, reports.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Begin(report.Header); err != nil {
		t.Fatal(err)
	}
	for i := range report.Endpoints {
		if err := w.Endpoint(&report.Endpoints[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(report.Summary); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A packed file that is none, is cut off, or unpacks to one endless value is
// refused with a word on what is wrong.
func TestPackedReportsThatAreNone(t *testing.T) {
	dir := t.TempDir()
	var bomb bytes.Buffer
	w, err := zstd.NewWriter(&bomb, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, `{"target":"`)
	for range 80 {
		w.Write(bytes.Repeat([]byte("a"), 1<<20))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, data, want string }{
		{"none.gz", "{}", "unpacking"},
		{"none.zst", "{}", "reading the report"},
		{"bomb.ndjson.zst", bomb.String(), "more than 64 MiB"},
		{"cut.ndjson.zst", bomb.String()[:bomb.Len()/2], "reading the report"},
	} {
		var stderr bytes.Buffer
		code := run(t.Context(), []string{"convert", write(t, dir, c.file, []byte(c.data))}, strings.NewReader(""), os.Stdout, &stderr,
			func(string) string { return "" })
		if code != exitUsage || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("%s: exit code %d, %s", c.file, code, stderr.String())
		}
	}
}
