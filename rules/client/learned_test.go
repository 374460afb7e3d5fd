package client

import (
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// learned are chains on which a profile once disagreed with its client, as the
// differential test (conformance) made them small, and what the client does.
var learned = []struct {
	name, client string
	accepted     bool
	recipe       string
}{
	{"an RSA leaf that may not encipher", "nss-3.87", false, "root R\nca I by R\nleaf L by I keytype=rsa2048\npresent L I\nanchors R"},
	{"an RSA leaf that may encipher", "nss-3.87", true, "root R\nca I by R\nleaf L by I keytype=rsa2048 ku=encipher\npresent L I\nanchors R"},
	{"an EC leaf", "nss-3.87", true, "root R\nca I by R\nleaf L by I\npresent L I\nanchors R"},
	{"an anchor that is no CA is taken, and fails", "nss-3.87", false, "root R\ncopy Rx of R ca=false\nca I by R\nleaf L by I\npresent L I\nanchors R Rx"},
	{"an anchor that is no CA, before the right one", "nss-3.87", true, "root R\ncopy Rx of R ca=false\nca I by R\nleaf L by I\npresent L I\nanchors Rx R"},
	{
		"a self-issued certificate ends the path", "nss-3.87", false,
		"root R\ncopy Rx of R ski=bad\nca I by R aki=bad\nleaf L by I\npresent L I Rx\nanchors R",
	},
	{
		"issuer and serial number point at a root that is not trusted", "nss-3.87", false,
		"root R\nroot S\ncross X of R by S\nca I by R aki=issuerserial:R\nleaf L by I\npresent L I R\nanchors X",
	},
	{"an anchor that may not sign", "java-17", false, "root R ku=nocertsign\nca I by R\nleaf L by I\npresent L I\nanchors R"},
	{"an unknown critical extension in an extra", "mbedtls-2.28", false, "root R\nca I by R\nroot V critical\nleaf L by I\npresent L I V\nanchors R"},
	{"the same in an anchor", "mbedtls-2.28", false, "root R critical\nca I by R\nleaf L by I\npresent L I\nanchors R"},
	{
		"a trusted intermediate, and more above it", "gnutls-3.7", false,
		`root R
root J "cn=I2 s1n18"
ca I by J "cn=I1 s1n18"
cross JR of J by R
leaf L by I
present L I JR
anchors I`,
	},
	{
		"the same, the two names in one row of the table", "gnutls-3.7", true,
		`root R
root J "cn=I2 s1n189"
ca I by J "cn=I1 s1n189"
cross JR of J by R
leaf L by I
present L I JR
anchors I`,
	},
	{
		"an impostor issued by what stands below it", "wolfssl-5.5", false,
		"root K\nroot J\ncross JK of J by K\nca I by J\nroot Z\ncross KJ of K by J key=Z ski=of:K\nleaf L by I\npresent L I JK KJ\nanchors JK",
	},
	{"two anchors of one key identifier", "wolfssl-5.5", true, "root R\nroot Z\ncopy Rz of R key=Z ski=of:R\nca I by R\nleaf L by I\npresent L I\nanchors R Rz"},
	{"the same in the other order", "wolfssl-5.5", false, "root R\nroot Z\ncopy Rz of R key=Z ski=of:R\nca I by R\nleaf L by I\npresent L I\nanchors Rz R"},
	{"an anchor that permits the leaf's name but not its child's", "wolfssl-5.5", false, "root R nc=permit:example.test\nca I by R\nleaf L by I\npresent L I\nanchors R"},
	{"an anchor that excludes the leaf's name", "wolfssl-5.5", true, "root R nc=exclude:example.test\nca I by R\nleaf L by I\npresent L I\nanchors R"},
	{"the same directly above the leaf", "wolfssl-5.5", false, "root R nc=exclude:example.test\nleaf L by R\npresent L\nanchors R"},
	{"a twin without key usage of a verified intermediate", "wolfssl-5.5", true, "root R\nca I by R\ncopy Iu of I ku=none\nleaf L by I\npresent L Iu I\nanchors R"},
	{"a twin without key usage of an anchor", "wolfssl-5.5", true, "root R\nca I by R\ncopy Iu of I ku=none\nleaf L by I\npresent L Iu\nanchors R I"},
	{"a leaf that is a CA under a path length of 1", "wolfssl-5.5", false, "root R\nca J by R pathlen=1\nca I by J\nleaf L by I ca=true\npresent L I J\nanchors R"},
	{
		"of two CAs without identifiers the one that was verified first", "wolfssl-5.5", true,
		"root R ski=none\nca I by R ski=none aki=none\ncross In of I by R ski=none aki=none nc=permit:example.org\nleaf L by I aki=none\npresent L I In I\nanchors R",
	},
	{
		"a self-issued CA whose name and key identifier an anchor has", "wolfssl-5.5", false,
		"root R\nroot I\ncross IR of I by R\nroot Z\ncopy Iz of I signedby=Z aki=of:Z\nleaf L by I\npresent L Iz\nanchors IR",
	},
	{
		"a trusted intermediate before its issuer in the store", "wolfssl-5.5", true,
		"root R\nca J by R pathlen=0\nca I by J\nleaf L by I\npresent L I\nanchors J R",
	},
	{
		"the same after its issuer", "wolfssl-5.5", false,
		"root R\nca J by R pathlen=0\nca I by J\nleaf L by I\npresent L I\nanchors R J",
	},
	{
		"an entry that was sent twice leaves a gap that swallows the last one", "gnutls-3.7", true,
		"root R\nroot O\nroot J\ncross JR of J by R\ncross JO of J by O\nca I by J\nroot U\nleaf L by I\npresent L I JR I JO U\nanchors JR",
	},
	{
		"an issuer that is not valid yet, and its twin in the store", "gnutls-3.7", false,
		"root R\nca J by R\ncross Jf of J by R from=2030-01-01\nca I by J\nleaf L by I\npresent L I Jf\nanchors R J",
	},
	{
		"an issuer that has expired, and its twin in the store", "gnutls-3.7", true,
		"root R\nca J by R\ncross Jx of J by R from=2020-01-01 to=2024-01-01\nca I by J\nleaf L by I\npresent L I Jx\nanchors R J",
	},
	{
		"an entry that was sent twice certifies itself", "wolfssl-5.5", false,
		"root R\nroot I keytype=p256\ncopy In of I nc=permit:example.test\ncross IR of I by R ski=none aki=none\nleaf L by I\npresent L In In IR\nanchors R",
	},
	{
		"an issuer that was sent twice, and its own in between", "mbedtls-2.28", false,
		"root R\nca K by R\nca J by K\nca I by J\nleaf L by I\npresent L J I K J\nanchors R",
	},
	{"an intermediate of version 1 in the store", "openssl-3.0", false, "root R\nca I by R v1\nleaf L by I keytype=rsa2048 ku=encipher\npresent L\nanchors R I"},
	{"an intermediate of version 1 as anchor", "curl", false, "root R\nca I by R v1\nleaf L by I\npresent L\nanchors I"},
	{"an intermediate of version 1 as anchor", "go", true, "root R\nca I by R v1\nleaf L by I\npresent L\nanchors I"},
	{"a root of version 1", "bearssl-0.6", false, "root R v1\nca I by R\nleaf L by I\npresent L I\nanchors R"},
	{"an anchor that is no CA, before the right one", "bearssl-0.6", true, "root R\ncopy Rx of R ca=false\nca I by R\nleaf L by I\npresent L I\nanchors Rx R"},
	{"a root whose own signature is wrong", "botan-2.19", false, "root R\nroot Z\ncopy Rz of R signedby=Z\nca I by R\nleaf L by I\npresent L I\nanchors Rz"},
	{
		"a root of version 1 that ends before its intermediate, in a list out of order", "java-17", false,
		"root R v1 to=2030-01-01\nca I by R to=2031-01-01\nroot U\nleaf L by I\npresent L U I\nanchors R",
	},
	{
		"the same in a list in order", "java-17", true,
		"root R v1 to=2030-01-01\nca I by R to=2031-01-01\nleaf L by I\npresent L I\nanchors R",
	},
	{"an anchor with an unknown critical extension", "wolfssl-5.5", false, "root R critical\nca I by R\nleaf L by I\npresent L I\nanchors R"},
	{"an anchor with an unknown critical extension", "gnutls-3.7", false, "root R critical\nca I by R\nleaf L by I\npresent L I\nanchors R"},
	{
		"a trusted intermediate that the leaf's identifier does not mean", "gnutls-3.7", false,
		"root R\nca I by R\nroot Z\nleaf L by I aki=of:Z\npresent L I\nanchors I",
	},
	{"an anchor that may not sign", "nss-3.87", true, "root R ku=nocertsign\nca I by R\nleaf L by I\npresent L I\nanchors R"},
	{
		"the second of two anchors has an unknown critical extension", "gnutls-3.7", false,
		"root R\nca I by R\ncopy Ic of I critical\nleaf L by I\npresent L I\nanchors I Ic",
	},
	{
		"twins of a root and of an intermediate, a step less than too many", "chrome", true,
		"root R\ncopy Rn of R nc=permit:example.test\nca J by R\nca I by J\ncopy If of I from=2030-01-01\nleaf L by I\npresent L R J Rn If I\nanchors R",
	},
	{
		"the first of two anchors of a sent name and key is out of date", "gnutls-3.7", false,
		"root R\ncopy Rx of R from=2020-01-01 to=2025-01-01\nroot S\ncross X of R by S\nca I by R\nleaf L by I\npresent L I X\nanchors Rx R",
	},
	{
		"a loop of two, and the way out of it after them", "openssl-3.0", true,
		"root R\nca A by R\nca B by A\ncross AB of A by B\nleaf L by A\npresent L AB B A\nanchors R",
	},
	{
		"a loop of two, and the way out of it after them", "boringssl-android", true,
		"root R\nca A by R\nca B by A\ncross AB of A by B\nleaf L by A\npresent L AB B A\nanchors R",
	},
	{
		"a loop of two that leads back to what is on the path", "openssl-3.0", false,
		"root R\nca A by R\nca B by A\ncross AB of A by B\nleaf L by B\npresent L B AB A\nanchors R",
	},
}

func TestLearned(t *testing.T) {
	for _, l := range learned {
		t.Run(l.client+"/"+strings.ReplaceAll(l.name, " ", "_"), func(t *testing.T) {
			if got := judgeRecipe(t, Builders()[l.client], l.recipe); got.Accepted != l.accepted {
				t.Errorf("accepted is %v: %s", got.Accepted, got.Reason)
			}
		})
	}
}

// judgeRecipe asks a client with the recipe's anchors about what it presents.
func judgeRecipe(t *testing.T, b Builder, recipe string) Verdict {
	t.Helper()
	r, list, store := readRecipe(t, recipe)
	p := &Profile{Builder: b, Store: store}
	return p.Judge(new(chain.Verifier).Begin(), list, Question{Name: r.Name, At: r.At})
}

// readRecipe makes what a recipe presents and trusts.
func readRecipe(t *testing.T, recipe string) (r *tlstest.Recipe, list []chain.Entry, store *chain.Set) {
	t.Helper()
	r, err := tlstest.ParseRecipe(t.Name(), recipe)
	if err != nil {
		t.Fatal(err)
	}
	var anchors []chain.Entry
	for _, der := range r.Presented {
		list = append(list, chain.Read(der))
	}
	for _, der := range r.Anchors {
		e := chain.Read(der)
		if e.Cert == nil {
			t.Fatal(e.Err)
		}
		anchors = append(anchors, e)
	}
	return r, list, storeOf(anchors)
}
