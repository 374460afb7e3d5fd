package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/tlschain/tlschain/rules"
)

func exampleOutlook() *Outlook {
	turn := rules.Turn{Kind: rules.LeafEnds}
	return &Outlook{
		EvaluatedAt: time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC), Until: time.Date(2028, 11, 29, 0, 0, 0, 0, time.UTC), Endpoints: 2,
		Turns: []Turn{{Date: "2027-01-31", Kind: turn.Kind, Count: 1, Clients: []string{"go"}, Reason: turn.Reason(), Fix: turn.Fix(),
			Endpoints: []TurnEndpoint{{Endpoint: "a.example:443"}}}},
	}
}

// An outlook is a part of the report: it is as the schema says, and is read back
// with what is in it cleaned.
func TestOutlookInReports(t *testing.T) {
	s := Summary{Outlook: exampleOutlook()}
	s.Outlook.Turns[0].Subject = "\u202eCN=x"
	s.Outlook.Turns[0].Clients = nil
	doc := document{Header: exampleHeader(), Summary: s}
	var b bytes.Buffer
	w, err := New("json", &b, Options{})
	if err == nil {
		err = errors.Join(w.Begin(doc.Header), w.End(s))
	}
	if err != nil {
		t.Fatal(err)
	}
	validate(t, "schema.json", b.Bytes())
	again, err := convert(t, b.Bytes(), "json", Options{})
	if err != nil || !bytes.Contains(again, []byte(`"subject":"\\u202eCN=x"`)) || !bytes.Contains(again, []byte(`"clients":[]`)) {
		t.Errorf("%v\n%s", err, again)
	}
}

func TestOutlookMerges(t *testing.T) {
	o, other := exampleOutlook(), exampleOutlook()
	other.Turns[0].Endpoints = []TurnEndpoint{{Group: "mail", Endpoint: "mx.example:25"}}
	later := other.Turns[0]
	later.Date = "2027-01-01"
	other.Turns = append(other.Turns, later)
	o.Merge(other)
	if o.Endpoints != 4 || len(o.Turns) != 2 || o.Turns[0].Date != "2027-01-01" || o.Turns[1].Count != 2 || o.Turns[1].Endpoints[1].Group != "mail" {
		t.Errorf("%+v", o)
	}
}

// Whatever stands in a history, no format shows what acts instead of being read.
func TestOutlookIsClean(t *testing.T) {
	for _, text := range nasty() {
		text = Clean(text)
		o := exampleOutlook()
		o.Turns[0].Endpoints[0] = TurnEndpoint{text, text}
		o.Turns[0].Subject, o.Turns[0].Reason, o.Turns[0].Fix = text, text, text
		for format, write := range map[string]func(io.Writer) error{
			"table": func(w io.Writer) error { return o.Table(w, "ja") }, "json": o.JSON, "csv": o.CSV,
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			if at := strings.IndexFunc(b.String(), func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) }); at >= 0 {
				t.Errorf("%s of %.100q: %.100q", format, text, b.String()[at:])
			}
			switch format {
			case "json":
				if !json.Valid(b.Bytes()) {
					t.Errorf("%.100q: no JSON", text)
				}
			case "csv":
				rows, err := csv.NewReader(&b).ReadAll()
				if err != nil || len(rows) != 2 || strings.HasPrefix(rows[1][4], "=") {
					t.Errorf("%.100q: %v %q", text, err, rows)
				}
			}
		}
	}
}
