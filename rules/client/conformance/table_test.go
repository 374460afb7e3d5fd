package conformance

import (
	"fmt"
	"strings"
	"sync"
	"text/tabwriter"
)

// A table is the figures of a run, a row for each client.
type table struct {
	mu   sync.Mutex
	rows []row
}

type row struct {
	profile, version                 string
	shown, agree, wavering, accepted int
}

func (t *table) add(r row) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows = append(t.rows, r)
}

func (t *table) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "\nprofile\tclient\tchains\tagree\tclient wavers\tclient accepts\n")
	for _, r := range t.rows {
		fmt.Fprintf(w, "%s\t%.32s\t%d\t%d\t%d\t%d\n", r.profile, r.version, r.shown, r.agree, r.wavering, r.accepted)
	}
	w.Flush()
	return text.String()
}
