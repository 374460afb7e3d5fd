// Package catalog knows the world's CA certificates: those able to serve TLS,
// the anchors of the clients' trust stores, and what each CA product needs.
//
// What it knows are facts: names, keys, fingerprints, validity, who signed
// what, and which store holds which key at which date. They hold no
// certificate bytes, so nothing here can be written into a bundle; they prove
// by SignedBy that one certificate was signed by another's key. The package
// does no I/O and reads no clock: embedded tables come with the program, and
// newer ones are handed in as a reader.
package catalog

import (
	"cmp"
	_ "embed"
	"slices"
	"sync"
	"time"
	"weak"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

//go:generate go run ./generate -o data/facts.bin ../../../shared/data
//go:generate go test -run ^TestIndex$ -update .

//go:embed data/facts.bin
var table []byte

// tableIndex is the checksum of the table and its index.
//
//go:embed data/facts.index
var tableIndex []byte

// embedded is the decoded table for as long as somebody uses it: up to 17 MB, which a
// server that waits for the night does not keep.
var embedded struct {
	sync.Mutex
	facts weak.Pointer[Facts]
}

// Embedded returns the facts that come with the program. They are decoded when
// nobody has them, and shared: treat them as read-only. That takes a few milliseconds;
// certificates are decoded when they are asked for, all of them in 50 ms.
func Embedded() *Facts {
	embedded.Lock()
	defer embedded.Unlock()
	if f := embedded.facts.Value(); f != nil {
		return f
	}
	f, err := parse(table, asNeeded)
	if err != nil { // a test holds that the committed table can be read
		f = &Facts{}
	}
	embedded.facts = weak.Make(f)
	return f
}

// Facts are what is known of CA certificates and trust stores at one date. The
// zero value knows nothing. Facts do not change once made, and are safe for
// concurrent use.
type Facts struct {
	updated time.Time
	sources []Source
	stores  []*Store
	trust
	size int             // bytes of the compressed table; 0: never written
	all  func() *listing // nil: there are no certificates
	cas  *chain.Set
}

// A listing is all known certificates, in the order that compareKnown gives.
type listing struct {
	known []Known
	certs []*cert.Certificate
	index map[cert.Hash]int
}

// trust is what is known of anchors and intermediates beside their being there.
type trust struct {
	policies []*Policy
	revoked  []*Revocations
	preloads *Preloads
}

// WithTrust adds policies, lists of revoked certificates and preloaded
// intermediates to facts that were just made, and returns them.
func (f *Facts) WithTrust(policies []*Policy, revoked []*Revocations, preloads *Preloads) *Facts {
	f.policies, f.revoked, f.preloads = policies, revoked, preloads
	return f
}

// A Source is where facts are from, with the attribution that its terms ask for.
type Source struct {
	Name  string // such as "CCADB"
	Date  string // of the data: a year, a month or a day; "" if not known
	Terms string // SPDX licence identifier, or words
	URL   string
}

// String gives name and date, such as "CCADB 2026-08".
func (s Source) String() string {
	if s.Date == "" {
		return s.Name
	}
	return s.Name + " " + s.Date
}

// A Known is a certificate without its bytes (Raw, TBS and Signature are nil),
// the key that signed it (SignedBy), and the sources that publish it.
type Known struct {
	Cert    *cert.Certificate
	Sources []int // indices into Facts.Sources, ascending
}

// A Store is the trust store of one client at one date.
type Store struct {
	ID      string     // such as "android-7.0"
	Client  string     // such as "android"
	Version string     // in the client's own words, such as "7.0" or "16_r3"
	Date    time.Time  // of the snapshot, UTC; a bare year is its first day
	Source  string     // where the list is from
	Anchors *chain.Set // in the source's order
	// Constraints are what the store asks for of some of its anchors, by SHA-256.
	Constraints map[cert.Hash]Constraint
}

// New makes facts of certificates, stores and sources that belong together:
// every anchor is among known, no certificate is there twice, and indices into
// sources are valid.
func New(updated time.Time, sources []Source, known []Known, stores []*Store) *Facts {
	f := &Facts{updated: updated, sources: sources, stores: stores}
	f.list(func() []Known { return known })
	return f
}

// list tells what is known, which is called when somebody asks for it.
func (f *Facts) list(known func() []Known) {
	f.all = sync.OnceValue(func() *listing {
		l := &listing{known: slices.SortedFunc(slices.Values(known()), compareKnown)}
		l.certs = make([]*cert.Certificate, len(l.known))
		l.index = make(map[cert.Hash]int, len(l.known))
		for i, k := range l.known {
			l.certs[i] = k.Cert
			l.index[k.Cert.SHA256] = i
		}
		return l
	})
	// Who has the set has the facts, which are not decoded once more beside it.
	f.cas = chain.SetOf(func() []*cert.Certificate { return f.all().certs })
}

// compareKnown orders certificates by subject and date, so that the same facts
// have one order, wherever they are from.
func compareKnown(x, y Known) int {
	return cmp.Or(
		cmp.Compare(x.Cert.Subject.Text, y.Cert.Subject.Text),
		x.Cert.NotBefore.Compare(y.Cert.NotBefore),
		slices.Compare(x.Cert.SHA256[:], y.Cert.SHA256[:]))
}

// CAs returns all known certificates: CA certificates able to serve TLS,
// expired ones too, and every store's anchors, self-signed ones included.
func (f *Facts) CAs() *chain.Set { return f.cas }

// All returns what CAs returns, with sources.
func (f *Facts) All() []Known {
	if f.all == nil {
		return nil
	}
	return f.all().known
}

// Find returns the known certificate with this SHA-256 of its DER.
func (f *Facts) Find(sha cert.Hash) (Known, bool) {
	if f.all == nil {
		return Known{}, false
	}
	l := f.all()
	i, ok := l.index[sha]
	if !ok {
		return Known{}, false
	}
	return l.known[i], true
}

// Updated is when the table was made, as its maker said; zero: not said.
func (f *Facts) Updated() time.Time { return f.updated }

// Stores returns all trust stores, ordered by client and date.
func (f *Facts) Stores() []*Store { return f.stores }

// Store returns the store with this id.
func (f *Facts) Store(id string) (*Store, bool) {
	for _, s := range f.stores {
		if s.ID == id {
			return s, true
		}
	}
	return nil, false
}

// Sources returns where the facts are from.
func (f *Facts) Sources() []Source { return f.sources }

// Source names the first source that publishes the certificate with this
// SHA-256, with its date; "" if the certificate is not known.
func (f *Facts) Source(sha cert.Hash) string {
	k, ok := f.Find(sha)
	if !ok || len(k.Sources) == 0 {
		return ""
	}
	return f.sources[k.Sources[0]].String()
}

// Info tells what facts are in use.
type Info struct {
	Format  int       // version of the table's format
	Updated time.Time // when the table was made, as its maker said; zero: not said
	Sources []Source
	CAs     int // certificates known
	Roots   int // of them signed by their own key
	Keys    int // distinct public keys
	Stores  []*Store
	Size    int // bytes of the compressed table; 0: never written
}

// Info counts what is known.
func (f *Facts) Info() Info {
	known := f.All()
	info := Info{
		Format: format, Updated: f.updated, Sources: f.sources,
		CAs: len(known), Stores: f.stores, Size: f.size,
	}
	keys := make(map[cert.Hash]bool, len(known))
	for _, k := range known {
		keys[k.Cert.Key.SPKI] = true
		if k.Cert.SignedBy == k.Cert.Key.SPKI {
			info.Roots++
		}
	}
	info.Keys = len(keys)
	return info
}
