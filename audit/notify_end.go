package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/tlschain/tlschain/reports"
)

// tellPauses are how long [Notifier.TellAll] waits before it tries again.
var tellPauses = []time.Duration{5 * time.Second, 20 * time.Second}

// TellAll sends what is to be sent, and tries a little longer: the next run may
// be a day away. That nobody at all could be told is an error.
func (n *Notifier) TellAll(ctx context.Context) error { return n.tellAll(ctx, tellPauses) }

func (n *Notifier) tellAll(ctx context.Context, pauses []time.Duration) error {
	if ctx.Err() != nil {
		return n.tellAtEnd(ctx)
	}
	if err := n.Queue(ctx); err != nil {
		return err
	}
	told := 0
	for try := 0; ; try++ {
		sent, left, err := n.Send(ctx, true)
		told += sent
		if err != nil || left == 0 {
			return err
		}
		if try == len(pauses) {
			if told == 0 {
				return fmt.Errorf("nobody could be told what changed: %s not sent yet, and tried again by the next run", reports.Plural(left, "notice"))
			}
			return nil
		}
		select {
		case <-time.After(pauses[try]):
		case <-ctx.Done():
			return nil
		}
	}
}

// tellAtEnd tells what an audit found that was stopped. Whoever asked for the
// end waits: it tries once, for some seconds, and leaves the rest to the next
// start.
func (n *Notifier) tellAtEnd(ctx context.Context) error {
	const patience = 10 * time.Second // systemd and Kubernetes kill after 90 and 30
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := n.Queue(ctx); err != nil {
		return err
	}
	_, _, err := n.Send(ctx, false)
	return err
}
