package tlschain

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/catalog/build"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// timestamp is a signed certificate timestamp of no log.
func timestamp(at time.Time) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 33), uint64(at.UnixMilli()))
	return append(b, 0, 0, 4, 3, 0, 2, 0x30, 0)
}

// logged embeds a timestamp (RFC 6962 section 3.3).
func logged(t *testing.T, at time.Time) func(*tlstest.Template) {
	sct := timestamp(at)
	list := binary.BigEndian.AppendUint16(nil, uint16(len(sct)+2))
	list = append(binary.BigEndian.AppendUint16(list, uint16(len(sct))), sct...)
	value, err := asn1.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return func(c *tlstest.Template) {
		c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: value})
	}
}

// A root that Chrome trusts only for leaves with an SCT up to a day: a leaf that
// was logged later is refused by Chrome and by nobody else. The limit comes as
// Chrome's own list does, and the leaf from a server.
func TestSCTLimit(t *testing.T) {
	ca := tlstest.For(t)
	root := ca.Root("R")
	middle := ca.Intermediate("I", root)
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	update, err := build.Renew(catalog.Embedded(), fstest.MapFS{
		"root.pem":                   {Data: root.PEM()},
		"mozilla-root-store.tsv":     {Data: []byte("sha256\tserver_distrust_after\n" + parse(t, root).SHA256.String() + "\t\n")},
		"debian-ca-certificates.tsv": {Data: []byte("sha256\tsubject\n" + parse(t, root).SHA256.String() + "\tR\n")},
		"chrome-root-store.tsv": {Data: []byte("sha256\tkind\tsct_not_after\tconstraint_from_version\n" +
			parse(t, root).SHA256.String() + "\troot\t2026-06-30T23:59:59Z\t\n")},
	}, now)
	if err != nil {
		t.Fatal(err)
	}
	roots := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(roots, root.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	clients := []string{"chrome", "firefox", "curl", "python-3.11", "openssl-3.0", "gnutls-3.7", "nss-3.87", "go", "rustls-0.23-aws-lc"}
	engine, err := New(Config{Clients: clients, At: now}, Env{Facts: update.Facts})
	if err != nil {
		t.Fatal(err)
	}
	trusting, err := New(Config{Clients: clients, At: now, AddRoots: roots}, Env{Facts: update.Facts})
	if err != nil {
		t.Fatal(err)
	}
	scan := func(engine *Engine, id tlstest.Identity) reports.Endpoint {
		t.Helper()
		server, err := tlstest.Serve(tlstest.Behaviour{Default: id})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		targets, err := scanner.ParseTarget(tlstest.ServerName+"@"+server.Addr().String(), scanner.TargetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for endpoints := range engine.Scan(t.Context(), targets) {
			return endpoints[0]
		}
		t.Fatal("nothing was scanned")
		panic("")
	}
	day := func(m time.Month, d int) time.Time { return time.Date(2026, m, d, 12, 0, 0, 0, time.UTC) }
	id := func(c *tlstest.Cert) tlstest.Identity { return tlstest.Present(c, middle) }
	within, after, without := ca.Leaf("within", middle, logged(t, day(6, 30))), ca.Leaf("after", middle, logged(t, day(9, 20))), ca.Leaf("without", middle)
	beside := id(without)
	beside.SCTs = [][]byte{timestamp(day(6, 1))}

	for what, c := range map[string]struct {
		identity tlstest.Identity
		reason   []string // what Chrome's says; none: it accepts
	}{
		"logged within":        {id(within), nil},
		"logged after":         {id(after), []string{"2026-06-30", "2026-09-20"}},
		"not logged":           {id(without), []string{"2026-06-30", "no SCT"}},
		"logged within beside": {beside, nil},
	} {
		e := scan(engine, c.identity)
		if len(e.Clients) != len(clients) {
			t.Fatalf("%s: %d clients", what, len(e.Clients))
		}
		for _, v := range e.Clients {
			if v.Accepted != (v.Client != "chrome" || c.reason == nil) {
				t.Errorf("%s: %s: %s", what, v.Client, v.Reason)
			}
			for _, part := range c.reason {
				if v.Client == "chrome" && !strings.Contains(v.Reason, part) {
					t.Errorf("%s: the reason lacks %s: %s", what, part, v.Reason)
				}
			}
		}
		rule := "root-phase-out" // all of these are renewed after the limit
		if c.reason != nil {
			rule = "distrusted-root"
		}
		if !slices.ContainsFunc(e.Findings, func(f reports.Finding) bool { return f.Rule == rule && slices.Equal(f.Clients, []string{"chrome"}) }) {
			t.Errorf("%s: no %s for chrome alone: %+v", what, rule, e.Findings)
		}
	} // A machine that trusts the root by itself does not ask when a leaf was logged.
	for _, v := range scan(trusting, id(after)).Clients {
		if !v.Accepted {
			t.Errorf("a root of the machine: %s: %s", v.Client, v.Reason)
		}
	}
}
