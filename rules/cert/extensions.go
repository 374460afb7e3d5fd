package cert

import (
	"math"
	"net/netip"
	"net/url"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// parseExtensions reads the extensions that chains are judged by. One whose
// value is malformed is a deviation and counts as absent; of one that stands
// there twice the first counts, as in OpenSSL. Of subject alternative names,
// policies and URLs those before the fault count.
func (c *Certificate) parseExtensions(in cryptobyte.String) error {
	var list cryptobyte.String
	if !in.ReadASN1(&list, cbasn1.SEQUENCE) {
		c.note(BadExtension)
		return nil
	}
	if list.Empty() {
		c.Traits.Add(EmptyExtensions)
	}
	seen := make(map[string]bool)
	for !list.Empty() {
		var ext, value cryptobyte.String
		var oid string
		var critical bool
		if !list.ReadASN1(&ext, cbasn1.SEQUENCE) {
			c.note(BadExtension)
			return nil
		}
		flagged := false
		if readOID(&ext, &oid) {
			flagged = ext.PeekASN1Tag(cbasn1.BOOLEAN)
		}
		if oid == "" || !c.readBool(&ext, &critical, LooseCritical) || !ext.ReadASN1(&value, cbasn1.OCTET_STRING) {
			c.note(BadExtension)
			continue
		}
		if flagged && !critical {
			c.Traits.Add(CriticalFalse)
		}
		if seen[oid] {
			c.note(DuplicateExtension)
			c.Traits.Add(duplicateTrait(oid))
			continue
		}
		seen[oid] = true
		known, ok := c.parseExtension(oid, value, critical)
		if !known && critical {
			c.UnknownCritical = append(c.UnknownCritical, oid)
			c.Traits.Add(CriticalUnknown)
		}
		if critical {
			c.noteCritical(oid)
		}
		if !ok {
			c.note(BadExtension)
		}
	}
	return nil
}

func (c *Certificate) parseExtension(oid string, v cryptobyte.String, critical bool) (known, ok bool) {
	switch oid {
	case "2.5.29.19":
		return true, c.parseBasicConstraints(v)
	case "2.5.29.15":
		return true, c.parseKeyUsage(v)
	case "2.5.29.37":
		eku, good := readOIDs(v)
		if good {
			c.EKU = eku
			c.noteEKU()
		} else {
			c.Traits.Add(BadEKU)
		}
		return true, good
	case "2.5.29.14":
		var ski cryptobyte.String
		if !v.ReadASN1(&ski, cbasn1.OCTET_STRING) || !v.Empty() {
			c.Traits.Add(BadSKI)
			return true, false
		}
		c.SKI = ski
		return true, true
	case "2.5.29.35":
		return true, c.parseAKI(v)
	case "2.5.29.17":
		return true, c.parseSAN(v)
	case "2.5.29.30":
		return true, c.parseNameConstraints(v, critical)
	case "1.3.6.1.5.5.7.1.1":
		return true, c.parseAIA(v)
	case "2.5.29.32":
		return true, c.parsePolicies(v, critical)
	case oidTLSFeature:
		c.noteFeature(v)
		return true, true
	case "2.5.29.31":
		c.parseCRLs(v)
		return true, true
	case "2.5.29.33":
		c.parsePolicyMappings(v)
		return true, true
	case "2.5.29.36":
		c.parsePolicyConstraints(v)
		return true, true
	case "2.5.29.54":
		c.parseInhibitAny(v, critical)
		return true, true
	case "2.5.29.18", "2.16.840.1.113730.1.1": // issuerAltName, Netscape type
		return true, true
	case "1.3.6.1.4.1.11129.2.4.2":
		c.SCTs = embeddedSCTs(v)
		return true, true
	}
	return false, true
}

// readBool reads a BOOLEAN DEFAULT FALSE. Any byte but zero is true, as in BER;
// one that is not 0xff is noted as loose.
func (c *Certificate) readBool(in *cryptobyte.String, out *bool, loose Trait) bool {
	if !in.PeekASN1Tag(cbasn1.BOOLEAN) {
		return true
	}
	var b cryptobyte.String
	if !in.ReadASN1(&b, cbasn1.BOOLEAN) || len(b) != 1 {
		return false
	}
	*out = b[0] != 0
	if *out && b[0] != 0xff {
		c.Traits.Add(loose)
	}
	return true
}

func (c *Certificate) parseBasicConstraints(v cryptobyte.String) bool {
	var seq cryptobyte.String
	var isCA bool
	if !v.ReadASN1(&seq, cbasn1.SEQUENCE) || !c.readBool(&seq, &isCA, LooseTrue) {
		return false
	}
	pathLen := int64(-1)
	if seq.PeekASN1Tag(cbasn1.INTEGER) {
		if !seq.ReadASN1Integer(&pathLen) {
			return false
		}
		if pathLen < 0 {
			c.Traits.Add(PathLenNegative)
			c.note(BadExtension)
			pathLen = -1
		}
		if !isCA {
			c.Traits.Add(PathLenNoCA)
		}
		if pathLen > math.MaxInt32 {
			c.Traits.Add(PathLenHuge)
			pathLen = math.MaxInt32
		}
	}
	if !seq.Empty() {
		return false
	}
	c.HasBasicConstraints, c.IsCA, c.MaxPathLen = true, isCA, int(pathLen)
	if !v.Empty() {
		c.Traits.Add(TrailingBC)
	}
	return v.Empty()
}

func (c *Certificate) parseKeyUsage(v cryptobyte.String) bool {
	var bits cryptobyte.String
	if !v.ReadASN1(&bits, cbasn1.BIT_STRING) || len(bits) < 1 || bits[0] > 7 {
		return false
	}
	if !v.Empty() {
		c.Traits.Add(TrailingKU)
	}
	var first byte
	if len(bits) > 1 {
		first = bits[1]
	}
	if len(bits) == 2 { // what is said to be unused counts as zero, as in OpenSSL
		first &= 0xff << bits[0]
	}
	c.HasKeyUsage = true
	if len(bits) < 2 || first == 0 && len(bits) == 2 {
		c.Traits.Add(KeyUsageEmpty)
	}
	for i := range 7 {
		if first&(0x80>>i) != 0 {
			c.KeyUsage |= 1 << i
		}
	}
	return v.Empty()
}

func readOIDs(v cryptobyte.String) (oids []string, ok bool) {
	oids = []string{}
	var seq cryptobyte.String
	if !v.ReadASN1(&seq, cbasn1.SEQUENCE) || !v.Empty() {
		return oids, false
	}
	for !seq.Empty() {
		var oid string
		if !readOID(&seq, &oid) {
			return oids, false
		}
		oids = append(oids, oid)
	}
	return oids, true
}

func (c *Certificate) parseAKI(v cryptobyte.String) bool {
	var seq, id, names, serial cryptobyte.String
	var hasID, hasNames, hasSerial bool
	if !v.ReadASN1(&seq, cbasn1.SEQUENCE) {
		c.Traits.Add(BadAKI)
		return false
	}
	if !v.Empty() {
		c.Traits.Add(TrailingAKI)
	}
	if seq.Empty() {
		c.Traits.Add(EmptyAKI)
	}
	if !seq.ReadOptionalASN1(&id, &hasID, cbasn1.Tag(0).ContextSpecific()) ||
		!seq.ReadOptionalASN1(&names, &hasNames, cbasn1.Tag(1).Constructed().ContextSpecific()) ||
		!seq.ReadOptionalASN1(&serial, &hasSerial, cbasn1.Tag(2).ContextSpecific()) {
		c.Traits.Add(BadAKI)
		return false
	}
	if hasID {
		c.AKI = id
	}
	if hasNames {
		forEachName(names, func(tag cbasn1.Tag, b cryptobyte.String) {
			if tag == directoryName && c.AKIIssuer == nil {
				c.AKIIssuer = b
			}
		})
	}
	if hasSerial {
		c.AKISerial = serial
	}
	return v.Empty()
}

// Tags of GeneralName (RFC 5280 section 4.2.1.6).
var (
	rfc822Name    = cbasn1.Tag(1).ContextSpecific()
	dnsName       = cbasn1.Tag(2).ContextSpecific()
	directoryName = cbasn1.Tag(4).Constructed().ContextSpecific()
	uri           = cbasn1.Tag(6).ContextSpecific()
	ipAddress     = cbasn1.Tag(7).ContextSpecific()
	registeredID  = cbasn1.Tag(8).ContextSpecific()
)

func forEachName(names cryptobyte.String, f func(cbasn1.Tag, cryptobyte.String)) bool {
	for !names.Empty() {
		var b cryptobyte.String
		var tag cbasn1.Tag
		if !names.ReadAnyASN1(&b, &tag) {
			return false
		}
		f(tag, b)
	}
	return true
}

func (c *Certificate) parseSAN(v cryptobyte.String) bool {
	var names cryptobyte.String
	c.HasSAN = true
	if !v.ReadASN1(&names, cbasn1.SEQUENCE) {
		c.Traits.Add(BadSAN)
		return false
	}
	if !v.Empty() {
		c.Traits.Add(TrailingSAN)
	}
	if names.Empty() {
		c.Traits.Add(EmptySAN)
	}
	good := v.Empty()
	read := forEachName(names, func(tag cbasn1.Tag, b cryptobyte.String) {
		switch tag {
		case rfc822Name:
			c.Emails = append(c.Emails, string(b))
		case dnsName:
			c.DNSNames = append(c.DNSNames, string(b))
			if len(b) == 0 {
				c.Traits.Add(EmptyDNS)
			}
			if !isASCII(b) {
				c.Traits.Add(ForeignDNS)
			}
		case ipAddress:
			a, ok := netip.AddrFromSlice(b)
			good = good && ok
			if !ok {
				c.Traits.Add(BadIP)
			}
			if ok {
				c.IPs = append(c.IPs, a)
			}
		case uri:
			c.URIs = append(c.URIs, string(b))
			if len(b) == 0 {
				c.Traits.Add(EmptyURI)
			}
			if _, err := url.Parse(string(b)); err != nil {
				c.Traits.Add(BadURI)
			}
		case directoryName:
		default:
			c.RareNames.add(tag)
		}
	})
	if !read {
		c.Traits.Add(BadSAN)
	}
	return read && good
}

func isASCII(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c >= 0x80 })
}

