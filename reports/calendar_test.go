package reports

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// readCalendar is Debian's parser, which knows nothing of ours: it prints each
// event, and what a calendar must have.
const readCalendar = `
import json, sys
from icalendar import Calendar
c = Calendar.from_ical(sys.stdin.buffer.read())
assert c.name == "VCALENDAR" and str(c["VERSION"]) == "2.0" and str(c["PRODID"])
assert not c.errors, c.errors
events = []
for e in c.subcomponents:
    assert e.name == "VEVENT" and not e.errors and e["DTSTAMP"].dt.tzinfo, e.errors
    events.append({k: str(e[n]) for k, n in {"uid": "UID", "summary": "SUMMARY", "description": "DESCRIPTION"}.items()} |
        {"start": e["DTSTART"].dt.isoformat(), "end": e["DTEND"].dt.isoformat(), "extra": sorted(set(e) - {"UID", "DTSTAMP", "DTSTART", "DTEND",
        "SUMMARY", "DESCRIPTION", "CATEGORIES", "TRANSP"})})
json.dump(events, sys.stdout)
`

type readEvent struct {
	UID, Summary, Description, Start, End string
	Extra                                 []string
}

// parseCalendar has the other parser read a calendar.
func parseCalendar(t *testing.T, text []byte) (events []readEvent) {
	t.Helper()
	cmd := exec.Command(tlstest.Program(t, "/usr/bin/python3", "python3-icalendar"), "-I", "-c", readCalendar)
	cmd.Stdin = bytes.NewReader(text)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%.2000s", err, &stderr, text)
	}
	if err := json.Unmarshal(out, &events); err != nil {
		t.Fatal(err)
	}
	return events
}

func calendarOf(t *testing.T, o *Outlook, lang string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := o.Calendar(&b, lang); err != nil {
		t.Fatal(err)
	}
	for line := range bytes.SplitSeq(bytes.TrimSuffix(b.Bytes(), []byte("\r\n")), []byte("\r\n")) {
		if len(line) > 75 || bytes.ContainsAny(line, "\r\n") {
			t.Fatalf("a line of %d octets: %.200q", len(line), line) // RFC 5545 section 3.1
		}
	}
	return b.Bytes()
}

func TestCalendar(t *testing.T) {
	o := &Outlook{EvaluatedAt: time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC), Turns: []Turn{
		{Date: "2026-12-31", Kind: rules.LeafEnds, Count: 2, Clients: []string{"chrome", "go"}, Reason: "The server's certificate ends.",
			Fix: "Renew it and install the new file before this day.", Endpoints: []TurnEndpoint{{"web", "a.example:443"}, {"web", "b.example:443"}}},
		{Date: "2027-03-15", Kind: rules.LifetimeStep, Count: 1, Endpoints: []TurnEndpoint{{"", "a.example:443"}},
			Reason: (&rules.Turn{Kind: rules.LifetimeStep, Days: 100}).Reason(), Fix: (&rules.Turn{Kind: rules.LifetimeStep}).Fix()},
	}}
	events := parseCalendar(t, calendarOf(t, o, "en"))
	if len(events) != 2 {
		t.Fatalf("%d events", len(events))
	}
	e := events[0]
	if e.Start != "2026-12-31" || e.End != "2027-01-01" || e.Summary != "2 endpoints: certificate ends" || len(e.Extra) > 0 ||
		e.Description != "The server's certificate ends.\nDo: Renew it and install the new file before this day.\na.example:443, b.example:443" {
		t.Errorf("%+v", e)
	}
	o.Turns[0].Count, o.Turns[0].Endpoints = 1, o.Turns[0].Endpoints[:1]
	if again := parseCalendar(t, calendarOf(t, o, "en")); again[0].UID != e.UID || again[1].UID == e.UID {
		t.Errorf("an event is told apart by %q, %q", again[0].UID, again[1].UID)
	}
	for i, e := range parseCalendar(t, calendarOf(t, o, "ja")) {
		if strings.Contains(e.Description, "the") || e.UID != events[i].UID {
			t.Errorf("in Japanese: %+v", e)
		}
	}
	if events := parseCalendar(t, calendarOf(t, &Outlook{}, "")); len(events) != 0 {
		t.Errorf("of nothing: %+v", events)
	}
}

// Whatever names hold, a calendar has one event for each turn, and the names as
// they were.
func TestCalendarOfHostileNames(t *testing.T) {
	texts := append(nasty(), "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil", `a\nb;c,d:e"f`, "\\", strings.Repeat("証", 200), strings.Repeat("\U0001f512", 90), "<<<>>>"+strings.Repeat(">", 100))
	o := &Outlook{}
	for _, text := range texts {
		text = Clean(text)
		o.Turns = append(o.Turns, Turn{Date: "2027-01-01", Kind: rules.LeafEnds, Count: 1, Subject: text, Reason: text, Fix: text, Endpoints: []TurnEndpoint{{text, text}}})
	}
	text := calendarOf(t, o, "en")
	events := parseCalendar(t, text)
	own, err := ics.ParseCalendar(bytes.NewReader(text))
	if err != nil || len(events) != len(texts) || len(own.Events()) != len(texts) {
		t.Fatalf("%d events and %d of %d turns: %v", len(events), len(own.Events()), len(texts), err)
	}
	for i, text := range texts {
		want := Clean(text) + "\nDo: " + Clean(text) + "\n" + Clean(text)
		if got := own.Events()[i].GetProperty(ics.ComponentPropertyDescription).Value; got != want {
			t.Errorf("%.100q is read as %.300q", text, got)
		}
		// Version 4 takes a backslash and an n for a line end, escaped or not.
		if want := strings.ReplaceAll(want, `\n`, "\n"); events[i].Description != want || len(events[i].Extra) > 0 {
			t.Errorf("%.100q is read as %.300q with %q", text, events[i].Description, events[i].Extra)
		}
	}
}
