package main

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// mustStaple makes a leaf demand a stapled OCSP response (RFC 7633).
func mustStaple(c *tlstest.Template) {
	c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{
		Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}, Value: []byte{0x30, 3, 2, 1, 5},
	})
}

// A stapler is a site whose server staples, or should.
type stapler struct {
	name   string
	leaf   *tlstest.Cert
	nginx  string // what its configuration says beside the files
	apache string
	want   rules.StapleStatus // empty: none comes
	rule   string             // the finding about it; empty: none
}

// TestServersThatStaple: nginx and Apache staple what openssl ocsp says: good,
// revoked, from a file and from the responder, and nothing where it is demanded.
func TestServersThatStaple(t *testing.T) {
	mk := tlstest.For(t)
	root := mk.Root("R")
	issuer := mk.Intermediate("I", root)
	books := tlstest.NewAuthority(t, issuer)
	good := mk.Leaf("good.example.test", issuer, mustStaple)
	revoked := mk.Leaf("revoked.example.test", issuer)
	absent := mk.Leaf("absent.example.test", issuer, mustStaple)
	live := mk.Leaf("live.example.test", issuer, mustStaple, func(c *tlstest.Template) { c.OCSPServer = []string{books.OCSP} })
	dead := mk.Leaf("dead.example.test", issuer, func(c *tlstest.Template) { c.OCSPServer = []string{books.OCSP} })
	books.Issue(good, absent, live)
	for _, c := range []*tlstest.Cert{revoked, dead} {
		books.Revoke(c, time.Now().Add(-time.Hour), "keyCompromise")
	}
	books.Respond(issuer)
	dir := t.TempDir()
	file := func(c *tlstest.Cert) string { return write(t, dir, c.Label+".ocsp", books.Response(c, issuer)) }
	fromFile := func(c *tlstest.Cert) string { return "ssl_stapling on; ssl_stapling_file " + file(c) + ";" }
	const fetches, apacheFetches = "ssl_stapling on;", "SSLUseStapling on\nSSLStaplingReturnResponderErrors on"
	sites := []stapler{
		{"good.example.test", good, fromFile(good), "", rules.StapleGood, ""},
		{"revoked.example.test", revoked, fromFile(revoked), "", rules.StapleRevoked, "revoked-by-staple"},
		{"absent.example.test", absent, "", " ", "", "staple-absent"},
		{"live.example.test", live, fetches, apacheFetches, rules.StapleGood, ""},
		{"dead.example.test", dead, "", apacheFetches, rules.StapleRevoked, "revoked-by-staple"},
	}
	roots := write(t, dir, "roots.pem", root.PEM())
	for _, server := range webServers[:2] {
		t.Run(server.name, func(t *testing.T) {
			t.Parallel()
			mine := slices.DeleteFunc(slices.Clone(sites), func(s stapler) bool { return server.extra(s) == "" && s.want != "" })
			address := server.stapling(mine, issuer).start(t, nil)
			for _, s := range mine {
				checkStaple(t, s, roots, address)
			}
		})
	}
}

// checkStaple scans a site. What its server fetches may come after the first
// handshakes, so it is asked until something comes.
func checkStaple(t *testing.T, s stapler, roots, address string) {
	t.Helper()
	for {
		report := reportedBy(t, builtBinary(t), "scan", "--clients", "openssl-3.0", "--roots", roots, s.name+"@"+address)
		e := endpointOf(t, report, s.name)
		if e.Status != reports.OK {
			t.Errorf("%s: %+v", s.name, e.Error)
			return
		}
		if e.Handshake.Staple == nil && s.want != "" && t.Context().Err() == nil {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		if got := e.Handshake.Staple; (got == nil) != (s.want == "") || got != nil && (got.Status != s.want || got.Fault != "") {
			t.Errorf("%s: %+v, want %q", s.name, got, s.want)
		}
		for _, f := range e.Findings {
			if strings.Contains(f.Rule, "staple") && f.Rule != s.rule {
				t.Errorf("%s: %s: %s", s.name, f.Rule, f.Message)
			}
		}
		if s.rule != "" && !slices.ContainsFunc(e.Findings, func(f reports.Finding) bool { return f.Rule == s.rule }) {
			t.Errorf("%s: no %s among %+v", s.name, s.rule, e.Findings)
		}
		return
	}
}

func (s webServer) extra(of stapler) string {
	if s.program == "nginx" {
		return of.nginx
	}
	return of.apache
}

// stapling is the server with the sites, each with its own words.
func (s webServer) stapling(sites []stapler, issuer *tlstest.Cert) webServer {
	plain := s.config
	s.config = func(t *testing.T, dir, address string, _ []site) []string {
		var served []site
		for _, of := range sites {
			served = append(served, site{of.name, pemOf(of.leaf.DER, issuer.DER), keyPEM(t, of.leaf.Key.Signer)})
		}
		args := plain(t, dir, address, served)
		file := args[len(args)-1]
		text := string(read(t, file))
		for _, of := range sites {
			before := "server_name " + of.name + ";"
			if s.program != "nginx" {
				before = "ServerName " + of.name + "\n"
			}
			text = strings.Replace(text, before, before+s.extra(of)+"\n", 1)
		}
		if s.program != "nginx" {
			text = fmt.Sprintf("LoadModule socache_shmcb_module /usr/lib/apache2/modules/mod_socache_shmcb.so\n%s\nSSLStaplingCache shmcb:%s/stapling(65536)\n", text, dir)
		}
		write(t, dir, file[len(dir)+1:], []byte(text))
		return args
	}
	return s
}