func (c *Certificate) parseAIA(v cryptobyte.String) bool {
	var seq cryptobyte.String
	if !v.ReadASN1(&seq, cbasn1.SEQUENCE) || !v.Empty() {
		return false
	}
	for !seq.Empty() {
		var desc, loc cryptobyte.String
		var oid string
		var tag cbasn1.Tag
		if !seq.ReadASN1(&desc, cbasn1.SEQUENCE) || !readOID(&desc, &oid) || !desc.ReadAnyASN1(&loc, &tag) {
			return false
		}
		switch {
		case tag != uri:
		case oid == "1.3.6.1.5.5.7.48.1":
			c.OCSP = append(c.OCSP, string(loc))
		case oid == "1.3.6.1.5.5.7.48.2":
			c.CAIssuers = append(c.CAIssuers, string(loc))
		}
	}
	return true
}

// parseCRLs reads the URIs of CRL distribution points (RFC 5280 section
// 4.2.1.13) as far as they can be read: no client builds paths by them.
func (c *Certificate) parseCRLs(v cryptobyte.String) {
	var points cryptobyte.String
	v.ReadASN1(&points, cbasn1.SEQUENCE)
	for !points.Empty() {
		var point, name, full cryptobyte.String
		var hasName, hasFull bool
		if !points.ReadASN1(&point, cbasn1.SEQUENCE) ||
			!point.ReadOptionalASN1(&name, &hasName, cbasn1.Tag(0).Constructed().ContextSpecific()) ||
			!name.ReadOptionalASN1(&full, &hasFull, cbasn1.Tag(0).Constructed().ContextSpecific()) {
			return
		}
		forEachName(full, func(tag cbasn1.Tag, b cryptobyte.String) {
			if tag == uri {
				c.CRLs = append(c.CRLs, string(b))
			}
		})
	}
}
