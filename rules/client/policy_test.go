package client

import (
	"slices"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// policies are the rows of the model's table of policies, and of the text below
// it: a chain, and the clients that accept it; all others reject. OpenSSL 0.9.8
// is left out where the chain has ECDSA signatures, which it does not know.
var policies = []struct{ id, recipe, accepts string }{
	{"plain", "root R\nca I by R\nleaf L by I\npresent L I\nanchors R", "everyone"},
	{"17a", "root R\nca I by R alg=sha1\nleaf L by I\npresent L I\nanchors R", "old openssl, openssl-1.1.0, openssl-1.1.1, boring, nss-3.87, wolfssl-5.5, java, bearssl-0.6"},
	{"17b", "root R alg=sha1\nca I by R\nleaf L by I\npresent L I\nanchors R", "everyone"},
	{"17d", "root R alg=sha1\nca I by R\nleaf L by I\npresent L I R\nanchors R", "everyone"},
	{"26c", "root R keytype=rsa2048\nca I by R alg=md5\nleaf L by I\npresent L I\nanchors R", "old openssl, boringssl-android, wolfssl-5.5"},
	{"26f", "root R keytype=rsa2048 alg=md5\nca I by R\nleaf L by I\npresent L I\nanchors R", "everyone"},
	{
		"26b", "root R\nca I by R keytype=rsa1024\nleaf L by I\npresent L I\nanchors R",
		"everyone, -openssl-3.0, -python-3.11, -python-3.13, -curl, -node-24, -mbedtls-2.28, -botan-2.19, -rustls",
	},
	{
		"26e", "root R keytype=rsa1024\nca I by R\nleaf L by I\npresent L I\nanchors R",
		"everyone, -openssl-3.0, -python-3.11, -python-3.13, -curl, -node-24, -mbedtls-2.28, -botan-2.19, -rustls",
	},
	{"08b", "root R to=2024-01-01\nca I by R\nleaf L by I\npresent L I\nanchors R", "wolfssl-5.5, java, rustls, bearssl-0.6"},
	{"24f", "root R from=2032-01-01\nca I by R\nleaf L by I\npresent L I\nanchors R", "wolfssl-5.5, java, rustls, bearssl-0.6"},
	{"24b", "root R\nca I by R\nleaf L by I to=2026-11-01\npresent L I\nanchors R", ""},
	{"24c", "root R\nca I by R\nleaf L by I cn=www.example.test nosan\npresent L I\nanchors R", "everyone, -firefox, -chrome, -every go, -rustls"},
	{"19a", "root R\nca I by R ca=false\nleaf L by I\npresent L I\nanchors R", ""},
	{"19b", "root R\nca J by R pathlen=0\nca I by J\nleaf L by I\npresent L I J\nanchors R", ""},
	{"19c", "root R\nca I by R eku=client\nleaf L by I\npresent L I\nanchors R", "java, mbedtls-2.28, wolfssl-5.5, botan-2.19, bearssl-0.6, nss-3.87"},
	{"28u", "root R\nca I by R eku=any\nleaf L by I\npresent L I\nanchors R", "chrome, every go, java, mbedtls-2.28, wolfssl-5.5, botan-2.19, bearssl-0.6"},
	{"19d", "root R\nca I by R nc=exclude:example.test\nleaf L by I\npresent L I\nanchors R", ""},
	{"19e", "root R\nca I by R nc=permit:example.org\nleaf L by I\npresent L I\nanchors R", ""},
	{"19q", "root R\nca I by R nc=permit:example.test\nleaf L by I\npresent L I\nanchors R", "everyone, -mbedtls-2.28, -bearssl-0.6, -openssl-0.9.8, -rustls-0.20"},
	{"19f", "root R\nca I by R ku=nocertsign\nleaf L by I\npresent L I\nanchors R", "rustls"},
	{"19h", "root R nc=exclude:example.test\nca I by R\nleaf L by I\npresent L I\nanchors R", "java, wolfssl-5.5, bearssl-0.6"},
	{"anchor that permits", "root R nc=permit:example.org\nca I by R\nleaf L by I\npresent L I\nanchors R", "java, bearssl-0.6"},
	{
		"19i", "root R pathlen=0\nca I by R\nleaf L by I\npresent L I\nanchors R",
		"old openssl, openssl-1.1.0, boringssl-android, wolfssl-5.5, java, rustls, bearssl-0.6",
	},
	{
		"19m", "root R eku=client\nca I by R\nleaf L by I\npresent L I\nanchors R",
		"everyone, -new openssl, -python-3.13, -curl, -bun, -firefox, -chrome, -every go",
	},
	{"19o", "root R ca=false\nca I by R\nleaf L by I\npresent L I\nanchors R", "old openssl, boringssl-android, wolfssl-5.5, rustls"},
	{"19j", "root R\nca I by R\nleaf L by I eku=client\npresent L I\nanchors R", "bearssl-0.6"},
	{"19k", "root R\nca I by R\nleaf L by I critical\npresent L I\nanchors R", ""},
	{"19l", "root R\nca I by R critical\nleaf L by I\npresent L I\nanchors R", ""},
	{"19r", "root R\nca I by R\nleaf L by I ca=true\npresent L I\nanchors R", "everyone, -nss-3.87, -firefox, -rustls"},
	{"19s", "root R\nca I by R\nleaf L by I ku=nocertsign\npresent L I\nanchors R", "every go, rustls, wolfssl-5.5"},
	{"25c", "root R\nca I by R v1\nleaf L by I\npresent L I\nanchors R", ""},
	{"25k", "root R v1\nca I by R\nleaf L by I\npresent L I\nanchors R", "everyone, -bearssl-0.6, -python-3.13"},
	{"25a", "root R\nca I by R\nleaf L by I serial=-5\npresent L I\nanchors R", "everyone, -go, -go-1.23, -rustls-0.20"},
	{"25g", "root R\nca I by R\nleaf L by I serial=0\npresent L I\nanchors R", "everyone, -rustls-0.20"},
	{"25e", "root R\nca I by R\nleaf L by I trailing\npresent L I\nanchors R", "java, mbedtls-2.28, botan-2.19, wolfssl-5.5"},
	{"25f", "root R\nca I by R trailing\nleaf L by I\npresent L I\nanchors R", "java, mbedtls-2.28, botan-2.19, wolfssl-5.5"},
	{
		"25m", "root R\nca I by R dupext\nleaf L by I\npresent L I\nanchors R",
		"old openssl, openssl-1.1.0, nss-3.87, firefox, mbedtls-2.28, rustls, bearssl-0.6",
	},
	{
		"25r", "root R\nca I by R\nleaf L by I\nroot V\nca U by V dupext\npresent L I U\nanchors R",
		"everyone, -every go, -java, -gnutls-3.7, -wolfssl-5.5",
	},
	{"25i", "root R\nca I by R\nleaf L by I\njunk J hex=00ff\npresent L I J\nanchors R", "firefox, chrome, rustls, bearssl-0.6"},
	{"25j", "root R\nca I by R\nleaf L by I\njunk J hex=00ff\npresent L J I\nanchors R", "firefox, chrome, rustls"},
	{"28x", "root R\nca I by R\nleaf L by I\ncopy R2 of R from=2020-01-01\npresent L I R2\nanchors R", "everyone"},
	{"28y", "root R\nca I by R\nleaf L by I\ncopy R2 of R newkey aki=bad\npresent L I R2\nanchors R", "everyone, -java"},
	{
		"28t", "root O\nroot R to=2024-01-01\ncross X of R by O\nca I by R\nleaf L by I\npresent L I R X\nanchors O",
		"new openssl, python-3.13, curl, nss-3.87, mbedtls-2.28, backtracking",
	},
	{
		"23e", "root R\nca I by R aki=bad\nleaf L by I\npresent L I\nanchors R",
		"firefox, chrome, mbedtls-2.28, every go, rustls, bearssl-0.6",
	},
}

func TestModelPolicies(t *testing.T) {
	for _, p := range policies {
		t.Run(p.id, func(t *testing.T) {
			r, list, store := readRecipe(t, p.recipe)
			ec := false
			for _, raw := range append(slices.Clip(r.Presented), r.Anchors...) {
				e := chain.Read(raw)
				ec = ec || e.Cert != nil && e.Cert.SignatureAlg.Key == cert.EC
			}
			var accepts []string
			if p.accepts != "" {
				accepts = clients(t, p.accepts)
			}
			v := new(chain.Verifier)
			for _, id := range everyone() {
				if ec && id == "openssl-0.9.8" {
					continue
				}
				profile := &Profile{ID: id, Builder: Builders()[id], Store: store}
				got := profile.Judge(v.Begin(), list, Question{Name: r.Name, At: truthAt, TLS: tls13})
				if want := slices.Contains(accepts, id); got.Accepted != want {
					t.Errorf("%s: accepted is %v: %s", id, got.Accepted, got.Reason)
				}
			}
		})
	}
}
