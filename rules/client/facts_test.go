package client

import (
	"bufio"
	"crypto"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// below makes up a certificate that is issued by a known CA certificate. Like
// a fact, it has no bytes; SignedBy stands for its signature.
func below(issuer *cert.Certificate, name string, ca bool) *cert.Certificate {
	c := &cert.Certificate{
		SHA256: cert.Hash{1, byte(len(name))}, SignedBy: issuer.Key.SPKI, Version: 3, Serial: []byte{1},
		Issuer: issuer.Subject, Subject: cert.Name{DER: []byte(name), Text: "CN=" + name, Canon: name, Common: name},
		NotBefore: truthAt.AddDate(0, -1, 0), NotAfter: truthAt.AddDate(0, 1, 0),
		Key:          cert.Key{Kind: cert.EC, Curve: "P-256", Bits: 256, SPKI: cert.Hash{2, byte(len(name))}},
		SignatureAlg: cert.SignatureAlg{Name: "SHA256", Hash: crypto.SHA256, Key: issuer.Key.Kind},
		MaxPathLen:   -1, HasBasicConstraints: true, IsCA: ca, AKI: issuer.SKI,
	}
	if !ca {
		c.HasSAN, c.DNSNames = true, []string{"www.example.test"}
	}
	return c
}

// TestMainstream holds that what mainstream CAs tell people to serve is
// accepted, as it is served, by every client of the default group.
func TestMainstream(t *testing.T) {
	facts := catalog.Embedded()
	profiles, _, err := Select(Profiles(facts, truthAt), []string{"broad"})
	if err != nil {
		t.Fatal(err)
	}
	find := func(subject, issuer string) *cert.Certificate {
		for _, k := range facts.All() {
			if c := k.Cert; c.Subject.Common == subject && c.Issuer.Common == issuer && c.ValidAt(truthAt) {
				if list, _ := facts.Revocation(c, truthAt); list == nil {
					return c
				}
			}
		}
		t.Fatalf("no certificate of %q by %q is known", subject, issuer)
		return nil
	}
	for name, path := range map[string][]string{ // common names, upwards; the last is not sent
		"Let's Encrypt, RSA":          {"R12", "ISRG Root X1"},
		"Let's Encrypt, ECDSA":        {"E7", "ISRG Root X1"},
		"Let's Encrypt, generation Y": {"YR1", "Root YR", "ISRG Root X1"},
		"Google, RSA":                 {"WR2", "GTS Root R1", "GlobalSign Root CA"},
		"Google, ECDSA":               {"WE1", "GTS Root R4", "GlobalSign Root CA"},
		"Amazon":                      {"Amazon RSA 2048 M04", "Amazon Root CA 1"},
		"DigiCert":                    {"DigiCert Global G2 TLS RSA SHA256 2020 CA1", "DigiCert Global Root G2"},
		"Sectigo":                     {"Sectigo Public Server Authentication CA DV R36", "Sectigo Public Server Authentication Root R46", "USERTrust RSA Certification Authority"},
		"GlobalSign":                  {"GlobalSign RSA OV SSL CA 2018", "GlobalSign"},
		"Cybertrust Japan":            {"Cybertrust Japan SureServer CA G4", "Security Communication RootCA2"},
	} {
		var list []chain.Entry
		for i := range len(path) - 1 {
			list = append(list, chain.EntryFrom(find(path[i], path[i+1])))
		}
		list = slices.Insert(list, 0, chain.EntryFrom(below(list[0].Cert, "leaf", false)))
		v := new(chain.Verifier)
		for _, got := range Judge(profiles, v.Begin(), list, Question{Name: "www.example.test", At: truthAt, Known: []*chain.Set{facts.CAs()}}) {
			if got.By != Presented {
				t.Errorf("%s: %s: accepted is %v: %s", name, got.Client, got.Accepted, got.Reason)
			}
		}
	}
}

// TestCrossCertificates takes every live cross-certificate of a published
// anchor and holds that exactly those platforms are fixed by sending it whose
// stores have its issuer's key and not its subject's.
func TestCrossCertificates(t *testing.T) {
	f, err := os.Open("../../../shared/data/crosssigns.tsv")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the table of cross-certificates is not beside the repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	facts := catalog.Embedded()
	var platforms []*Profile
	for _, p := range Profiles(facts, truthAt) {
		switch p.Family {
		case "android", "apple":
			q := *p
			q.AIA = false
			platforms = append(platforms, &q)
		}
	}
	tried, needed := 0, 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		row := strings.Split(lines.Text(), "\t")
		if row[6] != "true" || row[7] == "" {
			continue
		}
		needed++
		raw, err := hex.DecodeString(row[4])
		if err != nil || len(raw) != len(cert.Hash{}) {
			t.Fatalf("fingerprint %q", row[4])
		}
		known, ok := facts.Find(cert.Hash(raw))
		if !ok {
			t.Logf("not among the facts: %s by %s", row[0], row[1])
			continue
		}
		cross := known.Cert
		if renamed(facts, cross) {
			continue // certified under another name than its anchors': it fixes nobody
		}
		ca := below(cross, "an intermediate", true)
		list := []chain.Entry{chain.EntryFrom(below(ca, "leaf", false)), chain.EntryFrom(ca)}
		v := new(chain.Verifier)
		q := Question{Name: "www.example.test", At: truthAt}
		without := Judge(platforms, v.Begin(), list, q)
		with := Judge(platforms, v.Begin(), append(list, chain.EntryFrom(cross)), q)
		need := strings.Split(row[7], ",")
		for i, p := range platforms {
			fixed := !without[i].Accepted && with[i].Accepted
			if want := slices.Contains(need, p.StoreID); fixed != want && !forbidden(cross, with[i]) {
				t.Errorf("%s by %s: %s is mended: %v, by the table %v; without: %s; with: %s",
					row[0], row[1], p.ID, fixed, want, without[i].Reason, with[i].Reason)
			}
		}
		tried++
	}
	t.Logf("%d of %d cross-certificates", tried, needed)
	if tried < 40 {
		t.Errorf("only %d cross-certificates were tried", tried)
	}
}

// renamed reports whether all anchors of the certificate's key have another name.
func renamed(facts *catalog.Facts, c *cert.Certificate) bool {
	anchored, same := false, false
	for _, s := range facts.Stores() {
		for _, a := range s.Anchors.BySPKI(c.Key.SPKI) {
			anchored = true
			same = same || a.Subject.Canon == c.Subject.Canon
		}
	}
	return anchored && !same
}

// forbidden reports whether a client rejects the path through the cross-certificate
// for what it says and not for who signed it: the table looks at keys only.
func forbidden(cross *cert.Certificate, v Verdict) bool {
	return v.Cause == Algorithm || v.Cause == Expired || v.Cause == Constraint
}
