package client

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"tlschain/rules/catalog"
	"tlschain/rules/chain"
)

// BenchmarkJudge judges a usual chain by the default clients and by all. The
// signatures are in the verifier's memory, as they are for a chain whose
// issuers were seen before.
func BenchmarkJudge(b *testing.B) {
	dir := "../../../shared/data/sureserver"
	if _, err := os.Stat(dir); err != nil {
		b.Skip("no certificates beside the repository")
	}
	var list []chain.Entry
	files, _ := filepath.Glob(dir + "/*.pem")
	for _, f := range files {
		list = append(list, readPEM(b, f)...)
	}
	_ = list
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
				for i, p := range chosen {
					chosen[i] = p.WithAdded(store)
				}
				name += "/accepted"
			} else {
				name += "/rejected"
			}
			b.Run(name, func(b *testing.B) {
				q := Question{Name: "test.example", At: at}
				b.ReportAllocs()
				b.ReportMetric(float64(len(chosen)), "profiles")
				for b.Loop() {
					Judge(chosen, v.Begin(), presented, q)
				}
			})
		}
	}
}
