package dashboard

import (
	"errors"
	"strings"
	"time"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
)

func isNotFound(err error) bool { return errors.Is(err, history.ErrNotFound) }

func summaryOf(a history.Audit) audit.Summary { return audit.SummaryOf(a) }

// orNull is null in JSON for a time that is not known.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func auditJSON(a history.Audit) apiAudit {
	s := audit.SummaryOf(a)
	if s.Status == nil {
		s.Status = map[string]int{}
	}
	s.SkippedLines = append([]string{}, s.SkippedLines...)
	s.Troubles, s.Clients = append([]string{}, s.Troubles...), append([]string{}, s.Clients...)
	return apiAudit{a.ID, a.Group, a.Started, orNull(a.Ended), string(a.State), a.Endpoints, a.Pruned, s, countsJSON(s)}
}

func countsJSON(s audit.Summary) apiCounts {
	return apiCounts{OK: s.Worst[rules.None], Info: s.Worst[rules.Info], Warning: s.Worst[rules.Warning], Error: s.Worst[rules.Error],
		Unreachable: s.Status[string(reports.Failed)], Skipped: s.Skipped}
}

func currentJSON(c history.Current) apiCurrent {
	return apiCurrent{ID: c.Endpoint.ID, Group: c.Endpoint.Group, Endpoint: c.Endpoint.Key, Since: c.Since, Gone: c.Gone,
		State: factsJSON(c.Facts)}
}

func factsJSON(f history.Facts) apiFacts {
	found := []apiRule{}
	for _, text := range strings.Fields(f.Rules) {
		rule, severity, _ := strings.Cut(text, "=")
		found = append(found, apiRule{rule, severity})
	}
	return apiFacts{
		Status: f.Status, Error: f.Failure, Severity: severity(f), Rules: found, Findings: list(f.Rules), Refused: list(f.Refused),
		Issuer: f.Issuer, Product: f.Product, Expires: orNull(f.Expires), Bundle: f.Bundle.String(), Due: orNull(f.Due),
	}
}

func list(text string) []string { return append([]string{}, strings.Fields(text)...) }

func kindsJSON(kinds []audit.Kind) []string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = string(k)
	}
	return out
}

func changesJSON(changes []history.Change) []apiChange {
	out := make([]apiChange, len(changes))
	for i, c := range audit.Classify(changes) {
		out[i] = apiChange{ID: c.Endpoint.ID, Endpoint: c.Endpoint.Key, Material: c.Material(), Kinds: kindsJSON(c.Kinds)}
		for _, side := range []struct {
			from *history.Facts
			to   **apiFacts
		}{{c.Before, &out[i].Before}, {c.After, &out[i].After}} {
			if side.from != nil {
				facts := factsJSON(*side.from)
				*side.to = &facts
			}
		}
	}
	return out
}
