package history

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Count is how many endpoints of a group are in one condition.
type Count struct {
	Group  string
	Status string
	Worst  int
	N      int
}

// Counts gives the conditions of the endpoints that are there, without counting
// them: the end of each audit did.
func (db *DB) Counts(ctx context.Context) ([]Count, error) {
	var found []Count
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var c Count
		err := rows.Scan(&c.Group, &c.Status, &c.Worst, &c.N)
		found = append(found, c)
		return err
	}, "SELECT grp, status, worst, endpoints FROM tally ORDER BY grp, status, worst")
	if err != nil {
		return nil, fmt.Errorf("counting endpoints: %w", err)
	}
	return found, nil
}

// A RuleCount is how many endpoints of a group have a finding of a rule.
type RuleCount struct {
	Group, Rule, Severity string
	N                     int
}

// RuleCounts gives the findings that count of the endpoints that are there, by
// group, worst first, then what most have; without counting endpoints: the end of
// each audit did.
func (db *DB) RuleCounts(ctx context.Context) ([]RuleCount, error) {
	counts := map[RuleCount]int{}
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var group, findings string
		var n int
		if err := rows.Scan(&group, &findings, &n); err != nil {
			return err
		}
		for _, finding := range strings.Fields(findings) {
			rule, severity, _ := strings.Cut(finding, "=")
			counts[RuleCount{Group: group, Rule: rule, Severity: severity}] += n
		}
		return nil
	}, "SELECT grp, rules, endpoints FROM rules_tally")
	if err != nil {
		return nil, fmt.Errorf("counting findings: %w", err)
	}
	found := make([]RuleCount, 0, len(counts))
	for c, n := range counts {
		c.N = n
		found = append(found, c)
	}
	slices.SortFunc(found, func(a, b RuleCount) int { return cmp.Or(cmp.Compare(a.Group, b.Group), ByNeed(a, b)) })
	return found, nil
}

// ByNeed orders counts of one group: worst first, then what most have.
func ByNeed(a, b RuleCount) int {
	severities := []string{"error", "warning", "info"}
	return cmp.Or(slices.Index(severities, a.Severity)-slices.Index(severities, b.Severity), b.N-a.N, cmp.Compare(a.Rule, b.Rule))
}

// A Fix is one corrected bundle and how many endpoints need it.
type Fix struct {
	Bundle  Hash
	N       int
	Example Ref
}

// Fixes gives up to limit fixes, the most needed first, without counting
// endpoints: the end of each audit did.
func (db *DB) Fixes(ctx context.Context, limit int) ([]Fix, error) {
	var found []Fix
	var examples []int64
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var m Fix
		var bundle []byte
		err := rows.Scan(&bundle, &m.N, &m.Example.ID)
		m.Bundle = hashOf(bundle)
		found, examples = append(found, m), append(examples, m.Example.ID)
		return err
	}, "SELECT bundle, CAST(sum(endpoints) AS BIGINT) AS n, min(example) FROM mend_tally GROUP BY bundle ORDER BY n DESC, bundle LIMIT $1",
		limit)
	if err != nil {
		return nil, fmt.Errorf("counting mends: %w", err)
	}
	refs, err := db.refs(ctx, examples)
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].Example = refs[found[i].Example.ID]
	}
	return found, nil
}

// An Interval is a stretch of audits that found an endpoint in one state.
type Interval struct {
	First, Last         int64 // audits
	FirstSeen, LastSeen time.Time
	StateID             int64
	Facts
}

// Timeline gives up to limit intervals of an endpoint, newest first.
func (db *DB) Timeline(ctx context.Context, endpoint int64, limit int) ([]Interval, error) {
	var found []Interval
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var i Interval
		var f factScan
		var first, last int64
		if err := rows.Scan(append([]any{&i.First, &i.Last, &first, &last, &i.StateID}, f.fields()...)...); err != nil {
			return err
		}
		i.FirstSeen, i.LastSeen, i.Facts = timeOf(first), timeOf(last), f.facts()
		found = append(found, i)
		return nil
	}, `SELECT o.first_audit, o.last_audit, a.started, b.started, o.state_id, `+factColumns+`
		FROM observation o JOIN state s ON s.id = o.state_id JOIN audit a ON a.id = o.first_audit JOIN audit b ON b.id = o.last_audit
		WHERE o.endpoint_id = $1 ORDER BY o.first_audit DESC LIMIT $2`, endpoint, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the timeline of endpoint %d: %w", endpoint, err)
	}
	return found, nil
}
