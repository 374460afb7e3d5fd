package history_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// day is the n-th night of the tests' calendar.
func day(n int) time.Time { return time.Date(2026, 1, 1, 2, 0, 0, 0, time.UTC).AddDate(0, 0, n) }

// seen is an endpoint in the state that a word stands for.
func seen(key, state string) history.Seen {
	leaf, ca := certificate(state+" leaf"), certificate("the CA")
	return history.Seen{
		Key: key, Identity: "identity of " + key,
		State: history.State{
			Hash: sha256.Sum256([]byte(state)), Doc: []byte("document of " + state), Chain: []history.Certificate{leaf, ca},
			Facts: history.Facts{Status: "ok", Issuer: "CN=" + state, Leaf: leaf.SHA256, Expires: leaf.NotAfter},
		},
	}
}

// bad is seen with a finding and a fix.
func bad(key, state string, worst int) history.Seen {
	s := seen(key, state)
	s.Worst, s.Presentation, s.Rules = worst, worst, "missing-intermediate=error wrong-order=warning"
	s.Bundle = sha256.Sum256([]byte("the mend"))
	return s
}

func certificate(name string) history.Certificate {
	return history.Certificate{SHA256: sha256.Sum256([]byte(name)), NotAfter: day(90), Doc: []byte("facts of " + name), DER: []byte("DER of " + name)}
}

// night stores a complete audit and gives its id.
func night(t testing.TB, db *history.DB, group string, n int, all ...history.Seen) int64 {
	t.Helper()
	w := begin(t, db, group, n)
	add(t, w, all...)
	finish(t, w, n, true)
	return w.ID
}

func begin(t testing.TB, db *history.DB, group string, n int) *history.Writer {
	t.Helper()
	w, err := db.Begin(t.Context(), group, day(n))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func add(t testing.TB, w *history.Writer, all ...history.Seen) {
	t.Helper()
	for some := range slices.Chunk(all, 150) {
		if err := w.Add(t.Context(), some...); err != nil {
			t.Fatal(err)
		}
	}
}

func finish(t testing.TB, w *history.Writer, n int, complete bool) {
	t.Helper()
	if err := w.Finish(t.Context(), day(n).Add(time.Minute), complete, fmt.Sprintf("summary of night %d", n)); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, db *history.DB, group, key string) history.Current {
	t.Helper()
	c, err := db.EndpointByKey(t.Context(), group, key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// intervals writes an endpoint's timeline as "1-3 A, 4-4 B", oldest first.
func intervals(t testing.TB, db *history.DB, group, key string) string {
	t.Helper()
	line, err := db.Timeline(t.Context(), get(t, db, group, key).Endpoint.ID, 100)
	if err != nil {
		t.Fatal(err)
	}
	var text string
	for _, i := range slices.Backward(line) {
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%d-%d %s", i.First, i.Last, i.Issuer[3:])
	}
	return text
}

// told writes changes as "a: A>B, b: >B, c: C>".
func told(t testing.TB, changes []history.Change, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var text string
	name := func(f *history.Facts) string {
		if f == nil {
			return ""
		}
		return f.Issuer[3:]
	}
	for _, c := range changes {
		if text != "" {
			text += ", "
		}
		text += c.Endpoint.Key + ": " + name(c.Before) + ">" + name(c.After)
	}
	return text
}

func expect[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
