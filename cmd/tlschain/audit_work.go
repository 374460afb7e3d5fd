package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
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
	switch {
	case len(zones) == 0:
		return usagef("no group in %s is in a zone", c.String("config")).hintf("write zone: dmz into those that workers shall audit")
	case zone == "":
		return usagef("which zone? There is %s", strings.Join(zones, ", ")).hintf("%s audit work --zone %s", name, zones[0])
	case len(config.InZone(zone)) == 0:
		return usagef("there is no zone %q in %s; there is %s", zone, c.String("config"), strings.Join(zones, ", "))
	}
	n, end, err := p.openZones(c)
	if err != nil {
		return err
	}
	defer end()
	if err := config.CheckEngines(p.env, zone); err != nil {
		return usagef("%w", err)
	}
	debug.SetGCPercent(50)
	debug.FreeOSMemory()
	worker := n.runner()
	worker.Zone, worker.Ended = zone, func(a history.Audit) {
		n.tell(a)
		debug.FreeOSMemory()
	}
	stopped, err := n.queue.Work(c.Context, zone, worker)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "%s: working for zone %s\n", name, zone)
	audit.Announce(c.Context, audit.Clock{}, n.answers, n.report)
	<-stopped
	return nil
}

// answers reports whether the database does.
func (n *auditEnv) answers() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return n.db.Ping(ctx)
}
