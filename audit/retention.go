package audit

import (
	"context"

	"github.com/tlschain/tlschain/audit/history"
)

// recentAudits is how many audits of a group have to lie within its retention
// before what is older is forgotten. A clock that jumps ahead by a year has
// audits begin at once: by them alone, all that is known would be too old.
const recentAudits = 3

// forget prunes what a group's retention leaves out.
func (a *Auditor) forget(ctx context.Context, g *Group) error {
	before := a.Clock.at(a.DB).Add(-g.retention())
	latest, err := a.DB.Audits(ctx, g.Name, 0, 2*recentAudits)
	if err != nil {
		return err
	}
	recent := 0
	for _, one := range latest {
		if one.State != history.Running && !one.Started.Before(before) {
			recent++
		}
	}
	if recent < recentAudits {
		return nil
	}
	return a.DB.Prune(ctx, g.Name, before)
}
