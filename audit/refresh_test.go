package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/catalog/build"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// revoking are facts of a later day, by whose OneCRL a key is revoked.
func revoking(t *testing.T, c *tlstest.Cert, day time.Time) *catalog.Facts {
	t.Helper()
	parsed, err := cert.Parse(c.DER)
	if err != nil {
		t.Fatal(err)
	}
	list := "kind\tname_der_hex\tserial_or_spki_sha256_hex\tlast_modified\tbug\n" +
		fmt.Sprintf("subject-keyhash\t%x\t%s\t2026-11-20\t1\n", parsed.Subject.DER, parsed.Key.SPKI)
	update, err := build.Renew(catalog.Embedded(), fstest.MapFS{"mozilla-onecrl.tsv": {Data: []byte(list)}}, day)
	if err != nil {
		t.Fatal(err)
	}
	return update.Facts
}

// Newer facts are told to whoever is told of the endpoints that they mean
// something for, once, and to nobody else.
func TestRefreshTellsWhatItMeans(t *testing.T) {
	ca := tlstest.For(t)
	root := ca.Root("R")
	good, bad := ca.Intermediate("I", root), ca.Intermediate("J", root)
	f := newFleet(t, root, "  - name: Nobody\n", "    clients: [go, firefox]\n")
	f.config.Serve.URL = "https://chains.example/"
	told := filepath.Join(t.TempDir(), "told")
	hook := func(events ...string) *Receiver {
		return &Receiver{Exec: []string{"sh", "-c", `cat >> "$0"`, told}, Events: events}
	}
	f.config.Receivers = map[string]*Receiver{"ops": hook(), "quiet": hook("worse"), "elsewhere": hook("trust")}
	f.config.Groups["web"].Notify = []string{"ops", "quiet"}
	f.add(t, "a.example", ca.Leaf("a", good), good)
	f.add(t, "b.example", ca.Leaf("b", bad), bad)
	f.add(t, "c.example", ca.Leaf("c", bad), bad)
	f.store(t)

	inUse := catalog.Embedded()
	newer := revoking(t, bad, tlstest.Now().AddDate(0, 0, 7))
	kept := 0
	n := &Notifier{Config: f.config, DB: f.db, Clock: Clock{Now: tlstest.Now}, Getenv: os.Getenv, Report: func(err error) { t.Error(err) }}
	r := &Refresher{
		Notifier: n, Every: 7 * 24 * time.Hour,
		Env: func(now time.Time) tlschain.Env { return tlschain.Env{Now: now, Facts: inUse} },
		Newer: func(context.Context) (*catalog.Facts, func() error, error) {
			return newer, func() error { kept++; return nil }, errors.New("one publisher is down")
		},
	}
	for range 2 { // the second time as after a crash between telling and keeping
		if err := r.refresh(t.Context()); err == nil || err.Error() != "one publisher is down" {
			t.Fatal(err)
		}
	}
	if _, left, err := n.Send(t.Context(), true); err != nil || left != 0 {
		t.Fatal(left, err)
	}
	text, err := os.ReadFile(told)
	if err != nil {
		t.Fatal(err)
	}
	m, err := decodeMessage(string(text))
	if err != nil {
		t.Fatalf("not exactly one message: %v\n%s", err, text)
	}
	if m.Title != "tlschain: what clients trust has changed for 2 of the endpoints" || m.URL != "https://chains.example/outlook" || len(m.Turns) != 1 || kept != 2 {
		t.Errorf("kept %d times; %+v", kept, m)
	}
	for _, part := range []string{"b.example:443, c.example:443", "Breaks for firefox", "is revoked from this day on", "https://chains.example/outlook"} {
		if !strings.Contains(m.Text, part) {
			t.Errorf("the text lacks %q:\n%s", part, m.Text)
		}
	}
	if strings.Contains(m.Text, "a.example") {
		t.Errorf("an endpoint that it does not concern:\n%s", m.Text)
	}

	// The same facts again mean nothing new.
	inUse = newer
	if err := r.refresh(t.Context()); err == nil || kept != 3 {
		t.Error(err, kept)
	}
	if notices, err := f.db.Notices(t.Context(), "", 10); err != nil || len(notices) != 1 {
		t.Errorf("%+v %v", notices, err)
	}
}

// Publishers are asked when the facts are old enough, not sooner and not at
// every look at the clock, and again some hours after a failure.
func TestRefreshKeepsItsTime(t *testing.T) {
	w := newWorld()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	start := w.clock().Now()
	var asked []time.Duration
	n := &Notifier{Clock: w.clock(), Report: func(error) {}}
	facts, err := build.Renew(catalog.Embedded(), fstest.MapFS{}, start)
	if err != nil {
		t.Skip(err)
	}
	r := &Refresher{
		Notifier: n, Every: 7 * 24 * time.Hour,
		Env: func(now time.Time) tlschain.Env { return tlschain.Env{Now: now, Facts: facts.Facts} },
		Newer: func(context.Context) (*catalog.Facts, func() error, error) {
			asked = append(asked, w.clock().Now().Sub(start).Round(time.Hour))
			switch len(asked) {
			case 1:
				return nil, nil, errors.New("down")
			case 3:
				cancel()
			}
			return nil, nil, nil
		},
	}
	r.keep(ctx)
	if got := fmt.Sprint(asked); got != "[168h0m0s 174h0m0s 342h0m0s]" {
		t.Errorf("asked after %s", got)
	}
}
