package reports

import (
	"crypto/x509"
	"encoding/json"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

func read(t *testing.T, der []byte) *cert.Certificate {
	t.Helper()
	c, err := cert.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shop is an endpoint with all that the scanner may see and the rules may say
// of it, and the certificates that it is made of.
func shop(t *testing.T) (e Endpoint, leaf, inter *tlstest.Cert) {
	t.Helper()
	ca := tlstest.For(t)
	root := ca.Root("root")
	inter = ca.Intermediate("inter", root)
	leaf = ca.Leaf("shop.example.com", inter, func(t *tlstest.Template) {
		t.IssuingCertificateURL = []string{"ldap://nowhere", "http://aia.example.com/inter.cer"}
		t.OCSPServer, t.CRLDistributionPoints = []string{"http://ocsp.example.com"}, []string{"http://crl.example.com/\x1b[2J"}
		policy, err := x509.ParseOID("2.23.140.1.2.1")
		if err != nil {
			panic(err)
		}
		t.Policies = []x509.OID{policy}
	})
	l, i, r := read(t, leaf.DER), read(t, inter.DER), read(t, root.DER)
	bundle := cert.Hash{7}
	v := &rules.Verdict{
		Presentation: rules.Presentation{Entries: []chain.Entry{chain.Read(leaf.DER), chain.Read([]byte("junk"))}, Name: "ignored.example.com"},
		At:           l.NotAfter.Add(-36 * time.Hour),
		Roles:        []chain.Role{chain.Leaf, chain.Unparsable}, State: rules.Error, Product: "Example",
		Missing:  []rules.CertRef{{After: 0, Cert: i, Name: i.Subject, Source: "pool"}},
		Findings: []rules.Finding{{Rule: "missing-intermediate", Severity: rules.Error, Positions: []int{0}, Waiver: &rules.Waiver{Reason: "known"}}},
		Clients:  []client.Verdict{{Client: "go", Accepted: true, By: client.AIA, Path: []*cert.Certificate{l, i, r}}, {Client: "curl", By: client.Presented, Path: []*cert.Certificate{l}}},
		Bundle:   &bundle, Fix: []*cert.Certificate{i},
	}
	o := &scanner.Observation{
		Target:  scanner.Target{Text: "shop", Host: "shop.example.com", Port: 443, ServerName: "shop.example.com", STARTTLS: "", Tags: map[string]string{"team": "web\x1b"}},
		Addr:    netip.MustParseAddrPort("[::ffff:192.0.2.7]:443"),
		Version: 0x304, Cipher: 0x1301, Complete: true, Took: 1234567 * time.Nanosecond,
	}
	return NewEndpoint(o, "shop", v), leaf, inter
}

// What the scanner saw and the rules said ends up in the right fields.
func TestNewEndpoint(t *testing.T) {
	e, leaf, inter := shop(t)
	l, i := read(t, leaf.DER), read(t, inter.DER)
	if e.Address != "192.0.2.7" || e.ServerName != "shop.example.com" || e.Status != OK || e.Error != nil {
		t.Errorf("%+v", e)
	}
	if e.Severity != rules.None || e.Tags["team"] != `web\x1b` || !e.NotAfter.Equal(l.NotAfter) || *e.DaysLeft != 1 ||
		!slices.Equal(e.DNSNames, []string{"www.example.test"}) || e.IssuerOrganization != nameValue(l.Issuer.Text, "O") {
		t.Errorf("%+v", e)
	}
	if h := *e.Handshake; !reflect.DeepEqual(h, Handshake{TLSVersion: "TLS 1.3", CipherSuite: "TLS_AES_128_GCM_SHA256", Complete: true, DurationMS: 1.23}) {
		t.Errorf("%+v", h)
	}
	if f := e.Findings[0]; !f.Waived || f.Waiver.Reason != "known" || e.Worst() != rules.None {
		t.Errorf("%+v", f)
	}
	if e.Clients[0].By != client.AIA || e.Clients[1].By != "" || len(e.Clients[0].Path) != 3 {
		t.Errorf("%+v", e.Clients)
	}
	if len(e.Unsent) != 2 || e.Unsent[0].SHA256 != Hash(i.SHA256) || e.Unsent[0].SelfIssued || !e.Unsent[1].SelfIssued {
		t.Errorf("%+v", e.Unsent)
	}
	var tally Tally
	tally.Add(&e)
	if fixes := tally.Summary(false).Fixes; len(fixes) != 1 || fixes[0].Certificates[0].PEM != string(inter.PEM()) {
		t.Errorf("%+v", fixes)
	}
	validate(t, "schema.json", []byte(`{"schema_version":1,"tool":{"name":"","version":""},"started_at":null,"evaluated_at":null,"clients":[],"endpoints":[`+
		string(e.AppendJSON(nil))+`],"summary":`+string(mustJSON(t, Summary{}.filled()))+`}`))
}

// So do the certificates, sent and missing.
func TestNewEndpointCertificates(t *testing.T) {
	e, leaf, inter := shop(t)
	l, i := read(t, leaf.DER), read(t, inter.DER)
	if c := e.Chain[0]; !slices.Equal(c.KeyUsage, []string{"digitalSignature"}) || !slices.Equal(c.ExtKeyUsage, []string{"serverAuth"}) ||
		!slices.Equal(c.AIAURLs, []string{"ldap://nowhere", "http://aia.example.com/inter.cer"}) || !slices.Equal(c.OCSPURLs, []string{"http://ocsp.example.com"}) ||
		!slices.Equal(c.CRLURLs, []string{`http://crl.example.com/\x1b[2J`}) || !slices.Equal(c.Policies, []string{"2.23.140.1.2.1"}) {
		t.Errorf("%+v", c)
	}
	if c := e.Chain[0]; c.SHA256 != Hash(l.SHA256) || c.SPKISHA256 != Hash(l.Key.SPKI) || c.Size != len(leaf.DER) || !c.NotAfter.Equal(l.NotAfter) || c.Key != "EC P-256" {
		t.Errorf("%+v", c)
	}
	if c := e.Chain[1]; c.Role != chain.Unparsable || c.Size != 4 || !c.SPKISHA256.IsZero() || !c.NotAfter.IsZero() {
		t.Errorf("%+v", c)
	}
	if m := e.Missing[0]; m.AIAURL != "http://aia.example.com/inter.cer" || m.SHA256 != Hash(i.SHA256) || m.Source != "pool" || m.Issuer != i.Issuer.Text {
		t.Errorf("%+v", m)
	}
}

// The AIA URL of a missing certificate stands in what it issued, which may be
// missing itself.
func TestAIAOfTheSecondMissing(t *testing.T) {
	ca := tlstest.For(t)
	root := ca.Root("root")
	upper := ca.Intermediate("upper", root)
	lower := ca.Intermediate("lower", upper, func(t *tlstest.Template) { t.IssuingCertificateURL = []string{"HTTP://aia.example.com/upper"} })
	leaf := ca.Leaf("leaf", lower)
	l, u := read(t, lower.DER), read(t, upper.DER)
	v := &rules.Verdict{
		Presentation: rules.Presentation{Entries: []chain.Entry{chain.Read(leaf.DER)}},
		Missing:      []rules.CertRef{{Cert: l, Name: l.Subject}, {Cert: u, Name: u.Subject}},
	}
	e := NewEndpoint(nil, "file", v)
	if e.Missing[0].AIAURL != "" || e.Missing[1].AIAURL != "HTTP://aia.example.com/upper" {
		t.Errorf("%+v", e.Missing)
	}
	if e.Handshake != nil || strings.Contains(string(e.AppendJSON(nil)), `"host"`) {
		t.Error("a file has no host and no handshake")
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSerial(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "\x00": "00", "\x01": "01", "\x00\xff": "ff", "\xff": "-01", "\x80": "-80", "\xff\x00": "-0100", "\x00\x00\x01": "01",
	} {
		if got := serial([]byte(in)); got != want {
			t.Errorf("serial(%x) = %s, want %s", in, got, want)
		}
	}
	if got := serial([]byte(strings.Repeat("\x11", 1000))); len(got) > 140 {
		t.Error(len(got))
	}
}

func TestShortName(t *testing.T) {
	for in, want := range map[string]string{
		"CN=R11,O=Example,C=US": "R11", `CN=Example\, Inc.,O=x`: "Example, Inc.", "O=Example,C=US": "Example", "": "",
		`O=a\+b+CN=multi`: "multi", `CN=\#x`: "#x", `CN=tail\`: `tail\`, `CN=\x1bq`: `\x1bq`,
	} {
		if got := ShortName(in); got != want {
			t.Errorf("ShortName(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestSplitClient(t *testing.T) {
	for in, want := range map[string][2]string{
		"openssl-3.0": {"openssl", "3.0"}, "android-5.1-6.0": {"android", "5.1-6.0"}, "openssl-1.0.2-trusted-first": {"openssl", "1.0.2-trusted-first"},
		"go": {"go", ""}, "firefox-desktop": {"firefox-desktop", ""}, "oracle-java-13": {"oracle-java", "13"},
	} {
		if f, v := splitClient(in); f != want[0] || v != want[1] {
			t.Errorf("%s: %s %s", in, f, v)
		}
	}
	if compareVersions(version{Name: "9"}, version{Name: "10"}) >= 0 || compareVersions(version{Name: "4.0"}, version{Name: "4.4"}) >= 0 {
		t.Error("versions are out of order")
	}
}

// BenchmarkNewEndpoint is what a scan pays beside encoding.
func BenchmarkNewEndpoint(b *testing.B) {
	e := hostileVerdict("x")
	for len(e.Clients) < 40 {
		e.Clients = append(e.Clients, e.Clients[1])
	}
	b.ReportAllocs()
	for b.Loop() {
		NewEndpoint(nil, "target", e)
	}
}
