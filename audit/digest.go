package audit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

// maxLines bounds each part of a digest: a morning's mail is read, not searched.
const maxLines = 40

// A part of a digest: what is worst comes first, good news last.
type part struct {
	title string
	holds func(*Change) bool
}

func has(kinds ...Kind) func(*Change) bool {
	return func(c *Change) bool {
		return slices.ContainsFunc(c.Kinds, func(k Kind) bool { return slices.Contains(kinds, k) })
	}
}

// parts: a change belongs to the first that holds it.
var parts = [...]part{
	{"unreachable", has(Unreachable)},
	{"well again", (*Change).recovery},
	{"worse", has(Worse, Refused)},
	{"not renewed as usual", has(Late)},
	{"new", has(Appeared)},
	{"gone", has(Gone)},
	{"changed", func(*Change) bool { return true }},
}

// partOrder is the order on the page.
var partOrder = [...]int{0, 2, 3, 6, 4, 5, 1}

func sorted(changes []Change) (in [len(parts)][]Change) {
	for _, c := range changes {
		i := slices.IndexFunc(parts[:], func(p part) bool { return p.holds(&c) })
		in[i] = append(in[i], c)
	}
	return in
}

// headline is made of our own words: it becomes a mail's subject.
func headline(group string, changes []Change, warnings []auditWarning) string {
	var counts []string
	for _, w := range warnings {
		counts = append(counts, w.title)
	}
	in := sorted(changes)
	for _, i := range partOrder {
		if len(in[i]) > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", len(in[i]), parts[i].title))
		}
	}
	return "tlschain: " + group + ": " + strings.Join(counts, ", ")
}

// text is the digest as people read it.
func (m *message) text(c *Config, a history.Audit, changes []Change) string {
	var b strings.Builder
	s := SummaryOf(a)
	fmt.Fprintf(&b, "Audit %d of %s, %s: %s, %d with errors, %d with warnings, %d unreachable%s.\n",
		a.ID, a.Group, a.Started.Format("2006-01-02 15:04 MST"), plural(a.Endpoints, "endpoint"), s.Worst[3], s.Worst[2],
		s.Status["failed"], s.SkippedText())
	if m.Partial {
		b.WriteString("It did not look at everything.\n")
	}
	for _, w := range m.Warnings {
		b.WriteString(w + "\n")
	}
	if m.URL != "" {
		b.WriteString(m.URL + "\n")
	}
	if len(changes) == 0 {
		return b.String()
	}
	b.WriteString("\n" + c.Digest(changes, maxLines, func(c *Change) string { return reports.Clean(c.Endpoint.Key) + ": " + c.sentence() }))
	return b.String()
}

// plural counts things by their English name.
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}

// SkippedText is what a sentence that counts endpoints says of skipped lines.
func (s *Summary) SkippedText() string {
	if s.Skipped == 0 {
		return ""
	}
	return ", " + plural(s.Skipped, "line") + " skipped"
}

// Digest tells material changes in parts, what is worst first, a line each as
// line writes it, up to most in each part (0: all), and then what fixes them.
// Noise is left out, and new endpoints with nothing to tell of are counted.
func (c *Config) Digest(changes []Change, most int, line func(*Change) string) string {
	changes = slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return !c.Material() })
	var b strings.Builder
	in := sorted(changes)
	for _, i := range partOrder {
		if len(in[i]) == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s (%d)\n", strings.ToUpper(parts[i].title[:1])+parts[i].title[1:], len(in[i]))
		listed := slices.DeleteFunc(slices.Clone(in[i]), func(c Change) bool { return c.uneventful() })
		for n, c := range listed {
			if most > 0 && n == most {
				fmt.Fprintf(&b, "  and %d more\n", len(listed)-n)
				break
			}
			b.WriteString("  " + line(&c) + "\n")
		}
		if n := len(in[i]) - len(listed); n > 0 {
			fmt.Fprintf(&b, "  %d without findings\n", n)
		}
	}
	fixes := Fixes(changes)
	for n, m := range fixes {
		if n == 0 {
			b.WriteString("\nFixes\n")
		}
		if n == maxFixes {
			fmt.Fprintf(&b, "  and %d more\n", len(fixes)-n)
			break
		}
		fmt.Fprintf(&b, "  %d by the same certificates after the leaf, the worst of them: %s\n", m.N, c.FixCommand(m.Example))
	}
	return b.String()
}

// uneventful reports whether an endpoint is new and nothing is wrong with it: the
// first audit of a group has little else.
func (c *Change) uneventful() bool {
	return has(Appeared)(c) && c.After != nil && c.After.Status == "ok" && c.After.Rules == "" && c.After.Refused == ""
}

// sentence tells one change.
func (c *Change) sentence() string {
	switch {
	case c.After == nil:
		return "no longer among the targets"
	case c.After.Status != "ok":
		return "no chain: " + c.After.Failure
	}
	var words []string
	if c.Before != nil && c.Before.Status != "ok" {
		words = append(words, "answers again")
	}
	if !c.After.Due.IsZero() {
		words = append(words, fmt.Sprintf("not renewed, which is usual by %s; it runs out on %s", c.After.Due.Format(time.DateOnly),
			c.After.Expires.Format(time.DateOnly)))
	} else if slices.Contains(c.Kinds, Renewed) {
		words = append(words, "renewed after all")
	}
	if c.After.Rules != "" {
		words = append(words, strings.ReplaceAll(c.After.Rules, " ", ", "))
	} else {
		words = append(words, "no findings")
	}
	if c.After.Refused != "" {
		words = append(words, "refused by "+few(strings.Fields(c.After.Refused), 6))
	}
	if c.Before != nil && slices.Contains(c.Kinds, Issuer) {
		words = append(words, "from "+ca(c.Before)+" to "+ca(c.After))
	}
	return strings.Join(words, "; ")
}

func ca(f *history.Facts) string {
	if f.Product != "" {
		return reports.Clean(f.Product)
	}
	return reports.Clean(f.Issuer)
}

func few(words []string, n int) string {
	if len(words) > n {
		return strings.Join(words[:n], ", ") + fmt.Sprintf(" and %d more", len(words)-n)
	}
	return strings.Join(words, ", ")
}

// maxFixes bounds the fixes of a digest.
const maxFixes = 10

// Fixes groups what is bad by the file that fixes it, the most needed first.
func Fixes(changes []Change) (all []history.Fix) {
	at, worst := map[history.Hash]int{}, map[history.Hash]*history.Facts{}
	for _, c := range changes {
		if !c.Material() || c.After == nil || c.After.Worst == 0 || c.After.Bundle == (history.Hash{}) {
			continue
		}
		i, known := at[c.After.Bundle]
		if !known {
			i = len(all)
			at[c.After.Bundle], all = i, append(all, history.Fix{Bundle: c.After.Bundle})
		}
		all[i].N++
		if w := worst[c.After.Bundle]; w == nil || c.After.Worst > w.Worst ||
			c.After.Worst == w.Worst && len(strings.Fields(c.After.Refused)) > len(strings.Fields(w.Refused)) {
			worst[c.After.Bundle], all[i].Example = c.After, c.Endpoint
		}
	}
	slices.SortStableFunc(all, func(x, y history.Fix) int { return y.N - x.N })
	return all
}

// String tells the change in one line: endpoint, kinds, and what it is now.
func (c *Change) String() string {
	words := make([]string, len(c.Kinds))
	for i, k := range c.Kinds {
		words[i] = string(k)
	}
	return reports.Clean(c.Endpoint.Key) + ": " + strings.Join(words, ", ") + ": " + c.sentence()
}
