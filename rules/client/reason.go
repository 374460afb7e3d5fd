package client

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// call names a certificate for people: common name, and where it is.
func call(n *node) string {
	name := strconv.Quote(n.c.Subject.Common)
	switch {
	case n.pos >= 0:
		return name + " (position " + strconv.Itoa(n.pos) + ")"
	case n.known:
		return name
	}
	return name + " in its store"
}

// success tells how an accepted path was completed.
func (pb *pathBuilder) success() string {
	if len(pb.path) == 0 {
		return "the leaf itself is in its store"
	}
	for _, e := range pb.path {
		switch {
		case !e.to.known:
		case pb.reach == reachPreload:
			return "only because it has " + call(e.to) + " preloaded, which was not sent"
		default:
			return "only because it fetches " + call(e.to) + ", which was not sent, from " + fetchable(e.child.c)[0]
		}
	}
	return "the path leads to " + call(pb.path[len(pb.path)-1].to)
}

// reason puts a fault into words that tell what to do about it.
func (pb *pathBuilder) reason(f pathError) string {
	at, by := "", ""
	if f.at != nil {
		at = call(f.at)
	}
	if f.by != nil {
		by = call(f.by)
	}
	text := pb.deadEndReason(f, at, by)
	if text == "" {
		text = pb.certificateReason(f, at, by)
	}
	if text == "" {
		text = pb.usageReason(f, at, by)
	}
	if text == "" {
		text = pb.listReason(f, at, by)
	}
	return cmp.Or(text, "rejects for a reason without words")
}

// deadEndReason words the faults of a path that reaches no anchor; empty if
// f is no such fault.
func (pb *pathBuilder) deadEndReason(f pathError, at, by string) string {
	switch f.what {
	case noIssuer:
		if f.by != nil {
			return "finds no issuer for " + at + ": " + by + " was not sent"
		}
		return fmt.Sprintf("finds no issuer for %s: no certificate of %q was sent that fits, and none is in its store", at, f.at.c.Issuer.Common)
	case listOnly:
		return fmt.Sprintf("follows the list to %s and finds no issuer for it; does not go back to %s, whose issuer is in its store", at, by)
	case storeOnly:
		return fmt.Sprintf("takes %s, which is no self-signed anchor, finds no issuer %q there, and no longer looks at what was sent",
			at, f.at.c.Issuer.Common)
	case selfSignedLeaf:
		return "the leaf " + at + " is self-signed and not in its store"
	case leafIsAnchor:
		return "the leaf " + at + " is self-signed, and it takes no such certificate, though it is in its store"
	case untrustedRoot:
		return "the path ends at the self-signed " + at + ", which is not in its store"
	case rootNotHeld:
		return "its store does not hold " + at + ", to which " + by + " leads"
	case badSignature, badFirst, badAnchor:
		return fmt.Sprintf("takes %s as the issuer of %s by its name, but another key signed that", by, at) + pb.only()
	case identifiers:
		return "the authority key identifier of " + at + " does not fit " + by
	case spelling:
		return "the issuer name in " + at + " is not spelled as in " + by + " (letter case or kind of string), and it compares exactly"
	}
	return ""
}

// certificateReason words what a client has against a certificate as such; empty if
// f is no such fault.
func (pb *pathBuilder) certificateReason(f pathError, at, by string) string {
	switch f.what {
	case outOfDate:
		return pb.dates(f)
	case shortSpan:
		return at + ", of X.509 version 1, is not valid for as long as " + by + pb.only()
	case weakHash:
		return at + " is signed with " + f.at.c.SignatureAlg.Name + ", which it refuses" + pb.only()
	case weakKey:
		return fmt.Sprintf("%s has an RSA key of %d bits, and it wants %d", at, f.n, f.limit) + pb.only()
	case traitRefused:
		return pb.traitReason(f, at)
	case revoked, issuedTooLate, loggedTooLate, outsidePermitted, validTooLong:
		return pb.conditionReason(f, at)
	case longKey:
		return fmt.Sprintf("%s has an RSA key of %d bits, and it takes at most %d", at, f.n, f.limit) + pb.only()
	case unknownAlgorithm:
		return at + " is signed with " + f.at.c.SignatureAlg.Name + ", which it does not know"
	case unknownCritical:
		return at + " has a critical extension that it does not know (" + f.at.c.UnknownCritical[0] + ")"
	case oddEntry:
		return "cannot read " + at + " (" + f.odd.String() + ")"
	case certTooLarge:
		return fmt.Sprintf("%s has %d bytes, and it takes at most %d", at, f.n, f.limit)
	case wrongName:
		return pb.names(f.at)
	case hostRefused:
		return "cannot connect to " + pb.presented.q.Name + ": " + pb.b.Host.RefusesHost(pb.presented.q.Name)
	}
	return ""
}

