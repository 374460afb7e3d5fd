package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/dashboard"
	"github.com/tlschain/tlschain/rules/catalog"
)

func (p *process) auditServeCommand() *cli.Command {
	return &cli.Command{
		Name: "serve", Usage: "keep the schedule, and show pages, /metrics, /healthz and /api/v1",
		Description: `It ends by SIGTERM or SIGINT: audits under way are stored as partial ones, and
caught up at the next start. Exit code: 130 ended so, 2 for all else.`,
		Flags: auditFlags(
			&cli.StringFlag{Name: "listen", Category: "Configuration", Usage: "`ADDRESS` to serve at, instead of serve.listen of the " +
				"configuration; loopback only"},
		),
		Action: p.auditServe,
	}
}

func (p *process) auditServe(c *cli.Context) error {
	n, end, err := p.openZones(c)
	if err != nil {
		return err
	}
	defer end()
	if address := c.String("listen"); address != "" {
		if err := n.config.ListenAt(address); err != nil {
			return usagef("--listen: %w", err)
		}
	}
	// Mistakes of the configuration end the start, not the first night.
	if err := n.config.CheckEngines(p.env, ""); err != nil {
		return usagef("%w", err)
	}
	every := time.Duration(n.config.Serve.UpdateFacts)
	if every > 0 && p.keptFacts().File == "" {
		return usagef("serve.update_facts: there is no folder to keep the facts in").hintf("set HOME or XDG_CACHE_HOME")
	}
	debug.SetGCPercent(50) // it idles all day: memory is dearer than time
	debug.FreeOSMemory()   // what reading the facts took
	// What one part cannot go on without ends all.
	ctx, stop := context.WithCancel(c.Context)
	defer stop()
	runner, notifier := n.runner(), n.notifier()
	scheduler := &audit.Scheduler{Config: n.config, DB: n.db, Report: n.report, Run: func(ctx context.Context, group string) error {
		a, err := runner.Due(ctx, group)
		if a != nil {
			n.tell(*a)
		}
		debug.FreeOSMemory() // the next audit is a day away
		return err
	}}
	running := func(group string) bool { return runner.Running(scheduler, group) }
	server := &dashboard.Server{
		Config: n.config, DB: n.db, Now: n.db.Now, Version: versionText(), Running: running, Health: scheduler.Health, Getenv: p.getenv,
		Report: n.report, Env: n.env,
	}
	if n.queue != nil {
		server.Waiting, notifier.Waiting = n.queue.Waiting, n.queue.Waiting
	}
	handler, err := server.Handler()
	if err != nil {
		return usagef("%w", err)
	}
	listener, err := server.Listen()
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "%s: serving at %s\n", name, listener.Addr())
	works := &audit.Daemon{Scheduler: scheduler, Notifier: notifier}
	if every > 0 {
		newer := func(ctx context.Context) (*catalog.Facts, func() error, error) {
			return p.updater().Newer(ctx, p.keptFacts())
		}
		works.Refresher = &audit.Refresher{Notifier: notifier, Every: every, Env: n.env, Newer: newer}
	}
	var parts sync.WaitGroup
	defer parts.Wait() // before the history is closed
	defer stop()
	parts.Go(func() { works.Keep(ctx) })
	return server.Serve(ctx, listener, handler)
}
