package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// otherSent gives the position of another certificate of c's name and key: what
// is needed is sent then, but certified by somebody else or at another time. It
// is -1 where there is none. A valid one comes before an expired one.
func (s *Subject) otherSent(c *cert.Certificate) int {
	found := -1
	for i, e := range s.Entries {
		if i == s.Chain.Leaf || e.Cert == nil || e.SHA256 == c.SHA256 || !sameNameAndKey(e.Cert, c) {
			continue
		}
		if found < 0 || e.Cert.ValidAt(s.At) && !s.Entries[found].Cert.ValidAt(s.At) {
			found = i
		}
	}
	return found
}

// send says how to send what is missing from the path, and who accepts then. The
// list is tried as the text says it: first with the certificates laid in, then
// with nothing beside the path.
func (s *Subject) send(refs []CertRef) (fix string, clients []string) {
	laid := s.layIn(s.Chain.Path[1:])
	only := s.onlyPath(s.Chain.Path[1:])
	if clients, _ := s.changes(laid.entries); len(clients) > 0 {
		return s.wording(laid), clients
	}
	if clients, _ := s.changes(only.entries); len(clients) > 0 {
		return s.wording(only), clients
	}
	names := make([]string, len(refs))
	for i, r := range refs {
		names[i] = byHash(r.Cert)
	}
	return fmt.Sprintf("The list also lacks %s after position %d; no client accepts by that alone: see the other findings.",
		strings.Join(names, ", then "), refs[0].After), nil
}

// replacing gives the missing certificates from the one that takes the place of
// position i upwards, where the path needs one of that name and key.
func (s *Subject) replacing(i int) []CertRef {
	if s.Chain.State != chain.Incomplete {
		return nil
	}
	refs := s.missing()
	for n, r := range refs {
		if s.otherSent(r.Cert) == i {
			return refs[n:]
		}
	}
	return nil
}

// replacement finds what to send in place of position i where the path is whole
// without it or goes through it: a valid known certificate of its name and key
// with which clients accept.
func (s *Subject) replacement(i int) (e edit, clients []string) {
	c := s.Entries[i].Cert
	for _, try := range s.edits(true) {
		for _, a := range try.add {
			if a.place == i && sameNameAndKey(a.ref.Cert, c) {
				if clients, lost := s.changes(try.entries); len(clients) > 0 && len(lost) == 0 {
					return try, clients
				}
			}
		}
	}
	return edit{}, nil
}

// leaveOut says to take the certificates at some positions out, and which
// clients that accept now would refuse then.
func (s *Subject) leaveOut(positions ...int) string {
	text := fmt.Sprintf("Take %s out of the list.", s.at(positions[0]))
	if len(positions) > 1 {
		text = fmt.Sprintf("Take the certificates at positions %s out of the list.", list(positions))
	}
	if _, lost := s.changes(s.without(positions...)); len(lost) > 0 {
		text += fmt.Sprintf(" Then %s would refuse.", some(lost))
	}
	return text
}

// insteadOf says to send a certificate in the place of another, if that gains a
// client; where it needs more than that, how to send all of the path.
func (s *Subject) insteadOf(i int, ref CertRef) string {
	e := edit{entries: slices.Clone(s.Entries), add: []addition{{ref: ref, place: i}}}
	e.entries[i] = chain.EntryFrom(ref.Cert)
	if gained, lost := s.changes(e.entries); len(gained) > 0 && len(lost) == 0 {
		return s.wording(e)
	}
	fix, _ := s.send(s.missing())
	return fix
}
