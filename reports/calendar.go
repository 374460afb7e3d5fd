package reports

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// maxCalendarNames is how many endpoints an event of a calendar names.
const maxCalendarNames = 50

// Calendar writes the outlook as iCalendar (RFC 5545): an event of a whole day
// for each turn. An event keeps its UID as long as it is about the same, so that
// calendars that subscribe move nothing twice.
func (o *Outlook) Calendar(w io.Writer, lang string) error {
	l := labelsFor(lang)
	cal := ics.NewCalendar()
	cal.SetProductId("-//tlschain//outlook//EN")
	cal.SetMethod(ics.MethodPublish)
	cal.SetCalscale("GREGORIAN")
	cal.SetXWRCalName("tlschain")
	cal.SetRefreshInterval("P1D")
	cal.SetXPublishedTTL("P1D")
	for i := range o.Turns {
		t := &o.Turns[i]
		day, err := time.Parse(time.DateOnly, t.Date)
		if err != nil {
			return fmt.Errorf("a turn on %q: %w", t.Date, err)
		}
		reason, fix := t.translated(lang)
		event := cal.AddEvent(t.uid())
		event.SetDtStampTime(o.EvaluatedAt)
		event.SetAllDayStartAt(day)
		event.SetAllDayEndAt(day.AddDate(0, 0, 1))
		event.SetSummary(l.count(l.Counts, t.Count) + ": " + t.Kind.Title(lang))
		lines := []string{reason, l.HowTo + " " + fix}
		if t.concernsSome() {
			lines = append(lines, fmt.Sprintf(l.Breaks, l.list(t.Clients, len(t.Clients))))
		}
		lines = append(lines, l.list(t.names(), maxCalendarNames))
		event.SetDescription(strings.Join(lines, "\n"))
		event.AddCategory(string(t.Kind))
		event.SetTimeTransparency(ics.TransparencyTransparent)
	}
	return cal.SerializeTo(w, ics.WithNewLine("\r\n"))
}

// uid names what the turn is about, whichever endpoints there are and whatever
// is said of it.
func (t *Turn) uid() string {
	clients := t.Clients
	if !t.concernsSome() {
		clients = nil
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %q %q %q", t.Date, t.Kind, t.Subject, t.Reason, clients))
	return fmt.Sprintf("%x@tlschain", sum[:16])
}

// calendarWriter shows of a report the outlook alone.
type calendarWriter struct {
	w    io.Writer
	lang string
}

// NewCalendar makes a writer that shows a report's outlook as iCalendar.
func NewCalendar(w io.Writer, o Options) Writer { return &calendarWriter{w, o.Lang} }

func (c *calendarWriter) Begin(Header) error       { return nil }
func (c *calendarWriter) Endpoint(*Endpoint) error { return nil }

func (c *calendarWriter) End(s Summary) error {
	if s.Outlook == nil {
		return errors.New("the report has no outlook")
	}
	return s.Outlook.Calendar(c.w, c.lang)
}