// usageReason words what a certificate may not be used for; empty if
// f is no such fault.
func (pb *pathBuilder) usageReason(f pathError, at, by string) string {
	switch f.what {
	case notCA:
		return at + " is no CA certificate by its basic constraints, and may not issue" + pb.only()
	case cannotSign:
		return at + " may not sign certificates by its key usage" + pb.only()
	case pathLength:
		return fmt.Sprintf("the path length of %s allows %s below it, and there are %d", at, intermediates(f.limit), f.n) + pb.only()
	case notForTLS:
		if pb.b.ForClients {
			return at + " is not for TLS clients by its extended key usage" + pb.only()
		}
		return at + " is not for TLS servers by its extended key usage" + pb.only()
	case constraintsUnread:
		return at + " has name constraints, which it cannot handle"
	case foreignPSS:
		return "the signature of " + at + " has other RSASSA-PSS parameters than the key of " + by + " allows" + pb.only()
	case noValidPolicy:
		return by + " requires certificate policies, and none of them is valid down to " + at + pb.only()
	case nameForbidden:
		return "the name constraints of " + at + " forbid the names of " + by + pb.only()
	case tooManyConstraints:
		return fmt.Sprintf("does not compare the %d names of %s with so many name constraints, those of %s", f.n, by, at) + pb.only()
	case leafIsCA:
		return "the leaf " + at + " is a CA certificate"
	case leafUsage:
		return "the key usage of the leaf " + at + " lacks digitalSignature"
	case leafEncipher:
		return "the key usage of the leaf " + at + " lacks keyEncipherment, which this client wants for RSA keys"
	}
	return ""
}

// listReason words what a client has against the list as a whole, and where it
// gives up; empty if f is no such fault.
func (pb *pathBuilder) listReason(f pathError, at, by string) string {
	switch f.what {
	case junkEntry:
		return fmt.Sprintf("cannot read the entry at position %d, which is no certificate", f.n)
	case tooLarge:
		return fmt.Sprintf("takes at most %d bytes in the Certificate message, and this one has %d", f.limit, f.n)
	case tooMany:
		return fmt.Sprintf("takes at most %d certificates, and %d were sent", f.limit, f.n)
	case pathTooLong:
		if pb.b.MaxPath < 0 {
			return "takes no intermediate between the leaf and its root"
		}
		return "takes a path of at most " + intermediates(pb.b.MaxPath) + ", and this one is longer"
	case budgetSpent:
		return fmt.Sprintf("gives up its search for a path after %d steps", pb.budget())
	case leafNotFirst:
		return "takes the first certificate, " + by + ", for the server's own; the leaf " + at + " must come first"
	case wrongOrder:
		if pb.b.Order == Next {
			return "wants every certificate right before its issuer, and " + by + ", the issuer of " + at + ", is elsewhere"
		}
		return "wants issuers after what they issued, and " + by + ", the issuer of " + at + ", stands before it"
	case uselessEntry:
		return "verifies whatever was sent, and cannot verify " + at
	}
	return ""
}

// dates words the fault of a certificate that is not valid at the time.
func (pb *pathBuilder) dates(f pathError) string {
	when := pb.when(f.at)
	kind := "the expired certificate "
	if pb.presented.q.At.Before(f.at.c.NotBefore) {
		kind = "the not yet valid certificate "
	}
	switch {
	case f.at == pb.presented.list[0]:
		return "the leaf " + call(f.at) + " " + when
	case pb.everyEntry:
		return "verifies whatever was sent, and " + call(f.at) + " " + when
	case pb.b.Backtracking == AlwaysBacktrack:
		return call(f.at) + " " + when + ", and it finds no other path"
	}
	return "stops at " + kind + call(f.at) + " and does not look further; it " + when
}

// when tells why n is not valid at the time.
func (pb *pathBuilder) when(n *node) string {
	if pb.presented.q.At.Before(n.c.NotBefore) {
		return "is not valid before " + n.c.NotBefore.Format(time.DateOnly)
	}
	return "expired on " + n.c.NotAfter.Format(time.DateOnly)
}

// names words the fault of a leaf that is for other names.
func (pb *pathBuilder) names(leaf *node) string {
	c := leaf.c
	if why := c.NearMiss(pb.presented.q.Name); why != "" {
		return "the leaf " + call(leaf) + " is not for " + pb.presented.q.Name + " to this client: " + why
	}
	if !c.HasSAN {
		if !pb.b.CommonName {
			return "the leaf " + call(leaf) + " has no subject alternative names, and it does not read the common name"
		}
		return "the leaf " + call(leaf) + " is not for " + pb.presented.q.Name
	}
	const most = 3
	var names []string
	for _, n := range c.DNSNames[:min(most, len(c.DNSNames))] {
		names = append(names, strconv.Quote(n))
	}
	if len(c.DNSNames) > most {
		names = append(names, fmt.Sprintf("%d more", len(c.DNSNames)-most))
	}
	if len(names) == 0 {
		names = []string{"no host name"}
	}
	return "the leaf " + call(leaf) + " is for " + strings.Join(names, ", ") + ", not for " + pb.presented.q.Name
}

// only tells how much of a search stands behind a fault on the path.
func (pb *pathBuilder) only() string {
	if pb.b.Backtracking == AlwaysBacktrack {
		return ", and it finds no other path"
	}
	return ", and it does not look further"
}

func intermediates(n int) string {
	switch n {
	case 0:
		return "no intermediates"
	case 1:
		return "1 intermediate"
	}
	return strconv.Itoa(n) + " intermediates"
}
