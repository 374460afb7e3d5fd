package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tlschain/audit/history"
	"tlschain/reports"
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
	{"well again", (*Change).Recovery},
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
func headline(group string, changes []Change) string {
	var counts []string
	in := sorted(changes)
	for _, i := range partOrder {
		if len(in[i]) > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", len(in[i]), parts[i].title))
		}
	}
	return "tlschain: " + group + ": " + strings.Join(counts, ", ")
}

// text is the digest as people read it.
func (m *Message) text(a history.Audit, changes []Change) string {
	var b strings.Builder
	s := SummaryOf(a)
	fmt.Fprintf(&b, "Audit %d of %s, %s: %d endpoints, %d with errors, %d with warnings, %d unreachable.\n",
		a.ID, a.Group, a.Started.Format("2006-01-02 15:04 MST"), a.Endpoints, s.Worst[3], s.Worst[2], s.Status["failed"])
	if m.Partial {
		b.WriteString("It did not look at everything.\n")
	}
	if m.URL != "" {
		b.WriteString(m.URL + "\n")
	}
	in := sorted(changes)
	for _, i := range partOrder {
		if len(in[i]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s (%d)\n", strings.ToUpper(parts[i].title[:1])+parts[i].title[1:], len(in[i]))
		for n, c := range in[i] {
			if n == maxLines {
				fmt.Fprintf(&b, "  and %d more\n", len(in[i])-n)
				break
			}
			b.WriteString("  " + reports.Clean(c.Endpoint.Key) + ": " + c.sentence() + "\n")
		}
	}
	m.mends(&b, changes)
	return b.String()
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
		words = append(words, fmt.Sprintf("not renewed, which is usual by %s; it runs out on %s", c.After.Due.Format(time.DateOnly), c.After.Expires.Format(time.DateOnly)))
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

// mends groups what is bad by the file that mends it.
func (m *Message) mends(b *strings.Builder, changes []Change) {
	count, example := map[history.Hash]int{}, map[history.Hash]string{}
	var order []history.Hash
	for _, c := range changes {
		if c.After == nil || c.After.Worst == 0 || c.After.Bundle == (history.Hash{}) {
			continue
		}
		h := c.After.Bundle
		if count[h]++; count[h] == 1 {
			order, example[h] = append(order, h), reports.Clean(c.Endpoint.Key)
		}
	}
	if len(order) == 0 {
		return
	}
	slices.SortStableFunc(order, func(x, y history.Hash) int { return count[y] - count[x] })
	b.WriteString("\nMends\n")
	for n, h := range order {
		if n == 10 {
			fmt.Fprintf(b, "  and %d more\n", len(order)-n)
			break
		}
		fmt.Fprintf(b, "  %d by the same file: tlschain fix '%s'\n", count[h], strings.ReplaceAll(example[h], "'", `'\''`))
	}
}

// String tells the change in one line: endpoint, kinds, and what it is now.
func (c *Change) String() string {
	words := make([]string, len(c.Kinds))
	for i, k := range c.Kinds {
		words[i] = string(k)
	}
	return reports.Clean(c.Endpoint.Key) + ": " + strings.Join(words, ", ") + ": " + c.sentence()
}
