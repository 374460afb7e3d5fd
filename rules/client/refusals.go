package client

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tlschain/tlschain/rules/cert"
)

// Refused is the traits of certificates that a client does not take, by the
// place in which they matter.
type Refused [numPlaces]cert.Traits

// A place is where a trait matters.
type place uint8

// The places.
const (
	inList      place = iota // in any entry of the list: it cannot be read
	inHandshake              // in the leaf, when it shows by TLS 1.2 that it has the key
	inHandshake13
	inLeaf
	inIssuer // in what was sent, on the path and above the leaf
	inAnchor
	inSent13    // in what was sent and is on the path, by TLS 1.3
	inUnstapled // in the leaf, where no OCSP response was stapled
	numPlaces
)

var placeWords = [numPlaces]string{
	"list", "handshake-tls12", "handshake-tls13", "leaf", "intermediate", "anchor", "sent-tls13", "unstapled",
}

// places is a set of places.
type places uint8

// The sets of places that rows of the tables are about.
const (
	list        = places(1 << inList)
	handshake12 = places(1 << inHandshake)
	handshake13 = places(1 << inHandshake13)
	handshakes  = handshake12 | handshake13
	leaf        = places(1 << inLeaf)
	issuer      = places(1 << inIssuer)
	anchor      = places(1 << inAnchor)
	sent13      = places(1 << inSent13)
	unstapled   = places(1 << inUnstapled)
	sent        = leaf | issuer
	issuers     = issuer | anchor
	path        = leaf | issuer | anchor
	everywhere  = list | anchor
)

// A refusal is one row of the tables: these clients do not take certificates
// with that trait in those places.
type refusal struct {
	trait   cert.Trait
	places  places
	clients string // ids and families; one after '!' is left out
}

// families are clients that are named together in the tables, by the families of
// their rows. Those that were not run are in families of their own; each of
// their rows is an assumption.
var families = func() map[string][]string {
	named := map[string][]string{"platforms": {"android", "apple"}}
	for _, r := range rows {
		if r.like != "" {
			continue
		}
		for _, f := range append(strings.Fields(r.also), r.family) {
			named[f] = append(named[f], r.id)
		}
	}
	return named
}()

// members gives the ids that a list of clients in the tables stands for.
func (r refusal) members() []string {
	var ids []string
	for _, word := range strings.Fields(r.clients) {
		name, without := strings.CutPrefix(word, "!")
		named := families[name]
		if named == nil {
			named = []string{name}
		}
		if !without {
			ids = append(ids, named...)
			continue
		}
		ids = slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(named, id) })
	}
	return ids
}

// apply changes what the row's clients refuse in its places.
func (r refusal) apply(all map[string]*Refused, change func(*cert.Traits)) {
	for _, id := range r.members() {
		refused := all[id]
		if refused == nil {
			refused = new(Refused)
			all[id] = refused
		}
		for p := range numPlaces {
			if r.places&(1<<p) != 0 {
				change(&refused[p])
			}
		}
	}
}

var refusalTables = [][]refusal{keyRefusals, signatureRefusals, dateRefusals, extensionRefusals,
	encodingRefusals, strictRefusals, policyRefusals, constraintRefusals, versionRefusals, androidRefusals}

// refusedBy gives what each client refuses, by id, worked out once from the
// tables.
var refusedBy = sync.OnceValue(func() map[string]*Refused {
	all := make(map[string]*Refused)
	for _, table := range refusalTables {
		for _, r := range table {
			r.apply(all, func(refused *cert.Traits) { refused.Add(r.trait) })
		}
	}
	for _, r := range slices.Concat(takenByVersion, takenByAndroid) {
		r.apply(all, func(refused *cert.Traits) { *refused = refused.Without(cert.Of(r.trait)) })
	}
	return all
})

// refusedHere is what of n the client refuses in a place.
func (pb *pathBuilder) refusedHere(n *node, p place) pathError {
	if bad := n.traits.And(pb.b.Refused[p]); !bad.Empty() {
		return pathError{what: traitRefused, at: n, traits: bad, place: p}
	}
	return pathError{}
}

// checkTraits tests what the client refuses of a certificate on the path for
// what it is.
func (pb *pathBuilder) checkTraits(n *node, p place) pathError {
	if n.traits.Empty() {
		return pathError{}
	}
	if f := pb.refusedHere(n, p); f.what != nothing {
		return f
	}
	if tls := pb.presented.q.TLS; p != inAnchor && (tls == 0 || tls >= tls13) {
		return pb.refusedHere(n, inSent13)
	}
	return pathError{}
}

// checkReadable tests what makes any entry of the list fatal.
func (pb *pathBuilder) checkReadable() pathError {
	if pb.presented.traits.And(pb.b.Refused[inList]).Empty() {
		return pathError{}
	}
	for _, n := range pb.presented.list {
		if n == nil {
			continue
		}
		if f := pb.refusedHere(n, inList); f.what != nothing {
			return f
		}
	}
	return pathError{}
}

