package audit

import (
	"context"
	"fmt"
	"iter"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

// Saw gives the endpoints that one audit saw.
func Saw(ctx context.Context, db *history.DB, a history.Audit) iter.Seq2[reports.Endpoint, error] {
	return func(yield func(reports.Endpoint, error) bool) {
		for row, err := range db.Rows(ctx, a.ID) {
			var e reports.Endpoint
			if err == nil {
				e, err = Endpoint(row.Endpoint, row.State)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// SawBetween gives the endpoints that two audits of a group and those between
// them saw, each once for each state that it was in, with its times.
func SawBetween(ctx context.Context, db *history.DB, first, last history.Audit) iter.Seq2[reports.Endpoint, error] {
	return func(yield func(reports.Endpoint, error) bool) {
		for s, err := range db.Range(ctx, first.Group, first.ID, last.ID) {
			var e reports.Endpoint
			if err == nil {
				e, err = Endpoint(s.Endpoint, s.State)
			}
			e.Seen = &reports.Seen{First: s.Interval.FirstSeen, Last: s.Interval.LastSeen}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Header begins a report of what the audits of a group from first to last saw.
func (c *Config) Header(tool reports.Tool, first, last history.Audit) reports.Header {
	return reports.Header{
		SchemaVersion: reports.SchemaVersion, Tool: tool, StartedAt: first.Started, EvaluatedAt: last.Started,
		Clients: SummaryOf(last).Clients, Flags: c.Flags(last.Group),
	}
}

// CheckRange reports why there is no telling what the audits from first to last
// saw.
func CheckRange(first, last history.Audit) error {
	for _, a := range []history.Audit{first, last} {
		switch {
		case a.Group != first.Group:
			return fmt.Errorf("audit %d is of %s, audit %d of %s: a range is of one group", first.ID, first.Group, last.ID, last.Group)
		case a.State == history.Running:
			return fmt.Errorf("audit %d has not ended", a.ID)
		case a.Pruned:
			return fmt.Errorf("audit %d is past the retention of its group: only its summary is kept", a.ID)
		}
	}
	return nil
}
