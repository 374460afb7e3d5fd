package build

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A Loss is what the facts in use have and what was read lacks.
type Loss struct {
	Of       string // such as "anchors of chrome"
	Lost     int
	Known    int
	Examples []*cert.Certificate // a few of them, where they are certificates
}

// Grave reports whether so much is gone that what was read is rather a broken
// answer than news: more than a fifth, and more than a store drops at a time
// where it is small.
func (l Loss) Grave() bool { return l.Lost > 2 && l.Lost*5 > l.Known }

// String says it in words.
func (l Loss) String() string { return fmt.Sprintf("%d of %d %s", l.Lost, l.Known, l.Of) }

// Losses tells what the update lacks, all of it, in the order of the facts.
func Losses(u *Update) (all []Loss) {
	note := func(l Loss) {
		if l.Lost > 0 {
			all = append(all, l)
		}
	}
	for _, l := range u.missing {
		note(l)
	}
	newest, now := newestStores(u.base), newestStores(u.Facts)
	for _, client := range slices.Sorted(maps.Keys(newest)) {
		before, after := newest[client], now[client]
		if after == nil {
			after = &catalog.Store{Anchors: chain.NewSet(nil)}
		}
		gone := lacking(before.Anchors.All(), after.Anchors)
		note(Loss{Of: "anchors of " + client, Lost: len(gone), Known: len(before.Anchors.All()), Examples: gone[:min(len(gone), 3)]})
		note(lostConditions(client, before, after))
	}
	for _, before := range u.base.Revocations() {
		had := entriesOf(u.base, before.ID)
		note(Loss{Of: "entries of " + before.Title, Lost: missingIn(had, entriesOf(u.Facts, before.ID)), Known: len(had)})
	}
	if before, ok := u.base.Preloads(); ok {
		after, _ := u.Facts.Preloads()
		if after == nil {
			after = &catalog.Preloads{}
		}
		had := before.Unknown + countOf(before)
		note(Loss{Of: "intermediates that Firefox fetches ahead", Lost: had - after.Unknown - countOf(after), Known: had})
	}
	slices.SortStableFunc(all, func(a, b Loss) int { return compareBool(b.Grave(), a.Grave()) })
	return all
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func countOf(p *catalog.Preloads) int {
	if p.Certs == nil {
		return 0
	}
	return len(p.Certs.All())
}

// newestStores gives each client's newest store.
func newestStores(f *catalog.Facts) map[string]*catalog.Store {
	newest := make(map[string]*catalog.Store)
	for _, s := range f.Stores() { // by client and date
		newest[s.Client] = s
	}
	return newest
}

// lostConditions counts the anchors that stay and are asked for less than before.
func lostConditions(client string, before, after *catalog.Store) Loss {
	l := Loss{Of: "conditions of " + client}
	held := make(map[cert.Hash]bool)
	for _, a := range after.Anchors.All() {
		held[a.SHA256] = true
	}
	for h, c := range before.Constraints {
		if !c.Dated() && c.PermittedDNS == nil {
			continue
		}
		l.Known++
		if now := after.Constraints[h]; held[h] && !now.Dated() && now.PermittedDNS == nil {
			l.Lost++
		}
	}
	return l
}

// yearOf reads the year of a report from its name.
var yearOf = regexp.MustCompile(`^(\d{4})\.csv$`)

// reported notes that a report has a certificate, and of which year it is.
type reported struct {
	years map[int]bool
	certs map[cert.Hash]bool
}

func (r *reported) begin(name string) {
	if r.years == nil {
		r.years, r.certs = make(map[int]bool), make(map[cert.Hash]bool)
	}
	if m := yearOf.FindStringSubmatch(path.Base(name)); m != nil {
		year, _ := strconv.Atoi(m[1]) // four digits
		r.years[year] = true
	}
}

// missing tells, by year, what the facts have from CCADB and the reports of that
// year have not. What they lack stays known; but such a report is cut.
func (r *reported) missing(base *catalog.Facts) (all []Loss) {
	lost, known := make(map[int]int), make(map[int]int)
	for _, k := range base.All() {
		year := k.Cert.NotBefore.UTC().Year()
		if !r.years[year] || !slices.ContainsFunc(k.Sources, func(i int) bool { return base.Sources()[i].Name == ccadbName }) {
			continue
		}
		known[year]++
		if !r.certs[k.Cert.SHA256] {
			lost[year]++
		}
	}
	for year := firstYear; len(all) < len(lost) && year < 2200; year++ {
		if lost[year] > 0 {
			all = append(all, Loss{Of: fmt.Sprintf("CA certificates of %d in CCADB", year), Lost: lost[year], Known: known[year]})
		}
	}
	return all
}
