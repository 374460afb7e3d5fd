package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/tlschain/tlschain/rules/chain"
)

// dotWriter writes a graph for Graphviz: a cluster for each endpoint, a box for
// each certificate, dashed where it was not sent, and an arrow from each to
// what signed it, bold where accepting clients go.
type dotWriter struct {
	w io.Writer
	l labels
	n int
}

func newDot(w io.Writer, o Options) (Writer, error) {
	return &dotWriter{w: w, l: labelsFor(o.Lang)}, nil
}

func (d *dotWriter) Begin(Header) error {
	_, err := io.WriteString(d.w, "digraph tlschain {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\", "+
		"fontsize=11];\n  edge [fontname=\"sans-serif\", fontsize=9];\n")
	return err
}

func (d *dotWriter) Endpoint(e *Endpoint) error {
	var b strings.Builder
	title := e.mark() + " " + e.Name()
	if e.Status == Failed && e.Error != nil {
		title += ": " + e.Error.Code
	}
	fmt.Fprintf(&b, "  subgraph cluster_%d {\n    label=%s;\n", d.n, dotText(title))
	drawing := e.draw(d.l)
	for i, n := range drawing.Nodes {
		lines := []string{n.Name}
		if n.Position >= 0 {
			lines[0] = fmt.Sprintf("%d: %s", n.Position, n.Name)
			lines = append(lines, string(n.Role))
		} else {
			lines = append(lines, string(n.Kind))
		}
		if n.Note != "" && n.Kind != nodeMissing {
			lines = append(lines, mark(n.Severity)+" "+n.Note)
		}
		fmt.Fprintf(&b, "    n%d_%d [label=%s%s];\n", d.n, i, dotText(lines...), dotStyle(n))
	}
	for _, one := range drawing.Edges {
		style := ""
		switch {
		case one.ByName:
			style = " [style=dotted]"
		case one.Accepted > 0:
			style = fmt.Sprintf(" [penwidth=2, label=\"%d\"]", one.Accepted)
		}
		fmt.Fprintf(&b, "    n%d_%d -> n%d_%d%s;\n", d.n, one.From, d.n, one.To, style)
	}
	if len(drawing.Nodes) == 0 {
		fmt.Fprintf(&b, "    n%d [shape=none, label=\"\"];\n", d.n)
	}
	b.WriteString("  }\n")
	d.n++
	_, err := io.WriteString(d.w, b.String())
	return err
}

func (d *dotWriter) End(Summary) error {
	_, err := io.WriteString(d.w, "}\n")
	return err
}

func dotStyle(n node) string {
	switch {
	case n.Kind == nodeMissing:
		return ", style=\"rounded,dashed\", color=red"
	case n.Kind == nodeOwn, n.Kind == nodeAnchor:
		return ", style=\"rounded,dashed\", color=gray40"
	case n.Role == chain.Root, n.Role == chain.Cross:
		return ", peripheries=2"
	}
	return ""
}

// dotText quotes lines as one label. Backslashes are doubled, because dot
// reads sequences such as \N in labels.
func dotText(lines ...string) string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ")
	for i := range lines {
		lines[i] = escape.Replace(shorten(lines[i], 60))
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}
