package client

import (
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// Chrome and Apple bound lifetimes under roots of their own, each by its dates;
// nobody does under a private root, and Go and Java under none.
func TestLifetimes(t *testing.T) {
	ca := tlstest.For(t)
	root := ca.Root("R", func(c *tlstest.Template) { c.NotBefore = time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC) })
	anchor, err := cert.Parse(root.DER)
	if err != nil {
		t.Fatal(err)
	}
	store := chain.NewSet([]*cert.Certificate{anchor})
	for _, c := range []struct {
		issued        string
		days          int
		more          time.Duration
		chrome, apple string // what the reason has; empty: accepted
	}{
		{"2026-03-14", 398, 0, "", ""},
		{"2026-03-14", 398, time.Second, "398 days where issued from 2020-09-01 on, and this one was issued on 2026-03-14 for 399 days", "for 399 days"},
		{"2026-03-14", 399, 0, "for 399 days", "398 days where issued from 2020-09-01"},
		{"2026-03-15", 200, 0, "", ""},
		{"2026-03-15", 201, 0, "", ""}, // by no source that was seen
		{"2020-08-31", 825, 0, "", ""},
		{"2020-08-31", 825, time.Hour, "825 days where issued from 2018-03-01 on", ""},
		{"2018-02-28", 900, 0, "", ""},
	} {
		issued, err := time.Parse(time.DateOnly, c.issued)
		if err != nil {
			t.Fatal(err)
		}
		made := ca.Leaf("L"+c.issued+c.more.String()+string(rune('a'+c.days)), root, func(l *tlstest.Template) {
			l.NotBefore, l.NotAfter = issued, issued.AddDate(0, 0, c.days).Add(c.more)
		})
		leaf, err := cert.Parse(made.DER)
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]string{"chrome": c.chrome, "apple-26": c.apple, "go": "", "openjdk-17": ""} {
			for _, private := range []bool{false, true} {
				p := profileOf(t, id).WithStore(store)
				if k := p.Conditions; k != nil && k.Lifetimes != nil && !private {
					k.Lifetimes.Public = store
				}
				v := p.Judge(new(chain.Session), []chain.Entry{chain.EntryFrom(leaf)}, Question{At: issued.Add(time.Hour)})
				refused := !v.Accepted && v.Problem.Code == CodeValidTooLong && strings.Contains(v.Reason, want)
				if ok := want == "" || private; ok != v.Accepted || !ok && !refused {
					t.Errorf("%s, %d days and %s from %s, private is %v: %s", id, c.days, c.more, c.issued, private, v.Reason)
				}
			}
		}
	}
}

// profileOf makes a profile anew, so that its conditions may be changed.
func profileOf(t *testing.T, id string) *Profile {
	t.Helper()
	for _, p := range Profiles(catalog.Embedded(), time.Time{}) {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("no profile %q", id)
	return nil
}
