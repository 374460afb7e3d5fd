package client

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/Netflix/bettertls/test-suites/certutil"
	"github.com/Netflix/bettertls/test-suites/pathbuilding"
	testcase "github.com/Netflix/bettertls/test-suites/test-case"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// betterTLSCases is how many test cases the path building suite has.
const betterTLSCases = 81

// capable is a builder with every ability and every test: it tries every path
// and holds each to RFC 5280.
var capable = Builder{Sent: checkPath, Store: checkPath, MinHash: SHA256, MinRSA: 2048, LeafEKU: true}

// TestBetterTLS runs Netflix's path building suite: a capable builder must get
// every case right, and the parameters of Go must give what crypto/x509 gives.
func TestBetterTLS(t *testing.T) {
	root, key, err := certutil.GenerateSelfSignedCert("tlschain test root")
	if err != nil {
		t.Fatal(err)
	}
	provider := pathbuilding.NewTestCaseProvider()
	count, err := provider.GetTestCaseCount()
	if err != nil {
		t.Fatal(err)
	}
	if count != betterTLSCases {
		t.Fatalf("the suite has %d cases, not %d", count, betterTLSCases)
	}
	anchor, err := cert.Parse(root.Raw)
	if err != nil {
		t.Fatal(err)
	}
	store := chain.NewSet([]*cert.Certificate{anchor})
	profiles := append([]*Profile{
		{ID: "capable", Builder: capable, Store: store},
		{ID: "go", Builder: Builders()["go"], Store: store},
	}, publishedProfiles(store)...)
	predicted := map[string][]Verdict{}
	at := time.Now()
	v := new(chain.Verifier)
	for i := range count {
		c, err := provider.GetTestCase(i)
		if err != nil {
			t.Fatal(err)
		}
		served, err := c.GetCertificates(root, key)
		if err != nil {
			t.Fatal(err)
		}
		var list []chain.Entry
		for _, raw := range served.Certificate {
			list = append(list, chain.Read(raw))
		}
		got := Judge(profiles, v.Begin(), list, Question{Name: c.GetHostname(), At: at})
		if want := c.ExpectedResult() == testcase.EXPECTED_RESULT_PASS; got[0].Accepted != want {
			t.Errorf("case %d: a capable builder should accept: %v, but %s", i, want, got[0].Reason)
		}
		if want := goAccepts(t, root, served.Certificate, c.GetHostname(), at); got[1].Accepted != want {
			t.Errorf("case %d: crypto/x509 accepts: %v, but %s", i, want, got[1].Reason)
		}
		for _, v := range got {
			predicted[v.Client] = append(predicted[v.Client], v)
		}
	}
	for _, line := range readPublished(t) {
		if about := publishedClients[line.client]; line.suite == pathSuite && about.older == "" {
			line.compare(t, predicted[about.profile], nil)
		}
	}
}

// goAccepts asks crypto/x509.
func goAccepts(t *testing.T, root *x509.Certificate, list [][]byte, name string, at time.Time) bool {
	t.Helper()
	opts := x509.VerifyOptions{DNSName: name, CurrentTime: at, Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool()}
	opts.Roots.AddCert(root)
	var leaf *x509.Certificate
	for i, raw := range list {
		c, err := x509.ParseCertificate(raw)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			leaf = c
		} else {
			opts.Intermediates.AddCert(c)
		}
	}
	_, err := leaf.Verify(opts)
	return err == nil
}
