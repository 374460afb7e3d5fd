package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/dashboard"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/queue"
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
	for _, g := range n.config.InZone("") {
		if _, err := audit.NewEngine(p.env, nil, nil)(g, time.Now()); err != nil {
			return usagef("group %s: %w", g.Name, err)
		}
	}
	every := time.Duration(n.config.Serve.UpdateFacts)
	if every > 0 && p.kept().File == "" {
		return usagef("serve.update_facts: there is no folder to keep the facts in").hintf("set HOME or XDG_CACHE_HOME")
	}
	debug.SetGCPercent(50) // it idles all day: memory is dearer than time
	debug.FreeOSMemory()   // what reading the facts took
	// What one part cannot go on without ends all.
	ctx, stop := context.WithCancel(c.Context)
	defer stop()
	auditor, notifier := n.auditor(), n.notifier()
	scheduler := &audit.Scheduler{Config: n.config, DB: n.db, Report: n.report, Run: func(ctx context.Context, group string) error {
		if n.inZone(group) {
			a, err := n.auditInZone(ctx, group)
			if err == nil {
				n.tell(a)
			} else if errors.Is(err, queue.ErrCanceled) {
				n.report(err)
				err = nil // its turn has been had
			} else if ctx.Err() != nil {
				err = nil // the job stays, and is waited for after the next start
			}
			return err
		}
		a, err := auditor.Run(ctx, group)
		if errors.Is(err, history.ErrBusy) {
			return nil // somebody runs it by hand: its turn has been had
		}
		if err == nil {
			n.tell(a)
			if err := n.db.Compact(context.WithoutCancel(ctx)); err != nil {
				n.report(err) // the audit is done all the same
			}
		}
		debug.FreeOSMemory() // the next audit is a day away
		return err
	}}
	running := func(group string) bool { return !n.inZone(group) && scheduler.Running(group) }
	server := &dashboard.Server{
		Config: n.config, DB: n.db, Now: time.Now, Version: versionText(), Running: running, Health: scheduler.Health, Getenv: p.getenv,
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
	var parts sync.WaitGroup
	defer parts.Wait() // before the history is closed
	defer stop()
	parts.Go(func() {
		var keepers sync.WaitGroup
		keepers.Go(func() { scheduler.Keep(ctx) })
		keepers.Go(func() { notifier.Keep(ctx) })
		if every > 0 {
			refresher := &audit.Refresher{Notifier: notifier, Every: every, Env: n.env, Newer: p.askPublishers}
			keepers.Go(func() { refresher.Keep(ctx) })
		}
		keepers.Wait()
		if err := notifier.TellAtEnd(ctx); err != nil {
			n.report(err)
		}
	})
	parts.Go(func() { audit.Announce(ctx, audit.Clock{}, scheduler.Health, n.report) })
	return server.Serve(ctx, listener, handler)
}
