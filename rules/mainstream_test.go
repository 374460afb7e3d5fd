package rules

import (
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

// mainstream are the chains that CAs tell their customers of 2026 to send, as
// subject and issuer of what follows the leaf.
var mainstream = map[string][][2]string{
	"Let's Encrypt RSA":     {{"R12", "ISRG Root X1"}},
	"Let's Encrypt ECDSA":   {{"E7", "ISRG Root X1"}},
	"Let's Encrypt Y RSA":   {{"YR1", "Root YR"}, {"Root YR", "ISRG Root X1"}},
	"Let's Encrypt Y ECDSA": {{"YE1", "Root YE"}, {"Root YE", "ISRG Root X2"}, {"ISRG Root X2", "ISRG Root X1"}},
	"Google RSA":            {{"WR2", "GTS Root R1"}, {"GTS Root R1", "GlobalSign Root CA"}},
	"Google ECDSA":          {{"WE1", "GTS Root R4"}, {"GTS Root R4", "GlobalSign Root CA"}},
	"Amazon":                {{"Amazon RSA 2048 M02", "Amazon Root CA 1"}, {"Amazon Root CA 1", "Starfield Services Root Certificate Authority - G2"}},
	"DigiCert":              {{"DigiCert Global G2 TLS RSA SHA256 2020 CA1", "DigiCert Global Root G2"}},
	"Sectigo":               {{"Sectigo Public Server Authentication CA DV R36", "Sectigo Public Server Authentication Root R46"}, {"Sectigo Public Server Authentication Root R46", "USERTrust RSA Certification Authority"}},
	"GlobalSign":            {{"GlobalSign Atlas R3 DV TLS CA 2026 Q2", "GlobalSign"}},
	"SECOM":                 {{"SECOM Passport for Web SR 3.0 CA", "Security Communication RootCA2"}},
	"SureServer":            {{"Cybertrust Japan SureServer CA G4", "Security Communication RootCA2"}},
	"SureServer EV":         {{"Cybertrust Japan SureServer EV CA G3", "Security Communication RootCA2"}},
}

// factLeaf makes a leaf that a CA known by facts has signed, as far as facts
// can tell: a certificate of that CA's own is not to be had.
func factLeaf(ca *cert.Certificate, from, to time.Time) *cert.Certificate {
	name := "www.example.test"
	alg := cert.SignatureAlg{Name: "SHA256-RSA", Hash: 5, Key: cert.RSA, OID: "1.2.840.113549.1.1.11"}
	if ca.Key.Kind == cert.EC {
		alg = cert.SignatureAlg{Name: "ECDSA-SHA256", Hash: 5, Key: cert.EC, OID: "1.2.840.10045.4.3.2"}
	}
	key := cert.Key{Kind: cert.EC, Curve: "P-256", Bits: 256, SPKI: sha256.Sum256([]byte("key of " + name))}
	return &cert.Certificate{
		SHA256: sha256.Sum256([]byte(name + ca.SHA256.String())), SignedBy: ca.Key.SPKI, Version: 3, Serial: []byte{1},
		Issuer: ca.Subject, Subject: cert.Name{DER: []byte{0x30, 0}, Text: "CN=" + name, Canon: name, Common: name},
		NotBefore: from, NotAfter: to, Key: key, SignatureAlg: alg,
		HasBasicConstraints: true, MaxPathLen: -1, HasKeyUsage: true, KeyUsage: cert.DigitalSignature,
		EKU: []string{cert.ServerAuth}, AKI: ca.SKI, HasSAN: true, DNSNames: []string{name},
	}
}

// known picks the newest valid CA certificate by subject and issuer that is not
// revoked.
func known(t *testing.T, at time.Time, subject, issuer string) *cert.Certificate {
	t.Helper()
	var best *cert.Certificate
	for _, c := range catalog.Embedded().CAs().All() {
		if list, _ := catalog.Embedded().Revocation(c, at); list != nil {
			continue
		}
		if c.Subject.Common == subject && c.Issuer.Common == issuer && c.ValidAt(at) && (best == nil || c.NotBefore.After(best.NotBefore)) {
			best = c
		}
	}
	if best == nil {
		t.Fatalf("no %q by %q", subject, issuer)
	}
	return best
}

var nov2026 = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func defaults(t *testing.T, at time.Time) *Judge {
	t.Helper()
	facts := catalog.Embedded()
	chosen, named, err := client.Select(client.Profiles(facts, at), []string{"broad"})
	if err != nil {
		t.Fatal(err)
	}
	return NewJudge(Criteria{At: at, Profiles: chosen, Named: named, Known: []Source{{Name: "catalog", Set: facts.CAs()}},
		Products: catalog.EmbeddedProducts(), Revoked: facts.Revocations()}, nil)
}

// TestMainstreamIsClean holds that the chains which the large CAs recommend
// have no finding above info with the default clients.
func TestMainstreamIsClean(t *testing.T) {
	j := defaults(t, nov2026)
	for ca, above := range mainstream {
		t.Run(ca, func(t *testing.T) {
			v := j.Judge([]Presentation{mainstreamChain(t, above)})[0]
			for _, f := range v.Findings {
				if f.Severity > Info {
					t.Errorf("%s", describe(v))
					break
				}
			}
		})
	}
}

func mainstreamChain(t *testing.T, above [][2]string) Presentation {
	p := Presentation{Name: "www.example.test"}
	for i, names := range above {
		c := known(t, nov2026, names[0], names[1])
		if i == 0 {
			p.Entries = append(p.Entries, chain.EntryFrom(factLeaf(c, nov2026.AddDate(0, 0, -20), nov2026.AddDate(0, 0, 70))))
		}
		p.Entries = append(p.Entries, chain.EntryFrom(c))
	}
	return p
}

// TestMainstreamWithoutIntermediates holds that the intermediate is named when
// only the leaf is sent.
func TestMainstreamWithoutIntermediates(t *testing.T) {
	j := defaults(t, nov2026)
	for ca, above := range mainstream {
		t.Run(ca, func(t *testing.T) {
			p := mainstreamChain(t, above)
			want := p.Entries[1].Cert
			p.Entries = p.Entries[:1]
			v := j.Judge([]Presentation{p})[0]
			if len(v.Missing) == 0 || v.Missing[0].Cert.Key.SPKI != want.Key.SPKI || !strings.Contains(describe(v), "missing-intermediate") {
				t.Errorf("want %s named; got %+v\n%s", title(want), v.Missing, describe(v))
			}
		})
	}
}
