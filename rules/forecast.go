package rules

import (
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/client"
)

// A FirstRejection is the first moment at which a client that accepts a chain
// today will refuse it.
type FirstRejection struct {
	Client string
	At     time.Time
	Reason string

	Cause   client.Cause
	Problem client.Problem
	Ended   *cert.Certificate // of the path that it took until then, what ended at that moment; nil: nothing did
	Anchor  bool              // Ended is where the path ended, too
}

// maxDates bounds how many dates are looked at for one client. Each is the end
// of a certificate, or one at which clients change; a chain has a dozen.
const maxDates = 64

// Forecast tells when each client that accepts p at the judge's date first
// refuses it, up to until, in the order of the profiles. later gives the judge
// of a later date, whose profiles may hold other trust stores; dates are those
// at which what clients trust changes.
func (j *Judge) Forecast(p Presentation, until time.Time, dates []time.Time, later func(time.Time) *Judge) []FirstRejection {
	return j.forecast(p, j.subject([]Presentation{p}, 0).Clients, until, dates, later)
}

// forecast is Forecast, given what the clients make of p today.
func (j *Judge) forecast(p Presentation, today []client.Verdict, until time.Time, dates []time.Time,
	later func(time.Time) *Judge) (rejections []FirstRejection) {
	asked := make(map[time.Time][]client.Verdict)
	at := func(t time.Time) []client.Verdict {
		if asked[t] == nil {
			asked[t] = later(t).subject([]Presentation{p}, 0).Clients
		}
		return asked[t]
	}
	for i, v := range today {
		t, path := j.At, []*cert.Certificate(nil)
		for range maxDates {
			if !v.Accepted {
				r := FirstRejection{Client: v.Client, At: t, Reason: v.Reason, Cause: v.Cause, Problem: *v.Problem}
				r.Ended, r.Anchor = endedAt(path, t)
				rejections = append(rejections, r)
				break
			}
			path = v.Path
			if t = nextDate(v, t, dates); t.IsZero() || t.After(until) {
				break
			}
			v = at(t)[i]
		}
	}
	return rejections
}

// afterEnd is the first moment at which a certificate is out of date: it is
// valid to the last second (RFC 5280 section 4.1.2.5).
func afterEnd(c *cert.Certificate) time.Time { return c.NotAfter.Add(time.Second) }

// endedAt gives the certificate of a path that ended at a moment, and whether it
// is the anchor.
func endedAt(path []*cert.Certificate, t time.Time) (c *cert.Certificate, anchor bool) {
	for i, c := range path {
		if afterEnd(c).Equal(t) {
			return c, i > 0 && i == len(path)-1
		}
	}
	return nil, false
}

// nextDate is the first moment after t at which something that v depends on
// changes: a certificate of its path has ended, or it is one of the dates.
func nextDate(v client.Verdict, t time.Time, dates []time.Time) (next time.Time) {
	earlier := func(d time.Time) {
		if d.After(t) && (next.IsZero() || d.Before(next)) {
			next = d
		}
	}
	for _, c := range v.Path {
		earlier(afterEnd(c))
	}
	for _, d := range dates {
		earlier(d)
	}
	return next
}
