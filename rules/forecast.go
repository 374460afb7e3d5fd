package rules

import (
	"time"

	"github.com/tlschain/tlschain/rules/client"
)

// A FirstRejection is the first moment at which a client that accepts a chain
// today will refuse it.
type FirstRejection struct {
	Client string
	At     time.Time
	Reason string
}

// maxDates bounds how many dates are looked at for one client. Each is the end
// of a certificate or the date of a trust store; a chain has a dozen.
const maxDates = 64

// Forecast tells when each client that accepts p at the judge's date first
// refuses it, up to until, in the order of the profiles. later gives the judge
// of a later date, whose profiles may hold other trust stores; storeDates are the
// dates at which those change.
func (j *Judge) Forecast(p Presentation, until time.Time, storeDates []time.Time,
	later func(time.Time) *Judge) (rejections []FirstRejection) {
	judges := make(map[time.Time]*Judge)
	at := func(t time.Time) *Judge {
		if judges[t] == nil {
			judges[t] = later(t)
		}
		return judges[t]
	}
	for i, v := range j.subject([]Presentation{p}, 0).Clients {
		t := j.At
		for range maxDates {
			if !v.Accepted {
				rejections = append(rejections, FirstRejection{Client: v.Client, At: t, Reason: v.Reason})
				break
			}
			if t = nextDate(v, t, storeDates); t.IsZero() || t.After(until) {
				break
			}
			v = at(t).subject([]Presentation{p}, 0).Clients[i]
		}
	}
	return rejections
}

// nextDate is the first moment after t at which something that v depends on
// changes: a certificate of its path has ended, or there is a newer store.
func nextDate(v client.Verdict, t time.Time, storeDates []time.Time) (next time.Time) {
	earlier := func(d time.Time) {
		if d.After(t) && (next.IsZero() || d.Before(next)) {
			next = d
		}
	}
	for _, c := range v.Path {
		earlier(c.NotAfter.Add(time.Second)) // valid to the last second (RFC 5280 section 4.1.2.5)
	}
	for _, d := range storeDates {
		earlier(d)
	}
	return next
}
