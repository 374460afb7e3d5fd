package tlschain

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// What a target costs between the scanner and the report: with the default
// clients, parsed, judged and written as JSON, as often as its chain comes.
func BenchmarkEndpoint(b *testing.B) {
	endpoints := demoObservations(b)
	engine, err := New(Config{At: tlstest.Now()}, Env{})
	if err != nil {
		b.Fatal(err)
	}
	for name, observed := range endpoints {
		b.Run(name, func(b *testing.B) { benchmarkEndpoint(b, engine, observed) })
	}
}

func benchmarkEndpoint(b *testing.B, engine *Engine, observed []*scanner.Observation) {
	w, err := reports.New("ndjson", io.Discard, reports.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var g gathered
	for b.Loop() {
		engine.gather(context.Background(), &g, observed)
		for _, e := range engine.endpoints(context.Background(), &g) {
			if err := w.Endpoint(&e); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func demoObservations(b *testing.B) map[string][]*scanner.Observation {
	demo, err := tlstest.Demo(tlstest.Now())
	if err != nil {
		b.Fatal(err)
	}
	out := map[string][]*scanner.Observation{}
	for _, e := range demo[:3] {
		var chain [][]byte
		for _, der := range e.Identity.Entries {
			chain = append(chain, bytes.Clone(der))
		}
		out[e.Name] = []*scanner.Observation{{Target: scanner.Target{Text: e.Name, Host: e.Name, Port: 443, ServerName: e.Name}, At: tlstest.Now(), Chain: chain, Complete: true}}
	}
	return out
}
