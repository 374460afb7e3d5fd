package fix

import (
	"slices"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

// TestNeverWritesTheDead goes over every key of our facts that has a revoked and
// a live certificate of one name: whether the leaf alone is sent or the revoked
// one behind it, the corrected list holds no revoked certificate, and so no file
// that is written of it does.
func TestNeverWritesTheDead(t *testing.T) {
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	facts := catalog.Embedded()
	chosen, named, err := client.Select(client.Profiles(facts, at), []string{"broad"})
	if err != nil {
		t.Fatal(err)
	}
	j := rules.NewJudge(rules.Criteria{At: at, Profiles: chosen, Named: named, Known: []rules.Source{{Name: "catalog", Set: facts.CAs()}},
		Products: catalog.EmbeddedProducts(), Revoked: facts.Revocations()}, nil)
	keys, planned, replaced := 0, 0, 0
	for _, dead := range facts.CAs().All() {
		if dead.SelfIssued() || !dead.ValidAt(at) || !j.IsRevoked(dead) {
			continue
		}
		if !slices.ContainsFunc(facts.CAs().BySPKI(dead.Key.SPKI), func(k *cert.Certificate) bool {
			return k.Subject.Canon == dead.Subject.Canon && k.ValidAt(at) && !j.IsRevoked(k)
		}) {
			continue
		}
		keys++
		leaf := leafUnder(dead, at)
		for _, sent := range [][]*cert.Certificate{{leaf}, {leaf, dead}} {
			p := rules.Presentation{Name: "www.example.test"}
			for _, c := range sent {
				p.Entries = append(p.Entries, chain.EntryFrom(c))
			}
			for _, prefer := range []Preference{Minimal, Widest} {
				plan := New(j, Options{Prefer: prefer}).Plan(j.Judge([]rules.Presentation{p})[0])
				if plan == nil || !plan.Fixes {
					continue // nothing is written
				}
				planned++
				for _, c := range plan.Bundle {
					if j.IsRevoked(c.Cert) {
						t.Errorf("%q, %d sent, %s: the list holds the revoked %s", dead.Subject.Common, len(sent), prefer, c.Cert.SHA256)
					}
				}
				if len(sent) == 2 {
					replaced++
				}
			}
		}
	}
	t.Logf("%d revoked certificates with a live twin; %d plans, %d of them take it out", keys, planned, replaced)
	if keys < 40 || planned == 0 || replaced == 0 {
		t.Error("the facts have more")
	}
}

// leafUnder is a leaf as an issuer would sign it: no key of theirs is ours, so
// that the signature is asserted, as it is for all facts.
func leafUnder(ca *cert.Certificate, at time.Time) *cert.Certificate {
	alg := cert.SignatureAlg{Name: "SHA256-RSA", Hash: 5, Key: cert.RSA, OID: "1.2.840.113549.1.1.11"}
	if ca.Key.Kind == cert.EC {
		alg = cert.SignatureAlg{Name: "ECDSA-SHA256", Hash: 5, Key: cert.EC, OID: "1.2.840.10045.4.3.2"}
	}
	return &cert.Certificate{
		SHA256: cert.Hash{1, ca.SHA256[0], ca.SHA256[1], ca.SHA256[2]}, SignedBy: ca.Key.SPKI, Version: 3, Serial: []byte{1},
		Issuer: ca.Subject, Subject: cert.Name{DER: []byte{0x30, 0}, Text: "CN=www.example.test", Canon: "www.example.test", Common: "www.example.test"},
		NotBefore: at.AddDate(0, 0, -20), NotAfter: at.AddDate(0, 0, 70), SignatureAlg: alg,
		Key:                 cert.Key{Kind: cert.EC, Curve: "P-256", Bits: 256, SPKI: cert.Hash{2, 2}},
		HasBasicConstraints: true, MaxPathLen: -1, HasKeyUsage: true, KeyUsage: cert.DigitalSignature,
		EKU: []string{cert.ServerAuth}, AKI: ca.SKI, HasSAN: true, DNSNames: []string{"www.example.test"},
	}
}
