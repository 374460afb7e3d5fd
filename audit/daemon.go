package audit

import (
	"context"
	"sync"
)

// A Daemon is what tlschain audit serve does beside its pages: it keeps the
// schedule, tells receivers, and takes newer facts.
type Daemon struct {
	Scheduler *Scheduler
	Notifier  *Notifier
	Refresher *Refresher // nil: facts stay as they are
}

// Keep works until ctx ends, and then tells what the audits found that were
// stopped.
func (d *Daemon) Keep(ctx context.Context) {
	var parts sync.WaitGroup
	parts.Go(func() { Announce(ctx, Clock{}, d.Scheduler.Health, d.Scheduler.Report) })
	var keepers sync.WaitGroup
	keepers.Go(func() { d.Scheduler.keep(ctx) })
	keepers.Go(func() { d.Notifier.keep(ctx) })
	if d.Refresher != nil {
		keepers.Go(func() { d.Refresher.keep(ctx) })
	}
	keepers.Wait()
	if err := d.Notifier.tellAtEnd(ctx); err != nil {
		d.Scheduler.Report(err)
	}
	parts.Wait()
}
