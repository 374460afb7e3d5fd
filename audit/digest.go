package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
)

// maxLines bounds each part of a digest: a morning's mail is read, not searched.
const maxLines = 40

// A part of a digest: what is worst comes first, good news last.
type part func(*Change) bool

func has(kinds ...Kind) func(*Change) bool {
	return func(c *Change) bool {
		return slices.ContainsFunc(c.Kinds, func(k Kind) bool { return slices.Contains(kinds, k) })
	}
}

// parts: a change belongs to the first that holds it.
var parts = [...]part{
	has(Unreachable),
	(*Change).recovery,
	has(Worse, Refused),
	has(Late),
	has(Appeared),
	has(Gone),
	func(*Change) bool { return true },
}

// partOrder is the order on the page.
var partOrder = [...]int{0, 2, 3, 6, 4, 5, 1}

func sorted(changes []Change) (in [len(parts)][]Change) {
	for _, c := range changes {
		i := slices.IndexFunc(parts[:], func(p part) bool { return p(&c) })
		in[i] = append(in[i], c)
	}
	return in
}

// headline is made of our own words: it becomes a mail's subject.
func (l *language) headline(group string, changes []Change, warnings []auditWarning, still []Change) string {
	var counts []string
	for _, w := range warnings {
		counts = append(counts, w.title)
	}
	in := sorted(changes)
	for _, i := range partOrder {
		if len(in[i]) > 0 {
			counts = append(counts, fmt.Sprintf(l.count, len(in[i]), l.parts[i]))
		}
	}
	if len(still) > 0 {
		counts = append(counts, fmt.Sprintf(l.stillCount, len(still)))
	}
	return "tlschain: " + group + ": " + strings.Join(counts, l.comma)
}

// text is the digest as people read it.
func (m *message) text(c *Config, r *Receiver, a history.Audit, changes []Change, counts tagCounts, still []Change) string {
	var b strings.Builder
	l := languages[r.Lang]
	s := SummaryOf(a)
	format, of := l.audit, ""
	total := tagCounts{a.Endpoints, s.Worst[3], s.Worst[2], s.Status["failed"]}
	if len(r.Tags) > 0 {
		format, of, total = l.tagged, reports.Clean(r.tagText()), counts
	}
	fmt.Fprintf(&b, format, a.ID, a.Group, a.Started.Format("2006-01-02 15:04 MST"), l.endpoints(total.endpoints), total.errors,
		total.warnings, total.unreachable, l.skipped(&s), of)
	if m.Partial {
		b.WriteString(l.partial)
	}
	for _, w := range m.Warnings {
		b.WriteString(w + "\n")
	}
	if m.URL != "" {
		b.WriteString(m.URL + "\n")
	}
	if len(changes) > 0 {
		b.WriteString("\n" + c.digest(l, changes, maxLines, func(c *Change) string {
			return reports.Clean(c.Endpoint.Key) + ": " + c.sentence(l)
		}))
	}
	if len(still) > 0 {
		fmt.Fprintf(&b, "\n%s (%d)\n", l.still, len(still))
		l.list(&b, still, l.standingLine)
		c.fixes(&b, l, still)
	}
	return b.String()
}

// skippedText is what a sentence that counts endpoints says of skipped lines.
func (s *Summary) skippedText() string {
	if s.Skipped == 0 {
		return ""
	}
	return ", " + reports.Plural(s.Skipped, "line") + " skipped"
}

// digest tells material changes in parts, what is worst first, a line each as
// line writes it, up to most in each part (0: all), and then what fixes them.
// Noise is left out, and new endpoints with nothing to tell of are counted.
func (c *Config) digest(l *language, changes []Change, most int, line func(*Change) string) string {
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
		fmt.Fprintf(&b, "%s (%d)\n", capital(l.parts[i]), len(in[i]))
		listed := slices.DeleteFunc(slices.Clone(in[i]), func(c Change) bool { return c.uneventful() })
		for n, c := range listed {
			if most > 0 && n == most {
				fmt.Fprintf(&b, l.more, len(listed)-n)
				break
			}
			b.WriteString("  " + line(&c) + "\n")
		}
		if n := len(in[i]) - len(listed); n > 0 {
			fmt.Fprintf(&b, l.well, n)
		}
	}
	c.fixes(&b, l, changes)
	return b.String()
}

