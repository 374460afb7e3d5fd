package reports

import (
	"fmt"
	"time"
)

// OldAfter is from how many days on the facts that chains were judged by are
// said to be old: a browser has had a release or two since, and may have left a
// root.
const OldAfter = 60

// oldFacts tells people that the facts were old at the moment as of which
// chains were judged; empty: they were not.
func (l labels) oldFacts(h Header) string {
	if h.FactsAt.IsZero() || h.EvaluatedAt.IsZero() {
		return ""
	}
	days := int(h.EvaluatedAt.Sub(h.FactsAt).Hours() / 24)
	if days <= OldAfter {
		return ""
	}
	return fmt.Sprintf(l.OldFacts, h.FactsAt.UTC().Format(time.DateOnly), days)
}
