package main

import (
	"context"
	"time"

	"github.com/tlschain/tlschain/audit"
)

// tellAll sends what is to be sent, and tries a little longer: the next run may
// be a day away.
func tellAll(ctx context.Context, n *audit.Notifier) error {
	if ctx.Err() != nil {
		return tellAtEnd(ctx, n)
	}
	if err := n.Queue(ctx); err != nil {
		return err
	}
	for _, pause := range []time.Duration{5 * time.Second, 20 * time.Second, 0} {
		left, err := n.Send(ctx, true)
		if err != nil || left == 0 || pause == 0 {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// tellAtEnd tells what an audit found that was stopped. Whoever asked for the
// end waits: it tries once, for some seconds, and leaves the rest to the next
// start.
func tellAtEnd(ctx context.Context, n *audit.Notifier) error {
	const patience = 10 * time.Second // systemd and Kubernetes kill after 90 and 30
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := n.Queue(ctx); err != nil {
		return err
	}
	_, err := n.Send(ctx, false)
	return err
}
