package tlschain

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// What a scan has seen is enough to look ahead, and the report carries it into
// every format that shows it.
func TestOutlookOfAScan(t *testing.T) {
	ca := tlstest.For(t)
	root := ca.Root("R")
	middle := ca.Intermediate("I", root)
	file := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(file, root.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	engine, err := New(Config{Clients: []string{"go", "openssl-3.0"}, Roots: file, At: tlstest.Now(), PEM: true}, Env{})
	if err != nil {
		t.Fatal(err)
	}
	outlook := engine.NewOutlook("", time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC))
	var tally reports.Tally
	for _, name := range []string{"b", "a", "c"} {
		end := time.Date(2027, 2, 1, 12, 0, 0, 0, time.UTC)
		if name == "c" {
			end = end.AddDate(0, 1, 0)
		}
		leaf := ca.Leaf(name, middle, func(l *tlstest.Template) { l.NotAfter = end })
		e := engine.Check(t.Context(), Presented{Label: name, Presentation: rules.Presentation{
			Name: tlstest.ServerName, Entries: []chain.Entry{chain.Read(leaf.DER), chain.Read(middle.DER)}}})
		tally.Add(&e)
		outlook.AddEndpoint(&e)
	}
	summary := tally.Summary(false)
	if summary.Outlook, err = outlook.Report(nil); err != nil {
		t.Fatal(err)
	}
	turns := summary.Outlook.Turns
	if len(turns) != 2 || turns[0].Date != "2027-02-01" || turns[0].Count != 2 || turns[0].Endpoints[0].Endpoint != "a" || turns[1].Date != "2027-03-01" ||
		!slices.Equal(turns[1].Clients, []string{"go", "openssl-3.0"}) || turns[1].Kind != rules.LeafEnds {
		t.Fatalf("%+v", turns)
	}
	for format, want := range map[string]string{"table": "2027-02-01  certificate ends", "json": `"date":"2027-02-01","kind":"leaf-end"`} {
		var b bytes.Buffer
		w, err := reports.New(format, &b, reports.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Begin(engine.Header(reports.Tool{}, tlstest.Now())); err != nil {
			t.Fatal(err)
		}
		if err := w.End(summary); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %v\n%s", format, err, b.String())
		}
	}
}
