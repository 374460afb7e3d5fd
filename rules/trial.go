package rules

import (
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

// maxTrials bounds how many lists are tried for one presentation. A hostile
// list has hundreds of paths; an honest one has a dozen.
const maxTrials = 160

// An edit is a change of the presented list that may gain clients.
type edit struct {
	entries []chain.Entry
	add     []addition
	drop    []int // positions that are left out and not replaced
	only    bool  // the list is what the edit says and nothing else
	steps   []chain.Step
}

// An addition is a certificate that is sent beside the presented ones.
type addition struct {
	ref   CertRef
	place int // position that it takes over; -1: it comes after ref.After
}

// trial has every chosen client look at a list, once. It is nil when the budget
// is spent.
func (s *Subject) trial(entries []chain.Entry) []client.Verdict {
	key := chain.HashOf(entries)
	verdicts, ok := s.trials[key]
	if !ok {
		if s.untriable() || len(s.trials) >= maxTrials {
			return nil
		}
		if s.trials == nil {
			s.trials = make(map[cert.Hash][]client.Verdict)
		}
		verdicts = s.Judge.ask(s, entries)
		s.trials[key] = verdicts
	}
	return verdicts
}

// untriable reports whether the chain took all that may be spent on one host.
func (s *Subject) untriable() bool { return s.Chain.TooComplex || s.session.Starved }

// changes gives the ids of the clients that would accept entries and reject what
// is presented, and of those that would no longer accept.
func (s *Subject) changes(entries []chain.Entry) (gained, lost []string) {
	for i, v := range s.trial(entries) {
		switch {
		case v.Accepted && !s.Clients[i].Accepted:
			gained = append(gained, v.Client)
		case !v.Accepted && s.Clients[i].Accepted:
			lost = append(lost, v.Client)
		}
	}
	return gained, lost
}

// edits gives the changes of the list that are worth a trial, small ones first:
// each path from the leaf to an anchor, laid into the presented list and by
// itself. Unsound ones go over certificates that most clients refuse.
func (s *Subject) edits(sound bool) (all []edit) {
	if s.Chain.Leaf < 0 {
		return nil
	}
	if list, ok := s.pathsTried[sound]; ok {
		return list
	}
	for _, path := range chain.Paths(s.session, s.Entries, s.Chain.Leaf, s.Judge.world, sound) {
		laid := s.layIn(path)
		if len(laid.add) > 0 {
			all = append(all, laid)
		}
		all = append(all, s.onlyPath(path))
	}
	slices.SortStableFunc(all, func(a, b edit) int { return a.size() - b.size() })
	if s.pathsTried == nil {
		s.pathsTried = make(map[bool][]edit)
	}
	s.pathsTried[sound] = all
	return all
}

// size is how much an edit asks of people.
func (e *edit) size() int {
	n := 2*len(e.add) + len(e.drop)
	if e.only {
		n += 3
	}
	return n
}

// layIn adds to the presented list what it lacks of a path, each certificate
// after the one below it, or in place of another of the same name and key.
func (s *Subject) layIn(path []chain.Step) edit {
	e := edit{entries: slices.Clone(s.Entries)}
	at := func(h cert.Hash) int {
		return slices.IndexFunc(e.entries, func(x chain.Entry) bool { return x.SHA256 == h })
	}
	below, after := at(s.leaf().SHA256), s.Chain.Leaf
	for _, step := range path {
		if i := at(step.Cert.SHA256); i >= 0 && step.Position >= 0 {
			below, after = i, step.Position
			continue
		}
		a := addition{ref: s.ref(step, after), place: s.twinOf(step.Cert, path)}
		if a.place >= 0 {
			below = at(s.Entries[a.place].SHA256)
			e.entries[below] = chain.EntryFrom(step.Cert)
			after = a.place
		} else {
			below++
			e.entries = slices.Insert(e.entries, below, chain.EntryFrom(step.Cert))
		}
		e.add = append(e.add, a)
	}
	return e
}

// onlyPath is the leaf, the path, and nothing else.
func (s *Subject) onlyPath(path []chain.Step) edit {
	e := edit{entries: []chain.Entry{s.Entries[s.Chain.Leaf]}, only: true, steps: path}
	after := s.Chain.Leaf
	kept := map[int]bool{s.Chain.Leaf: true}
	for _, step := range path {
		e.entries = append(e.entries, chain.EntryFrom(step.Cert))
		if step.Position < 0 {
			e.add = append(e.add, addition{ref: s.ref(step, after), place: -1})
			continue
		}
		kept[step.Position], after = true, step.Position
	}
	for i := range s.Entries {
		if !kept[i] {
			e.drop = append(e.drop, i)
		}
	}
	if len(e.add) == 0 && slices.IsSortedFunc(append([]chain.Step{{Position: s.Chain.Leaf}}, path...),
		func(a, b chain.Step) int { return a.Position - b.Position }) && s.Chain.Leaf == 0 {
		e.only = false // it is enough to leave something out
	}
	return e
}

func (s *Subject) ref(step chain.Step, after int) CertRef {
	return CertRef{After: after, Cert: step.Cert, Name: step.Cert.Subject, Source: s.Judge.Known[step.Source].Name}
}

// twinOf gives the position of another certificate of c's name and key that is
// on no step of the path, or -1.
func (s *Subject) twinOf(c *cert.Certificate, path []chain.Step) int {
	for i, e := range s.Entries {
		if i == s.Chain.Leaf || e.Cert == nil || !sameNameAndKey(e.Cert, c) || e.SHA256 == c.SHA256 {
			continue
		}
		if !slices.ContainsFunc(path, func(step chain.Step) bool { return step.Cert.SHA256 == e.SHA256 }) {
			return i
		}
	}
	return -1
}

func sameNameAndKey(a, b *cert.Certificate) bool {
	return a.Key.SPKI == b.Key.SPKI && a.Subject.Canon == b.Subject.Canon
}
