package audit

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// A fleet is a group of endpoints with real chains in a history, as an audit of
// tlstest.Now left them.
type fleet struct {
	config *Config
	db     *history.DB
	env    tlschain.Env
	seen   []history.Seen
	engine *tlschain.Engine
}

// newFleet trusts one root, and goes by a list of what is distrusted; settings
// are more lines of the group.
func newFleet(tb testing.TB, root *tlstest.Cert, distrust, settings string) *fleet {
	tb.Helper()
	dir := tb.TempDir()
	for file, text := range map[string][]byte{"root.pem": root.PEM(), "distrust.yaml": []byte("distrust:\n" + distrust)} {
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	config, err := Parse([]byte("groups:\n  web:\n    targets: {inline: [a.example]}\n    roots: root.pem\n    distrust: distrust.yaml\n"+settings), filepath.Join(dir, "tlschain.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	f := &fleet{config: config, env: tlschain.Env{Now: tlstest.Now()}}
	if f.db, err = history.Open(tb.Context(), filepath.Join(dir, "history.db")); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.db.Close() })
	if f.engine, err = config.Groups["web"].engine(f.env); err != nil {
		tb.Fatal(err)
	}
	return f
}

// add judges what a host presents.
func (f *fleet) add(tb testing.TB, host string, sent ...*tlstest.Cert) {
	tb.Helper()
	p := tlschain.Presented{Label: host, Presentation: rules.Presentation{Name: tlstest.ServerName}}
	der := map[reports.Hash][]byte{}
	for _, c := range sent {
		p.Entries = append(p.Entries, chain.Read(c.DER))
		der[sha256.Sum256(c.DER)] = c.DER
	}
	e := f.engine.Check(tb.Context(), p)
	e.Host, e.Port = host, 443
	s, err := seen(host+":443", &e, func(h reports.Hash) []byte { return der[h] })
	if err != nil {
		tb.Fatal(err)
	}
	f.seen = append(f.seen, s)
}

// store ends the audit.
func (f *fleet) store(tb testing.TB) {
	tb.Helper()
	w, err := f.db.Begin(tb.Context(), "web", tlstest.Now())
	if err != nil {
		tb.Fatal(err)
	}
	for some := range slices.Chunk(f.seen, 200) {
		if err := w.Add(tb.Context(), some...); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Finish(tb.Context(), tlstest.Now(), true, "{}"); err != nil {
		tb.Fatal(err)
	}
}

func (f *fleet) outlook(tb testing.TB, until time.Time) *reports.Outlook {
	tb.Helper()
	o, err := f.config.Groups["web"].Outlook(tb.Context(), f.db, f.env, until)
	if err != nil {
		tb.Fatal(err)
	}
	return o
}

func lasting(from, to string) func(*tlstest.Template) {
	return func(c *tlstest.Template) {
		c.NotBefore, _ = time.Parse(time.DateOnly, from)
		c.NotAfter, _ = time.Parse(time.DateOnly, to)
	}
}

// One line for each day on which something changes, from what the history has.
func TestOutlook(t *testing.T) {
	ca := tlstest.For(t)
	root := ca.Root("R")
	short := ca.Intermediate("I", root, lasting("2025-01-01", "2027-01-20"))
	stolen := ca.Intermediate("J", root)
	f := newFleet(t, root, fmt.Sprintf("  - certificate: %x\n    since: 2026-12-20\n", sha256.Sum256(stolen.DER)), "    clients: [go, firefox]\n")
	f.add(t, "a.example", ca.Leaf("a", short, lasting("2026-11-01", "2027-01-10")), short)
	f.add(t, "b.example", ca.Leaf("b", short, lasting("2026-11-01", "2027-01-10")), short)
	f.add(t, "c.example", ca.Leaf("c", short, lasting("2026-11-01", "2027-03-01")), short)
	f.add(t, "d.example", ca.Leaf("d", stolen, lasting("2026-11-01", "2027-01-10")), stolen)
	f.add(t, "alone.example", ca.Leaf("alone", short, lasting("2026-11-01", "2027-01-10"))) // nobody accepts it
	f.add(t, "ended.example", ca.Leaf("ended", short, lasting("2026-08-01", "2026-11-01")), short)
	f.store(t)
	o := f.outlook(t, tlstest.Now().AddDate(2, 0, 0))
	var got []string
	for _, turn := range o.Turns {
		line := turn.Date + " " + string(turn.Kind) + " " + strings.Join(turn.Clients, " ") + ":"
		for _, e := range turn.Endpoints {
			line += " " + strings.TrimSuffix(e.Endpoint, ".example:443")
		}
		got = append(got, line)
		if turn.Count != len(turn.Endpoints) || turn.Reason == "" || turn.Fix == "" || turn.Endpoints[0].Group != "web" {
			t.Errorf("%+v", turn)
		}
	}
	want := []string{
		"2026-12-20 revoked firefox go: d",
		"2027-01-10 leaf-end firefox go: a alone b d",
		"2027-01-20 intermediate-end firefox go: c",
		"2027-03-01 leaf-end : c",
	}
	if d := cmp.Diff(want, got); d != "" || o.Endpoints != 5 {
		t.Errorf("of %d endpoints:\n%s", o.Endpoints, d)
	}
	if o := f.outlook(t, tlstest.Now().AddDate(0, 0, 40)); len(o.Turns) != 1 {
		t.Errorf("within 40 days: %+v", o.Turns)
	}
}

// BenchmarkOutlook looks ahead for 10,000 endpoints, each with a leaf of its own,
// under a few dozen intermediates.
func BenchmarkOutlook(b *testing.B) {
	ca := tlstest.For(b)
	root := ca.Root("R")
	f := newFleet(b, root, "  - name: Nobody\n", "")
	var middle []*tlstest.Cert
	for i := range 40 {
		middle = append(middle, ca.Intermediate(fmt.Sprint("I", i), root, lasting("2025-01-01", fmt.Sprintf("2027-%02d-20", 1+i%12))))
	}
	for i := range 10_000 {
		by := middle[i%len(middle)]
		from := time.Date(2026, 9, 1+i%80, 0, 0, 0, 0, time.UTC)
		f.add(b, fmt.Sprintf("host%d.example", i), ca.Leaf(fmt.Sprint("L", i), by, func(c *tlstest.Template) { c.NotBefore, c.NotAfter = from, from.AddDate(0, 0, 90+i%100) }), by)
	}
	f.store(b)
	before := system.CPUTime(b)
	for b.Loop() {
		if o := f.outlook(b, tlstest.Now().AddDate(2, 0, 0)); o.Endpoints != 10_000 {
			b.Fatal(o.Endpoints)
		}
	}
	b.ReportMetric((system.CPUTime(b)-before).Seconds()/float64(b.N), "cpu-s/op")
}
