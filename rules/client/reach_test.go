package client

import (
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// TestReach predicts what clients that fetch or ship intermediates make of a
// list that lacks one.
func TestReach(t *testing.T) {
	const (
		url   = "root R\nca J by R\nca I by J\nleaf L by I aia=http://ca.example/i.cer\n"
		https = "root R\nca I by R\nleaf L by I aia=https://ca.example/i.cer\n"
		two   = "root R\nca J by R\nca I by J aia=http://ca.example/j.cer\nleaf L by I aia=http://ca.example/i.cer\n"
		none  = "root R\nca I by R\nleaf L by I\n"
	)
	fetches := &Profile{ID: "fetches", Builder: Builders()["chrome"], AIA: true}
	ships := &Profile{ID: "ships", Builder: Builders()["firefox"], Preload: true}
	java := &Profile{ID: "java", Builder: Builders()["java-17"], AIA: true}
	plain := &Profile{ID: "plain", Builder: Builders()["openssl-3.0"]}
	for _, c := range []struct {
		name, recipe string
		profile      *Profile
		by           By // empty: rejected
		cause        Cause
		words        string
	}{
		{"one fetched", none + "present L\nanchors R\npool I", fetches, "", Incomplete, `"Example CA I" was not sent`},
		{"one fetched by http", url + "present L J\nanchors R\npool I", fetches, AIA, "", `only because it fetches "Example CA I", which was not sent, from http://ca.example/i.cer`},
		{"https is not fetched", https + "present L\nanchors R\npool I", fetches, "", Incomplete, `finds no issuer for "www.example.test" (position 0): "Example CA I" was not sent`},
		{"two levels", two + "present L\nanchors R\npool I J", fetches, AIA, "", "only because it fetches"},
		{"the second level has no URL", url + "present L\nanchors R\npool I J", fetches, "", Incomplete, "was not sent"},
		{"one shipped", none + "present L\nanchors R\npool I", ships, Preload, "", `only because it has "Example CA I" preloaded, which was not sent`},
		{"nothing to fetch", none + "present L I\nanchors R\npool I", fetches, Presented, "", `the path leads to "Example CA R" in its store`},
		{"Java fetches by its builder", url + "present L J\nanchors R\npool I", java, AIA, "", "only because it fetches"},
		{
			"Java does not fetch for a list in order", "root R\nca I by R\ncopy W of I newkey\nleaf L by I aia=http://ca.example/i.cer\npresent L W\nanchors R\npool I",
			java, "", Incomplete, "another key signed that", // 14g
		},
		{
			"Chrome fetches after a wrong key", "root R\nca I by R\ncopy W of I newkey\nleaf L by I aia=http://ca.example/i.cer\npresent L W\nanchors R\npool I",
			fetches, AIA, "", "only because it fetches",
		},
		{"the missing one is named", none + "present L\nanchors R\npool I", plain, "", Incomplete, `finds no issuer for "www.example.test" (position 0): "Example CA I" was not sent`},
		{"the root is not trusted", none + "root O\npresent L I\nanchors O\npool R", plain, "", Untrusted, `its store does not hold "Example CA R", to which "Example CA I" (position 1) leads`},
		{"nobody knows", none + "root O\npresent L I\nanchors O\npool O", plain, "", Incomplete, `finds no issuer for "Example CA I" (position 1): no certificate of "Example CA R" was sent that fits, and none is in its store`},
		{"an expired one does not help", none + "copy E of I to=2024-01-01\npresent L\nanchors R\npool E", ships, "", Incomplete, "finds no issuer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := tlstest.ParseRecipe(c.name, c.recipe)
			if err != nil {
				t.Fatal(err)
			}
			p := c.profile.WithStore(setOf(t, r.Anchors))
			var list []chain.Entry
			for _, raw := range r.Presented {
				list = append(list, chain.Read(raw))
			}
			q := Question{Name: r.Name, At: truthAt, Known: []*chain.Set{setOf(t, r.Pool)}}
			got := p.Judge(new(chain.Verifier).Begin(), list, q)
			if got.By != c.by || got.Accepted != (c.by != "") || got.Cause != c.cause || !strings.Contains(got.Reason, c.words) {
				t.Errorf("accepted %v, by %q, cause %q: %s", got.Accepted, got.By, got.Cause, got.Reason)
			}
		})
	}
}

func setOf(t *testing.T, list [][]byte) *chain.Set {
	t.Helper()
	var certs []*cert.Certificate
	for _, raw := range list {
		c, err := cert.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		certs = append(certs, c)
	}
	return chain.NewSet(certs)
}
