package rules

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write README.md anew")

// TestReadmeIsCurrent holds README.md to the rules it is generated from; go
// generate writes it.
func TestReadmeIsCurrent(t *testing.T) {
	want := readme()
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("README.md")
	if err != nil || string(got) != want {
		t.Errorf("README.md is not what the rules say: run go generate ./rules (%v)", err)
	}
}

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
