package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/chain"
)

// The chain is drawn from top to bottom, each certificate a box, so that the
// picture fits a phone: what was sent in its order, what is missing where it
// belongs, then what clients have. An arrow to the next box is straight, any
// other bends round the right side, which shows a wrong order at a glance.
const (
	boxWidth   = 280
	boxHeight  = 46
	boxGap     = 26
	picMargin  = 6
	picWidth   = boxWidth + 2*picMargin + 70
	maxPaths   = 6 // distinct paths that can be highlighted
	nameWidth  = 31
	notesWidth = 40
)

// A picture is a drawing with places for everything.
type picture struct {
	Width, Height int
	Boxes         []box
	Arrows        []arrow
	Paths         []highlight
}

type box struct {
	Y          int
	Class      string // sent, missing, anchor or own, and the severity
	Double     bool   // root or cross-certificate: a second frame
	Position   string
	Mark       string
	Severity   string
	Name, Note string
	Title      string // the whole subject
}

type arrow struct {
	Class string // used, unused or named
	Line  string // path data
	Head  string // points of the arrow's head
}

// A highlight is one client path through the picture, hidden until chosen.
type highlight struct {
	N    int
	Line string
}

// picture places the boxes of a drawing.
func (d drawing) picture(l labels, paths []clientPath) picture {
	order := d.order()
	row := make([]int, len(d.Nodes))
	for i, n := range order {
		row[n] = i
	}
	p := picture{Width: picWidth, Height: len(order)*(boxHeight+boxGap) - boxGap + 2*picMargin}
	for _, i := range order {
		p.Boxes = append(p.Boxes, d.Nodes[i].box(row[i], l))
	}
	for _, e := range d.Edges {
		a := route(row[e.From], row[e.To])
		a.Class = "unused"
		switch {
		case e.ByName:
			a.Class = "named"
		case e.Accepted > 0:
			a.Class = "used"
		}
		p.Arrows = append(p.Arrows, a)
	}
	for n, path := range paths[:min(len(paths), maxPaths)] {
		var line strings.Builder
		for j := 1; j < len(path.Hashes); j++ {
			if from, to := d.find(path.Hashes[j-1]), d.find(path.Hashes[j]); from >= 0 && to >= 0 {
				line.WriteString(route(row[from], row[to]).Line)
			}
		}
		p.Paths = append(p.Paths, highlight{N: n, Line: line.String()})
	}
	return p
}

// order lists the nodes from top to bottom.
func (d drawing) order() []int {
	type slot struct{ node, major, minor int }
	var slots []slot
	for i := range d.Nodes {
		n := &d.Nodes[i]
		switch n.Kind {
		case nodeSent:
			slots = append(slots, slot{i, n.Position, 0})
		case nodeMissing:
			slots = append(slots, slot{i, n.After, 1})
		case nodeOwn:
			slots = append(slots, slot{i, 1 << 20, 0})
		default:
			slots = append(slots, slot{i, 1 << 21, 0})
		}
	}
	slices.SortStableFunc(slots, func(a, b slot) int {
		return cmp.Or(cmp.Compare(a.major, b.major), cmp.Compare(a.minor, b.minor))
	})
	out := make([]int, len(slots))
	for i, s := range slots {
		out[i] = s.node
	}
	return out
}

func (n *node) box(row int, l labels) box {
	b := box{
		Y: picMargin + row*(boxHeight+boxGap), Class: string(n.Kind),
		Name: fit(n.Name, nameWidth), Title: n.Subject,
		Double: n.Kind == nodeSent && (n.Role == chain.Root || n.Role == chain.Cross),
	}
	notes := []string{}
	if n.Kind == nodeSent {
		b.Position = fmt.Sprint(n.Position)
		if role := l.role(n.Role); role != n.Note {
			notes = append(notes, role)
		}
		if n.Role == chain.Root && n.Note != "" {
			notes = nil // "root sent" says it
		}
		if n.Role == chain.Leaf {
			b.Name, b.Title = l.Leaf, "" // the same picture serves every host
			notes = nil
		}
	}
	switch {
	case n.Kind == nodeAnchor:
		notes = append(notes, l.InStores)
	case n.Kind == nodeOwn:
		notes = append(notes, l.HadElsewhere)
	case n.Note != "":
		notes = append(notes, n.Note)
	}
	b.Note = fit(strings.Join(notes, " · "), notesWidth)
	if n.Severity > rules.None {
		b.Mark = mark(n.Severity)
		b.Severity = n.Severity.String()
		b.Class += " " + b.Severity
	}
	return b
}

// route leads from one row to another.
func route(from, to int) arrow {
	const x = picMargin + boxWidth/2
	const side = picMargin + boxWidth
	top := func(row int) int { return picMargin + row*(boxHeight+boxGap) }
	if to == from+1 {
		y1, y2 := top(from)+boxHeight, top(to)
		return arrow{
			Line: fmt.Sprintf("M%d %dV%d", x, y1, y2-6),
			Head: fmt.Sprintf("%d,%d %d,%d %d,%d", x, y2, x-6, y2-9, x+6, y2-9),
		}
	}
	// Where arrows leave and reach a box, upward and downward, are four
	// places, so that no two of them meet.
	leave, reach := 15, -5
	if to < from {
		leave, reach = -15, 5
	}
	y1, y2 := top(from)+boxHeight/2+leave, top(to)+boxHeight/2+reach
	bend := side + min(66, 22+12*max(from-to, to-from))
	return arrow{
		Line: fmt.Sprintf("M%d %dC%d %d %d %d %d %d", side, y1, bend, y1, bend, y2, side+7, y2),
		Head: fmt.Sprintf("%d,%d %d,%d %d,%d", side, y2, side+9, y2-6, side+9, y2+6),
	}
}

// fit shortens a text to columns, as a terminal counts them: wide characters
// are as wide as two in a proportional font too.
func fit(s string, columns int) string {
	if columnsOf(s) <= columns {
		return s
	}
	used := 0
	for i, r := range s {
		n := columnsOf(string(r))
		if used+n > columns-1 {
			return s[:i] + "…"
		}
		used += n
	}
	return s
}
