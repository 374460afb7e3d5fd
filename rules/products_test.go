package rules

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// productsOf is the catalogue that a recipe is judged by: the one of
// testdata/rules/catalog.yaml, about the certificates that the recipe has.
func productsOf(t *testing.T, r *tlstest.Recipe) *catalog.Products {
	t.Helper()
	text, err := os.ReadFile("../testdata/rules/catalog.yaml")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`(sha256|key)\((\w+)\)`)
	var lines []string
	for _, line := range strings.Split(string(text), "\n") {
		has := true
		line = named.ReplaceAllStringFunc(line, func(found string) string {
			what := named.FindStringSubmatch(found)
			der := r.Cert(what[2])
			if der == nil {
				has = false
				return ""
			}
			c := parse(t, der)
			if what[1] == "key" {
				return c.Key.SPKI.String()
			}
			return c.SHA256.String()
		})
		if has || strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	file := strings.Join(lines, "\n")
	if !strings.Contains(file, "{sha256: ") {
		file = strings.Replace(file, "    certificates:\n", "", 1)
	}
	var none *catalog.Products
	products, err := none.With([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return products
}
