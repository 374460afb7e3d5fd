package reports

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/tlschain/tlschain/rules"
)

// An Interception is a CA that nobody knows above many unrelated names.
type Interception struct {
	Subject    string   `json:"subject" doc:"RFC 4514"`
	SPKISHA256 Hash     `json:"spki_sha256" null:"yes" doc:"of the CA's key; null: its certificate was not sent"`
	Endpoints  int      `json:"endpoints" doc:"that are under it"`
	Domains    int      `json:"domains" doc:"registrable domains among their names; no more than 1,000 are told apart"`
	Names      []string `json:"names" doc:"the first ten of the domains by name"`
}

// From when on interception is suspected, and what is kept to find it.
const (
	interceptedDomains = 10   // registrable domains under one CA
	interceptedShare   = 2    // one in so many of the endpoints that have such a name
	maxAuthorities     = 1000 // told apart
	maxDomains         = 1000 // of one
	maxDomainNames     = 10   // that are shown
)

// authorities counts the names under CAs that nobody knows.
type authorities struct {
	named int // captured endpoints with a registrable domain
	by    map[string]*authority
}

type authority struct {
	Interception
	domains map[uint64]struct{}
}

var domainSeed = maphash.MakeSeed()

func (a *authorities) add(e *Endpoint) {
	domain := registrable(cmp.Or(e.ServerName, e.Host))
	if domain == "" || e.Host == "" { // a file came over no network
		return
	}
	a.named++
	under := e.unknownAuthority()
	if under == nil {
		return
	}
	one := a.by[under.Subject]
	if one == nil {
		if len(a.by) >= maxAuthorities {
			return
		}
		if a.by == nil {
			a.by = map[string]*authority{}
		}
		one = &authority{Interception: Interception{Subject: under.Subject}, domains: map[uint64]struct{}{}}
		a.by[under.Subject] = one
	}
	if one.SPKISHA256.IsZero() {
		one.SPKISHA256 = under.SPKISHA256
	}
	one.Endpoints++
	if len(one.domains) < maxDomains {
		one.domains[maphash.String(domainSeed, domain)] = struct{}{}
	}
	if i, known := slices.BinarySearch(one.Names, domain); !known && i < maxDomainNames {
		one.Names = slices.Insert(one.Names, i, domain)[:min(len(one.Names)+1, maxDomainNames)]
	}
}

// suspected are those CAs that look like a proxy's.
func (a *authorities) suspected() (out []Interception) {
	for _, one := range a.by {
		if one.Domains = len(one.domains); one.Domains >= interceptedDomains && one.Endpoints*interceptedShare >= a.named {
			found := one.Interception
			found.Names = slices.Clone(found.Names)
			out = append(out, found)
		}
	}
	slices.SortFunc(out, func(a, b Interception) int {
		return cmp.Or(cmp.Compare(b.Endpoints, a.Endpoints), cmp.Compare(a.Subject, b.Subject))
	})
	return out
}

// registrable is the domain of a name that somebody registered at a public
// registry; empty: it is none.
func registrable(name string) string {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if suffix, public := publicsuffix.PublicSuffix(name); !public || suffix == name {
		return ""
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return ""
	}
	return domain
}

// unknownAuthority is the CA that nobody knows at which the endpoint's chain ends.
func (e *Endpoint) unknownAuthority() *Authority {
	for i := range e.Findings {
		if f := &e.Findings[i]; f.Authority != nil && !f.Authority.Known && !f.Waived && f.Variant == "" {
			return f.Authority
		}
	}
	return nil
}

// withoutAuthority is the endpoint without what is said of the CA that nobody
// knows, for lists that name this CA once. nil: no such CA is above it.
func (e *Endpoint) withoutAuthority() (other *Endpoint, authority string) {
	a := e.unknownAuthority()
	if a == nil {
		return nil, ""
	}
	rest := *e
	rest.Findings = slices.DeleteFunc(slices.Clone(e.Findings), func(f Finding) bool { return f.Authority == a })
	return &rest, a.Subject
}

// under reports whether interception is suspected of the endpoint's CA.
func (s *Summary) under(subject string) bool {
	return slices.ContainsFunc(s.Interception, func(i Interception) bool { return i.Subject == subject })
}

// interceptions is what people are told of them, once for each CA.
func (l labels) interceptions(s Summary) (out []step) {
	for _, i := range s.Interception {
		why := fmt.Sprintf(l.NextIntercepted, i.Endpoints, i.Domains, ShortName(i.Subject), l.list(i.Names, 3))
		out = append(out, step{"tlschain explain " + InterceptionRule, why})
	}
	return out
}

// InterceptionRule is the rule that is about a report as a whole.
const InterceptionRule = "interception-suspected"

// Ignore leaves a finding of the report as a whole out: policy has it so.
func (t *Tally) Ignore(rule string) { t.ignored = append(t.ignored, rule) }

// suspectInterception adds what the endpoints together show.
func (t *Tally) suspectInterception(s *Summary) {
	if slices.Contains(t.ignored, InterceptionRule) {
		return
	}
	s.Interception = t.authorities.suspected()
	if n := len(s.Interception); n > 0 {
		s.Findings = append(s.Findings, FindingCount{Rule: InterceptionRule, Severity: rules.Warning, Count: n})
	}
}
