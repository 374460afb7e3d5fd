package main

import (
	"slices"
	"time"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/reports"
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
func newOutlook(engine *tlschain.Engine, text, format string) (reports.Forecaster, error) {
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

// add tells of one file.
func (f *forecast) add(p tlschain.Presented) error {
	if f.engine == nil {
		return nil
	}
	rejections, err := f.engine.Forecast(p, f.until)
	if err != nil {
		return err
	}
	f.text += reports.Forecast(p.Label, f.engine.At(), f.until, rejections, len(f.engine.Clients()))
	return nil
}
