package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules"
)

// groups gathers endpoints for --group-by. It holds names only.
type groups map[string]*group

type group struct {
	title string
	worst rules.Severity
	names []string
	count int
}

const maxGroupNames = 50

// unjudged is the key of the endpoints that failed; no text is like it.
const unjudged = "\x00"

// tagPrefix stands before the name of a tag that groups endpoints.
const tagPrefix = "tag:"

func (g *groups) add(e *Endpoint, by string) {
	if *g == nil {
		*g = groups{}
	}
	keys := e.keys(by)
	if e.Status == Failed {
		keys = []string{unjudged}
	}
	for _, key := range keys {
		one := (*g)[key]
		if one == nil {
			one = &group{title: key}
			(*g)[key] = one
		}
		one.count++
		one.worst = max(one.worst, e.severityIn(key, by))
		if len(one.names) < maxGroupNames {
			one.names = append(one.names, e.Name())
		}
	}
}

// severityIn is the worst that an endpoint brings into a group.
func (e *Endpoint) severityIn(key, by string) rules.Severity {
	if by != "rule" {
		return e.Worst()
	}
	worst := rules.None
	for i := range e.Findings {
		if f := &e.Findings[i]; f.Rule == key && !f.Waived {
			worst = max(worst, f.Severity)
		}
	}
	return worst
}

// keys are the groups that an endpoint belongs to; by rule there are several.
func (e *Endpoint) keys(by string) []string {
	key := ""
	switch by {
	case "rule":
		var rules []string
		for i := range e.Findings {
			if f := &e.Findings[i]; !f.Waived && !slices.Contains(rules, f.Rule) {
				rules = append(rules, f.Rule)
			}
		}
		if rules != nil {
			return rules
		}
	case "fix", "mend": // "mend": its name before 1.0
		if e.NeedsFix() {
			var names []string
			for _, c := range e.bundle() {
				names = append(names, ShortName(c.Subject))
			}
			if names == nil {
				names = []string{"(leaf alone)"}
			}
			key = e.BundleSHA256.Short() + " " + strings.Join(names, " + ")
		}
	case "issuer":
		key = ShortName(e.issuer())
	case "product":
		key = e.Product
	default:
		key = e.Tags[strings.TrimPrefix(by, tagPrefix)]
	}
	if key == "" {
		key = "-"
	}
	return []string{key}
}

// groupRows turns the groups into the table's rows.
func (t *tableWriter) groupRows() {
	list := make([]*group, 0, len(t.groups))
	for _, g := range t.groups {
		slices.Sort(g.names)
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b *group) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.title, b.title))
	})
	by := t.o.Table.GroupBy
	if by == "mend" {
		by = "fix"
	}
	t.columns = []column{
		{by, 20, func(labels) string { return by }, nil},
		{"count", 5, func(labels) string { return "#" }, nil},
		{"endpoints", 24, func(l labels) string { return l.Endpoint }, nil},
	}
	t.rows = nil
	for _, g := range list {
		names := fmt.Sprint(t.l.list(g.names, 5))
		if extra := g.count - len(g.names); extra > 0 && len(g.names) <= 6 {
			names += fmt.Sprintf(" +%d", extra)
		}
		title := mark(g.worst) + glue + g.title
		if g.title == unjudged {
			title = markFailed + glue + t.l.Failed
		}
		t.rows = append(t.rows, row{cells: []string{title, fmt.Sprint(g.count), names}})
	}
}
