package conformance

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"github.com/tlschain/tlschain/scanner/tlstest/variant"
)

// A familyTable is the figures of TestCertificates: of each client and family
// how many were shown and predicted, and what was not.
type familyTable struct {
	mu     sync.Mutex
	shown  map[string]map[string]int // by client and family
	agree  map[string]map[string]int
	misses map[string]map[string][]string // by changes and what was predicted: clients, by what they said
	rows   [][]string

	unmodelled map[string]bool // clients without a profile
}

func newFamilyTable() *familyTable {
	return &familyTable{shown: map[string]map[string]int{}, agree: map[string]map[string]int{}, misses: map[string]map[string][]string{}, unmodelled: map[string]bool{}}
}

func (f *familyTable) add(who, version string, s *sighting) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shown[who] == nil {
		f.shown[who], f.agree[who] = map[string]int{}, map[string]int{}
	}
	f.shown[who][s.family]++
	if !s.differs() {
		f.agree[who][s.family]++
	}
	predicted := word(s.predicted.Accepted)
	if !s.modelled {
		predicted, f.unmodelled[who] = "", true
	}
	f.rows = append(f.rows, []string{
		variant.Text(s.chain.Changes), s.family, s.version, who, version, word(s.real.accepted), s.layer,
		oneLine(s.real.message), predicted, s.predicted.Reason,
	})
}

// miss keeps a difference that was made as small as it gets.
func (f *familyTable) miss(who string, s *sighting) {
	f.mu.Lock()
	defer f.mu.Unlock()
	changes := fmt.Sprintf("%s (predicted: %s)", variant.Text(s.chain.Changes), word(s.predicted.Accepted))
	if f.misses[changes] == nil {
		f.misses[changes] = map[string][]string{}
	}
	said := fmt.Sprintf("%s %s %s", word(s.real.accepted), s.layer, oneLine(s.real.message))
	who += "/" + s.version
	if !slices.Contains(f.misses[changes][said], who) {
		f.misses[changes][said] = append(f.misses[changes][said], who)
	}
}

func word(accepted bool) string {
	if accepted {
		return "accept"
	}
	return "reject"
}

func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return text[:min(len(text), 160)]
}

// finish writes everything down.
func (f *familyTable) finish(t *testing.T) {
	t.Log(f)
	file := os.Getenv("CONFORMANCE_VERDICTS")
	if file == "" {
		return
	}
	out, err := os.Create(file)
	if err != nil {
		t.Error(err)
		return
	}
	defer out.Close()
	w := csv.NewWriter(out)
	w.Write([]string{"changes", "family", "tls_version", "client", "client_version", "verdict", "layer", "message", "predicted", "reason"})
	if err := w.WriteAll(f.rows); err != nil {
		t.Error(err)
	}
}

func (f *familyTable) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var text strings.Builder
	families := map[string]bool{}
	for _, counts := range f.shown {
		for family := range counts {
			families[family] = true
		}
	}
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\nclient\t%s\tall\tagree\n", strings.Join(slices.Sorted(maps.Keys(families)), "\t"))
	for _, who := range slices.Sorted(maps.Keys(f.shown)) {
		shown, agree := 0, 0
		fmt.Fprint(w, who)
		for _, family := range slices.Sorted(maps.Keys(families)) {
			fmt.Fprintf(w, "\t%d/%d", f.agree[who][family], f.shown[who][family])
			shown, agree = shown+f.shown[who][family], agree+f.agree[who][family]
		}
		if f.unmodelled[who] {
			fmt.Fprintf(w, "\t%d\tno profile\n", shown)
			continue
		}
		fmt.Fprintf(w, "\t%d/%d\t%.2f%%\n", agree, shown, 100*float64(agree)/float64(max(shown, 1)))
	}
	w.Flush()
	fmt.Fprintln(&text, "\nnot as predicted, most clients first:")
	count := func(changes string) (n int) {
		for _, who := range f.misses[changes] {
			n += len(who)
		}
		return n
	}
	for _, changes := range slices.SortedFunc(maps.Keys(f.misses), func(a, b string) int { return cmp.Or(count(b)-count(a), strings.Compare(a, b)) }) {
		fmt.Fprintln(&text, changes)
		for _, said := range slices.Sorted(maps.Keys(f.misses[changes])) {
			fmt.Fprintf(&text, "    %s: %s\n", strings.Join(f.misses[changes][said], " "), said)
		}
	}
	return text.String()
}
