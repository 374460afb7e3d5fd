package tlstest

import (
	"crypto/x509"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

const wholeRecipe = `
# every statement there is
root OLD subject="CN=Old Root,O=Example\\, Inc" from=2006-01-01 to=2030-01-01 keytype=rsa1024 alg=sha1
root R
cross X of R by OLD to=2026-09-30T12:00:00+09:00
ca I by R pathlen=0 aia=http://aia.example.test/i.der policy=2.23.140.1.2.1   # trailing comment
copy I2 of I serial=-5
leaf L by I san=www.example.test,192.0.2.1 to=2026-12-24
junk J hex=00ff
junk K size=3
present L I J K I
anchors OLD R
pool I2
at 2026-11-23T01:02:03Z
name -
clients openssl-3.0 go
expect missing-intermediate severity=error positions=0,1 missing=I,X
expect expired-leaf positions=
absent root-in-chain wrong-order
only
leafkey L
sibling L
sibling L I2
variant no-sni I L
store go OLD
store go R
serverkey I
expected L
aiafailed http://aia.example.test/i.der
flaw 7 Go Java
`

func TestRecipe(t *testing.T) {
	r, err := ParseRecipe("a/whole.txt", wholeRecipe)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]byte{r.Cert("L"), r.Cert("I"), {0, 0xff}, {0xa5, 0xa5, 0xa5}, r.Cert("I")}
	if !reflect.DeepEqual(r.Presented, want) {
		t.Error("presented")
	}
	if !reflect.DeepEqual(r.Anchors, [][]byte{r.Cert("OLD"), r.Cert("R")}) || !reflect.DeepEqual(r.Pool, [][]byte{r.Cert("I2")}) {
		t.Error("anchors or pool")
	}
	if !r.At.Equal(time.Date(2026, 11, 23, 1, 2, 3, 0, time.UTC)) || r.Name != "" || !r.Only {
		t.Error("at, name or only")
	}
	if !reflect.DeepEqual(r.Clients, []string{"openssl-3.0", "go"}) || !reflect.DeepEqual(r.Absent, []string{"root-in-chain", "wrong-order"}) {
		t.Error("clients or absent")
	}
	l, i := r.Cert("L"), r.Cert("I")
	if !reflect.DeepEqual(r.Siblings, [][][]byte{{l}, {l, r.Cert("I2")}}) || !reflect.DeepEqual(r.Variants, map[string][][]byte{"no-sni": {i, l}}) {
		t.Error("siblings or variants")
	}
	if !reflect.DeepEqual(r.Stores, map[string][][]byte{"go": {r.Cert("OLD"), r.Cert("R")}}) {
		t.Error("stores")
	}
	if !reflect.DeepEqual([][]byte{r.ServerKey, r.Expected}, [][]byte{i, l}) || r.AIAFailed != "http://aia.example.test/i.der" {
		t.Error("server key, expected leaf or failed address")
	}
	if !reflect.DeepEqual(r.Flaws, []FileFlaw{{7, []string{"Go", "Java"}}}) {
		t.Error("flaws of the file")
	}
	expect := []Expectation{
		{Line: 17, Rule: "missing-intermediate", Severity: "error", Positions: []int{0, 1}, Missing: []string{"I", "X"}},
		{Line: 18, Rule: "expired-leaf", Positions: []int{}},
	}
	if !reflect.DeepEqual(r.Expect, expect) {
		t.Errorf("%+v", r.Expect)
	}
	leaf, err := x509.ParseCertificate(r.Cert("L"))
	if err != nil {
		t.Fatal(err)
	}
	if len(leaf.IPAddresses) != 1 || !leaf.NotAfter.Equal(date(2026, 12, 24)) {
		t.Errorf("the leaf has %v until %v", leaf.IPAddresses, leaf.NotAfter)
	}
	if !reflect.DeepEqual(leaf.PublicKey, r.LeafKey.Public()) || r.Cert("nobody") != nil {
		t.Error("leaf key, or a certificate of no name")
	}
	cross, err := x509.ParseCertificate(r.Cert("X"))
	if err != nil || !cross.NotAfter.Equal(time.Date(2026, 9, 30, 3, 0, 0, 0, time.UTC)) || cross.Issuer.CommonName != "Old Root" {
		t.Errorf("%v, %v", cross, err)
	}
}

func TestRecipeErrorsNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"\nroof R":                 `x.txt:2: no statement "roof"`,
		"ca I by R":                `x.txt:1: no certificate "R" so far`,
		"root R by R":              `x.txt:1: no certificate "R" so far`,
		"root R\nca I":             "x.txt:2: want: root R | ca I by R",
		"root R\nroot R":           "x.txt:2: there is a R already",
		"root R form=2026-01-01":   `x.txt:1: root R: no option "form="`,
		"root R fast":              `x.txt:1: root R: no option "fast"`,
		"root R corrupt=yes":       `corrupt takes no value`,
		"root R to=tomorrow":       `"tomorrow" is neither a date`,
		"root R keytype=rsa12":     "want p256,",
		"root R alg=sha2":          `"sha2" is none of md5, sha1,`,
		"root R alg=md5":           "no certificate is signed by a key of type p256 over MD5",
		`root R subject="CN=a`:     "a quoted word does not end",
		`root R subject=X=a`:       `no attribute type "X"`,
		`root R ski=of:S`:          `no certificate "S" so far`,
		"junk J hex=0":             "odd length",
		"present L":                `x.txt:1: no certificate or junk "L" so far`,
		"root R":                   "x.txt: nothing is presented",
		"expect a severity=fatal":  "want error, warning or info",
		"expect a positions=x":     `"x" is no number`,
		"expect a missing=I":       `no certificate "I" so far`,
		"root R\nvariant no-sni Q": `no certificate or junk "Q" so far`,
		"store":                    "want: store WHICH NAME",
		"expected Q":               `no certificate "Q" so far`,
		"only you":                 "only stands alone",
		"at noon":                  `x.txt:1: "noon" is neither`,
		"name a b":                 "name takes one value",
		"root R serial=one":        "want a number",
		"root R nc=example.test":   "want permit:DOMAIN",
		"root R san=\"caf\u00e9.test\"\npresent R": "x.txt:1: root R:",
	} {
		_, err := ParseRecipe("x.txt", text)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "x.txt:") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestRecipesOfATree(t *testing.T) {
	good := &fstest.MapFile{Data: []byte("root R\nleaf L by R\npresent L")}
	tree := fstest.MapFS{"b/fires.txt": good, "a/near-miss.txt": good, "a/README.md": {Data: []byte("no recipe")}}
	recipes, err := Recipes(tree)
	if err != nil || len(recipes) != 2 || recipes[0].File != "a/near-miss.txt" || recipes[1].File != "b/fires.txt" {
		t.Errorf("%v, %v", recipes, err)
	}
	tree["c.txt"] = &fstest.MapFile{Data: []byte("x")}
	if _, err := Recipes(tree); err == nil || !strings.HasPrefix(err.Error(), "c.txt:1:") {
		t.Error(err)
	}
}
