package audit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
)

// A message is the digest of one audit for one receiver. A program that is a
// receiver gets it as JSON.
type message struct {
	Group   string       `json:"group"`
	Audit   int64        `json:"audit"`
	Started time.Time    `json:"started"`
	Partial bool         `json:"partial"` // the audit did not look at everything
	Title   string       `json:"title"`
	Text    string       `json:"text"`
	URL     string       `json:"url"` // of the audit's page; empty: nobody said where the pages are
	Changes []changeJSON `json:"changes"`

	Turns    []reports.Turn `json:"turns,omitempty"`    // of newer facts about CAs and clients, which are about no audit
	Warnings []string       `json:"warnings,omitempty"` // of the audit itself, such as that its lists lost many targets
	Still    []stillJSON    `json:"still,omitempty"`    // what did not change and is still bad
	Ending   []stillJSON    `json:"ending,omitempty"`   // what ends next
}

// A stillJSON is one endpoint that did not change.
type stillJSON struct {
	Endpoint string         `json:"endpoint"`
	Group    string         `json:"group"`
	Since    *time.Time     `json:"since"` // null: it is not bad, and ends soon
	Now      *conditionJSON `json:"now"`
	Bundle   string         `json:"bundle_sha256"`
	URL      string         `json:"url"`
}

// A changeJSON is one endpoint that changed.
type changeJSON struct {
	Endpoint string         `json:"endpoint"`
	Kinds    []Kind         `json:"kinds"`
	Before   *conditionJSON `json:"before"` // null: it was not there
	After    *conditionJSON `json:"after"`  // null: it is gone
	Bundle   string         `json:"bundle_sha256"`
	URL      string         `json:"url"`
}

// A conditionJSON is what an endpoint was like in one audit.
type conditionJSON struct {
	Status   string     `json:"status"`
	Error    string     `json:"error"`
	Severity string     `json:"severity"`
	Findings []string   `json:"findings"` // rule=severity
	Refused  []string   `json:"refused"`  // clients
	Issuer   string     `json:"issuer"`
	Product  string     `json:"product"`
	Expires  *time.Time `json:"expires"`              // null: unknown
	Due      time.Time  `json:"renewal_due,omitzero"` // when the certificate should have been renewed, and was not
}

// wants reports whether a receiver is told of a change: the events it asked for,
// and of those only what is or was at least as bad as it asked for. An endpoint
// that is new and well is news only for those who ask for it.
func (r *Receiver) wants(c *Change) bool {
	if !c.Material() || !r.covers(c.Endpoint.Tags) {
		return false
	}
	if !slices.ContainsFunc(c.Kinds, r.wantsEvent) {
		return false
	}
	only, err := rules.ParseSeverity(r.Only)
	if err != nil {
		only = rules.None
	}
	if len(r.Events) == 0 && slices.Equal(c.Kinds, []Kind{Appeared}) {
		only = max(only, rules.Warning)
	}
	return max(gravity(c.Before), gravity(c.After)) >= int(only)
}

// wantsEvent reports whether a receiver is told of a kind at all.
func (r *Receiver) wantsEvent(k Kind) bool {
	return len(r.Events) == 0 || slices.Contains(r.Events, string(k))
}

// gravity is the severity that an endpoint has to the people who run it.
func gravity(f *history.Facts) int {
	switch {
	case f == nil:
		return 0
	case f.Status != "ok":
		return int(rules.Error)
	case !f.Due.IsZero():
		return max(f.Worst, int(rules.Warning)) // it will be an error if nobody does anything
	}
	return f.Worst
}

// digest writes what a receiver is told of an audit; nil: nothing.
func (r *Receiver) digest(config *Config, a history.Audit, n *auditNews) *message {
	base := config.Serve.URL
	var wanted []Change
	for _, c := range n.changes {
		if r.wants(&c) {
			wanted = append(wanted, c)
		}
	}
	warnings := slices.DeleteFunc(slices.Clone(n.warnings[r.Lang]), func(w auditWarning) bool {
		return !r.wantsEvent(w.kind) || !r.hearsOfAudits(n.orphan)
	})
	still := r.remindedOf(n, wanted)
	if len(wanted)+len(warnings)+len(still) == 0 {
		return nil
	}
	m := &message{Group: a.Group, Audit: a.ID, Started: a.Started, Partial: a.State != history.Complete, URL: page(base, "/audits/", a.ID)}
	m.Changes = []changeJSON{}
	for _, c := range wanted {
		m.Changes = append(m.Changes, news(c, base))
	}
	for _, w := range warnings {
		m.Warnings = append(m.Warnings, reports.Clean(w.text)) // it quotes lists and waivers
	}
	m.Still = stillNews(still, base)
	m.Title = languages[r.Lang].headline(a.Group, wanted, warnings, still)
	m.Text = m.text(config, r, a, wanted, r.counts(n.tagged), still)
	return m
}

func news(c Change, base string) changeJSON {
	n := changeJSON{Endpoint: reports.Clean(c.Endpoint.Key), Kinds: c.Kinds, Before: condition(c.Before), After: condition(c.After),
		URL: page(base, "/endpoints/", c.Endpoint.ID)}
	if c.After != nil {
		n.Bundle = c.After.Bundle.String()
	}
	return n
}

func condition(f *history.Facts) *conditionJSON {
	if f == nil {
		return nil
	}
	c := &conditionJSON{
		Status: f.Status, Error: f.Failure, Severity: severityName(f.Worst), Findings: fields(f.Rules), Refused: fields(f.Refused),
		Issuer: reports.Clean(f.Issuer), Product: reports.Clean(f.Product), Due: f.Due,
	}
	if !f.Expires.IsZero() {
		c.Expires = &f.Expires
	}
	return c
}

// fields is never nil: arrays are never null in JSON.
func fields(text string) []string { return append([]string{}, strings.Fields(text)...) }

func severityName(n int) string { return rules.Severity(min(max(n, 0), int(rules.Error))).String() }

func page(base, path string, id int64) string {
	if base == "" {
		return ""
	}
	return strings.TrimSuffix(base, "/") + path + fmt.Sprint(id)
}

// encode is the message as it is stored and given to programs.
func (m *message) encode() (string, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("writing a notice: %w", err)
	}
	return string(b), nil
}

func decodeMessage(body string) (m message, err error) {
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return m, fmt.Errorf("reading a notice: %w", err)
	}
	return m, nil
}
