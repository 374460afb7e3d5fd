package conformance

import (
	"fmt"
	"strings"
)

// A scenario is one presented list and the only anchors of the clients that
// judge it: what the generator makes, what every client is shown, and what is
// made smaller where a client and its profile disagree.
type scenario struct {
	id        string            // in every name of it, so that no two scenarios share one
	keys      map[string]string // type of each name's key, as tlstest has them
	bare      bool              // nothing carries a key identifier
	first     map[string]certificate
	presented []certificate
	anchors   []certificate
}

// A certificate is told by who is certified by whom, and what is peculiar.
type certificate struct {
	subject, issuer string // L, I1, I2, ..., R1, ..., S, U, or junk
	tags            string // each with a ~ before it; see oddities
	copy            int    // 0 or the number of a further certificate of the kind
}

// label writes a certificate as I1.R1~exp#2, a self-issued one as R1~exp, and
// a leaf as L~exp.
func (c certificate) label() string {
	text := c.subject
	if c.issuer != c.subject && !c.isLeaf() && c.subject != junk {
		text += "." + c.issuer
	}
	text += c.tags
	if c.copy > 0 {
		text += fmt.Sprintf("#%d", c.copy)
	}
	return text
}

// junk is the subject of an entry that is no certificate.
const junk = "junk"

func (c certificate) isLeaf() bool { return strings.HasPrefix(c.subject, "L") }

// host is the name the scenario's leaf is for.
func (s *scenario) host() string { return s.id + domain }

const domain = ".example.test"

// String is the scenario in one line.
func (s *scenario) String() string {
	return labels(s.presented) + " | " + labels(s.anchors)
}

func labels(list []certificate) string {
	var text []string
	for _, c := range list {
		text = append(text, c.label())
	}
	return strings.Join(text, " ")
}
