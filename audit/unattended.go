package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// untended is how long a zone may be without a worker before people are told: a
// machine that starts anew takes minutes.
const untended = 15 * time.Minute

// unattended writes the notices about groups whose audit waits for the workers
// of a zone while there are none: once for each audit and receiver.
func (n *Notifier) unattended(ctx context.Context) error {
	waiting, err := n.Waiting(ctx)
	if err != nil {
		return err
	}
	shared, err := n.DB.Progress(ctx)
	if err != nil {
		return err
	}
	workers, err := n.DB.Workers(ctx, untended)
	if err != nil {
		return err
	}
	attended := map[string]bool{}
	for _, w := range workers {
		attended[w.Zone] = true
	}
	since := map[string]time.Time{}
	for _, p := range shared {
		since[p.Group] = p.Started
	}
	for group, asked := range waiting {
		since[group] = asked
	}
	now := n.Clock.at(n.DB)
	for group, begun := range since {
		g := n.Config.Groups[group]
		setBack := begun.Sub(now) >= clockOff // the clock, since then: nobody knows how long it has waited
		if g == nil || g.Zone == "" || attended[g.Zone] || now.Sub(begun) < untended && !setBack {
			continue
		}
		for _, name := range g.Notify {
			if r := n.Config.Receivers[name]; r == nil || !r.wantsEvent(Unattended) || !r.hearsOfAudits(n.orphan(g)) {
				continue
			}
			if err := n.tellUnattended(ctx, g, name, begun); err != nil {
				return err
			}
		}
	}
	return nil
}

func (n *Notifier) tellUnattended(ctx context.Context, g *Group, receiver string, since time.Time) error {
	text := fmt.Sprintf("The audit of %s waits since %s, and no worker of zone %s has been seen for %v: "+
		"start tlschain audit work --zone %s on a machine there.\n",
		g.Name, since.UTC().Format("2006-01-02 15:04 MST"), g.Zone, untended, g.Zone)
	m := message{Group: g.Name, Started: since.UTC(), Partial: true, Title: "tlschain: " + g.Name + ": no worker of zone " + g.Zone,
		Text: text, Changes: []changeJSON{}, Warnings: []string{text}}
	body, err := m.encode()
	if err != nil {
		return err
	}
	// There may be no audit yet: the time stands for it, below all audits.
	return n.DB.Queue(ctx, history.Notice{Audit: -since.Unix(), Group: g.Name, Receiver: receiver, At: n.Clock.at(n.DB),
		Title: m.Title, Body: body})
}
