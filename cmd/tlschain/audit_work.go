package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/queue"
)

func (p *process) auditWorkCommand() *cli.Command {
	return &cli.Command{
		Name: "work", Usage: "audit the groups of a network zone, on a machine that can reach them, as audit serve and audit run ask for them",
		Description: `The machine needs the PostgreSQL that keeps the history, and a copy of
tlschain.yaml with its files; not the secrets of receivers, who are told by
audit serve. Any number of workers share a zone, and each audit: its targets are
read once and cut into shards. It ends by SIGTERM or SIGINT: its shards go to
the next worker, as they do within minutes when it dies. Exit code: 130 ended
so, 2 for all else.`,
		Flags: auditFlags(
			&cli.StringFlag{Name: "zone", Category: "Configuration", Usage: "`ZONE` to work for, as groups name it in tlschain.yaml"},
		),
		Action: p.auditWork,
	}
}

func (p *process) auditWork(c *cli.Context) error {
	config, err := p.auditConfig(c)
	if err != nil {
		return err
	}
	zone, zones := c.String("zone"), config.Zones()
	groups := config.InZone(zone)
	switch {
	case len(zones) == 0:
		return usagef("no group in %s is in a zone", c.String("config")).hintf("write zone: dmz into those that workers shall audit")
	case zone == "":
		return usagef("which zone? There is %s", strings.Join(zones, ", ")).hintf("%s audit work --zone %s", name, zones[0])
	case len(groups) == 0:
		return usagef("there is no zone %q in %s; there is %s", zone, c.String("config"), strings.Join(zones, ", "))
	}
	n, end, err := p.openZones(c)
	if err != nil {
		return err
	}
	defer end()
	for _, g := range groups {
		if _, err := audit.NewEngine(p.env, nil, nil)(g, time.Now()); err != nil {
			return usagef("group %s: %w", g.Name, err)
		}
	}
	debug.SetGCPercent(50)
	debug.FreeOSMemory()
	auditor := zoneAuditor{n.auditor(), c.String("config")}
	auditor.Zone, auditor.Ended = zone, func(a history.Audit) {
		n.tell(a)
		debug.FreeOSMemory()
	}
	stopped, err := n.queue.Work(c.Context, zone, auditor)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "%s: working for zone %s\n", name, zone)
	audit.Announce(c.Context, audit.Clock{}, n.answers, n.report)
	<-stopped
	return nil
}

// A zoneAuditor says which configuration it is that lacks a group.
type zoneAuditor struct {
	*audit.Auditor
	path string
}

// Begin is Auditor.Begin.
func (a zoneAuditor) Begin(ctx context.Context, group string, byHand bool, ask func(*sql.Tx, int64, int) error) (int64, error) {
	id, err := a.Auditor.Begin(ctx, group, byHand, ask)
	if g := a.Config.Groups[group]; err != nil && (g == nil || g.Zone != a.Zone) {
		err = fmt.Errorf("%w: %s here is not what audit serve has", err, a.path)
	}
	return id, err
}

// tell writes a line about an audit that has ended.
func (n *auditEnv) tell(a history.Audit) {
	fmt.Fprintf(n.stderr, "audit %d of %s: %s, %d endpoints, took %v\n", a.ID, a.Group, a.State, a.Endpoints, a.Ended.Sub(a.Started))
}

// answers reports whether the database does.
func (n *auditEnv) answers() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return n.db.Ping(ctx)
}

// openZones is openAudit, with the queue where groups are in zones.
func (p *process) openZones(c *cli.Context) (n *auditEnv, close func(), err error) {
	n, err = p.readAudit(c)
	if err != nil {
		return nil, nil, err
	}
	if err := n.config.CheckDatabase(n.where); err != nil {
		return nil, nil, usagef("%w", err)
	}
	end, err := n.open(c.Context)
	if errors.Is(err, history.ErrUnwritable) {
		return nil, nil, usagef("%w", err).hintf("run this as the account that ls -l shows for it, or name another history: --db FILE")
	}
	if err != nil || len(n.config.Zones()) == 0 {
		return n, end, err
	}
	if n.queue, err = queue.Open(c.Context, n.where, n.db, n.report); err != nil {
		end()
		return nil, nil, err
	}
	return n, func() { n.queue.Close(); end() }, nil
}

// inZone reports whether a group is audited by the workers of a zone.
func (n *auditEnv) inZone(group string) bool {
	g := n.config.Groups[group]
	return g != nil && g.Zone != ""
}

// askZones asks for the audits of those groups that are in zones, and gives the
// jobs to wait for.
func (n *auditEnv) askZones(ctx context.Context, groups []string) (jobs map[string]int64, err error) {
	jobs = map[string]int64{}
	for _, group := range groups {
		if !n.inZone(group) {
			continue
		}
		g := n.config.Groups[group]
		id, failed := n.queue.Ask(ctx, g, time.Time{})
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("auditing %s: %w", group, failed))
			continue
		}
		jobs[group] = id
		fmt.Fprintf(n.stderr, "group %s: job %d for the workers of zone %s\n", group, id, g.Zone)
	}
	return jobs, err
}

// auditInZone has the workers of its zone audit a group whose time has come. The
// time that was planned stays the same until the group is planned again: after
// a restart this waits for the job that was asked for before.
func (n *auditEnv) auditInZone(ctx context.Context, group string) (history.Audit, error) {
	planned, err := n.db.Schedule(ctx)
	if err != nil {
		return history.Audit{}, fmt.Errorf("auditing %s: %w", group, err)
	}
	id, err := n.queue.Ask(ctx, n.config.Groups[group], planned[group].Next)
	if err != nil {
		return history.Audit{}, fmt.Errorf("auditing %s: %w", group, err)
	}
	return n.waitZone(ctx, group, id)
}

func (n *auditEnv) waitZone(ctx context.Context, group string, job int64) (history.Audit, error) {
	a, err := n.queue.Wait(ctx, job)
	if err != nil {
		return history.Audit{}, fmt.Errorf("auditing %s: %w", group, err)
	}
	return a, nil
}
