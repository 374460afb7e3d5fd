// Package policy lets administrators say what findings mean to them: another
// severity for a rule, everywhere or on some endpoints, and waivers, by which a
// finding is accepted for a reason and until a date.
//
// It works on the findings of a verdict that is already there and never makes a
// fault disappear in silence, but for rules that are switched off by name. It
// reads no file and no clock.
package policy

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules"
)

// A Policy sets severities. The zero value changes nothing.
//
//	severity:
//	  root-in-chain: warning
//	expires_soon: {days: 21, fraction: 0.25}
//	overrides:
//	  - endpoints: ["*.internal.example.com", "10.0.0.0/8", "mail.example.com:25"]
//	    severity:
//	      untrusted-root: info
//	      expires-soon: off
//	  - tags: {team: [web, shop]}
//	    expires_soon: {days: 30}
type Policy struct {
	Severity  map[RuleID]Level `yaml:"severity"`     // for every endpoint
	Expiry    *Expiry          `yaml:"expires_soon"` // for every endpoint
	Overrides []Override       `yaml:"overrides"`    // in order: the last that matches decides
}

// An Expiry says from when on a certificate expires soon; what is left out stays
// as it is otherwise.
type Expiry struct {
	Days     Days     `yaml:"days"`     // at most so many are left
	Fraction Fraction `yaml:"fraction"` // less than this of the lifetime is left
}

// Days are from 1 to 3650; 0: none were written.
type Days int

// A Fraction is above 0 and at most 1; 0: none was written.
type Fraction float64

// An Override sets severities, and from when on certificates expire soon, on some
// endpoints: on those that match one of the patterns or are in one of the groups,
// and on all if it names neither; of these, on those that have all of the tags.
type Override struct {
	Endpoints []Pattern        `yaml:"endpoints"`
	Groups    []string         `yaml:"groups"`
	Tags      map[string]OneOf `yaml:"tags"`
	Severity  map[RuleID]Level `yaml:"severity"`
	Expiry    *Expiry          `yaml:"expires_soon"`
}

// OneOf are the values of a tag, of which an endpoint has one.
type OneOf []string

// A Waiver accepts the findings of one rule on the endpoints of a pattern, until
// a time. All four are required; who accepted it and the ticket in which are not.
//
//	waivers:
//	  - rule: root-in-chain
//	    endpoint: "mail*.example.com:25"
//	    reason: DANE-TA needs the anchor (RFC 7671 section 5.2.2)
//	    expires: 2027-06-30
//	    owner: mail team
//	    ticket: OPS-1234
type Waiver struct {
	Rule     RuleID  `yaml:"rule"`
	Endpoint Pattern `yaml:"endpoint"`
	Reason   string  `yaml:"reason"`
	Expires  Time    `yaml:"expires"` // a date means its beginning, in UTC
	Owner    string  `yaml:"owner"`
	Ticket   string  `yaml:"ticket"`
}

// A Level is a severity, or Off.
type Level struct {
	Severity rules.Severity
	Off      bool // the rule's findings are dropped
}

// A RuleID is the ID of a rule there is.
type RuleID string

// A Time is when a waiver ends.
type Time struct{ time.Time }

// apply gives the findings as policy and waivers make them, at a moment: worst
// first, waived ones last. An expired waiver whose finding is still there is a
// finding itself. The findings that are passed in do not change.
func (p *Policy) apply(findings []rules.Finding, waivers []Waiver, where Place, at time.Time) []rules.Finding {
	out := make([]rules.Finding, 0, len(findings))
	for _, f := range findings {
		f.Waiver = nil
		for i := range waivers {
			if w := &waivers[i]; w.Covers(f.Rule, where) && at.Before(w.Expires.Time) {
				f.Waiver = &rules.Waiver{Reason: w.Reason, Expires: w.Expires.Time, Owner: w.Owner, Ticket: w.Ticket}
				break
			}
		}
		out = append(out, f)
	}
	out = append(out, expired(out, waivers, where, at)...)
	out = slices.DeleteFunc(out, func(f rules.Finding) bool {
		level, ok := p.level(f.Rule, where)
		return ok && level.Off
	})
	for i := range out {
		if level, ok := p.level(out[i].Rule, where); ok {
			out[i].Severity = level.Severity
		}
	}
	slices.SortStableFunc(out, func(a, b rules.Finding) int {
		if waived := a.Waiver != nil; waived != (b.Waiver != nil) {
			if waived {
				return 1
			}
			return -1
		}
		return cmp.Compare(b.Severity, a.Severity)
	})
	return out
}

