package catalog_test

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
)

// rowsOf reads a published table: the fields after the header, a line each.
func rowsOf(t *testing.T, name string) (rows [][]string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(published(t), "distrust", name))
	if err != nil {
		t.Skip("the published data is not there: ", err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
		rows = append(rows, strings.Split(line, "\t"))
	}
	return rows
}

func stored(t *testing.T, id string) *catalog.Store {
	t.Helper()
	s, ok := catalog.Embedded().Store(id)
	if !ok {
		t.Fatalf("no store %s", id)
	}
	return s
}

func hashOf(t *testing.T, text string) (h cert.Hash) {
	t.Helper()
	if n, err := hex.Decode(h[:], []byte(text)); err != nil || n != len(h) {
		t.Fatalf("%q is no SHA-256", text)
	}
	return h
}

func TestChromeStore(t *testing.T) {
	s := stored(t, "chrome-156")
	intermediates, dated := 0, 0
	for _, c := range s.Constraints {
		if c.Intermediate {
			intermediates++
		}
		if !c.SCTUntil.IsZero() {
			dated++
		}
		if c.Intermediate != c.Enforced {
			t.Error("an intermediate's own dates must count, a root's do not")
		}
	}
	if n := len(s.Anchors.All()); n != 115 || intermediates != 15 || dated != 24 {
		t.Errorf("%d anchors, %d intermediates, %d dated; want 115, 15, 24", n, intermediates, dated)
	}
	for i, row := range rowsOf(t, "chrome-root-store.tsv") {
		a := s.Anchors.All()[i]
		c := s.Constraints[a.SHA256]
		if a.SHA256 != hashOf(t, row[0]) || c.Intermediate != (row[1] != "root") || sctText(c) != row[2] || c.From != row[3] {
			t.Errorf("%d: %s %+v, want %q", i, a.SHA256, c, row)
		}
	}
}

func sctText(c catalog.Constraint) string {
	if c.SCTUntil.IsZero() {
		return ""
	}
	return c.SCTUntil.Format(time.RFC3339)
}

func TestMozillaStore(t *testing.T) {
	s := stored(t, "mozilla-2026-05")
	if len(s.Anchors.All()) != 121 || len(s.Constraints) != 2 {
		t.Errorf("%d anchors and %d constraints, want 121 and 2", len(s.Anchors.All()), len(s.Constraints))
	}
	for i, row := range rowsOf(t, "mozilla-root-store.tsv") {
		a := s.Anchors.All()[i]
		until := ""
		if c, ok := s.Constraints[a.SHA256]; ok {
			until = c.NotBeforeUntil.Format(time.RFC3339)
		}
		if a.SHA256 != hashOf(t, row[0]) || until != row[1] {
			t.Errorf("%d: %s until %q, want %q", i, a.SHA256, until, row)
		}
	}
}

func TestDebianStore(t *testing.T) {
	s := stored(t, "debian-12")
	if len(s.Anchors.All()) != 148 || len(s.Constraints) != 0 {
		t.Errorf("%d anchors and %d constraints, want 148 and none", len(s.Anchors.All()), len(s.Constraints))
	}
	for i, row := range rowsOf(t, "debian-ca-certificates.tsv") {
		if a := s.Anchors.All()[i]; a.SHA256 != hashOf(t, row[0]) {
			t.Errorf("%d: %s, want %s", i, a.SHA256, row[0])
		}
	}
}

// What programs carry inside: 144 roots in Node.js 20, 121 in 24, 143 in Java 21,
// 146 in 25, 117 each in certifi and Go's bundle, which differ.
func TestCarriedStores(t *testing.T) {
	for id, want := range map[string]int{"node-20": 144, "node-24": 121, "java-21": 143, "java-25": 146, "certifi-2026.10.19": 117, "x509roots-2026-10-30": 117} {
		if n := len(stored(t, id).Anchors.All()); n != want {
			t.Errorf("%s: %d anchors, want %d", id, n, want)
		}
	}
	until := time.Date(2026, 4, 15, 23, 59, 59, 0, time.UTC)
	for h, c := range stored(t, "x509roots-2026-10-30").Constraints {
		if k, _ := catalog.Embedded().Find(h); k.Cert.Subject.Common != "Izenpe.com" || !c.NotBeforeUntil.Equal(until) {
			t.Errorf("Go's bundle limits %s until %s, want Izenpe.com until %s", k.Cert.Subject.Text, c.NotBeforeUntil, until)
		}
	}
}

