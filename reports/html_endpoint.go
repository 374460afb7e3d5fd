package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/chain"
)

// An endpointView is one endpoint as the page's template sees it.
type endpointView struct {
	*Endpoint
	L         labels
	ID        int
	Name      string
	State     string // "failed" or a severity
	Mark      string
	Rules     []findingMark
	Line      string // the chain in one line
	Accepting int
	Refusing  int
	Expires   string
	Unix      int64 // for sorting
	Rank      int
	Picture   int // -1: none
	Width     int
	Height    int
	Paths     []clientPath
	Families  []family
	Reasons   []reason
	Changes   []change
	Findings  []findingView
}

type findingMark struct{ Mark, Rule, Severity string }

type findingView struct {
	Finding
	Mark    string
	Title   string // of the waiver, if any
	Breaks  string
	Missing []Missing
	Known   bool // there is a text on the rule further down
}

// A clientPath is a path that some clients take, with their names.
type clientPath struct {
	Hashes   []Hash
	Text     string
	Clients  []string
	Accepted bool
	Short    string
}

// A family is a line of the client matrix.
type family struct {
	Name     string
	Versions []version
}

type version struct {
	Name     string
	Accepted bool
	By       string
	Reason   string
}

type reason struct {
	Text    string
	Clients string
}

// A change is one line of "sent against corrected".
type change struct {
	Kind  string // "kept", "added", "dropped"
	Label string
	Name  string
	Hash  string
}

// view computes nothing that the report does not say: it groups and words.
func (h *htmlWriter) view(e *Endpoint) endpointView {
	v := endpointView{Endpoint: e, L: h.l, ID: h.count, Name: e.Name(), State: "failed", Mark: e.mark(), Rank: e.rank(), Picture: -1}
	h.count++
	if e.Status == Failed {
		if e.Error != nil {
			v.Rules = []findingMark{{"", e.Error.Code, "failed"}}
		}
		return v
	}
	v.State = e.Worst().String()
	v.Line = strings.ReplaceAll(e.chainLine(h.l), glue, " ")
	v.Accepting, v.Refusing = e.clientCounts()
	if at := e.Expires(); !at.IsZero() {
		v.Expires, v.Unix = htmlDate(at), at.Unix()
	}
	v.Paths = e.paths(h.l)
	p := e.draw(h.l).picture(h.l, v.Paths)
	v.Picture, v.Width, v.Height = h.draw(p), p.Width, p.Height
	v.findings(h.l)
	if v.Accepting < len(e.Clients) {
		v.Families, v.Reasons = e.matrix()
	}
	v.Changes = e.changes(h.l)
	return v
}

// fold shows the findings of other instead, with the rule that names the CA once.
func (v *endpointView) fold(other *Endpoint, l labels) {
	v.Endpoint, v.Findings = other, nil
	v.Rules = []findingMark{{mark(rules.Warning), InterceptionRule, rules.Warning.String()}}
	v.findings(l)
}

func (v *endpointView) findings(l labels) {
	named := false
	for _, f := range v.Endpoint.Findings {
		out := findingView{Finding: f, Mark: mark(f.Severity), Known: true}
		m := findingMark{mark(f.Severity), f.Rule, f.Severity.String()}
		if f.Waived {
			out.Mark, out.Title = "", l.waived(&f)
			m = findingMark{"", f.Rule + " (" + l.Waived + ")", "dim"}
		}
		if len(f.Clients) > 0 {
			out.Breaks = l.breaks(f.Clients, v.Endpoint.Clients, 12)
		}
		if aboutGap(f.Rule) && !named {
			named = true
			out.Missing = v.Endpoint.Missing
		}
		v.Findings = append(v.Findings, out)
		if !slices.Contains(v.Rules, m) {
			v.Rules = append(v.Rules, m)
		}
	}
}

// paths groups clients by the path that they take, most frequent first.
func (e *Endpoint) paths(l labels) []clientPath {
	var out []clientPath
	for i := range e.Clients {
		c := &e.Clients[i]
		j := slices.IndexFunc(out, func(p clientPath) bool { return p.Accepted == c.Accepted && slices.Equal(p.Hashes, c.Path) })
		if j < 0 {
			j = len(out)
			out = append(out, clientPath{Hashes: c.Path, Accepted: c.Accepted, Text: e.pathText(c.Path, l)})
		}
		out[j].Clients = append(out[j].Clients, c.Client)
	}
	slices.SortStableFunc(out, func(a, b clientPath) int { return len(b.Clients) - len(a.Clients) })
	out = out[:min(len(out), maxPaths)]
	for i := range out {
		out[i].Short = l.list(out[i].Clients, 5)
	}
	return out
}

