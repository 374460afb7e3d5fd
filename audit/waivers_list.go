package audit

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tlschain/tlschain/reports"
)

// A ListedWaiver is a waiver as the command waivers lists it.
type ListedWaiver struct {
	WaiverEntry
	File     string `json:"file"`
	DaysLeft int    `json:"days_left"`
	Matches  *int   `json:"matches"` // null: nobody looked

	by string
}

// Listed is a use at a moment; known: the endpoints were looked at.
func (u *WaiverUse) Listed(known bool, at time.Time) ListedWaiver {
	w := ListedWaiver{
		WaiverEntry: u.Entry(at), File: reports.Clean(u.File), DaysLeft: int(u.Expires.Sub(at).Hours() / 24), by: reports.Clean(u.By()),
	}
	if known {
		w.Matches = &u.N
	}
	return w
}

// WaiversJSON writes an object with a field waivers.
func WaiversJSON(w io.Writer, all []ListedWaiver) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		SchemaVersion int            `json:"schema_version"`
		Waivers       []ListedWaiver `json:"waivers"`
	}{reports.SchemaVersion, all})
}

// WaiversTable writes waivers for people.
func WaiversTable(w io.Writer, all []ListedWaiver) error {
	ended := 0
	for i := range all {
		u := &all[i]
		until := fmt.Sprintf("until %s, for %s more", u.Expires.Format(time.DateOnly), reports.Plural(u.DaysLeft, "day"))
		if u.Ended {
			ended++
			until = "ended on " + u.Expires.Format(time.DateOnly)
		}
		if u.Group != "" {
			until = "group " + u.Group + ", " + until
		}
		fmt.Fprintf(w, "%s on %s: %s\n  %s%s\n", u.Rule, u.Endpoint, until, u.Reason, u.by)
		switch {
		case u.Matches == nil:
		case *u.Matches == 0:
			fmt.Fprintln(w, "  is for nothing now")
		case *u.Matches > len(u.Endpoints):
			fmt.Fprintf(w, "  is for %d endpoints now, such as %s\n", *u.Matches, strings.Join(u.Endpoints, ", "))
		default:
			fmt.Fprintf(w, "  is for %s now: %s\n", reports.Plural(*u.Matches, "endpoint"), strings.Join(u.Endpoints, ", "))
		}
	}
	_, err := fmt.Fprintf(w, "%s, %d ended\n", reports.Plural(len(all), "waiver"), ended)
	return err
}
