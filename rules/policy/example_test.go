package policy_test

import (
	"fmt"
	"log"
	"time"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/policy"
)

// A mail server may send its root until the end of June.
func Example() {
	waivers, err := policy.ParseWaivers("waivers.yaml", []byte(`
waivers:
  - rule: root-in-chain
    endpoint: "mail*.example.com:25"
    reason: DANE-TA needs the anchor (RFC 7671 section 5.2.2)
    expires: 2027-06-30
`))
	if err != nil {
		log.Fatal(err)
	}
	mail := policy.Place{Host: "mail1.example.com", Port: 25}
	for _, month := range []time.Month{time.June, time.July} {
		v := &rules.Verdict{Findings: []rules.Finding{{Rule: "root-in-chain", Severity: rules.Info}}}
		new(policy.Policy).Judge(v, waivers, mail, time.Date(2027, month, 1, 0, 0, 0, 0, time.UTC))
		fmt.Println(month, v.Findings[0].Waiver != nil)
	}
	// Output:
	// June true
	// July false
}
