package audit

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/tlschain/tlschain/reports"
)

// cleanAffected makes what is read from the history fit to show anywhere: it may
// have been through other hands.
func cleanAffected(found []Affected) {
	for i := range found {
		a := &found[i]
		a.Group, a.Endpoint = reports.Clean(a.Group), reports.Clean(a.Endpoint)
		for j := range a.Certificates {
			a.Certificates[j].Subject = reports.Clean(a.Certificates[j].Subject)
		}
	}
}

// An AffectedList is what was found, in the order that it is to be shown in.
type AffectedList []Affected

// Table writes the list for people.
func (found AffectedList) Table(w io.Writer) error {
	counts := map[Now]int{}
	for _, a := range found {
		counts[a.Now]++
		state := string(a.Now)
		if a.Now == FixedSince {
			state += " since " + a.FixedAt.UTC().Format(time.DateOnly)
		}
		if _, err := fmt.Fprintf(w, "%s  (%s)  %s\n", a.Endpoint, a.Group, state); err != nil {
			return err
		}
		for _, m := range a.Certificates {
			fmt.Fprintf(w, "  %s  SHA-256 %s\n", m.Subject, m.SHA256)
		}
		for _, s := range a.Spans {
			how := "needed, not sent"
			if s.Sent {
				how = "sent"
			}
			fmt.Fprintf(w, "  %s to %s  %s, in %s\n", s.First.UTC().Format(time.DateOnly), s.Last.UTC().Format(time.DateOnly),
				how, reports.Plural(s.Audits, "audit"))
		}
	}
	_, err := fmt.Fprintf(w, "%s: %d still affected, %d fixed, %d gone\n", reports.Plural(len(found), "endpoint"),
		counts[StillAffected], counts[FixedSince], counts[GoneSince])
	return err
}

// JSON writes an object with a field endpoints.
func (found AffectedList) JSON(w io.Writer) error {
	if found == nil {
		found = AffectedList{}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		SchemaVersion int          `json:"schema_version"`
		Endpoints     AffectedList `json:"endpoints"`
	}{reports.SchemaVersion, found})
}

// CSV writes a row for each endpoint, certificate and span.
func (found AffectedList) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"group", "endpoint", "sha256", "subject", "sent", "first", "last", "audits", "now", "fixed_at"})
	for _, a := range found {
		for _, m := range a.Certificates {
			for _, s := range a.Spans {
				fixed := ""
				if !a.FixedAt.IsZero() {
					fixed = a.FixedAt.UTC().Format(time.RFC3339)
				}
				out.Write([]string{
					reports.EscapeFormula(a.Group), reports.EscapeFormula(a.Endpoint), m.SHA256.String(), reports.EscapeFormula(m.Subject),
					strconv.FormatBool(s.Sent),
					s.First.UTC().Format(time.RFC3339), s.Last.UTC().Format(time.RFC3339), strconv.Itoa(s.Audits), string(a.Now),
					fixed})
			}
		}
	}
	out.Flush()
	return out.Error()
}
