package cert

import (
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

const (
	oidSAN              = "2.5.29.17"
	oidBasicConstraints = "2.5.29.19"
	oidTLSFeature       = "1.3.6.1.5.5.7.1.24"
)

// criticalTraits are the extensions that RFC 5280 wants not to be critical, or
// that are rare enough for clients not to know them, as traits where they are
// critical.
var criticalTraits = map[string]Trait{
	"2.5.29.35": CriticalAKI, "2.5.29.14": CriticalSKI, "1.3.6.1.5.5.7.1.1": CriticalAIA,
	"2.5.29.31": CriticalCRL, "2.5.29.18": CriticalIAN, "2.16.840.1.113730.1.1": CriticalNSType,
	"2.5.29.37": EKUCritical,
	"2.5.29.36": CriticalPolicyConstraints, "2.5.29.33": CriticalPolicyMappings, "2.5.29.54": CriticalInhibitAny,
	"2.5.29.32": CriticalPolicies,
}

func (c *Certificate) noteCritical(oid string) {
	if t, ok := criticalTraits[oid]; ok {
		c.Traits.Add(t)
	}
	switch oid {
	case oidSAN:
		c.criticalSAN = true
	case oidBasicConstraints:
		c.criticalConstraints = true
	}
}

// noteMissing notes what RFC 5280, section 4.2.1, wants certificates to have.
func (c *Certificate) noteMissing() {
	c.noteIf(NoAKI, c.AKI == nil && c.Version >= 3)
	c.noteIf(ConstraintsNoCA, c.NameConstraints != nil && !c.IsCA)
	c.noteIf(NoConstraints, !c.HasBasicConstraints)
	c.noteIf(CAWithoutSKI, c.IsCA && c.SKI == nil)
	c.noteIf(CAWithoutUsage, c.IsCA && !c.HasKeyUsage)
	c.noteIf(CALooseConstraints, c.IsCA && !c.criticalConstraints)
}

func (c *Certificate) noteIf(t Trait, there bool) {
	if there {
		c.Traits.Add(t)
	}
}

// duplicateTrait is that of an extension which stands there twice.
func duplicateTrait(oid string) Trait {
	switch oid {
	case oidSAN:
		return TwoSANs
	case "2.5.29.15", "2.5.29.19", "2.5.29.30", "2.5.29.37":
		return TwoKnown
	}
	if known, _ := new(Certificate).parseExtension(oid, nil, false); known {
		return TwoMinor
	}
	return TwoUnknown
}

// noteEKU notes an extended key usage that does not name TLS servers.
func (c *Certificate) noteEKU() {
	has := func(oid string) bool { return slices.Contains(c.EKU, oid) }
	switch {
	case has(ServerAuth):
	case has(AnyEKU):
		c.Traits.Add(EKUAny)
	case has(NetscapeSGC) || has(MicrosoftSGC):
		c.Traits.Add(EKUStepUp)
	case len(c.EKU) == 0:
		c.Traits.Add(EKUEmpty)
	default:
		c.Traits.Add(EKUOther)
	}
}

// noteFeature notes the TLS feature status_request (RFC 7633).
func (c *Certificate) noteFeature(v cryptobyte.String) {
	var features cryptobyte.String
	if !v.ReadASN1(&features, cbasn1.SEQUENCE) {
		return
	}
	for !features.Empty() {
		var id int
		if !features.ReadASN1Integer(&id) {
			return
		}
		if id == 5 {
			c.Traits.Add(MustStaple)
		}
	}
}
