package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/reports"
)

// Plain progress is a line now and then, for logs.
func TestPlainProgress(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	var stderr bytes.Buffer
	g, err := (&process{stderr: &stderr}).newProgress("plain", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	ok, failed := &reports.Endpoint{Status: reports.OK}, &reports.Endpoint{Status: reports.Failed}
	g.endpoint(ok)
	now = now.Add(10 * time.Second)
	g.endpoint(failed)
	g.printf("list:3: %s", "what is wrong")
	g.total.Store(5)
	g.endpoint(ok)
	now = now.Add(10 * time.Second)
	g.endpoint(ok)
	g.end()
	want := `tlschain: 2 endpoints, 1 failed
tlschain: list:3: what is wrong
tlschain: 4 of 5 endpoints, 1 failed
tlschain: 4 of 5 endpoints, 1 failed
`
	if stderr.String() != want {
		t.Errorf("got\n%swant\n%s", &stderr, want)
	}
}

// Where nobody looks there is no progress, and messages still get through. A
// bar that was asked for knows its end.
func TestProgressBar(t *testing.T) {
	for how, want := range map[string]string{"auto": "", "none": "", "bar": "(0/2"} {
		var stderr bytes.Buffer
		g, err := (&process{stderr: &stderr}).newProgress(how, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		if g.shown() != (how == "bar") {
			t.Errorf("%s: shown: %v", how, g.shown())
		}
		g.total.Store(2)
		g.endpoint(&reports.Endpoint{Status: reports.OK})
		g.endpoint(&reports.Endpoint{Status: reports.OK})
		g.printf("a message")
		g.end()
		if got := stderr.String(); !strings.Contains(got, want) || !strings.Contains(got, "tlschain: a message\n") {
			t.Errorf("%s: %q", how, got)
		}
	}
}
