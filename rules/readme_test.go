package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest/golden"
)

// TestReadmeIsCurrent holds README.md to the rules it is generated from; go
// generate writes it.
func TestReadmeIsCurrent(t *testing.T) { golden.Compare(t, "README.md", []byte(readme())) }

func readme() string {
	var b strings.Builder
	b.WriteString("# Rules\n\nGenerated from the rules; `go generate ./rules` writes it anew. `tlschain explain RULE` prints the same.\n\n")
	b.WriteString("| rule | class | severity | what it finds |\n|---|---|---|---|\n")
	for _, r := range All() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", r.ID, r.ID, r.Class, r.Severity, r.Title)
	}
	for _, r := range All() {
		fmt.Fprintf(&b, "\n## %s\n\n%s. *%s, %s, since %s.*\n\n%s\n\n**Fix.** %s\n\nSee %s.\n",
			r.ID, r.Title, r.Class, r.Severity, r.Since, r.Why, strings.ReplaceAll(r.Fix, "\n", "\n\n"), strings.Join(r.Refs, "; "))
	}
	return b.String()
}
