package browsertest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// Axe is the script of axe-core, which finds what keeps people from using a
// page.
type Axe string

// GetAxe fetches axe-core by npm; it is no part of the product.
func GetAxe(t *testing.T) Axe {
	t.Helper()
	npm := tlstest.Program(t, "npm", "npm")
	dir := t.TempDir()
	cmd := exec.Command(npm, "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", dir, "axe-core@4.14.1")
	if out, err := cmd.CombinedOutput(); err != nil {
		tlstest.Missing(t, fmt.Sprintf("npm install axe-core does not work here: %v\n%s", err, out))
	}
	script, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return Axe(script)
}

// Barriers are the serious and critical ones on the tab's page.
func (a Axe) Barriers(b *Tab) []string {
	b.t.Helper()
	JS[int](b, string(a)+";0")
	return JS[[]string](b, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations
		.filter(v => ["serious", "critical"].includes(v.impact))
		.map(v => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " " + n.failureSummary).join(" | ")))`)
}
