package policy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// Each way to name a certificate finds it, from the date on, and finds no other.
func TestParseDistrust(t *testing.T) {
	ca := tlstest.For(t)
	c, other := certificate(t, ca.Root("A")), certificate(t, ca.Root("B"))
	colons := strings.ToUpper(c.SHA256.String())
	for i := len(colons) - 2; i > 0; i -= 2 {
		colons = colons[:i] + ":" + colons[i:]
	}
	pem := strings.ReplaceAll("\n"+strings.TrimSpace(string(ca.Root("A").PEM())), "\n", "\n      ")
	at := time.Date(2026, 10, 14, 0, 0, 0, 0, time.UTC)
	for _, named := range []string{
		"certificate: " + c.SHA256.String(), "certificate: " + colons, "key: " + c.Key.SPKI.String(),
		"name: " + c.Subject.Common, fmt.Sprintf("name: %q", strings.ToUpper(c.Subject.Text)),
	} {
		list, err := ParseDistrust("d.yaml", []byte("- "+named+"\n  since: 2026-10-14\n"))
		if err != nil {
			t.Errorf("%s: %v", named, err)
			continue
		}
		if list.Find(c, at) == nil || list.Find(c, at.Add(-time.Second)) != nil || list.Find(other, at) != nil {
			t.Errorf("%s: finds it %t, a second before %t, another %t", named, list.Find(c, at) != nil,
				list.Find(c, at.Add(-time.Second)) != nil, list.Find(other, at) != nil)
		}
	}
	if _, err := ParseDistrust("d.yaml", []byte("distrust:\n  - certificate: |"+pem+"\n")); err != nil {
		t.Errorf("a certificate as PEM: %v", err)
	}
	if list, err := ParseDistrust("d.yaml", nil); err != nil || list.Find(c, at) != nil {
		t.Errorf("an empty file: %v", err)
	}
}

func certificate(t *testing.T, made *tlstest.Cert) *cert.Certificate {
	t.Helper()
	c, err := cert.Parse(made.DER)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
