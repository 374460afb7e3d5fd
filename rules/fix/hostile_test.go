package fix

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A list made to cost time: many certificates of few names and keys, all of
// which certify one another. The search is bounded, and what it finds is right.
func TestAHostileListIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("root R\nroot A\nroot B\nleaf L by A\nanchors R\n")
	present := "present L"
	for n := range 40 {
		fmt.Fprintf(&b, "cross AB%d of A by B\ncross BA%d of B by A\n", n, n)
		present += fmt.Sprintf(" AB%d BA%d", n, n)
	}
	b.WriteString("cross AR of A by R\n" + present + " AR\n")
	r, err := tlstest.ParseRecipe("hostile", b.String())
	if err != nil {
		t.Fatal(err)
	}
	j, v := verdictOn(t, r)
	began := time.Now()
	p := New(j, Options{}).Plan(v)
	t.Logf("%d certificates: %s", len(r.Presented), time.Since(began))
	if p == nil || names(r, p.Bundle, "AR") != "AR" || !p.Fixes {
		t.Errorf("%+v", p)
	}
}
