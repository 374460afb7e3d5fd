package reports

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules"
)

// An Outlook is the days on which something changes for endpoints.
type Outlook struct {
	EvaluatedAt time.Time `json:"evaluated_at" doc:"the moment as of which chains were judged"`
	Until       time.Time `json:"until" doc:"up to when it looks ahead"`
	Endpoints   int       `json:"endpoints" doc:"endpoints that were looked at: those that present a leaf that has not ended"`
	Turns       []Turn    `json:"turns" doc:"in order of time"`
}

// A Turn is what turns on one day, the same for all of its endpoints.
type Turn struct {
	Date      string         `json:"date" doc:"day in UTC, such as 2027-03-15: the first on which it is otherwise"`
	Kind      rules.TurnKind `json:"kind" enum:"leaf-end,intermediate-end,anchor-end,revoked,distrusted,store,issuance-end,phase-out,lifetime"`
	Subject   string         `json:"subject" doc:"name of the CA certificate that it is about; empty: none"`
	Count     int            `json:"count" doc:"endpoints"`
	Endpoints []TurnEndpoint `json:"endpoints"`
	Clients   []string       `json:"clients" doc:"ids of the clients that refuse from then on; empty: it is not about single clients"`
	Reason    string         `json:"reason"`
	Fix       string         `json:"fix" doc:"what to do, and until when"`
}

// A TurnEndpoint is one endpoint for which something changes.
type TurnEndpoint struct {
	Group    string `json:"group,omitempty" doc:"of the audit; absent: a scan"`
	Endpoint string `json:"endpoint" doc:"in the form of a target"`
}

// translated gives a turn's texts in a language.
func (t *Turn) translated(lang string) (reason, fix string) {
	reason, _ = rules.Translate(t.Reason, lang)
	fix, _ = rules.Translate(t.Fix, lang)
	return reason, fix
}

// Sort puts turns in order of time, and their endpoints in that of their names.
func (o *Outlook) Sort() {
	for i := range o.Turns {
		slices.SortFunc(o.Turns[i].Endpoints, func(a, b TurnEndpoint) int {
			return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Endpoint, b.Endpoint))
		})
	}
	slices.SortFunc(o.Turns, func(a, b Turn) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Subject, b.Subject),
			cmp.Compare(a.Reason, b.Reason), slices.Compare(a.Clients, b.Clients))
	})
}

// Beyond gives what turns by this outlook and not by an earlier one of the same
// endpoints at the same moment. That leaves end and lifetimes are shortened was
// known before.
func (o *Outlook) Beyond(before *Outlook) *Outlook {
	type place struct {
		date, subject, clients string
		kind                   rules.TurnKind
		endpoint               TurnEndpoint
	}
	known := make(map[place]bool)
	each := func(o *Outlook, do func(t *Turn, e TurnEndpoint, at place)) {
		for i := range o.Turns {
			t := &o.Turns[i]
			for _, e := range t.Endpoints {
				do(t, e, place{t.Date, t.Subject, strings.Join(t.Clients, " "), t.Kind, e})
			}
		}
	}
	each(before, func(_ *Turn, _ TurnEndpoint, at place) { known[at] = true })
	news := &Outlook{EvaluatedAt: o.EvaluatedAt, Until: o.Until, Endpoints: o.Endpoints}
	var last *Turn
	each(o, func(t *Turn, e TurnEndpoint, at place) {
		if known[at] || t.Kind == rules.LeafEnds || t.Kind == rules.LifetimeStep {
			return
		}
		if last != t {
			last = t
			news.Turns = append(news.Turns, *t)
			news.Turns[len(news.Turns)-1].Count, news.Turns[len(news.Turns)-1].Endpoints = 0, nil
		}
		own := &news.Turns[len(news.Turns)-1]
		own.Count, own.Endpoints = own.Count+1, append(own.Endpoints, e)
	})
	return news
}

