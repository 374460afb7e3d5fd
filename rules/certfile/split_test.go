package certfile_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// What a file with several leaves is, for people and servers.
func TestLeaves(t *testing.T) {
	h, x := newHierarchy(t), tlstest.For(t)
	ca2 := x.Intermediate("I2", h.root)
	other := x.Leaf("other", h.ca, func(c *tlstest.Template) { c.DNSNames = []string{"other.example.test"} })
	renewed := x.Copy("renewed", h.leaf)
	own := x.Root("own", func(c *tlstest.Template) { c.DNSNames = []string{tlstest.ServerName} })
	names := map[string]*tlstest.Cert{"L": h.leaf, "LE": h.ecdsa, "I": h.ca, "I2": ca2, "R": h.root, "other": other, "renewed": renewed, "own": own}

	for name, c := range map[string]struct {
		file []string
		want [][]string
	}{
		"one":                              {[]string{"L", "I"}, [][]string{{"L", "I"}}},
		"not first":                        {[]string{"I", "L"}, [][]string{{"I", "L"}}},
		"RSA and ECDSA, each its issuer":   {[]string{"L", "I", "LE", "I2"}, [][]string{{"L", "I"}, {"LE", "I2"}}},
		"RSA and ECDSA, a shared issuer":   {[]string{"L", "LE", "I"}, [][]string{{"L", "I"}, {"LE", "I"}}},
		"RSA and ECDSA, one incomplete":    {[]string{"L", "I", "LE"}, [][]string{{"L", "I"}, {"LE"}}},
		"of another name: a stray":         {[]string{"L", "other", "I"}, [][]string{{"L", "other", "I"}}},
		"of the same kind: a left-over":    {[]string{"L", "renewed", "I"}, [][]string{{"L", "renewed", "I"}}},
		"a CA certificate that names host": {[]string{"own"}, [][]string{{"own"}}},
		"twice the same":                   {[]string{"L", "L", "I"}, [][]string{{"L", "L", "I"}}},
		"none":                             {[]string{"I", "R"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var file []byte
			for _, n := range c.file {
				file = append(file, names[n].PEM()...)
			}
			chains, err := certfile.Read(file)
			if want := c.want == nil; errors.Is(err, certfile.ErrNoLeaf) != want {
				t.Fatalf("error %v", err)
			}
			var got [][]string
			for _, chain := range chains {
				var list []string
				for _, der := range chain.Certs {
					for n, cert := range names {
						if string(cert.DER) == string(der) {
							list = append(list, n)
						}
					}
				}
				got = append(got, list)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// What is wrong with the text of a file is wrong for each of its chains.
func TestLeavesShareTheFlawsOfTheFile(t *testing.T) {
	h := newHierarchy(t)
	file := append([]byte("\ufeff"), append(append(h.leaf.PEM(), h.ecdsa.PEM()...), h.ca.PEM()...)...)
	chains, err := certfile.Read(file)
	if err != nil || len(chains) != 2 {
		t.Fatalf("%d chains, %v", len(chains), err)
	}
	for i, c := range chains {
		if len(c.Flaws) != 1 {
			t.Errorf("chain %d: flaws %+v, want the byte order mark", i, c.Flaws)
		}
	}
}
