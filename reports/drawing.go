package reports

import (
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/chain"
)

// A drawing is an endpoint's chain as a graph: what was presented, what is
// missing, and what clients had from elsewhere. The HTML and dot formats draw
// the same one.
type drawing struct {
	Nodes []node
	Edges []edge
}

// A node is one certificate.
type node struct {
	Position int // -1: not presented
	After    int // of a missing one: the position after which it belongs
	Hash     Hash
	Name     string
	Subject  string
	Issuer   string
	Role     chain.Role     // of a presented certificate
	Kind     nodeKind       //
	Severity rules.Severity // worst finding about it
	Note     string         // what is wrong with it, in a word
}

// A nodeKind is where a certificate of the drawing is.
type nodeKind string

const (
	nodeSent    nodeKind = "sent"
	nodeMissing nodeKind = "missing" // should have been sent
	nodeAnchor  nodeKind = "anchor"  // in clients' trust stores
	nodeOwn     nodeKind = "own"     // clients had it from elsewhere
)

// An edge leads from a certificate to one of the key that signed it.
type edge struct {
	From, To int  // indexes of nodes
	Accepted int  // how many accepting clients' paths use it
	ByName   bool // no path tells: the names fit, the keys are not known to
}

// maxDrawn bounds the picture of a hostile chain.
const maxDrawn = 24

// draw makes the drawing.
func (e *Endpoint) draw(l labels) drawing {
	d := drawing{}
	for i := range e.Chain {
		if len(d.Nodes) == maxDrawn {
			break
		}
		c := &e.Chain[i]
		n := node{Position: c.Position, Hash: c.SHA256, Name: ShortName(c.Subject), Subject: c.Subject, Issuer: c.Issuer, Role: c.Role,
			Kind: nodeSent}
		if n.Name == "" {
			n.Name = c.SHA256.Short()
		}
		n.Severity, n.Note = e.remark(c.Position, l)
		d.Nodes = append(d.Nodes, n)
	}
	for i := range e.Missing {
		m := &e.Missing[i]
		if len(d.Nodes) < maxDrawn && (m.SHA256.IsZero() || d.find(m.SHA256) < 0) {
			d.Nodes = append(d.Nodes, node{Position: -1, After: m.After, Hash: m.SHA256, Name: ShortName(m.Subject), Subject: m.Subject,
				Issuer: m.Issuer,
				Kind:   nodeMissing, Severity: e.missingSeverity(), Note: l.Missing})
		}
	}
	for i := range e.Unsent {
		u := &e.Unsent[i]
		if len(d.Nodes) < maxDrawn && d.find(u.SHA256) < 0 {
			n := node{Position: -1, Hash: u.SHA256, Name: ShortName(u.Subject), Subject: u.Subject, Issuer: u.Issuer, Kind: nodeOwn}
			if u.SelfIssued {
				n.Kind = nodeAnchor
			}
			d.Nodes = append(d.Nodes, n)
		}
	}
	d.connect(e)
	return d
}

// find gives the first node of a certificate: of one that was sent twice the
// first is the one that paths use.
func (d *drawing) find(h Hash) int {
	for i := range d.Nodes {
		if d.Nodes[i].Hash == h {
			return i
		}
	}
	return -1
}

// connect adds the edges that clients' paths prove, and for what is on no path
// those that names suggest.
func (d *drawing) connect(e *Endpoint) {
	index := map[[2]int]int{}
	for i := range e.Clients {
		c := &e.Clients[i]
		for j := 1; j < len(c.Path); j++ {
			from, to := d.find(c.Path[j-1]), d.find(c.Path[j])
			if from < 0 || to < 0 || from == to {
				continue
			}
			n, ok := index[[2]int{from, to}]
			if !ok {
				n = len(d.Edges)
				index[[2]int{from, to}] = n
				d.Edges = append(d.Edges, edge{From: from, To: to})
			}
			if c.Accepted {
				d.Edges[n].Accepted++
			}
		}
	}
	hasParent := make([]bool, len(d.Nodes))
	for _, one := range d.Edges {
		hasParent[one.From] = true
	}
	for i := range d.Nodes {
		child := &d.Nodes[i]
		if hasParent[i] || child.Issuer == "" || child.Issuer == child.Subject || child.Role == chain.Duplicate {
			continue
		}
		if j := d.issuerByName(i); j >= 0 {
			d.Edges = append(d.Edges, edge{From: i, To: j, ByName: true})
		}
	}
}

// issuerByName prefers what is missing, which was named by key, to what is
// there; a certificate of role wrong is known not to fit.
func (d *drawing) issuerByName(child int) int {
	for _, kind := range []nodeKind{nodeMissing, nodeSent, nodeOwn, nodeAnchor} {
		for j := range d.Nodes {
			n := &d.Nodes[j]
			if j != child && n.Kind == kind && n.Subject == d.Nodes[child].Issuer &&
				n.Role != chain.Wrong && n.Role != chain.Duplicate && n.Role != chain.Unparsable {
				return j
			}
		}
	}
	return -1
}
