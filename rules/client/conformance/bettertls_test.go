package conformance

import (
	"fmt"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest/variant"
)

// stride spreads any number of cases over the suite, and meets each once.
const stride = 4001

// TestNameConstraints shows the cases of BetterTLS's suite about name
// constraints, each by the newest TLS that the client speaks.
//
// CONFORMANCE_CHAINS is 20 by default, and 9491 are all; CONFORMANCE_FIRST,
// CONFORMANCE_CLIENTS and CONFORMANCE_VERDICTS are as for TestCertificates.
func TestNameConstraints(t *testing.T) {
	cases := variant.NameCases()
	chains := min(number(t, "CONFORMANCE_CHAINS", 20), len(cases))
	first := number(t, "CONFORMANCE_FIRST", 0)
	now := time.Now()
	byVersion := map[string][]*specimen{}
	for n := first; n < first+chains; n++ {
		i := n * stride % len(cases)
		made, err := variant.Make(fmt.Sprintf("b%d", i), cases[i].Changes(), now)
		if err != nil {
			t.Fatal(err)
		}
		for _, version := range []string{"1.2", "1.3"} {
			byVersion[version] = append(byVersion[version], &specimen{cases[i].Expected, version, made})
		}
	}
	showEachClient(t, visitor{now: now, whole: true}, func(profile string) []*specimen {
		if only12()[profile] {
			return byVersion["1.2"]
		}
		return byVersion["1.3"]
	})
}
