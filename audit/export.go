package audit

import (
	"context"
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
