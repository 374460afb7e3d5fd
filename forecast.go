package tlschain

import (
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules"
)

// Forecast says when each client that accepts a chain today will first refuse
// it, up to until, by its certificates and the trust stores that are known.
func (e *Engine) Forecast(p Presented, until time.Time) ([]rules.FirstRejection, error) {
	var failure error
	rejections := e.judge.Forecast(p.Presentation, until, e.trustDates(until), func(t time.Time) *rules.Judge {
		judge, err := e.judgeAt(t)
		if err != nil { // a file has gone since we began
			failure = err
			return e.judge
		}
		return judge
	})
	return rejections, failure
}

// trustDates are the dates still to come at which clients trust something else:
// those of trust stores, and those from which something is distrusted.
func (e *Engine) trustDates(until time.Time) (dates []time.Time) {
	add := func(d time.Time) {
		if d.After(e.judge.At) && !d.After(until) {
			dates = append(dates, d)
		}
	}
	for _, s := range e.facts.Stores() {
		add(s.Date)
	}
	for _, list := range e.judge.Revoked {
		for i := range list.Entries {
			add(list.Entries[i].Since)
		}
	}
	slices.SortFunc(dates, time.Time.Compare)
	return slices.CompactFunc(dates, time.Time.Equal)
}

// At is the moment as of which the Engine judges.
func (e *Engine) At() time.Time { return e.judge.At }
