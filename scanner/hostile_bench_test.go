package scanner

import (
	"slices"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// BenchmarkBesideHostile tells how long a thousand good endpoints take, alone
// and among all hostile ones at the same address: good-ms/op is the time until
// the last of the good ones is there.
func BenchmarkBesideHostile(b *testing.B) {
	tb := tlstest.For(b)
	good := at(tb.Serve(tlstest.Behaviour{Default: tlstest.Present(tb.Leaf("L", nil))}), "good")
	var bad []Target
	for _, h := range slices.Concat(hostileConnections(), hostileRecords(), hostileGreetings(), hostileHellos(), hostileCertificates()) {
		target := at(tb.Script(h.serve), "bad")
		target.STARTTLS = h.dialect
		bad = append(bad, target)
	}
	for name, beside := range map[string][]Target{"alone": nil, "among them": bad} {
		b.Run(name, func(b *testing.B) {
			var last time.Duration
			for range b.N {
				began := time.Now()
				for row := range (&Scanner{Timeout: 2 * time.Second}).Scan(b.Context(), mixed(beside, good, 1000)) {
					if row[0].Target.Text == "good" {
						last = time.Since(began)
					}
				}
			}
			b.ReportMetric(float64(last.Milliseconds()), "good-ms/op")
		})
	}
}
