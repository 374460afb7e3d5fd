package cert

import (
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// AnyPolicy is the policy that stands for every policy (RFC 5280 section 4.2.1.4).
const AnyPolicy = "2.5.29.32.0"

// PolicyRules is what a CA certificate demands of the policies on a path (RFC
// 5280 sections 4.2.1.5, 4.2.1.11 and 4.2.1.14). The counts are of certificates
// below; -1: not stated.
type PolicyRules struct {
	RequireExplicit    int
	InhibitMapping     int
	InhibitAny         int
	InhibitAnyCritical bool
	Mappings           []PolicyMapping
}

// A PolicyMapping says that a policy of the issuer's is as good as one of the
// subject's. Both are dotted OIDs.
type PolicyMapping struct{ Issuer, Subject string }

// policyRules gives the rules for a reader to fill in.
func (c *Certificate) policyRules() *PolicyRules {
	if c.PolicyRules == nil {
		c.PolicyRules = &PolicyRules{RequireExplicit: -1, InhibitMapping: -1, InhibitAny: -1}
	}
	return c.PolicyRules
}

// Qualifiers that RFC 5280 section 4.2.1.4 defines.
const (
	qualifierCPS    = "1.3.6.1.5.5.7.2.1"
	qualifierNotice = "1.3.6.1.5.5.7.2.2"
)

func (c *Certificate) parsePolicies(v cryptobyte.String, critical bool) bool {
	var seq cryptobyte.String
	if !v.ReadASN1(&seq, cbasn1.SEQUENCE) || !v.Empty() {
		return false
	}
	c.noteIf(EmptyPolicies, seq.Empty())
	seen := make(map[string]bool)
	for !seq.Empty() {
		var info cryptobyte.String
		var oid string
		if !seq.ReadASN1(&info, cbasn1.SEQUENCE) || !readOID(&info, &oid) {
			return false
		}
		c.noteIf(DuplicatePolicy, seen[oid])
		c.noteIf(CriticalNamedPolicy, critical && oid != AnyPolicy)
		if critical && !info.Empty() {
			c.Traits.Add(CriticalQualifier)
			c.noteIf(CriticalUnknownQualifier, !knownQualifiers(info))
		}
		seen[oid] = true
		c.Policies = append(c.Policies, oid)
	}
	return true
}

func knownQualifiers(v cryptobyte.String) bool {
	var list cryptobyte.String
	if !v.ReadASN1(&list, cbasn1.SEQUENCE) {
		return false
	}
	for !list.Empty() {
		var info cryptobyte.String
		var oid string
		if !list.ReadASN1(&info, cbasn1.SEQUENCE) || !readOID(&info, &oid) || oid != qualifierCPS && oid != qualifierNotice {
			return false
		}
	}
	return true
}

// parsePolicyConstraints reads RFC 5280 section 4.2.1.11. What cannot be read
// demands nothing.
func (c *Certificate) parsePolicyConstraints(v cryptobyte.String) {
	var seq cryptobyte.String
	if !v.ReadASN1(&seq, cbasn1.SEQUENCE) {
		return
	}
	c.noteIf(EmptyPolicyConstraints, seq.Empty())
	rules := c.policyRules()
	readCount(&seq, &rules.RequireExplicit, 0)
	readCount(&seq, &rules.InhibitMapping, 1)
}

func readCount(v *cryptobyte.String, to *int, tag uint8) {
	var n int64
	if t := cbasn1.Tag(tag).ContextSpecific(); v.PeekASN1Tag(t) && v.ReadASN1Int64WithTag(&n, t) && n >= 0 {
		*to = int(min(n, 1<<20)) // more than any path has
	}
}

// parsePolicyMappings reads RFC 5280 section 4.2.1.5.
func (c *Certificate) parsePolicyMappings(v cryptobyte.String) {
	var seq cryptobyte.String
	v.ReadASN1(&seq, cbasn1.SEQUENCE)
	for !seq.Empty() {
		var pair cryptobyte.String
		var m PolicyMapping
		if !seq.ReadASN1(&pair, cbasn1.SEQUENCE) || !readOID(&pair, &m.Issuer) || !readOID(&pair, &m.Subject) {
			return
		}
		c.noteIf(MapsAnyPolicy, m.Issuer == AnyPolicy || m.Subject == AnyPolicy)
		c.policyRules().Mappings = append(c.policyRules().Mappings, m)
	}
}

// parseInhibitAny reads RFC 5280 section 4.2.1.14.
func (c *Certificate) parseInhibitAny(v cryptobyte.String, critical bool) {
	var n int64
	if v.ReadASN1Integer(&n) && n >= 0 {
		c.policyRules().InhibitAny, c.policyRules().InhibitAnyCritical = int(min(n, 1<<20)), critical
	}
}
