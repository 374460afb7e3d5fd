package variant

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// A NameCase is one case of BetterTLS's suite about name constraints: how the
// leaf and the CA certificate above it differ from plain ones. What the cases
// are is what its project publishes; the certificates are made here.
type NameCase struct {
	Host string
	Leaf []Change
	CA   []Change
	// Expected is what the suite says: PASS or FAIL, or with SOFT_ before it where
	// clients may well do otherwise.
	Expected string
}

// Changes makes the case's chain: leaf, the CA with constraints, a CA without.
func (c NameCase) Changes() []Change {
	host := Change{Word: "host", Value: c.Host}
	keys := Change{At: 'A', Word: "key", Value: "p256"}
	none := Change{At: 'J', Word: "bc", Value: "ca"} // it is there, constraints or not
	return append(append([]Change{host, keys, none}, c.CA...), c.Leaf...)
}

// What the cases are made of: the first is good, the second bad.
var (
	caseNames   = [...]string{"", "test.localhost", "bad.example.com"}
	caseIPs     = [...]string{"", "127.0.0.1", "1.1.1.1"}
	permitNames = [...]string{"", "localhost", "example.com"}
	excludNames = [...]string{"", "localhost", "bad.example.com"}
	caseRanges  = [...]string{"", "127.0.0.0/24", "1.1.1.0/24"}
)

// Values of what a certificate has: nothing, the good one, the bad one.
const (
	without = iota
	good
	bad
)

// nameTraits is a case by what leaf and CA hold, each without, good or bad.
type nameTraits struct {
	byIP, commonIP                             bool // the host, and the common name, is an address
	common, dns, ip                            int
	permitDNS, permitIP, excludeDNS, excludeIP int
	extra                                      string // one more alternative name
}

// NameCases gives all cases in the suite's order of 2022, in which it has 9,491.
// The first six and those from number 7 to 8,754 are those of 2021, whose numbers
// are less by one.
func NameCases() []NameCase {
	var all []NameCase
	add := func(t nameTraits) { all = append(all, t.makeCase()) }
	add(nameTraits{common: good, dns: good})
	add(nameTraits{common: good, dns: good, permitDNS: good})
	add(nameTraits{dns: good})
	add(nameTraits{dns: bad})
	add(nameTraits{byIP: true, commonIP: true, ip: good})
	add(nameTraits{byIP: true, commonIP: true, ip: bad})
	add(nameTraits{dns: bad, excludeDNS: good, extra: extraName(6, "http://foo.bar, DNS:"+caseNames[good])})
	for n := range 4 * 2187 {
		t := nameTraits{byIP: n/(2*2187) == 1, commonIP: n/2187%2 == 1}
		for i, v := range []*int{&t.excludeIP, &t.excludeDNS, &t.permitIP, &t.permitDNS, &t.ip, &t.dns, &t.common} {
			*v = n / power(3, i) % 3
		}
		add(t)
	}
	for tag := range 16 {
		for _, scheme := range []string{"", "http://", "https://", "spiffe://", "unspec://"} {
			addForbidden(add, nameTraits{dns: bad, extra: extraName(tag, scheme+caseNames[good])})
		}
		addForbidden(add, nameTraits{byIP: true, ip: bad, extra: extraName(tag, "\x7f\x00\x00\x01")})
		addForbidden(add, nameTraits{byIP: true, ip: bad, extra: extraName(tag, caseIPs[good])})
	}
	for _, separator := range []string{", ", ",", ";", ":"} {
		for _, prefix := range []string{"", "DNS:"} {
			for _, leading := range []string{caseNames[bad], "http://" + caseNames[bad]} {
				for tag := range 16 {
					addForbidden(add, nameTraits{dns: bad, extra: extraName(tag, leading+separator+prefix+caseNames[good])})
				}
			}
		}
	}
	return all
}

// addForbidden adds a case twice: with the host not permitted, and excluded.
func addForbidden(add func(nameTraits), t nameTraits) {
	permitted, excluded := t, t
	if t.byIP {
		permitted.permitIP, excluded.excludeIP = bad, good
	} else {
		permitted.permitDNS, excluded.excludeDNS = bad, good
	}
	add(permitted)
	add(excluded)
}

func power(base, n int) int {
	out := 1
	for range n {
		out *= base
	}
	return out
}

// extraName is an alternative name with any tag, as changes have it.
func extraName(tag int, value string) string {
	return fmt.Sprintf("tag%d:%s", tag, hex.EncodeToString([]byte(value)))
}

// makeCase writes a case as changes.
func (t nameTraits) makeCase() NameCase {
	c := NameCase{Host: caseNames[good], Expected: t.expected()}
	if t.byIP {
		c.Host = caseIPs[good]
	}
	var names, limits []string
	list := func(to *[]string, prefix, value string) {
		if value != "" {
			*to = append(*to, prefix+value)
		}
	}
	list(&names, "dns:", caseNames[t.dns])
	list(&names, "ip:", caseIPs[t.ip])
	list(&names, "", t.extra)
	list(&limits, "+dns:", permitNames[t.permitDNS])
	list(&limits, "+ip:", caseRanges[t.permitIP])
	list(&limits, "-dns:", excludNames[t.excludeDNS])
	list(&limits, "-ip:", caseRanges[t.excludeIP])
	common := caseNames[t.common]
	if t.commonIP {
		common = caseIPs[t.common]
	}
	c.Leaf = []Change{{'L', "subject", "nocommon"}, {'L', "ku", "ds"}, {'L', "drop", "san"}}
	if common != "" {
		c.Leaf[0] = Change{'L', "cn", common}
	}
	if len(names) > 0 {
		c.Leaf[2] = Change{'L', "san", strings.Join(names, ",")}
	}
	if len(limits) > 0 {
		c.CA = []Change{{'J', "nc", strings.Join(limits, ",")}}
	}
	return c
}

// expected is the suite's own rule: a client must not take a host that is not
// named or not allowed; it should not take one that only the common name has, or
// that stands beside alternative names that are not allowed; and may do as it
// likes where it is only the common name that is not allowed.
func (t nameTraits) expected() string {
	host, permit, exclude := t.dns, t.permitDNS, t.excludeDNS
	if t.byIP {
		host, permit, exclude = t.ip, t.permitIP, t.excludeIP
	}
	byCommon := t.common == good && t.commonIP == t.byIP
	against := func(value, permit, exclude int) bool {
		return value != without && (permit != without && permit != value || exclude == value)
	}
	dns, ip := against(t.dns, t.permitDNS, t.excludeDNS), against(t.ip, t.permitIP, t.excludeIP)
	common := against(t.common, t.permitDNS, t.excludeDNS)
	if t.commonIP {
		common = against(t.common, t.permitIP, t.excludeIP)
	}
	switch {
	case host != good && !byCommon, permit == bad, exclude == good:
		return "FAIL"
	case host != good, dns, ip:
		return "SOFT_FAIL"
	case common:
		return "SOFT_PASS"
	}
	return "PASS"
}