// Versions of TLS as they stand in its handshake.
const (
	tls12 = 0x0303
	tls13 = 0x0304
)

// checkHandshake tests what the server needs its key for: whether the client can
// use the kind of key, and whether the leaf's key usage allows it. The version
// of TLS that is not known may be either.
func (pb *pathBuilder) checkHandshake() pathError {
	n, tls := pb.presented.list[0], pb.presented.q.TLS
	if tls < tls13 {
		if f := pb.refusedHere(n, inHandshake); f.what != nothing {
			return f
		}
	}
	if tls == 0 || tls >= tls13 {
		if f := pb.refusedHere(n, inHandshake13); f.what != nothing {
			return f
		}
	}
	if pb.presented.q.Unstapled {
		if f := pb.refusedHere(n, inUnstapled); f.what != nothing {
			return f
		}
	}
	for _, n := range pb.presented.list {
		if n != nil && pb.b.MaxRSASent > 0 && n.rsa > pb.b.MaxRSASent {
			return pathError{what: longKey, at: n, n: n.rsa, limit: pb.b.MaxRSASent}
		}
	}
	if n.rsa > 0 && n.rsa < pb.b.MinRSALeaf {
		return pathError{what: weakKey, at: n, n: n.rsa, limit: pb.b.MinRSALeaf}
	}
	return pathError{}
}

// UnmarshalYAML reads lists of traits by place.
func (r *Refused) UnmarshalYAML(unmarshal func(any) error) error {
	var lists map[string][]string
	if err := unmarshal(&lists); err != nil {
		return err
	}
	for where, words := range lists {
		p := slices.Index(placeWords[:], where)
		if p < 0 {
			return fmt.Errorf("%q is none of %s", where, strings.Join(placeWords[:], ", "))
		}
		r[p] = cert.Traits{}
		for _, w := range words {
			t, ok := cert.TraitNamed(w)
			if !ok {
				return fmt.Errorf("%q is no trait of a certificate", w)
			}
			r[p].Add(t)
		}
	}
	return nil
}

// algorithmTraits are keys of algorithms that a client has or has not.
var algorithmTraits = cert.Of(
	cert.KeyRSAPSS, cert.KeyBarePSS, cert.KeyParamPSS, cert.KeyP192, cert.KeyP224, cert.KeyP521,
	cert.KeySecp256k1, cert.KeyBrainpool, cert.KeyOtherCurve,
	cert.KeyEd25519, cert.KeyEd448, cert.KeyDSA, cert.KeyShortDSA, cert.KeyMLDSA, cert.KeyUnknown,
)

// usageTraits are about what a certificate may do.
var usageTraits = cert.Of(
	cert.EKUAny, cert.EKUStepUp, cert.EKUOther, cert.EKUEmpty, cert.EKUCritical, cert.PathLenNoCA, cert.MustStaple,
	cert.CriticalAKI, cert.CriticalSKI, cert.CriticalAIA, cert.CriticalCRL, cert.CriticalIAN, cert.CriticalNSType, cert.CriticalUnknown,
	cert.CriticalPolicyConstraints, cert.CriticalPolicyMappings, cert.CriticalInhibitAny, cert.CriticalPolicies,
)

// traitCause tells what kind of obstacle a trait is: an algorithm, what a
// certificate is for, or an encoding.
func (f pathError) traitCause() Cause {
	first := f.traits.List()[0]
	switch {
	case first < cert.AlgorithmDiffers:
		return Algorithm
	case usageTraits.Has(first):
		return Constraint
	}
	return Odd
}

// traitReason words a trait that the client does not take.
func (pb *pathBuilder) traitReason(f pathError, at string) string {
	first := f.traits.List()[0]
	handshake := f.place == inHandshake || f.place == inHandshake13
	switch {
	case algorithmTraits.Has(first) && handshake:
		text := "has no " + first.Phrase() + " in its TLS handshakes, and " + at + " has such a key"
		if pb.presented.q.TLS == 0 && !pb.b.Refused[inHandshake].And(pb.b.Refused[inHandshake13]).Has(first) {
			text += map[place]string{inHandshake: " (by TLS 1.2)", inHandshake13: " (by TLS 1.3)"}[f.place]
		}
		return text
	case algorithmTraits.Has(first) && f.place == inList:
		return "has no " + first.Phrase() + ", and cannot read " + at + ", which has such a key"
	case algorithmTraits.Has(first):
		return "has no " + first.Phrase() + ", and " + at + " has such a key" + pb.only()
	case handshake:
		return "does not take " + first.Phrase() + " in its TLS handshakes: " + at
	case f.place == inUnstapled:
		return at + " demands a stapled OCSP response, and none was stapled"
	case f.place == inList:
		return "cannot read " + at + ": it does not take " + first.Phrase()
	}
	return "does not take " + first.Phrase() + ": " + at + pb.only()
}
