package client

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// BenchmarkJudge judges a usual chain by the default clients and by all. The
// signatures are in the verifier's memory, as they are for a chain whose
// issuers were seen before.
func BenchmarkJudge(b *testing.B) {
	if _, err := os.Stat(truthDir); err != nil {
		b.Skip("no certificates beside the repository")
	}
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	all := Profiles(catalog.Embedded(), at)
	v := new(chain.Verifier)
	presented := readPEM(b, filepath.Join(truthDir, "chains/06.pem"))
	store := storeOf(readPEM(b, filepath.Join(truthDir, "stores/06.2.pem")))
	for _, g := range []Group{Broad, All} {
		for _, trusting := range []bool{true, false} {
			chosen, _, err := Select(all, []string{string(g)})
			if err != nil {
				b.Fatal(err)
			}
			name := string(g)
			if trusting {
				shared := make(map[*chain.Set]*chain.Set)
				for i, p := range chosen {
					q := p.WithAdded(store)
					if shared[p.Store] == nil {
						shared[p.Store] = q.Store
					}
					chosen[i] = p.WithStore(shared[p.Store])
				}
				name += "/accepted"
			} else {
				name += "/rejected"
			}
			b.Run(name, func(b *testing.B) {
				q := Question{Name: "test.example", At: at, Known: []*chain.Set{catalog.Embedded().CAs()}}
				panel := NewPanel(chosen)
				panel.Judge(v.Begin(), presented, q) // facts are decoded, and stores indexed, once
				b.ReportAllocs()
				start := system.CPUTime(b)
				for b.Loop() {
					panel.Judge(v.Begin(), presented, q)
				}
				b.ReportMetric(float64(len(chosen)), "profiles")
				b.ReportMetric(float64(system.CPUTime(b)-start)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}
