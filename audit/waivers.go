package audit

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/policy"
)

// A WaiverUse is a waiver, and what it is for as things are: the endpoints that
// have a finding of its rule, whether it has ended or not.
type WaiverUse struct {
	policy.Waiver
	Group     string // whose file names it; empty: of no audit
	File      string
	N         int      // endpoints with such a finding
	Endpoints []string // the first of them, by name
}

// maxUses bounds the endpoints that a WaiverUse names.
const maxUses = 20

// ReadWaivers reads a waivers file as uses that have seen no endpoint yet.
func ReadWaivers(group, file string) ([]WaiverUse, error) {
	text, err := (&tlschain.Env{}).ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	waivers, err := policy.ParseWaivers(file, text)
	if err != nil {
		return nil, err
	}
	uses := make([]WaiverUse, len(waivers))
	for i, w := range waivers {
		uses[i] = WaiverUse{Waiver: w, Group: group, File: file}
	}
	return uses, nil
}

// SeeReport counts the endpoints of a saved report.
func SeeReport(uses []WaiverUse, in *reports.Reader) error {
	for e, err := range in.Endpoints() {
		if err != nil {
			return fmt.Errorf("reading the report: %w", err)
		}
		seeWaivers(uses, e.Name(), e)
	}
	return nil
}

// seeWaivers counts an endpoint where a waiver is for one of its findings.
func seeWaivers(uses []WaiverUse, name string, e *reports.Endpoint) {
	where := policy.Place{Host: e.Host, Port: e.Port, Group: e.Tags["group"]}
	if where.Host == "" {
		where.Host = e.Target // a file
	}
	where.Address, _ = netip.ParseAddr(e.Address)
	for i := range uses {
		u := &uses[i]
		for _, f := range e.Findings {
			if u.Covers(f.Rule, where) {
				if u.N++; len(u.Endpoints) < maxUses {
					u.Endpoints = append(u.Endpoints, name)
				}
				break
			}
		}
	}
}

// waivers gives the waivers of a group, and what they are for by what an audit of
// it saw; with the zero audit none was made yet.
func (g *Group) waivers(ctx context.Context, db *history.DB, a history.Audit) ([]WaiverUse, error) {
	if g.Config.Waivers == "" {
		return nil, nil
	}
	uses, err := ReadWaivers(g.Name, g.inFolder(g.Config.Waivers))
	if err != nil || len(uses) == 0 || a.ID == 0 {
		return uses, err
	}
	for row, err := range db.Rows(ctx, a.ID) {
		if err != nil {
			return nil, err
		}
		if !mentioned(uses, row.State.Doc) {
			continue
		}
		e, err := Endpoint(row.Endpoint, row.State)
		if err != nil {
			return nil, err
		}
		seeWaivers(uses, reports.Clean(row.Endpoint.Key), &e)
	}
	return uses, nil
}

// mentioned reports whether a stored endpoint has a finding of a waiver's rule:
// most have none, and need not be read.
func mentioned(uses []WaiverUse, doc []byte) bool {
	for i := range uses {
		if bytes.Contains(doc, []byte(`"rule":"`+string(uses[i].Rule)+`"`)) {
			return true
		}
	}
	return false
}

// Waivers gives the waivers of all groups, and what they are for by the newest
// audit of each that has ended.
func (c *Config) Waivers(ctx context.Context, db *history.DB) (all []WaiverUse, err error) {
	for _, name := range c.GroupNames() {
		var newest history.Audit
		list, err := db.Audits(ctx, name, 0, 10)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			if a.State != history.Running && !a.Pruned {
				newest = a
				break
			}
		}
		uses, err := c.Groups[name].waivers(ctx, db, newest)
		if err != nil {
			return nil, fmt.Errorf("group %s: %w", name, err)
		}
		all = append(all, uses...)
	}
	return all, nil
}

// waiverNotice is how long before its end a waiver is told of.
const waiverNotice = 14 * 24 * time.Hour

// endingWaivers are the waivers that end soon as of an audit and did not as of
// the one before, whose time may be zero.
func (g *Group) endingWaivers(ctx context.Context, db *history.DB, a history.Audit, before time.Time, l *language) (*auditWarning, error) {
	uses, err := g.waivers(ctx, db, a)
	if err != nil {
		return nil, err
	}
	var lines []string
	for i := range uses {
		u := &uses[i]
		if soon := u.Expires.Add(-waiverNotice); a.Started.Before(soon) || !before.Before(soon) ||
			!a.Started.Before(u.Expires.Time) {
			continue
		}
		lines = append(lines, fmt.Sprintf(l.waiverEnds,
			u.Rule, u.Endpoint, u.Expires.Format(time.DateOnly), l.endpoints(u.N), reports.Clean(u.Reason), reports.Clean(u.By())))
	}
	if len(lines) == 0 {
		return nil, nil
	}
	return &auditWarning{WaiverEnds, l.waiversEnd(len(lines)), strings.Join(lines, "\n")}, nil
}

// A WaiverEntry is a waiver as machines get it. Everything in it is fit to show.
type WaiverEntry struct {
	Group     string    `json:"group"` // of the audits' configuration; empty: of a file alone
	Rule      string    `json:"rule"`
	Endpoint  string    `json:"endpoint"` // the pattern
	Reason    string    `json:"reason"`
	Owner     string    `json:"owner"`
	Ticket    string    `json:"ticket"`
	Expires   time.Time `json:"expires"`
	Ended     bool      `json:"ended"`
	Matches   int       `json:"matches"`   // endpoints that have a finding of the rule
	Endpoints []string  `json:"endpoints"` // the first of those
}

// Entry is a use at a moment.
func (u *WaiverUse) Entry(at time.Time) WaiverEntry {
	return WaiverEntry{
		Group: u.Group, Rule: string(u.Rule), Endpoint: reports.Clean(u.Endpoint.String()), Reason: reports.Clean(u.Reason),
		Owner: reports.Clean(u.Owner), Ticket: reports.Clean(u.Ticket), Expires: u.Expires.UTC(),
		Ended: !at.Before(u.Expires.Time), Matches: u.N, Endpoints: append([]string{}, u.Endpoints...),
	}
}

// By tells in brackets who accepted the finding and where that is written down.
func (u *WaiverUse) By() string {
	switch {
	case u.Owner != "" && u.Ticket != "":
		return " (" + u.Owner + ", " + u.Ticket + ")"
	case u.Owner+u.Ticket != "":
		return " (" + u.Owner + u.Ticket + ")"
	}
	return ""
}
