package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A configSite is what check says of a certificate of a site.
type configSite struct {
	Target     string
	ServerName string `json:"server_name"`
	Findings   []struct{ Rule, Message string }
	Chain      []struct {
		SHA256 string
		Key    string
	}
}

func configChecked(t *testing.T, stdin string, args ...string) (sites []configSite, said string, code int) {
	t.Helper()
	var out, messages bytes.Buffer
	args = append([]string{"check", "--format", "json", "--clients", "go", "--at", tlstest.Now().Format("2006-01-02")}, args...)
	code = run(context.Background(), args, strings.NewReader(stdin), &out, &messages, func(string) string { return "" })
	var report struct{ Endpoints []configSite }
	if out.Len() > 0 {
		if err := json.Unmarshal(out.Bytes(), &report); err != nil {
			t.Fatalf("%v\n%s", err, messages.String())
		}
	}
	return report.Endpoints, messages.String(), code
}

// siteLines are sites for people to compare: where, the name, and the rules.
func siteLines(dir string, sites []configSite) (lines []string) {
	for _, s := range sites {
		line := strings.ReplaceAll(s.Target, dir+"/", "") + " | " + s.ServerName
		for _, f := range s.Findings {
			line += " " + f.Rule
		}
		lines = append(lines, line)
	}
	return lines
}

// servedAt is what a server presents for a name to clients with some suites of
// TLS 1.2: the SHA-256 of each certificate.
func servedAt(address, name string, suites ...uint16) (hashes []string) {
	conn, err := tls.Dial("tcp", address, &tls.Config{ServerName: name, InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, CipherSuites: suites})
	if err != nil {
		return nil
	}
	defer conn.Close()
	for _, c := range conn.ConnectionState().PeerCertificates {
		hashes = append(hashes, fmt.Sprintf("%x", sha256.Sum256(c.Raw)))
	}
	return hashes
}

func awaitServed(t *testing.T, address, name string, log func() string) {
	t.Helper()
	await(t, func() bool { return servedAt(address, name) != nil }, log)
}

// sitesAreServed compares what check judged of each site with what the server
// presents for its name.
func sitesAreServed(t *testing.T, address string, sites []configSite) {
	t.Helper()
	if len(sites) == 0 {
		t.Error("there is no site to compare")
	}
	for _, s := range sites {
		var hashes []string
		for _, c := range s.Chain {
			hashes = append(hashes, c.SHA256)
		}
		suite := tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
		if len(s.Chain) > 0 && strings.HasPrefix(s.Chain[0].Key, "RSA") {
			suite = tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
		}
		if got := servedAt(address, s.ServerName, suite); !slices.Equal(got, hashes) {
			t.Errorf("%s: the server presents %q for %s, and %q was judged", s.Target, got, s.ServerName, hashes)
		}
	}
}

// siteLeaves writes a certificate for NAME.example.test into tls/NAME.pem, with
// its issuer and its key, and both apart into tls/NAME.crt and tls/NAME.key. One
// that is called rsa has an RSA key and is for the name both.
func (w *storeWriter) siteLeaves(ca *tlstest.Cert, names ...string) {
	x := tlstest.For(w.T)
	for _, name := range names {
		leaf := x.Leaf(name, ca, func(c *tlstest.Template) {
			c.DNSNames = []string{name + ".example.test"}
			if name == "rsa" {
				c.Key, c.DNSNames = x.Key("rsa", "rsa2048"), []string{"both.example.test"}
			}
		})
		w.put("tls/"+name+".pem", leaf.PEM(), ca.PEM(), w.key(leaf))
		w.put("tls/"+name+".crt", leaf.PEM(), ca.PEM())
		w.put("tls/"+name+".key", w.key(leaf))
	}
}

// siteCA is an intermediate, and the file of its root.
func siteCA(t *testing.T) (ca *tlstest.Cert, roots string) {
	x := tlstest.For(t)
	root := x.Root("R4")
	return x.Intermediate("I4", root), write(t, t.TempDir(), "roots.pem", pemOf(root.DER))
}

// A configFault is a configuration and what is said of it.
type configFault struct{ text, want string }

// configsAtFault checks configurations that hold nothing that can be judged.
func configsAtFault(t *testing.T, server, main string, faults map[string]configFault) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			w := storeWriter{T: t, dir: t.TempDir()}
			w.put(main, []byte(fault.text))
			_, said, code := configChecked(t, "", "--"+server, w.dir)
			if !strings.Contains(said, fault.want) || code != exitUsage {
				t.Errorf("exit code %d: %.2000s", code, said)
			}
		})
	}
}
