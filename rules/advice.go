package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/client"
)

// maxAdvices bounds how many changes are advised for the clients of one finding.
const maxAdvices = 3

// adviceFor says what to do for clients that reject because of a problem. Every
// change of the list that it names was tried: clients of this finding accept
// then. Only where no change helps it says what a new certificate must have, or
// that the client needs another root.
func (s *Subject) adviceFor(p client.Problem, ids []string) (fix string, missing []CertRef) {
	var texts []string
	left := slices.Clone(ids)
	for range maxAdvices {
		e, gained, lost := s.bestEdit(p, left)
		if len(gained) == 0 {
			break
		}
		text := s.wording(e)
		if len(gained) < len(ids) {
			text += fmt.Sprintf(" That gains %s.", some(gained))
		}
		if len(lost) > 0 {
			text += fmt.Sprintf(" Then %s would refuse.", some(lost))
		}
		texts = append(texts, text)
		for _, a := range e.add {
			missing = append(missing, a.ref)
		}
		left = slices.DeleteFunc(left, func(id string) bool { return slices.Contains(gained, id) })
		if len(left) == 0 {
			return strings.Join(texts, " "), missing
		}
	}
	text := s.reissue(p)
	if s.untriable() && strings.Contains(text, nothingHelps) {
		text = "The chain is too complex to try what helps: reduce it to the certificates of one path first."
	}
	if len(texts) > 0 {
		text = fmt.Sprintf("For %s: %s", some(left), text)
	}
	return strings.Join(append(texts, text), " "), missing
}

// bestEdit finds the change that gains most of the clients, and of equals the
// smallest; one that loses no other client comes before any that does.
func (s *Subject) bestEdit(p client.Problem, ids []string) (best edit, gained, lost []string) {
	look := func(edits []edit) {
		for _, e := range edits {
			g, l := s.changes(e.entries)
			g = slices.DeleteFunc(g, func(id string) bool { return !slices.Contains(ids, id) })
			if len(g) == 0 {
				continue
			}
			harms, harmed := len(l) > 0, len(lost) > 0
			if len(gained) == 0 || harmed && !harms || harms == harmed && len(g) > len(gained) {
				best, gained, lost = e, g, l
			}
			if len(g) == len(ids) && !harms {
				return
			}
		}
	}
	look(s.removals(p))
	if len(gained) < len(ids) || len(lost) > 0 {
		look(s.edits(true))
	}
	if len(gained) == 0 {
		look(s.edits(false))
	}
	return best, gained, lost
}

// removals leave out what a problem is about.
func (s *Subject) removals(p client.Problem) (all []edit) {
	positions := []int{p.At.Position, p.By.Position}
	if p.Code == client.CodeJunkEntry {
		positions = []int{p.N}
	}
	for _, i := range positions {
		if i > 0 && i < len(s.Entries) && i != s.Chain.Leaf {
			all = append(all, edit{entries: s.without(i), drop: []int{i}})
		}
	}
	return all
}

// wording says in words how to make the list of an edit.
func (s *Subject) wording(e edit) string {
	switch {
	case e.only && len(e.steps) == 0:
		return "Send nothing but the server's certificate."
	case e.only:
		var names []string
		for _, step := range e.steps {
			if step.Position >= 0 {
				names = append(names, s.at(step.Position))
			} else {
				names = append(names, byHash(step.Cert))
			}
		}
		return "Send exactly this after the server's certificate: " + strings.Join(names, ", ") + "."
	}
	var steps []string
	for _, a := range e.add {
		if a.place >= 0 {
			steps = append(steps, fmt.Sprintf("Send %s in place of %s.", byHash(a.ref.Cert), s.at(a.place)))
		} else {
			steps = append(steps, fmt.Sprintf("Send %s after position %d.", byHash(a.ref.Cert), a.ref.After))
		}
	}
	if len(e.drop) == 1 {
		steps = append(steps, fmt.Sprintf("Take %s out of the list.", s.at(e.drop[0])))
	} else if len(e.drop) > 1 {
		steps = append(steps, fmt.Sprintf("Take the certificates at positions %s out of the list.", list(e.drop)))
	}
	return strings.Join(steps, " ")
}

// byHash names a certificate that is to be sent, so that nobody takes another
// of its name.
func byHash(c *cert.Certificate) string { return fmt.Sprintf("%q (SHA-256 %s)", title(c), c.SHA256) }