func (e *Endpoint) pathText(path []Hash, l labels) string {
	if len(path) == 0 {
		return l.NoPath
	}
	var names []string
	for i, h := range path {
		name := h.Short()
		if c := e.Find(h); c != nil && c.Subject != "" {
			name = shorten(ShortName(c.Subject), 40)
		}
		if l0 := e.leaf(); i == 0 && l0 != nil && l0.SHA256 == h {
			name = l.Leaf
		}
		names = append(names, name)
	}
	return strings.Join(names, " → ")
}

// matrix orders clients by family and version, and the reasons of those that
// refuse by how many there are.
func (e *Endpoint) matrix() (families []family, reasons []reason) {
	byReason := map[string][]string{}
	var order []string
	for i := range e.Clients {
		c := &e.Clients[i]
		name, number := splitClient(c.Client)
		j := slices.IndexFunc(families, func(f family) bool { return f.Name == name })
		if j < 0 {
			j = len(families)
			families = append(families, family{Name: name})
		}
		v := version{Name: number, Accepted: c.Accepted, By: string(c.By)}
		if !c.Accepted {
			v.Reason = c.Reason
			if byReason[c.Reason] == nil {
				order = append(order, c.Reason)
			}
			byReason[c.Reason] = append(byReason[c.Reason], c.Client)
		}
		families[j].Versions = append(families[j].Versions, v)
	}
	for i := range families {
		slices.SortStableFunc(families[i].Versions, compareVersions)
	}
	for _, text := range order {
		reasons = append(reasons, reason{Text: text, Clients: strings.Join(byReason[text], ", ")})
	}
	slices.SortStableFunc(reasons, func(a, b reason) int { return len(byReason[b.Text]) - len(byReason[a.Text]) })
	return families, reasons
}

// splitClient takes "openssl-3.0" apart, at the first hyphen before a digit; a
// client without versions has none.
func splitClient(id string) (family, version string) {
	for i := 1; i+1 < len(id); i++ {
		if id[i] == '-' && id[i+1] >= '0' && id[i+1] <= '9' {
			return id[:i], id[i+1:]
		}
	}
	return id, ""
}

// compareVersions puts 9 before 10, and 4.4 before 10.
func compareVersions(a, b version) int {
	x, y := strings.FieldsFunc(a.Name, notDigit), strings.FieldsFunc(b.Name, notDigit)
	for i := range min(len(x), len(y)) {
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if m != n {
			return cmp.Compare(m, n)
		}
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a.Name, b.Name))
}

func notDigit(r rune) bool { return r < '0' || r > '9' }

// verdict words what a client does that has no versions to show.
func (l labels) verdict(accepted bool) string {
	if accepted {
		return l.Accepted
	}
	return l.Refused
}

// changes sets what was sent against what should be: first the corrected list
// in its order, then what is to be left out.
func (e *Endpoint) changes(l labels) []change {
	if !e.NeedsFix() {
		return nil
	}
	var out []change
	leaf := e.leaf()
	if leaf != nil {
		out = append(out, change{"kept", l.Kept, l.Leaf, ""})
	}
	used := map[int]bool{}
	next := 0 // position from which on a kept certificate stands in order
	for _, h := range e.Bundle {
		name := h.Short()
		if c := e.Find(h); c != nil && c.Subject != "" {
			name = ShortName(c.Subject)
		}
		one := change{"added", l.Added, name, h.String()}
		if i := slices.IndexFunc(e.Chain, func(c Certificate) bool { return c.SHA256 == h }); i >= 0 {
			one.Kind, one.Label = "kept", l.Kept
			if i < next {
				one.Kind, one.Label = "moved", l.Moved
			}
			next = max(next, i)
			used[i] = true
		}
		out = append(out, one)
	}
	for i := range e.Chain {
		c := &e.Chain[i]
		if used[i] || c.Role == chain.Leaf {
			continue
		}
		name := ShortName(c.Subject)
		if name == "" {
			name = c.SHA256.Short()
		}
		out = append(out, change{"dropped", l.Dropped, fmt.Sprintf("%d: %s", i, name), c.SHA256.String()})
	}
	return out
}