// IsOff reports whether a rule is switched off for every endpoint.
func (p *Policy) IsOff(rule string) bool { return p.Severity[RuleID(rule)].Off }

// expired makes a finding of each waiver that ran out while its finding stayed
// and no other waiver covers it.
func expired(findings []rules.Finding, waivers []Waiver, where Place, at time.Time) (out []rules.Finding) {
	for i := range waivers {
		w := &waivers[i]
		if at.Before(w.Expires.Time) || !slices.ContainsFunc(findings, func(f rules.Finding) bool {
			return f.Waiver == nil && w.Covers(f.Rule, where)
		}) {
			continue
		}
		out = append(out, rules.Finding{
			Rule: "waiver-expired", Severity: rules.Warning,
			Message: fmt.Sprintf("The waiver of %s for %s ended on %s (%s): its finding counts again.", w.Rule, w.Endpoint,
				w.Expires.Format(time.DateOnly), w.Reason),
			Fix: fmt.Sprintf("Fix %s, or give the waiver a new date.", w.Rule),
		})
	}
	return out
}

// Judge applies policy and waivers to a verdict, in place: its findings, and
// the presentation that follows from them.
func (p *Policy) Judge(v *rules.Verdict, waivers []Waiver, where Place, at time.Time) {
	if expiry := p.expiry(where); expiry != rules.DefaultExpiry {
		v.SetExpiry(expiry)
	}
	v.Findings = p.apply(v.Findings, waivers, where, at)
	v.State = rules.None
	for _, f := range v.Findings {
		if r := rules.Lookup(f.Rule); r != nil && r.Class == rules.ClassPresentation && f.Waiver == nil {
			v.State = max(v.State, f.Severity)
		}
	}
}

// level gives what the policy says of a rule, if it says anything.
func (p *Policy) level(rule string, where Place) (Level, bool) {
	if p == nil {
		return Level{}, false
	}
	for _, o := range slices.Backward(p.Overrides) {
		if level, ok := o.Severity[RuleID(rule)]; ok && o.covers(where) {
			return level, true
		}
	}
	level, ok := p.Severity[RuleID(rule)]
	return level, ok
}

// expiry gives from when on a certificate expires soon at a place.
func (p *Policy) expiry(where Place) rules.Expiry {
	found := rules.DefaultExpiry
	if p == nil {
		return found
	}
	p.Expiry.set(&found)
	for i := range p.Overrides {
		if o := &p.Overrides[i]; o.Expiry != nil && o.covers(where) {
			o.Expiry.set(&found)
		}
	}
	return found
}

func (e *Expiry) set(found *rules.Expiry) {
	if e == nil {
		return
	}
	if e.Days > 0 {
		found.Days = int(e.Days)
	}
	if e.Fraction > 0 {
		found.Fraction = float64(e.Fraction)
	}
}

func (o *Override) covers(where Place) bool {
	for name, values := range o.Tags {
		if value, ok := where.Tags[name]; !ok || !slices.Contains(values, value) {
			return false
		}
	}
	if len(o.Endpoints) == 0 && len(o.Groups) == 0 {
		return true
	}
	return slices.ContainsFunc(o.Endpoints, func(p Pattern) bool { return p.matches(where) }) ||
		where.Group != "" && slices.Contains(o.Groups, where.Group)
}

// Covers reports whether the waiver is for a rule's findings at a place, expired
// or not.
func (w *Waiver) Covers(rule string, where Place) bool {
	return string(w.Rule) == rule && w.Endpoint.matches(where)
}
