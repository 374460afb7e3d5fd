package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// What check says about a file is what scan says about a server that presents
// it, over TLS 1.2 and 1.3 alike.
func TestCheckIsScan(t *testing.T) {
	recipes, err := tlstest.Recipes(os.DirFS("../../testdata/rules"))
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, r := range recipes {
		if r.LeafKey == nil {
			continue // nobody can serve what no key answers for
		}
		if r.Unstapled || r.OCSP != nil {
			continue // what is stapled is no part of a file
		}
		t.Run(r.File, func(t *testing.T) {
			dir := t.TempDir()
			flags := []string{"--at", r.At.Format("2006-01-02T15:04:05Z"), "--clients", "openssl-3.0,gnutls-3.7,go,java-17"}
			if len(r.Anchors) > 0 {
				flags = append(flags, "--roots", write(t, dir, "roots.pem", pemOf(r.Anchors...)))
			}
			if len(r.Pool) > 0 {
				flags = append(flags, "--pool", write(t, dir, "pool.pem", pemOf(r.Pool...)))
			}
			if r.Name != "" {
				flags = append(flags, "--server-name", r.Name)
			}
			file := write(t, dir, "chain.pem", pemOf(r.Presented...))
			checked := reported(t, append([]string{"check", file}, flags...)...)
			if len(checked.Endpoints) != 1 {
				t.Fatalf("the file gives %d endpoints", len(checked.Endpoints))
			}
			for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
				server := tlstest.For(t).Serve(tlstest.Behaviour{Default: r.Identity(), MinVersion: version, MaxVersion: version})
				scanned := reported(t, append([]string{"scan", server.Addr().String()}, flags...)...)
				if len(scanned.Endpoints) != 1 {
					t.Fatalf("the server gives %d endpoints", len(scanned.Endpoints))
				}
				compared++
				if diff := cmp.Diff(judgement(checked.Endpoints[0]), judgement(scanned.Endpoints[0])); diff != "" {
					t.Errorf("%s (-check +scan)\n%s", tls.VersionName(version), diff)
				}
			}
		})
	}
	if compared < 100 {
		t.Errorf("only %d chains were compared", compared)
	}
}

// judgement is an endpoint without what tells a server from a file.
func judgement(e reports.Endpoint) map[string]string {
	findings, err := json.Marshal(e.Findings)
	if err != nil {
		panic(err)
	}
	return map[string]string{
		"status":       string(e.Status),
		"presentation": e.Presentation.String(),
		"product":      e.Product,
		"bundle":       e.BundleSHA256.String(),
		"chain":        fmt.Sprintf("%+v", e.Chain),
		"missing":      fmt.Sprintf("%+v", e.Missing),
		"findings":     string(findings),
		"clients":      fmt.Sprintf("%+v", e.Clients),
	}
}
