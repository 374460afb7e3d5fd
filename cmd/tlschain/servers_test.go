package main

import (
	"strings"
	"testing"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// servedCA is the hierarchy of the chains that real servers are given: an old
// root that clients trust, and a new one that leans on a cross-certificate.
const servedCA = `
root OLD
root NEW
cross X of NEW by OLD
ca I by OLD
ca J by NEW
anchors OLD
pool I J X NEW
clients openssl-3.0,gnutls-3.7,go,java-17,chrome
`

// served are the mistakes in chain files that administrators make, each with a
// site of its own on the same port: SNI tells them apart.
var served = []struct{ site, recipe string }{
	{"good.example.test", "leaf L by I san=SITE\n present L I\n only"},
	{"leaf-only.example.test", "leaf L by I san=SITE\n present L\n expect missing-intermediate positions=0 missing=I\n only"},
	{"reversed.example.test", "leaf L by J san=SITE\n present L X J\n expect wrong-order\n only"},
	{"root.example.test", "leaf L by I san=SITE\n present L I OLD\n expect root-in-chain positions=2\n only"},
	{"no-cross.example.test", "leaf L by J san=SITE\n present L J\n expect missing-intermediate positions=1 missing=X\n only"},
}

func TestRealServers(t *testing.T) {
	var sites []site
	var recipes []*tlstest.Recipe
	for _, s := range served {
		text := strings.ReplaceAll(servedCA+s.recipe+"\nname SITE", "SITE", s.site)
		r, err := tlstest.ParseRecipe(s.site, text)
		if err != nil {
			t.Fatal(err)
		}
		recipes = append(recipes, r)
		sites = append(sites, siteOf(t, r))
	}
	dir := t.TempDir()
	roots, pool := write(t, dir, "roots.pem", pemOf(recipes[0].Anchors...)), write(t, dir, "pool.pem", pemOf(recipes[0].Pool...))
	for _, server := range webServers {
		t.Run(server.name, func(t *testing.T) {
			t.Parallel()
			address := server.start(t, sites)
			args := []string{"scan", "--at", "2026-11-22",
				"--clients", strings.Join(recipes[0].Clients, ","), "--roots", roots, "--pool", pool}
			for _, r := range recipes {
				args = append(args, r.Name+"@"+address)
			}
			report := reportedBy(t, builtBinary(t), args...)
			for _, r := range recipes {
				e := endpointOf(t, report, r.Name)
				if e.Status != reports.OK || !e.Handshake.Complete {
					t.Errorf("%s: status %s, %+v", r.Name, e.Status, e.Error)
				}
				if len(e.Chain) != len(r.Presented) {
					t.Errorf("%s: %d certificates were presented, %d in the file", r.Name, len(e.Chain), len(r.Presented))
				}
				checkExpected(t, r, e)
			}
		})
	}
}
