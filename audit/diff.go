package audit

import (
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// A Kind is one way in which an endpoint changed that a person should know of.
type Kind string

// The kinds of material change, as receivers' events name them.
const (
	Appeared    Kind = "new"         // it was not there before
	Gone        Kind = "gone"        // it is no longer a target
	Unreachable Kind = "unreachable" // no chain any more, or for another reason than before
	Reachable   Kind = "reachable"   // a chain again
	Worse       Kind = "worse"       // the worst finding is worse
	Better      Kind = "better"      // the worst finding is milder, or there is none
	Refused     Kind = "refused"     // some client refuses it now
	Accepted    Kind = "accepted"    // some client accepts it again
	Findings    Kind = "findings"    // other findings, as bad as before
	Issuer      Kind = "issuer"      // another CA or product
	Late        Kind = "late"        // the certificate was not renewed when it usually is
	Renewed     Kind = "renewed"     // it was late, and is renewed
	Shrunk      Kind = "shrunk"      // of an audit: its lists have far fewer targets than before
	Incomplete  Kind = "incomplete"  // of an audit: a list could not be read, or a line of one is no target
	Trust       Kind = "trust"       // of no audit: newer facts about CAs and clients mean something for endpoints
	Unattended  Kind = "unattended"  // of a group: its audit waits, and no worker of its zone lives
	WaiverEnds  Kind = "waiver-ends" // of an audit: a waiver of its group ends soon
)

// allKinds are all of them, worst news first.
var allKinds = [...]Kind{Unreachable, Worse, Refused, Late, Findings, Issuer, Gone, Appeared, Reachable, Better, Accepted, Renewed,
	Shrunk, Incomplete, Unattended, Trust, WaiverEnds}

func joinKinds() string {
	words := make([]string, len(allKinds))
	for i, k := range allKinds {
		words[i] = string(k)
	}
	return strings.Join(words, ", ")
}

// A Change is an endpoint that changed, and how; no kinds at all is noise: a
// renewal that keeps what matters, another address, another cipher.
type Change struct {
	history.Change
	Kinds []Kind

	since time.Time // of what did not change and is still bad: since when it is
}

// Material reports whether anybody needs to know.
func (c *Change) Material() bool { return len(c.Kinds) > 0 }

// recovery reports whether the change is good news and nothing else.
func (c *Change) recovery() bool {
	for _, k := range c.Kinds {
		if k != Reachable && k != Better && k != Accepted && k != Renewed {
			return false
		}
	}
	return c.Material()
}

// Classify tells material changes from noise.
func Classify(changes []history.Change) []Change {
	out := make([]Change, len(changes))
	for i, c := range changes {
		out[i] = Change{Change: c, Kinds: kinds(c.Before, c.After)}
	}
	return out
}

func kinds(before, after *history.Facts) (found []Kind) {
	add := func(k Kind, when bool) {
		if when {
			found = append(found, k)
		}
	}
	switch {
	case before == nil && after == nil:
		return nil
	case before == nil:
		return []Kind{Appeared}
	case after == nil:
		return []Kind{Gone}
	case after.Status != "ok":
		if before.Status == "ok" || before.Failure != after.Failure {
			return []Kind{Unreachable}
		}
		return nil
	case before.Status != "ok":
		// What it was like before it went silent is not known any more.
		found = append(found, Reachable)
		add(Worse, after.Worst > 1)
		add(Late, !after.Due.IsZero())
		return found
	}
	now, formerly := strings.Fields(after.Refused), strings.Fields(before.Refused)
	add(Worse, after.Worst > before.Worst)
	add(Better, after.Worst < before.Worst)
	add(Refused, slices.ContainsFunc(now, func(c string) bool { return !slices.Contains(formerly, c) }))
	add(Accepted, slices.ContainsFunc(formerly, func(c string) bool { return !slices.Contains(now, c) }))
	add(Findings, after.Worst == before.Worst && after.Rules != before.Rules)
	add(Issuer, otherCA(before, after))
	add(Late, before.Due.IsZero() && !after.Due.IsZero())
	add(Renewed, !before.Due.IsZero() && after.Due.IsZero())
	return found
}

// otherCA: CAs issue one product by several intermediates and pick one of them
// at each renewal, so where the catalogue knows the product, it decides.
func otherCA(before, after *history.Facts) bool {
	if before.Product != "" && after.Product != "" {
		return before.Product != after.Product
	}
	return before.Issuer != after.Issuer
}
