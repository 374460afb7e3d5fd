package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
)

// An outlook tells when clients that accept a file today will first refuse it.
// The zero value tells nothing.
type outlook struct {
	text  string
	judge *rules.Judge
	until time.Time
	turns []time.Time // dates of trust stores on the way
	later func(time.Time) (*rules.Judge, error)
}

// newOutlook looks as far ahead as --until says.
func (p *process) newOutlook(c *cli.Context, judge *rules.Judge, format string) (*outlook, error) {
	text := c.String("until")
	if text == "" {
		return &outlook{}, nil
	}
	until, err := parseTime(text, judge.At)
	if err != nil {
		return nil, err
	}
	if !until.After(judge.At) {
		return nil, usagef("--until %s is not after %s", text, judge.At.UTC().Format(time.RFC3339)).hintf("--until looks ahead from now, or from --at")
	}
	if format != "table" {
		return nil, usagef("--until is for people to read").hintf("leave out --format %s", format)
	}
	o := &outlook{judge: judge, until: until, later: func(t time.Time) (*rules.Judge, error) { return p.judgeAt(c, t) }}
	for _, s := range p.facts().Stores() {
		if s.Date.After(judge.At) && !s.Date.After(until) {
			o.turns = append(o.turns, s.Date)
		}
	}
	slices.SortFunc(o.turns, time.Time.Compare)
	o.turns = slices.CompactFunc(o.turns, time.Time.Equal)
	return o, nil
}

// add tells of one file. Clients that break at the same time for the same
// reason stand together.
func (o *outlook) add(label string, p rules.Presentation) error {
	if o.judge == nil {
		return nil
	}
	var failure error
	breaks := o.judge.Outlook(p, o.until, o.turns, func(t time.Time) *rules.Judge {
		judge, err := o.later(t)
		if err != nil { // a file has gone since we began
			failure = err
			return o.judge
		}
		return judge
	})
	if failure != nil {
		return failure
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s until %s, by its certificates and the trust stores that are known:\n", reports.Clean(label), o.until.UTC().Format(time.DateOnly))
	slices.SortStableFunc(breaks, func(a, b rules.Break) int { return a.At.Compare(b.At) })
	type event struct{ day, reason string }
	var order []event
	clients := map[event][]string{}
	for _, x := range breaks {
		day := x.At.UTC().Format(time.DateOnly)
		if x.At.Equal(o.judge.At) {
			day = "today"
		}
		e := event{day, x.Reason}
		if clients[e] == nil {
			order = append(order, e)
		}
		clients[e] = append(clients[e], x.Client)
	}
	for _, e := range order {
		who := strings.Join(clients[e], ", ")
		if len(clients[e]) == len(o.judge.Profiles) && len(clients[e]) > 1 {
			who = fmt.Sprintf("all %d clients", len(clients[e]))
		}
		writeColumns(&b, e.day, who, 12)
		b.WriteString(wrap(reports.Clean(e.reason), helpWidth, strings.Repeat(" ", 14)) + "\n")
	}
	if len(order) == 0 {
		b.WriteString("  no client refuses it\n")
	} else if left := len(o.judge.Profiles) - len(breaks); left > 0 {
		fmt.Fprintf(&b, "  after that   %d clients still accept it\n", left)
	}
	o.text += b.String()
	return nil
}
