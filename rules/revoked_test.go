package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// byPrefix is the known certificate whose SHA-256 begins so.
func byPrefix(t *testing.T, prefix string) *cert.Certificate {
	t.Helper()
	for _, c := range catalog.Embedded().CAs().All() {
		if strings.HasPrefix(c.SHA256.String(), prefix) {
			return c
		}
	}
	t.Fatalf("no certificate %s", prefix)
	return nil
}

func findings(v *Verdict, rule string) (out []Finding) {
	for _, f := range v.Findings {
		if f.Rule == rule {
			out = append(out, f)
		}
	}
	return out
}

func presented(certs ...*cert.Certificate) Presentation {
	p := Presentation{Name: "www.example.test"}
	for _, c := range certs {
		p.Entries = append(p.Entries, chain.EntryFrom(c))
	}
	return p
}

// Let's Encrypt certified Root YR and Root YE twice, and revoked the first ones.
func TestLetsEncryptRevokedCrossCertificates(t *testing.T) {
	j := defaults(t, nov2026)
	for _, x := range []struct{ ca, by, dead, live string }{
		{"YR1", "Root YR", "270c64b6", "072639d0"},
		{"YE1", "Root YE", "2d7b5b42", "0fc0901c"},
	} {
		ca := known(t, nov2026, x.ca, x.by)
		leaf := factLeaf(ca, nov2026.AddDate(0, 0, -20), nov2026.AddDate(0, 0, 70))
		live, dead := byPrefix(t, x.live), byPrefix(t, x.dead)

		v := j.Judge([]Presentation{presented(leaf, ca)})[0]
		missing := findings(v, "missing-intermediate")
		if len(missing) != 1 || missing[0].Missing[0].Cert != live {
			t.Errorf("%s alone: want missing-intermediate naming %s, got\n%s", x.ca, live.SHA256, describe(v))
		}
		v = j.Judge([]Presentation{presented(leaf, ca, dead)})[0]
		revoked := findings(v, "revoked-certificate")
		if len(revoked) != 1 || len(revoked[0].Missing) != 1 || revoked[0].Missing[0].Cert != live ||
			!strings.Contains(revoked[0].Fix, live.SHA256.String()) || revoked[0].Severity < Warning {
			t.Errorf("%s with %s: want revoked-certificate with the swap for %s, got %+v\n%s", x.ca, x.dead, x.live, revoked, describe(v))
		}
		if v = j.Judge([]Presentation{presented(leaf, ca, live)})[0]; len(findings(v, "revoked-certificate")) > 0 {
			t.Errorf("%s with %s, which is live:\n%s", x.ca, x.live, describe(v))
		}
	}
}

// TestNeverAdvisesTheDead goes over every key of our facts that has a revoked and
// a live certificate of one name: neither where only the leaf is sent nor where
// the revoked one is, a finding may name a revoked certificate as one to send.
func TestNeverAdvisesTheDead(t *testing.T) {
	j := defaults(t, nov2026)
	facts := catalog.Embedded()
	keys, named := 0, 0
	for _, dead := range facts.CAs().All() {
		if dead.SelfIssued() || !dead.ValidAt(nov2026) || !j.IsRevoked(dead) {
			continue
		}
		var live []*cert.Certificate
		for _, k := range facts.CAs().BySPKI(dead.Key.SPKI) {
			if sameNameAndKey(k, dead) && k.ValidAt(nov2026) && !j.IsRevoked(k) {
				live = append(live, k)
			}
		}
		if len(live) == 0 {
			continue
		}
		keys++
		leaf := factLeaf(dead, nov2026.AddDate(0, 0, -20), nov2026.AddDate(0, 0, 70))
		for _, p := range []Presentation{presented(leaf), presented(leaf, dead)} {
			v := j.Judge([]Presentation{p})[0]
			for _, ref := range v.Missing {
				if ref.Cert != nil && j.IsRevoked(ref.Cert) {
					t.Errorf("%q: %s is missing, says the verdict; it is revoked", dead.Subject.Common, ref.Cert.SHA256)
				}
			}
			for _, f := range v.Findings {
				for _, ref := range f.Missing {
					if j.IsRevoked(ref.Cert) {
						t.Errorf("%q: %s advises the revoked %s", dead.Subject.Common, f.Rule, ref.Cert.SHA256)
					}
				}
				if strings.Contains(f.Fix, dead.SHA256.String()) {
					t.Errorf("%q: %s: %s", dead.Subject.Common, f.Rule, f.Fix)
				}
			}
			if len(p.Entries) == 2 {
				if found := findings(v, "revoked-certificate"); len(found) != 1 {
					t.Errorf("%q: sent and revoked, but %d findings say so\n%s", dead.Subject.Common, len(found), describe(v))
				} else if len(found[0].Missing) > 0 {
					named++
				}
			}
		}
	}
	t.Logf("%d revoked certificates with a live twin; %d of them are swapped for it", keys, named)
	if keys < 40 {
		t.Errorf("only %d revoked certificates with a live twin: the facts have more", keys)
	}
}

// Judged as of a day before it was revoked, a certificate is not.
func TestRevokedSinceADay(t *testing.T) {
	at := time.Date(2026, 6, 10, 0, 0, 0, 0, time.UTC)
	if dead := byPrefix(t, "270c64b6"); defaults(t, at).IsRevoked(dead) || !defaults(t, nov2026).IsRevoked(dead) {
		t.Error("270c64b6 is revoked since 2026-06-11, neither before nor not at all")
	}
}