// fixes tells what fixes changes.
func (c *Config) fixes(b *strings.Builder, l *language, changes []Change) {
	fixes := Fixes(changes)
	for n, m := range fixes {
		if n == 0 {
			b.WriteString("\n" + l.fixes + "\n")
		}
		if n == maxFixes {
			fmt.Fprintf(b, l.more, len(fixes)-n)
			break
		}
		fmt.Fprintf(b, l.fix, m.N, c.FixCommand(m.Example))
	}
}

// capital begins a line with a text.
func capital(text string) string {
	if text[0] < 'a' || text[0] > 'z' {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// list writes endpoints, a line each, up to maxLines.
func (l *language) list(b *strings.Builder, endpoints []Change, line func(*Change) string) {
	for n := range endpoints {
		if n == maxLines {
			fmt.Fprintf(b, l.more, len(endpoints)-n)
			return
		}
		b.WriteString("  " + reports.Clean(endpoints[n].Endpoint.Key) + ": " + line(&endpoints[n]) + "\n")
	}
}

// uneventful reports whether an endpoint is new and nothing is wrong with it: the
// first audit of a group has little else.
func (c *Change) uneventful() bool {
	return has(Appeared)(c) && c.After != nil && c.After.Status == "ok" && c.After.Rules == "" && c.After.Refused == ""
}

// sentence tells one change.
func (c *Change) sentence(l *language) string {
	switch {
	case c.After == nil:
		return l.gone
	case c.After.Status != "ok":
		return l.noChain + c.After.Failure
	}
	var words []string
	if c.Before != nil && c.Before.Status != "ok" {
		words = append(words, l.again)
	}
	if !c.After.Due.IsZero() {
		words = append(words, fmt.Sprintf(l.late, c.After.Due.Format(time.DateOnly),
			c.After.Expires.Format(time.DateOnly)))
	} else if slices.Contains(c.Kinds, Renewed) {
		words = append(words, l.renewed)
	}
	if c.After.Rules != "" {
		words = append(words, strings.ReplaceAll(c.After.Rules, " ", ", "))
	} else {
		words = append(words, l.none)
	}
	if c.After.Refused != "" {
		words = append(words, l.refused+l.few(strings.Fields(c.After.Refused)))
	}
	if c.Before != nil && slices.Contains(c.Kinds, Issuer) {
		words = append(words, fmt.Sprintf(l.from, ca(c.Before), ca(c.After)))
	}
	return strings.Join(words, "; ")
}

func ca(f *history.Facts) string {
	if f.Product != "" {
		return reports.Clean(f.Product)
	}
	return reports.Clean(f.Issuer)
}

// few names six of many clients, and counts the others, which are more than one.
func (l *language) few(clients []string) string {
	if most := 6; len(clients) > most+1 {
		return strings.Join(clients[:most], ", ") + fmt.Sprintf(l.fewMore, len(clients)-most)
	}
	return strings.Join(clients, ", ")
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
		if w := worst[c.After.Bundle]; w == nil || betterExample(c.After, w) {
			worst[c.After.Bundle], all[i].Example = c.After, c.Endpoint
		}
	}
	slices.SortStableFunc(all, func(x, y history.Fix) int { return y.N - x.N })
	return all
}

// betterExample reports whether a fix is rather shown by one endpoint than by
// another: by one whose errors it mends, and then by the worst.
func betterExample(a, b *history.Facts) bool {
	if mended := mendable(a); mended != mendable(b) {
		return mended
	}
	return a.Worst > b.Worst || a.Worst == b.Worst && len(strings.Fields(a.Refused)) > len(strings.Fields(b.Refused))
}

// mendable reports whether no error is about the leaf.
func mendable(f *history.Facts) bool {
	return !slices.ContainsFunc(strings.Fields(f.Rules), func(found string) bool {
		rule, severity, _ := strings.Cut(found, "=")
		return severity == rules.Error.String() && rules.AboutLeaf(rule)
	})
}

// String tells the change in one line: endpoint, kinds, and what it is now.
func (c *Change) String() string {
	words := make([]string, len(c.Kinds))
	for i, k := range c.Kinds {
		words[i] = string(k)
	}
	return reports.Clean(c.Endpoint.Key) + ": " + strings.Join(words, ", ") + ": " + c.sentence(english)
}
