package tlstest

import (
	"crypto/x509"
	"encoding/pem"
	"slices"
	"testing"
	"time"
)

// TestDemo holds each endpoint to its description, as far as crypto/x509 can
// tell: with the pool at hand most faults fix, without it they bite.
func TestDemo(t *testing.T) {
	now := time.Date(2027, 5, 6, 7, 8, 9, 0, time.UTC)
	endpoints, err := Demo(now)
	if err != nil {
		t.Fatal(err)
	}
	type outcome struct{ asSent, withPool bool }
	want := map[string]outcome{
		"www.fjordvik-trust.example":  {true, true},
		"www.bakery.example":          {false, true},
		"tickets.ferry.example":       {true, true}, // Go sorts
		"www.museum.example":          {true, true},
		"netbank.sparebank.example":   {false, true},
		"login.school.example":        {false, true},
		"www.morning-news.example":    {true, true},
		"booking.hotel.example":       {true, true},
		"catalogue.library.example":   {true, true},
		"portal.clinic.example":       {false, false},
		"www.theatre.example":         {false, false},
		"printer.office.example":      {false, false},
		"intranet.gronnfjell.example": {false, false},
	}
	if len(endpoints) != len(want) {
		t.Fatalf("%d endpoints", len(endpoints))
	}
	for _, e := range endpoints {
		if got := (outcome{verifies(t, e, now, nil), verifies(t, e, now, e.Pool)}); got != want[e.Name] {
			t.Errorf("%s, which %s: %+v, want %+v", e.Name, e.Fault, got, want[e.Name])
		}
		if e.Identity.Key == nil {
			t.Errorf("%s cannot be served", e.Name)
		}
	}
}

func verifies(t *testing.T, e Endpoint, now time.Time, extra [][]byte) bool {
	t.Helper()
	options := x509.VerifyOptions{DNSName: e.Name, CurrentTime: now, Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool()}
	for _, der := range e.Anchors {
		options.Roots.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	for _, der := range slices.Concat(e.Identity.Entries[1:], extra) {
		options.Intermediates.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	leaf, err := x509.ParseCertificate(e.Identity.Entries[0])
	if err != nil {
		t.Fatal(err)
	}
	_, err = leaf.Verify(options)
	return err == nil
}
