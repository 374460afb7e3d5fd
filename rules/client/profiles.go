package client

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
)

// Profiles pairs every builder and platform with its trust store, ordered by
// id. Those without a version of their own take the newest snapshot that is
// not younger than at, or the first there is; a zero at stands for today.
// Facts without a store leave out the profiles that need it.
func Profiles(facts *catalog.Facts, at time.Time) []*Profile {
	m := &profileBuilder{facts: facts, at: at}
	builders := Builders()
	for _, id := range slices.Sorted(maps.Keys(builders)) {
		m.add(measured(id, builders[id]), storesOf(id)...)
	}
	m.add(firefoxDesktop(facts, builders["firefox"]), storesOf("firefox")...)
	m.add(&Profile{
		ID: "debian", Title: "Debian (OpenSSL 3.0 and ca-certificates)", Family: "openssl", Builder: builders["openssl-3.0"],
		BuilderEvidence: Measured, StoreEvidence: Documented, builder: "openssl-3.0",
	}, "debian", "mozilla")
	for _, s := range facts.Stores() {
		switch s.Client {
		case "android":
			p := platformProfile(strings.TrimSuffix(s.ID, "-r4"), "Android "+strings.ReplaceAll(s.Version, "_", " to "), "android", s.Version, android(major(s.Version)))
			if tag, ok := strings.CutPrefix(s.Version, "16_"); ok {
				p.Title = "Android 16 (" + tag + ")"
			}
			m.take(p, s)
		case "apple":
			p := platformProfile(s.ID, "Apple "+s.Version, "apple", s.Version, apple())
			p.builder = "apple"
			m.take(p, s)
		}
	}
	m.add(platformProfile("windows", "Windows, updating its roots", "windows", "", windows(true)), "microsoft")
	m.add(platformProfile("windows-offline", "Windows without downloads", "windows", "", windows(false)), "microsoft")
	m.add(&Profile{
		ID: "openjdk-17", Title: "OpenJDK 17 with its own cacerts", Family: "java", Version: "17.0.2", Builder: builders["java-17"],
		BuilderEvidence: Measured, StoreEvidence: Documented, builder: "java-17",
	}, "openjdk")
	m.add(&Profile{
		ID: "oracle-java-13", Title: "Oracle Java 13 with its own cacerts", Family: "java", Version: "13.0.2", Builder: builders["java-17"],
		BuilderEvidence: Assumed, StoreEvidence: Documented, Notes: "The path builder is that of OpenJDK 17; version 13 was not run.",
		builder: "java-13",
	}, "oracle-java")
	slices.SortFunc(m.profiles, func(a, b *Profile) int { return cmp.Compare(a.ID, b.ID) })
	return m.profiles
}

// A profileBuilder collects profiles while it looks up their stores.
type profileBuilder struct {
	facts    *catalog.Facts
	at       time.Time
	profiles []*Profile
}

// add gives p the store that one of the clients has at the date, the first of
// them that has one, and keeps it.
func (m *profileBuilder) add(p *Profile, clients ...string) {
	store, early, standsIn := storeAt(m.facts, clients, m.at)
	if store == nil {
		return
	}
	if standsIn {
		p.StoreEvidence = Assumed
		p.Notes = strings.TrimSpace(p.Notes + " No snapshot of its own store is as old as the date; that of " + store.Client + " stands in for it.")
	}
	m.take(p, store)
	if early {
		p.StoreEvidence = Assumed
		p.Notes = strings.TrimSpace(p.Notes + " No snapshot of its store is as old as the date; the first one is taken.")
	}
}

// take keeps p with a store.
func (m *profileBuilder) take(p *Profile, store *catalog.Store) {
	p.withStore(m.facts, store)
	p.Group = groupOf(p.ID)
	m.profiles = append(m.profiles, p)
}

func platformProfile(id, title, family, version string, pl platform) *Profile {
	return &Profile{
		ID: id, Title: title, Family: family, Version: version, Builder: pl.builder,
		BuilderEvidence: cmp.Or(pl.tested, Assumed), StoreEvidence: Documented, AIA: pl.aia, Notes: pl.notes, Sources: pl.sources,
	}
}

// major reads the number that a version begins with; 0 if there is none.
func major(version string) int {
	end := 0
	for end < len(version) && '0' <= version[end] && version[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(version[:end])
	if err != nil {
		return 0
	}
	return n
}
