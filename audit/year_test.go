package audit

import (
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// A year is a group over many nights, in which one endpoint in a hundred
// changes a night: nine of ten by a renewal, the others materially. Verdicts
// have the size of real ones.
type year struct {
	*Auditor
	world     *world
	endpoints []reports.Endpoint
	random    *rand.Rand
	changed   int // renewals and material changes
	material  int
}

func newYear(tb testing.TB, endpoints int, where string) *year {
	tb.Helper()
	config, err := Parse([]byte("groups:\n  web:\n    targets: {inline: [a.example]}\n"), "tlschain.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	db, err := history.Open(tb.Context(), where)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	w := newWorld()
	y := &year{world: w, endpoints: make([]reports.Endpoint, endpoints), random: rand.New(rand.NewPCG(1, 2))}
	y.Auditor = &Auditor{Config: config, DB: db, Clock: w.clock(), Getenv: func(string) string { return "" }, Report: func(err error) { tb.Error(err) }}
	y.Engine = func(*Group, time.Time) (ScanFunc, error) { return y.look, nil }
	for i := range y.endpoints {
		y.endpoints[i] = y.verdict(i, 0, false)
	}
	return y
}

// look shows all endpoints in the first scan of a night, and in later ones
// those that are to be confirmed.
func (y *year) look(_ context.Context, targets iter.Seq[scanner.Target], keep func([]byte)) iter.Seq[[]reports.Endpoint] {
	return func(yield func([]reports.Endpoint) bool) {
		for t := range targets {
			some := y.endpoints
			var one int
			if n, _ := fmt.Sscanf(t.Host, "host%d.example", &one); n == 1 {
				some = y.endpoints[one : one+1]
			}
			for i := range some {
				for _, c := range some[i].Chain {
					keep(der(c.Subject))
				}
				if !yield(some[i : i+1]) {
					return
				}
			}
		}
	}
}

// der stands for a certificate: 1,200 bytes that do not compress.
func der(name string) []byte {
	seed := sha256.Sum256([]byte(name))
	b := make([]byte, 1200)
	rand.NewChaCha8(seed).Read(b)
	return b
}

var manyClients = func() (names []string) {
	for i := range 26 {
		names = append(names, fmt.Sprintf("client-%d.0", i))
	}
	return names
}()

// verdict is one endpoint's report: three certificates, 26 clients, each with
// its path.
func (y *year) verdict(i, version int, broken bool) reports.Endpoint {
	host := fmt.Sprintf("host%d.example", i)
	e := reports.Endpoint{Target: host, Host: host, Port: 443, ServerName: host, Address: "192.0.2.1", Status: reports.OK, Product: "Public CA G3",
		Handshake: &reports.Handshake{TLSVersion: "TLS 1.3", CipherSuite: "TLS_AES_128_GCM_SHA256", Complete: true}}
	var path []reports.Hash
	for position, name := range []string{fmt.Sprintf("CN=%s,O=Example %d", host, version), fmt.Sprintf("CN=Public CA R%d,O=Example Trust Services,C=JP", version%4), "CN=Cross Root,O=Example Trust Services,C=JP"} {
		h := sha256.Sum256(der(name))
		path = append(path, h)
		if broken && position == 1 {
			continue
		}
		issued := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		if position == 0 {
			issued = issued.AddDate(0, 0, version)
		}
		e.Chain = append(e.Chain, reports.Certificate{
			Position: len(e.Chain), Role: "intermediate", Subject: name, Issuer: "CN=Public CA,O=Example Trust Services,C=JP", Serial: fmt.Sprintf("%x", h[:16]), SHA256: h, SPKISHA256: sha256.Sum256([]byte(name + "key")),
			NotBefore: issued, NotAfter: issued.AddDate(0, 0, 90+position*900), Key: "RSA 2048", SignatureAlgorithm: "SHA256-RSA", Size: 1200})
	}
	e.Chain[0].Role = "leaf"
	root := sha256.Sum256([]byte("root"))
	e.Unsent = []reports.Unsent{{SHA256: root, Subject: "CN=Root,O=Example Trust Services,C=JP", Issuer: "CN=Root,O=Example Trust Services,C=JP", SelfIssued: true}}
	for _, name := range manyClients {
		c := reports.Client{Client: name, Accepted: !broken, By: "presented", Reason: "the path ends at a root in its store", Path: append(path[:3:3], root)}
		if broken {
			c.By, c.Reason, c.Path = "", "the issuer of the leaf was not sent, and this client does not fetch it", path[:1]
		}
		e.Clients = append(e.Clients, c)
	}
	e.Bundle, e.BundleSHA256 = path[1:], sha256.Sum256(path[1][:])
	if broken {
		e.Presentation = rules.Error
		e.Findings = []reports.Finding{{Rule: "missing-intermediate", Severity: rules.Error, Positions: []int{0}, Clients: manyClients,
			Message: "the issuer of the leaf, CN=Public CA, was not sent", Fix: "Send the intermediate certificate after the leaf: see the corrected file."}}
		e.Missing = []reports.Missing{{Subject: "CN=Public CA R1,O=Example Trust Services,C=JP", AIAURL: "http://ca.example/ca.cer"}}
	}
	return e
}

// night lets a day pass and audits.
func (y *year) night(tb testing.TB, n int) history.Audit {
	tb.Helper()
	y.world.sleep(24 * time.Hour)
	if n > 0 {
		for range max(len(y.endpoints)/100, 1) {
			i := y.random.IntN(len(y.endpoints))
			broken, turn := len(y.endpoints[i].Findings) > 0, y.random.IntN(10) == 0
			y.endpoints[i] = y.verdict(i, n, broken != turn)
			y.changed++
			if turn {
				y.material++
			}
		}
	}
	audit, err := y.Run(tb.Context(), "web")
	if err != nil {
		tb.Fatal(err)
	}
	if audit.State != history.Complete || audit.Endpoints != len(y.endpoints) {
		tb.Fatalf("night %d: %+v", n, audit)
	}
	return audit
}

func TestSmallYear(t *testing.T) {
	const endpoints, nights = 300, 40
	y := newYear(t, endpoints, filepath.Join(t.TempDir(), "history.db"))
	material := 0
	for n := range nights {
		audit := y.night(t, n)
		changes, err := y.DB.Changes(t.Context(), audit.ID)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			continue
		}
		for _, c := range Classify(changes) {
			if c.Material() {
				material++
			}
		}
	}
	if material != y.material {
		t.Errorf("%d material changes were told, %d happened", material, y.material)
	}
	// An interval for each endpoint, and one for each change: no more.
	total := 0
	for page, q := []history.Current(nil), (history.Query{}); ; q.After = page[len(page)-1].Next() {
		var err error
		if page, err = y.DB.Endpoints(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, c := range page {
			line, err := y.DB.Timeline(t.Context(), c.Endpoint.ID, 1000)
			if err != nil {
				t.Fatal(err)
			}
			total += len(line)
		}
	}
	if total > endpoints+y.changed || total < endpoints+y.changed*9/10 { // two changes of an endpoint in one night are one
		t.Errorf("%d intervals for %d endpoints and %d changes", total, endpoints, y.changed)
	}
	// The last night reads back as it was shown.
	last, err := y.DB.LastComplete(t.Context(), "web", 0)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range y.DB.Rows(t.Context(), last.ID) {
		if err != nil {
			t.Fatal(err)
		}
		got, err := Endpoint(row.Endpoint, row.State)
		if err != nil {
			t.Fatal(err)
		}
		var i int
		fmt.Sscanf(got.Host, "host%d.example", &i)
		if want := y.endpoints[i].AppendJSON(nil); string(got.AppendJSON(nil)) != string(want) {
			t.Fatalf("%s: (-stored +read)\n%s", got.Host, cmp.Diff(string(want), string(got.AppendJSON(nil))))
		}
	}
}

// BenchmarkYear is the full size: go test -run - -bench Year -benchtime 1x -timeout 3h
// TLSCHAIN_NIGHTS makes it shorter.
func BenchmarkYear(b *testing.B) {
	const endpoints = 10_000
	nights := 365
	if n, err := strconv.Atoi(os.Getenv("TLSCHAIN_NIGHTS")); err == nil {
		nights = n
	}
	for b.Loop() {
		y := newYear(b, endpoints, filepath.Join(b.TempDir(), "history.db"))
		y.night(b, 0)
		var first, last time.Duration
		for n := 1; n < nights; n++ {
			before := system.CPUTime(b)
			y.night(b, n)
			switch used := system.CPUTime(b) - before; {
			case n <= 10:
				first += used / 10
			case n >= nights-10:
				last += used / 10
			}
		}
		size, err := y.DB.Size(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(size)/1e6, "MB")
		b.ReportMetric(first.Seconds(), "cpu-s/night-first")
		b.ReportMetric(last.Seconds(), "cpu-s/night-last")
		// Any two nights: the ends, neighbours, and pairs at random.
		pairs := [][2]int{{1, nights}, {nights - 1, nights}, {1, 2}, {nights / 2, nights}}
		for range 16 {
			pairs = append(pairs, [2]int{1 + y.random.IntN(nights), 1 + y.random.IntN(nights)})
		}
		var slowest time.Duration
		for _, p := range pairs {
			began := time.Now()
			changes, err := y.DB.Diff(b.Context(), int64(p[0]), int64(p[1]))
			if err != nil {
				b.Fatal(err)
			}
			Classify(changes)
			slowest = max(slowest, time.Since(began))
		}
		b.ReportMetric(slowest.Seconds(), "diff-slowest-s")
		began := time.Now()
		if _, err := y.DB.Changes(b.Context(), int64(nights)); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "changes-s")
	}
}
