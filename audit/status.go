package audit

import (
	"context"
	"errors"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// A ZoneStatus is what is done and waits in a network zone.
type ZoneStatus struct {
	Zone    string         `json:"zone"`    // empty: of none, what audit run and audit serve do themselves
	Workers int            `json:"workers"` // that told of late that they live
	Waiting []GroupWaiting `json:"waiting"` // for a worker to begin its audit
	Audits  []AuditStatus  `json:"audits"`  // that run
}

// Unattended reports whether something waits in the zone, and no worker is there.
func (z *ZoneStatus) Unattended() bool {
	return z.Zone != "" && z.Workers == 0 && len(z.Waiting)+len(z.Audits) > 0
}

// A GroupWaiting is a group whose audit was asked for.
type GroupWaiting struct {
	Group string    `json:"group"`
	Since time.Time `json:"since"`
}

// An AuditStatus is how far an audit has come; an audit that is not shared tells
// only that it runs.
type AuditStatus struct {
	Audit       int64     `json:"audit"`
	Group       string    `json:"group"`
	Started     time.Time `json:"started_at"`
	Targets     int       `json:"targets"`
	TargetsDone int       `json:"targets_done"`
	Shards      int       `json:"shards"`
	ShardsDone  int       `json:"shards_done"`
	ShardsTaken int       `json:"shards_taken"` // that somebody works on just now
	Failures    int       `json:"failures"`     // attempts at shards that failed
	PerSecond   float64   `json:"per_second"`   // targets, over the last five minutes
	SecondsLeft float64   `json:"seconds_left"` // 0: unknown
}

// Status gives what is done in each zone that a group is in, and in none. waiting
// is since when groups wait for a worker.
func Status(ctx context.Context, c *Config, db *history.DB, waiting map[string]time.Time) ([]ZoneStatus, error) {
	workers, err1 := db.Workers(ctx, DefaultLease)
	shared, err2 := db.Progress(ctx)
	running, err3 := db.Running(ctx)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	known := map[int64]history.Progress{}
	for _, p := range shared {
		known[p.Audit] = p
	}
	var all []ZoneStatus
	for _, zone := range append([]string{""}, c.Zones()...) {
		z := ZoneStatus{Zone: zone, Waiting: []GroupWaiting{}, Audits: []AuditStatus{}}
		for _, w := range workers {
			if w.Zone == zone {
				z.Workers++
			}
		}
		for _, g := range c.InZone(zone) {
			if since, ok := waiting[g.Name]; ok {
				z.Waiting = append(z.Waiting, GroupWaiting{g.Name, since})
			}
		}
		for _, a := range running {
			p, isShared := known[a.ID]
			if g := c.Groups[a.Group]; isShared && p.Zone == zone || !isShared && (g == nil && zone == "" || g != nil && g.Zone == zone) {
				z.Audits = append(z.Audits, AuditStatus{a.ID, a.Group, a.Started, p.Targets, p.TargetsDone, p.Shards, p.ShardsDone,
					p.ShardsTaken, p.Failures, p.PerSecond, p.Left().Seconds()})
			}
		}
		if zone != "" || len(z.Audits) > 0 {
			all = append(all, z)
		}
	}
	return all, nil
}

// wasCanceled is what the summary of an audit says that somebody ended.
const wasCanceled = "the audit was canceled"

// Cancel ends the audits of a group that run, and gives them. What they saw
// until now is kept, as a partial audit; whoever works on them stops soon.
func (a *Auditor) Cancel(ctx context.Context, group string) (ended []history.Audit, err error) {
	running, err := a.DB.Running(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range running {
		if r.Group != group {
			continue
		}
		err := a.DB.EndShards(ctx, r.ID, a.Clock.at(a.DB), func(done []string, left int) (string, bool, error) {
			whole := Summary{Troubles: []string{wasCanceled}}
			text, err := whole.with(done)
			return text, false, err
		})
		if err != nil {
			return ended, err
		}
		if r, err = a.DB.Audit(ctx, r.ID); err != nil {
			return ended, err
		}
		ended = append(ended, r)
	}
	return ended, nil
}

// ofCanceled gives the audit that a writer lost, if it was canceled.
func (a *Auditor) ofCanceled(ctx context.Context, id int64) (history.Audit, bool) {
	ended, err := a.DB.Audit(ctx, id)
	if err != nil {
		return history.Audit{}, false
	}
	s := SummaryOf(ended)
	return ended, len(s.Troubles) > 0 && s.Troubles[0] == wasCanceled
}
