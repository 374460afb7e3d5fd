package catalog

import (
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A Revocation names certificates that are no longer to be trusted, in one of
// five ways: by issuer and serial number, by key (under one name or any), by
// the certificate's hash, by subject, or by a name as people write it.
type Revocation struct {
	Issuer  []byte    // DER; with Serial
	Serial  []byte    // INTEGER content octets
	Subject []byte    // DER; with SPKI it narrows the key, alone it names whoever has this name
	SPKI    cert.Hash // SHA-256 of the SPKI
	SHA256  cert.Hash // of the certificate
	Name    string    // the subject in the form of RFC 4514, or its common name; letter case does not matter

	Since  time.Time // from when on; zero: always
	Who    string    // who says so, where that is not the list's publisher
	Reason string    // in words, or a reference such as "Mozilla bug 2083382"; empty: not said
}

// Revocations are a published list, or what a user distrusts. They do not
// change once made.
type Revocations struct {
	ID      string    // such as "onecrl"
	Title   string    // such as "Mozilla's OneCRL"
	Date    time.Time // of the list
	Source  string
	Entries []Revocation

	bySerial map[string][]int
	byKey    map[cert.Hash][]int
	byHash   map[cert.Hash][]int
	byName   map[string][]int // by subject alone
	byText   map[string][]int // by Name, as folded makes it
}

// Indexed makes the list ready for Find.
func (r *Revocations) Indexed() *Revocations {
	r.bySerial = make(map[string][]int, len(r.Entries))
	r.byKey, r.byHash, r.byName = make(map[cert.Hash][]int), make(map[cert.Hash][]int), make(map[string][]int)
	r.byText = make(map[string][]int)
	for i := range r.Entries {
		switch e := &r.Entries[i]; {
		case e.Serial != nil:
			r.bySerial[string(e.Serial)] = append(r.bySerial[string(e.Serial)], i)
		case e.SPKI != cert.Hash{}:
			r.byKey[e.SPKI] = append(r.byKey[e.SPKI], i)
		case e.SHA256 != cert.Hash{}:
			r.byHash[e.SHA256] = append(r.byHash[e.SHA256], i)
		case e.Name != "":
			r.byText[folded(e.Name)] = append(r.byText[folded(e.Name)], i)
		case e.Subject != nil:
			if n, _, ok := cert.ParseName(e.Subject); ok {
				r.byName[n.Canon] = append(r.byName[n.Canon], i)
			}
		}
	}
	return r
}

// Find gives the entry by which c is revoked at a date; nil: it is not.
func (r *Revocations) Find(c *cert.Certificate, at time.Time) *Revocation {
	if r == nil {
		return nil
	}
	in := func(list []int, fits func(e *Revocation) bool) *Revocation {
		for _, i := range list {
			if e := &r.Entries[i]; fits(e) && (at.IsZero() || !e.Since.After(at)) {
				return e
			}
		}
		return nil
	}
	any := func(*Revocation) bool { return true }
	if e := in(r.bySerial[string(c.Serial)], func(e *Revocation) bool { return string(e.Issuer) == string(c.Issuer.DER) }); e != nil {
		return e
	}
	sameName := func(e *Revocation) bool { return e.Subject == nil || string(e.Subject) == string(c.Subject.DER) }
	if e := in(r.byKey[c.Key.SPKI], sameName); e != nil {
		return e
	}
	if len(r.byHash) > 0 {
		if e := in(r.byHash[c.SHA256], any); e != nil {
			return e
		}
	}
	if len(r.byName) > 0 {
		if e := in(r.byName[c.Subject.Canon], any); e != nil {
			return e
		}
	}
	if len(r.byText) > 0 {
		if e := in(r.byText[folded(c.Subject.Text)], any); e != nil {
			return e
		}
		return in(r.byText[folded(c.Subject.Common)], any)
	}
	return nil
}

// folded is a name without what does not tell two names apart.
func folded(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// Revocations returns the published lists of revoked certificates, ordered by id.
func (f *Facts) Revocations() []*Revocations { return f.revoked }

// Revocation finds c on the published lists; both are nil where it is on none.
func (f *Facts) Revocation(c *cert.Certificate, at time.Time) (*Revocations, *Revocation) {
	return FindRevoked(f.revoked, c, at)
}

// FindRevoked finds c on the first of the lists that has it.
func FindRevoked(lists []*Revocations, c *cert.Certificate, at time.Time) (*Revocations, *Revocation) {
	for _, r := range lists {
		if e := r.Find(c, at); e != nil {
			return r, e
		}
	}
	return nil, nil
}

// Preloads are intermediates that a client has without being sent them.
type Preloads struct {
	Date    time.Time
	Source  string
	Certs   *chain.Set
	Unknown int // how many more the list has that are not among the facts
}
