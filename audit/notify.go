package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

// A Notifier tells receivers what changed. What is to be sent is stored first,
// once for each audit and receiver, and sent from there: a receiver that is
// down holds nobody up, and nothing is told twice.
type Notifier struct {
	Config *Config
	DB     *history.DB
	Clock  Clock
	Getenv func(string) string
	Report func(error)

	Waiting func(context.Context) (map[string]time.Time, error) // since when groups wait for a worker of their zone; nil: none does
}

// maxAttempts is how often a notice is tried, over some six hours.
const maxAttempts = 6

// backoff is how long after a notice was written its next attempt is due.
var backoff = [maxAttempts]time.Duration{0, time.Minute, 5 * time.Minute, 20 * time.Minute, 90 * time.Minute, 6 * time.Hour}

// Queue writes the notices of all audits that nobody was told of yet. The
// first audit of a group tells what is bad already. Summaries that are due come
// after them.
func (n *Notifier) Queue(ctx context.Context) error {
	untold, err := n.DB.Untold(ctx)
	if err != nil {
		return err
	}
	for _, a := range untold {
		if err := n.queue(ctx, a); err != nil {
			return err
		}
		if err := n.DB.Told(ctx, a.ID); err != nil {
			return err
		}
	}
	return n.remind(ctx)
}

func (n *Notifier) queue(ctx context.Context, a history.Audit) error {
	g := n.Config.Groups[a.Group]
	if g == nil || len(g.Notify) == 0 || a.Pruned {
		return nil
	}
	found, err := n.DB.Changes(ctx, a.ID)
	if err != nil {
		return err
	}
	changes := Classify(found)
	warnings := make(map[string][]auditWarning)
	for _, name := range g.Notify {
		lang := n.Config.Receivers[name].Lang
		if warnings[lang], err = n.warnings(ctx, a, languages[lang]); err != nil {
			return err
		}
	}
	news := &auditNews{changes: changes, warnings: warnings, orphan: n.orphan(g), at: a.Started}
	if err := n.standing(ctx, g, a, news); err != nil {
		return err
	}
	for _, name := range g.Notify {
		m := n.Config.Receivers[name].digest(n.Config, a, news)
		if m == nil {
			continue
		}
		body, err := m.encode()
		if err != nil {
			return err
		}
		err = n.DB.Queue(ctx, history.Notice{Audit: a.ID, Group: a.Group, Receiver: name, At: n.Clock.at(n.DB), Title: m.Title, Body: body})
		if err != nil {
			return err
		}
	}
	return nil
}

// Send tries the notices that are due, or all that are unsent if now is true,
// and gives how many were sent and how many still are to be. Failures are
// reported and recorded.
func (n *Notifier) Send(ctx context.Context, now bool) (sent, left int, err error) {
	unsent, err := n.DB.Unsent(ctx, maxAttempts)
	if err != nil {
		return 0, 0, err
	}
	for _, notice := range unsent {
		if at := n.Clock.at(n.DB); notice.At.Sub(at) >= clockOff { // the clock was ahead when it was written
			if err := n.DB.Redate(ctx, notice.ID, at); err != nil {
				return sent, left, err
			}
			notice.At = at
		}
		due := notice.At.Add(backoff[min(notice.Attempts, maxAttempts-1)])
		if !now && due.After(n.Clock.at(n.DB)) {
			left++
			continue
		}
		mine, err := n.DB.Claim(ctx, notice.ID, notice.Attempts)
		if err != nil {
			return sent, left, err
		}
		if !mine {
			continue // another one who keeps the schedule sends it
		}
		failure := ""
		if err := n.deliver(ctx, notice); err != nil {
			if ctx.Err() != nil {
				return sent, left + 1, nil
			}
			left++
			failure = reports.Clean(err.Error())
			n.Report(fmt.Errorf("telling %s of audit %d: %s", notice.Receiver, notice.Audit, failure))
		} else {
			sent++
		}
		if err := n.DB.Tried(context.WithoutCancel(ctx), notice.ID, n.Clock.at(n.DB), failure); err != nil {
			return sent, left, err
		}
	}
	return sent, left, nil
}

// keep queues and sends until ctx ends.
func (n *Notifier) keep(ctx context.Context) {
	for {
		err := n.Queue(ctx)
		if err == nil && n.Waiting != nil {
			err = n.unattended(ctx)
		}
		if err == nil {
			_, _, err = n.Send(ctx, false)
		}
		if err != nil && ctx.Err() == nil {
			n.Report(err)
		}
		if n.Clock.wait(ctx, lookAtClock) != nil {
			return
		}
	}
}

// Test sends a message that says it is a test to one receiver, now.
func (n *Notifier) Test(ctx context.Context, receiver string) error {
	r := n.Config.Receivers[receiver]
	if r == nil {
		return fmt.Errorf("there is no receiver %q; there is %s", receiver, orNone(sortedKeys(n.Config.Receivers)))
	}
	m := message{Title: "tlschain: a test", Text: "This is what a message of tlschain audit looks like. Nothing has happened.\n",
		Started: n.Clock.at(n.DB), Changes: []changeJSON{}}
	if err := n.send(ctx, r, m); err != nil {
		return fmt.Errorf("telling %s: %w", receiver, err)
	}
	return nil
}

func (n *Notifier) deliver(ctx context.Context, notice history.Notice) error {
	r := n.Config.Receivers[notice.Receiver]
	if r == nil {
		return errors.New("the configuration has no such receiver any more")
	}
	m, err := decodeMessage(notice.Body)
	if err != nil {
		return err
	}
	return n.send(ctx, r, m)
}

// sendTimeout bounds one attempt at one receiver.
const sendTimeout = 45 * time.Second

func (n *Notifier) send(ctx context.Context, r *Receiver, m message) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if len(r.Exec) > 0 {
		return runCommand(ctx, n.Config.Dir, r.Exec, m)
	}
	url, err := r.URL.Read(n.Config.Dir, n.Getenv)
	if err != nil {
		return err
	}
	return sendShoutrrr(ctx, url, m)
}
