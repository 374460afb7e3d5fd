package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/reports"
)

// A GroupCheck is what is to be said of a group before it is audited.
type GroupCheck struct {
	Group string
	Text  string   // when it is audited next, and by whom
	Notes []string // what its lists hold that is left out without loss
	Err   error    // the mistakes of its settings and lists
}

// CheckGroups looks for the mistakes of each group without any connection to a
// target; remote: it also reads the lists that programs and servers give.
func (c *Config) CheckGroups(ctx context.Context, env func(now time.Time) tlschain.Env, remote bool) iter.Seq[GroupCheck] {
	now := time.Now()
	return func(yield func(GroupCheck) bool) {
		for _, name := range c.GroupNames() {
			g := c.Groups[name]
			_, err := g.engine(env(now))
			listed := g.checkLists(ctx, env(now).Getenv, remote)
			check := GroupCheck{Group: name, Notes: listed.Notes, Err: errors.Join(err, listed.Err)}
			if remote {
				check.Text = fmt.Sprintf("%s, %d lines that are none, ", reports.Plural(listed.Targets, "target"), listed.Skipped)
			}
			if g.Schedule == nil {
				check.Text += "no schedule, so only audit run audits it"
			} else {
				check.Text += "next at " + g.Schedule.Next(name, now).Format(time.RFC3339)
			}
			if g.Zone != "" {
				check.Text += ", by the workers of zone " + g.Zone
			}
			if !yield(check) {
				return
			}
		}
	}
}

// CheckEngines reports the first mistake in the settings of the groups of a zone;
// empty: of those in none.
func (c *Config) CheckEngines(env func(now time.Time) tlschain.Env, zone string) error {
	for _, g := range c.InZone(zone) {
		if _, err := g.engine(env(time.Now())); err != nil {
			return fmt.Errorf("group %s: %w", g.Name, err)
		}
	}
	return nil
}

// CheckReceivers reports the receivers whose addresses cannot be read.
func (c *Config) CheckReceivers(getenv func(string) string) (wrong []error) {
	for _, name := range sortedKeys(c.Receivers) {
		if _, err := c.Receivers[name].URL.Read(c.Dir, getenv); err != nil {
			wrong = append(wrong, fmt.Errorf("receiver %s: %w", name, err))
		}
	}
	return wrong
}
