package client

import "fmt"

// A Group is a set of clients that people choose together.
type Group string

// The groups, narrowest first; each holds the ones before it. All is for
// choosing only.
const (
	Modern Group = "modern"
	Broad  Group = "broad"
	Legacy Group = "legacy"
	All    Group = "all"
)

// in reports whether the profile is chosen by the name of a group. Broad holds
// modern, all holds everything, and legacy is the rest alone.
func (p *Profile) in(g Group) bool {
	switch g {
	case All:
		return true
	case Broad:
		return p.Group == Broad || p.Group == Modern
	}
	return p.Group == g
}

// Select picks profiles by ids and names of groups, in the order of all and
// each once. named are the ids that were given as such. The error tells which
// word is neither.
func Select(all []*Profile, words []string) (chosen []*Profile, named []string, err error) {
	picked := make(map[*Profile]bool)
	for _, word := range words {
		id, _, _ := Named(word)
		found := false
		for _, p := range all {
			if p.ID == id {
				named = append(named, id)
			}
			if p.ID == id || p.in(Group(word)) {
				picked[p], found = true, true
			}
		}
		if !found {
			return nil, nil, fmt.Errorf("there is no client and no group %q", word)
		}
	}
	for _, p := range all {
		if picked[p] {
			chosen = append(chosen, p)
		}
	}
	return chosen, named, nil
}
