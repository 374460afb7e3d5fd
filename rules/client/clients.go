package client

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules/catalog"
)

// A row is all that is known of one client, in one place: what it is called,
// whose verifier it has and where that is known from, and which roots it takes.
// Profiles, builders, groups, aliases, and the families in the tables of checks
// follow from the rows.
type row struct {
	id, title, family string

	version  string   // which was run or is meant; empty: whatever is current
	group    Group    // empty: Legacy
	also     string   // the families in the tables of checks that it belongs to, besides family
	evidence Evidence // for the builder; empty: Measured
	builder  Builder
	like     string // id of the client whose builder it has; empty: its own
	as       string // its id in the tables of checks; empty: id
	aia      bool   // fetches missing issuers
	preload  bool   // ships intermediates
	store    stores
	demands  demands
	aliases  []alias
	notes    string
	sources  []string // of the builder; empty: the runs, where it was run itself
}

// An alias is a version that behaves like one that has a profile: what to type,
// and the grounds on which the two are one.
type alias struct {
	word     string
	evidence Evidence
	grounds  string
}

// rows are the clients that have a profile whatever the facts are; Android's and
// Apple's versions are those of their stores: see clients_platforms.go. Evidence stands
// beside the parameters of builders: ids in brackets are scenarios of the
// measured runs (Debian 12, loopback, 2026-11-22), r and four digits a random
// chain, and changes such as [L:ku=ka] chains that the conformance tests can
// make.
var rows = slices.Concat(openSSLClients(), browserClients(), libraryClients(), goClients(), javaClients(), windowsClients())

// measured reports whether the client has a verifier of its own that was run.
func (r row) measured() bool { return r.like == "" && r.evidence == "" }

// rowOf finds the row of an id that there is.
func rowOf(id string) row {
	return rows[slices.IndexFunc(rows, func(r row) bool { return r.id == id })]
}

// Builders gives the parameters of every client that was measured, by profile
// id.
func Builders() map[string]Builder {
	all := make(map[string]Builder)
	for _, r := range rows {
		if r.measured() {
			all[r.id] = r.verifier()
		}
	}
	return all
}

// verifier is the builder of the client, with what the tables of checks say of it.
func (r row) verifier() Builder {
	if r.like != "" {
		return rowOf(r.like).verifier()
	}
	b := r.builder
	if refused := refusedBy()[cmp.Or(r.as, r.id)]; refused != nil {
		b.Refused = *refused
	}
	if b.InOrder != nil {
		list := *b.InOrder
		list.Refused = b.Refused
		b.InOrder = &list
	}
	return b
}

// Named gives the id of the profile that a word stands for, which is the word
// itself where it is no alias; and on what grounds they are one.
func Named(word string) (id string, evidence Evidence, grounds string) {
	for _, r := range rows {
		for _, a := range r.aliases {
			if a.word == word {
				return r.id, a.evidence, a.grounds
			}
		}
	}
	return word, "", ""
}

// profile makes the profile of a row; its store is yet to come.
func (r row) profile(facts *catalog.Facts) *Profile {
	p := &Profile{
		ID: r.id, Title: r.title, Family: r.family, Version: r.version, Group: cmp.Or(r.group, Legacy),
		BuilderEvidence: cmp.Or(r.evidence, Measured), AIA: r.aia, Preload: r.preload,
		Builder: r.verifier(), StoreEvidence: cmp.Or(r.store.evidence, Documented), demands: r.demands,
		Notes: strings.TrimSpace(r.notes + " " + r.store.notes), Sources: r.sources,
	}
	if r.measured() {
		p.Sources = runs
	}
	if r.preload {
		p.preloads(facts)
	}
	return p
}

// runs is the source of what was measured.
var runs = []string{"runs of the client against generated chains, 2026-11-22"}

// preloads gives p the intermediates that it ships, if the facts have the list.
func (p *Profile) preloads(facts *catalog.Facts) {
	if list, ok := facts.Preloads(); ok {
		p.Shipped = list.Certs
		return
	}
	p.StoreEvidence = Assumed
	p.Notes = "Firefox's list of preloaded intermediates is not among the facts; the known CA certificates stand in for it."
}

// checkPath is what nearly everybody holds a presented certificate to.
const checkPath = Signature | Dates | CA | CertSign | PathLen | EKU | NameLimits | Algorithms | Unknown

// with changes a copy of a builder.
func with(b Builder, change func(*Builder)) Builder {
	change(&b)
	return b
}
