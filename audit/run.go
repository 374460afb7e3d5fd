package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

// An Auditor looks at groups and stores what it sees.
type Auditor struct {
	Config *Config
	Zone   string // network zone that it stands in: groups of another are not its to reach
	DB     *history.DB
	Engine Engine
	Clock  Clock
	Getenv func(string) string // for secrets
	Report func(error)         // troubles that end nothing: a line that is no target, a receiver that is down
	Lease  time.Duration       // how long it keeps a shard when it is silent; 0: DefaultLease
	Ended  func(history.Audit) // told of an audit that workers share when it ends here; nil: nobody is

	engines engines // of audits whose shards are done here
}

// A Summary is stored with each audit that came to its end.
type Summary struct {
	Endpoints    int            `json:"endpoints"`
	Status       map[string]int `json:"status"`        // by "ok" and "failed"
	Worst        [4]int         `json:"worst"`         // captured endpoints by their worst severity
	Flapping     int            `json:"flapping"`      // endpoints that changed and could not make up their mind
	Skipped      int            `json:"skipped"`       // lines that are no targets
	SkippedLines []string       `json:"skipped_lines"` // the first of those lines, and what is wrong with them
	Troubles     []string       `json:"troubles"`      // why the audit is partial
	Clients      []string       `json:"clients"`       // that chains were judged by
}

// Run audits a group now and gives the audit as it was stored. When ctx ends,
// what was seen until then is kept, as a partial audit; so it is when a source
// of targets fails. [history.ErrBusy] means that the group is being audited by
// somebody else. All errors name the group. The caller sends the notices: see
// [Notifier].
func (a *Auditor) Run(ctx context.Context, group string) (history.Audit, error) {
	g, err := a.group(group)
	if err != nil {
		return history.Audit{}, err
	}
	look, err := a.Engine(g, a.Clock.at(a.DB))
	if err != nil {
		return history.Audit{}, fmt.Errorf("group %s: %w", group, err)
	}
	audit, err := a.audit(ctx, g, look)
	if err != nil {
		return history.Audit{}, fmt.Errorf("auditing %s: %w", group, err)
	}
	return audit, nil
}

// group is a group that is this auditor's to reach.
func (a *Auditor) group(name string) (*Group, error) {
	g := a.Config.Groups[name]
	if g == nil {
		return nil, fmt.Errorf("there is no group %q; there is %s", name, orNone(sortedKeys(a.Config.Groups)))
	}
	if g.Zone != a.Zone {
		return nil, fmt.Errorf("group %s belongs to %s, not to %s", name, zoneName(g.Zone), zoneName(a.Zone))
	}
	return g, nil
}

// audit is Run with all that it needs.
func (a *Auditor) audit(ctx context.Context, g *Group, look ScanFunc) (history.Audit, error) {
	unlock, err := a.DB.Lock(ctx, g.Name)
	if err != nil {
		return history.Audit{}, err
	}
	defer unlock()
	w, err := a.DB.Begin(ctx, g.Name, a.Clock.at(a.DB))
	if err != nil {
		return history.Audit{}, err
	}
	n := &auditRun{auditor: a, group: g, look: look, writer: w}
	if err := n.run(ctx, n.sources(ctx)); err != nil {
		if ended, ok := a.ofCanceled(ctx, w.ID); ok {
			return ended, nil
		}
		return history.Audit{}, err // the next audit joins what was stored
	}
	if ctx.Err() != nil {
		n.trouble(errors.New("the audit was stopped"))
	}
	summary, err := json.Marshal(n.summary)
	if err != nil {
		return history.Audit{}, fmt.Errorf("ending audit %d: %w", w.ID, err)
	}
	// Stopped or not, the end is written.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if err := w.Finish(ctx, a.Clock.at(a.DB), len(n.summary.Troubles) == 0, string(summary)); err != nil {
		if ended, ok := a.ofCanceled(ctx, w.ID); ok {
			return ended, nil
		}
		return history.Audit{}, err
	}
	if err := a.forget(ctx, g); err != nil {
		a.report(err)
	}
	return a.DB.Audit(ctx, w.ID)
}

func zoneName(zone string) string {
	if zone == "" {
		return "no zone"
	}
	return "zone " + zone
}

func (a *Auditor) report(err error) {
	if a.Report != nil {
		a.Report(err)
	}
}

// SummaryOf reads what Run stored with an audit; nothing for one that never
// came to its end.
func SummaryOf(a history.Audit) (s Summary) {
	json.Unmarshal([]byte(a.Summary), &s)
	for _, quoted := range [][]string{s.Troubles, s.SkippedLines} { // lists, and what programs and servers said
		for i := range quoted {
			quoted[i] = reports.Clean(quoted[i])
		}
	}
	return s
}

// Endpoint reads an endpoint back from the history, as it was reported.
func Endpoint(who history.Ref, s history.State) (reports.Endpoint, error) {
	return endpoint(who.Identity, s)
}

// trouble notes why the audit is not complete.
func (s *Summary) trouble(text string) {
	if len(s.Troubles) < maxTroubles {
		s.Troubles = append(s.Troubles, reports.Clean(text))
	}
}

// maxSkipped bounds the lines that a summary names.
const maxSkipped = 20

// skip notes a mistake among the targets: a line that is none, or a list that
// could not be had whole.
func (s *Summary) skip(err error) {
	var source *sourceError
	if errors.As(err, &source) {
		s.trouble(err.Error())
		return
	}
	s.Skipped++
	if len(s.SkippedLines) < maxSkipped {
		s.SkippedLines = append(s.SkippedLines, reports.Clean(err.Error()))
	}
}

// count notes an endpoint that is stored.
func (s *Summary) count(f history.Facts) {
	s.Endpoints++
	if s.Status == nil {
		s.Status = map[string]int{}
	}
	s.Status[f.Status]++
	if f.Status == "ok" {
		s.Worst[min(max(f.Worst, 0), 3)]++
	}
}
