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
	rejections := e.judge.Forecast(p.Presentation, until, e.storeDates(until), func(t time.Time) *rules.Judge {
		judge, err := e.judgeAt(t)
		if err != nil { // a file has gone since we began
			failure = err
			return e.judge
		}
		return judge
	})
	return rejections, failure
}

// storeDates are the dates of trust stores that are still to come.
func (e *Engine) storeDates(until time.Time) (dates []time.Time) {
	for _, s := range e.facts.Stores() {
		if s.Date.After(e.judge.At) && !s.Date.After(until) {
			dates = append(dates, s.Date)
		}
	}
	slices.SortFunc(dates, time.Time.Compare)
	return slices.CompactFunc(dates, time.Time.Equal)
}

// At is the moment as of which the Engine judges.
func (e *Engine) At() time.Time { return e.judge.At }
