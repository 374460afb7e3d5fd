package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/cmd/tlschain/internal/commandline"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
)

// A forecast tells when clients that accept a file today will first refuse it.
// The zero value tells nothing.
type forecast struct {
	text   string
	engine *tlschain.Engine
	until  time.Time
}

// newForecast looks as far ahead as --until says.
func newForecast(engine *tlschain.Engine, text, format string) (*forecast, error) {
	if text == "" {
		return &forecast{}, nil
	}
	until, err := parseUntil(text, engine.At())
	if err != nil {
		return nil, err
	}
	if format != "table" {
		return nil, usagef("--until is for people to read").hintf("leave out --format %s", format)
	}
	return &forecast{engine: engine, until: until}, nil
}

// newOutlook is for scan --until; nil: nobody asks.
func newOutlook(engine *tlschain.Engine, text, format string) (*tlschain.Outlook, error) {
	if text == "" {
		return nil, nil
	}
	until, err := parseUntil(text, engine.At())
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"table", "json", calendarFormat}, format) {
		return nil, usagef("--until is not shown by --format %s: type table, json or ics", format)
	}
	return engine.NewOutlook("", until), nil
}

// parseUntil reads up to when to look ahead; empty: two years.
func parseUntil(text string, from time.Time) (time.Time, error) {
	until, err := parseTime(text, from.AddDate(2, 0, 0))
	if err == nil && !until.After(from) {
		err = usagef("--until %s is not after %s", text, from.UTC().Format(time.RFC3339)).hintf("--until looks ahead from now, or from --at")
	}
	return until, err
}

// add tells of one file. Clients that break at the same time for the same
// reason stand together.
func (f *forecast) add(p tlschain.Presented) error {
	if f.engine == nil {
		return nil
	}
	rejections, err := f.engine.Forecast(p, f.until)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s until %s, by its certificates and the trust stores that are known:\n", reports.Clean(p.Label),
		f.until.UTC().Format(time.DateOnly))
	slices.SortStableFunc(rejections, func(a, b rules.FirstRejection) int { return a.At.Compare(b.At) })
	type event struct{ day, reason string }
	var order []event
	clients := map[event][]string{}
	for _, x := range rejections {
		day := x.At.UTC().Format(time.DateOnly)
		if x.At.Equal(f.engine.At()) {
			day = "today"
		}
		e := event{day, x.Reason}
		if clients[e] == nil {
			order = append(order, e)
		}
		clients[e] = append(clients[e], x.Client)
	}
	all := len(f.engine.Clients())
	for _, e := range order {
		who := strings.Join(clients[e], ", ")
		if len(clients[e]) == all && len(clients[e]) > 1 {
			who = fmt.Sprintf("all %d clients", len(clients[e]))
		}
		commandline.WriteColumns(&b, e.day, who, 12)
		b.WriteString(commandline.Wrap(reports.Clean(e.reason), strings.Repeat(" ", 14)) + "\n")
	}
	if len(order) == 0 {
		b.WriteString("  no client refuses it\n")
	} else if left := all - len(rejections); left > 0 {
		fmt.Fprintf(&b, "  after that   %d clients still accept it\n", left)
	}
	f.text += b.String()
	return nil
}
