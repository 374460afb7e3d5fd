package audit

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/tlschain/tlschain/reports"
)

// StatusJSON writes an object with a field zones.
func StatusJSON(w io.Writer, zones []ZoneStatus) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(struct {
		Zones []ZoneStatus `json:"zones"`
	}{append([]ZoneStatus{}, zones...)})
}

// StatusTable tells a line of each zone, and one of each audit in it.
func StatusTable(w io.Writer, zones []ZoneStatus, now time.Time) {
	if len(zones) == 0 {
		fmt.Fprintln(w, "nothing runs")
	}
	for _, z := range zones {
		if z.Zone == "" {
			fmt.Fprintln(w, "no zone")
		} else {
			fmt.Fprintf(w, "zone %s: %s\n", reports.Clean(z.Zone), reports.Plural(z.Workers, "worker"))
		}
		for _, g := range z.Waiting {
			fmt.Fprintf(w, "  %-16s  waits for a worker since %s\n", reports.Clean(g.Group), g.Since.UTC().Format("2006-01-02 15:04:05Z"))
		}
		for _, a := range z.Audits {
			fmt.Fprintf(w, "  %-16s  audit %d, %v old", reports.Clean(a.Group), a.Audit, max(now.Sub(a.Started), 0).Round(time.Second))
			if a.Shards > 0 {
				fmt.Fprintf(w, ": %d of %s (%d%%), %d of %s, %d taken, %.1f/s", a.TargetsDone, reports.Plural(a.Targets, "target"),
					100*a.TargetsDone/max(a.Targets, 1), a.ShardsDone, reports.Plural(a.Shards, "shard"), a.ShardsTaken, a.PerSecond)
			}
			if a.SecondsLeft > 0 {
				fmt.Fprintf(w, ", %v left", time.Duration(a.SecondsLeft*float64(time.Second)))
			}
			if a.Failures > 0 {
				fmt.Fprintf(w, ", %s", reports.Plural(a.Failures, "failure"))
			}
			fmt.Fprintln(w)
		}
	}
}