// OpenJDK's policies: fingerprints, dates and exceptions.
func TestJavaPolicies(t *testing.T) {
	f := catalog.Embedded()
	if f.Policy("java-99") != nil {
		t.Error("there is a policy of that id")
	}
	for id, want := range map[string]map[string]int{
		"java-13": {"2019-04-16": 16},
		"java-17": {"2019-04-16": 16, "2024-11-11": 9, "2025-04-15": 3},
		"java-25": {"2019-04-16": 16, "2024-11-11": 5, "2025-04-15": 1, "2026-03-17": 1},
	} {
		p := f.Policy(id)
		if p == nil {
			t.Fatalf("no policy %s", id)
		}
		got := make(map[string]int)
		for _, c := range p.Constraints {
			got[c.NotBeforeUntil.Format(time.DateOnly)]++
			for _, e := range c.Except {
				if e.NotBeforeUntil.Format(time.DateTime) != "2019-12-31 23:59:59" {
					t.Errorf("%s: exception until %s", id, e.NotBeforeUntil)
				}
			}
			if symantec := c.NotBeforeUntil.Year() == 2019; symantec != (len(c.Except) == 2) {
				t.Errorf("%s: %d exceptions for %s", id, len(c.Except), c.NotBeforeUntil)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
		for day, n := range want {
			if got[day] != n {
				t.Errorf("%s: %d roots until %s, want %d", id, got[day], day, n)
			}
		}
	}
}

func TestOneCRL(t *testing.T) {
	f := catalog.Embedded()
	lists := f.Revocations()
	if len(lists) != 2 || lists[0].ID != "go" || len(lists[0].Entries) != 8 || lists[1].ID != "onecrl" || len(lists[1].Entries) != 1959 {
		t.Fatalf("lists of revoked certificates: %+v", lists)
	}
	if !lists[1].Date.Equal(day("2026-11-10")) {
		t.Errorf("OneCRL is of %s, want 2026-11-10", lists[1].Date)
	}
	for i, row := range rowsOf(t, "mozilla-onecrl.tsv") {
		e := lists[1].Entries[i]
		name, number := e.Issuer, e.Serial
		if row[0] == "subject-keyhash" {
			name, number = e.Subject, e.SPKI[:]
		}
		if hex.EncodeToString(name) != row[1] || hex.EncodeToString(number) != row[2] || e.Since.Format(time.DateOnly) != row[3] || strings.TrimPrefix(e.Reason, "Mozilla bug ") != row[4] {
			t.Errorf("%d: %+v, want %q", i, e, row)
		}
	}
	live, revoked := 0, 0
	for _, c := range f.CAs().All() {
		if _, e := f.Revocation(c, time.Time{}); e != nil {
			revoked++
			if c.NotAfter.After(day("2026-11-22")) {
				live++
			}
		}
	}
	// CCADB has 1,764 of them, 830 not expired; those that cannot serve TLS are not among our facts.
	if revoked < 1600 || revoked > 1780 || live < 750 {
		t.Errorf("%d known certificates are revoked, %d of them not expired; want most of 1,764 and 830", revoked, live)
	}
}

func TestFirefoxPreloads(t *testing.T) {
	p, ok := catalog.Embedded().Preloads()
	if !ok || len(p.Certs.All())+p.Unknown != 1857 || p.Unknown > 110 || !p.Date.Equal(day("2026-11-15")) {
		t.Errorf("preloads: %+v", p)
	}
	for _, row := range rowsOf(t, "firefox-preloaded-intermediates.tsv") {
		if _, known := catalog.Embedded().Find(hashOf(t, row[0])); !known {
			continue
		}
		found := false
		for _, c := range p.Certs.All() {
			found = found || c.SHA256 == hashOf(t, row[0])
		}
		if !found {
			t.Errorf("%s is known and not among the preloads", row[0])
		}
	}
}

// Root YR and Root YE of Let's Encrypt have a dead and a live certificate each.
func TestTwinsOfRevokedCertificates(t *testing.T) {
	f := catalog.Embedded()
	for begin, dead := range map[string]bool{"270c64b6": true, "2d7b5b42": true, "072639d0": false, "0fc0901c": false} {
		found := false
		for _, c := range f.CAs().All() {
			if !strings.HasPrefix(c.SHA256.String(), begin) {
				continue
			}
			found = true
			for at, want := range map[time.Time]bool{day("2026-11-22"): dead, day("2026-06-10"): false} {
				if list, e := f.Revocation(c, at); (e != nil) != want || e != nil && list.ID != "onecrl" {
					t.Errorf("%s at %s: revoked is %v, want %v", c.SHA256, at, e != nil, want)
				}
			}
		}
		if !found {
			t.Errorf("%s is not known", begin)
		}
	}
}