// Merge takes in the outlook of other endpoints, judged at the same moment. That
// a server's certificate ends is one turn for a day, whichever clients there are.
func (o *Outlook) Merge(other *Outlook) {
	o.Endpoints += other.Endpoints
	for _, t := range other.Turns {
		i := slices.IndexFunc(o.Turns, func(own Turn) bool {
			return own.Date == t.Date && own.Kind == t.Kind && own.Subject == t.Subject && own.Reason == t.Reason &&
				(own.Kind == rules.LeafEnds || slices.Equal(own.Clients, t.Clients))
		})
		if i < 0 {
			t.Clients, t.Endpoints = slices.Clone(t.Clients), slices.Clone(t.Endpoints) // the other one stays as it is
			o.Turns = append(o.Turns, t)
			continue
		}
		o.Turns[i].AddClients(t.Clients)
		o.Turns[i].Count += t.Count
		o.Turns[i].Endpoints = append(o.Turns[i].Endpoints, t.Endpoints...)
	}
	o.Sort()
}

// filled replaces null arrays by empty ones.
func (o *Outlook) filled() *Outlook {
	if o == nil {
		return nil
	}
	own := *o
	own.Turns = append([]Turn{}, o.Turns...)
	for i := range own.Turns {
		own.Turns[i].Endpoints, own.Turns[i].Clients = orEmpty(own.Turns[i].Endpoints), orEmpty(own.Turns[i].Clients)
	}
	return &own
}

// AddClients adds those that the turn does not name yet.
func (t *Turn) AddClients(clients []string) {
	if slices.Equal(t.Clients, clients) {
		return
	}
	for _, id := range clients {
		if !slices.Contains(t.Clients, id) {
			t.Clients = append(t.Clients, id)
		}
	}
}

// concernsSome reports whether it is worth naming clients: when the leaf ends,
// it ends for all.
func (t *Turn) concernsSome() bool { return len(t.Clients) > 0 && t.Kind != rules.LeafEnds }

// names are those of the turn's endpoints.
func (t *Turn) names() []string {
	names := make([]string, len(t.Endpoints))
	for i, e := range t.Endpoints {
		names[i] = e.Endpoint
	}
	return names
}

// Table writes the outlook for people.
func (o *Outlook) Table(w io.Writer, lang string) error {
	_, err := io.WriteString(w, strings.ReplaceAll(o.text(labelsFor(lang), defaultWidth), glue, " "))
	return err
}

func (o *Outlook) text(l labels, width int) string {
	var b strings.Builder
	paragraph := func(text string) {
		const indent = "            "
		for _, line := range wrap(text, width-len(indent), columnsOf) {
			b.WriteString(indent + line + "\n")
		}
	}
	for i := range o.Turns {
		t := &o.Turns[i]
		reason, fix := t.translated(l.lang)
		fmt.Fprintf(&b, "%s  %s\n", t.Date, t.Kind.Title(l.lang))
		paragraph(l.count(l.Counts, t.Count) + ": " + l.list(t.names(), maxNames))
		if t.concernsSome() {
			paragraph(fmt.Sprintf(l.Breaks, l.list(t.Clients, 8)))
		}
		paragraph(reason)
		paragraph(l.HowTo + " " + fix)
		b.WriteByte('\n')
	}
	b.WriteString(l.count(l.Counts, o.Endpoints) + ", " + fmt.Sprintf(l.Until, o.Until.UTC().Format(time.DateOnly)) + ": " +
		l.count(l.Turns, len(o.Turns)) + "\n")
	return b.String()
}

// JSON writes the outlook as a document of its own.
func (o *Outlook) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		SchemaVersion int `json:"schema_version"`
		*Outlook
	}{SchemaVersion, o.filled()})
}

// CSV writes a row for each turn and endpoint.
func (o *Outlook) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"date", "kind", "count", "group", "endpoint", "subject", "clients", "reason", "fix"})
	for _, t := range o.Turns {
		for _, e := range t.Endpoints {
			out.Write([]string{t.Date, string(t.Kind), strconv.Itoa(t.Count), EscapeFormula(e.Group), EscapeFormula(e.Endpoint),
				EscapeFormula(t.Subject), strings.Join(t.Clients, " "), EscapeFormula(t.Reason), EscapeFormula(t.Fix)})
		}
	}
	out.Flush()
	return out.Error()
}
