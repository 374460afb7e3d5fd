package cert

import (
	"net/netip"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// NameConstraints is RFC 5280 section 4.2.1.10, as far as TLS clients read it.
type NameConstraints struct {
	Critical           bool
	PermittedDNS       []string
	ExcludedDNS        []string
	PermittedIP        []netip.Prefix // the zero prefix, which covers nothing, for one that is malformed
	ExcludedIP         []netip.Prefix
	PermittedEmail     []string // mailbox, host, or domain after a dot; lower case
	ExcludedEmail      []string
	PermittedURI       []string // host, or domain after a dot; lower case
	ExcludedURI        []string
	PermittedDirectory [][]byte // DER of each directoryName
	ExcludedDirectory  [][]byte
	Rare               RareForms // forms that are not listed above
	Other              bool      // forms that the tables of facts do not hold are constrained too
}

// RareForms is a set of forms of names that next to nobody uses: otherName,
// x400Address, ediPartyName and registeredID, by the number of their tag.
type RareForms uint16

func (r *RareForms) add(tag cbasn1.Tag) { *r |= 1 << (tag & 15) }

// parseNameConstraints reads the extension. What can be read of a malformed one
// counts, as it is there for clients that know no constraints at all.
func (c *Certificate) parseNameConstraints(v cryptobyte.String, critical bool) bool {
	nc := &NameConstraints{Critical: critical}
	c.NameConstraints = nc
	var seq, permitted, excluded cryptobyte.String
	var hasP, hasE bool
	if !v.ReadASN1(&seq, cbasn1.SEQUENCE) || !v.Empty() ||
		!seq.ReadOptionalASN1(&permitted, &hasP, cbasn1.Tag(0).Constructed().ContextSpecific()) ||
		!seq.ReadOptionalASN1(&excluded, &hasE, cbasn1.Tag(1).Constructed().ContextSpecific()) {
		return false
	}
	good := seq.Empty()
	for _, side := range []struct {
		trees cryptobyte.String
		to    subtreeLists
	}{
		{permitted, subtreeLists{&nc.PermittedDNS, &nc.PermittedEmail, &nc.PermittedURI, &nc.PermittedIP, &nc.PermittedDirectory}},
		{excluded, subtreeLists{&nc.ExcludedDNS, &nc.ExcludedEmail, &nc.ExcludedURI, &nc.ExcludedIP, &nc.ExcludedDirectory}},
	} {
		good = c.readTrees(side.trees, side.to) && good
	}
	c.noteIf(ConstraintsEmpty, !hasP && !hasE)
	c.noteIf(CriticalDirectories, critical && len(nc.PermittedDirectory)+len(nc.ExcludedDirectory) > 0)
	c.noteIf(CriticalOtherForms, critical && nc.Rare != 0)
	return good
}

// subtreeLists is where to put subtrees, by their form.
type subtreeLists struct {
	dns, emails, uris *[]string
	ips               *[]netip.Prefix
	directories       *[][]byte
}

func (c *Certificate) readTrees(trees cryptobyte.String, to subtreeLists) (good bool) {
	nc := c.NameConstraints
	good = true
	for !trees.Empty() {
		var tree, base cryptobyte.String
		var tag cbasn1.Tag
		if !trees.ReadASN1(&tree, cbasn1.SEQUENCE) || !tree.ReadAnyASN1(&base, &tag) {
			return false
		}
		text := lower(string(base))
		switch tag {
		case dnsName:
			*to.dns = append(*to.dns, text)
			c.noteIf(ConstraintsEmptyDomain, text == "")
			c.noteIf(ConstraintsOddDomain, strings.Trim(text, domainLetters) != "")
		case rfc822Name:
			*to.emails = append(*to.emails, text)
			nc.Other = true // the tables of facts hold no mail addresses
		case uri:
			*to.uris = append(*to.uris, text)
			nc.Other = true
		case directoryName:
			*to.directories = append(*to.directories, base)
		case ipAddress:
			p, ok := c.readRange(base)
			good = good && ok
			*to.ips = append(*to.ips, p)
		default:
			nc.Other = true
			nc.Rare.add(tag)
			c.Traits.Add(ConstraintsOther)
			c.noteIf(ConstraintsRegisteredID, tag == registeredID)
		}
	}
	return good
}

// domainLetters are the characters that some certificate has in a domain and no
// client minds there.
const domainLetters = "abcdefghijklmnopqrstuvwxyz0123456789-_.*"

// readRange reads address and mask of an iPAddress constraint; the mask should
// be contiguous.
func (c *Certificate) readRange(b []byte) (netip.Prefix, bool) {
	c.noteIf(ConstraintsIPv6, len(b) == 32)
	if len(b) != 8 && len(b) != 32 {
		c.Traits.Add(ConstraintsLength)
		return netip.Prefix{}, false
	}
	half := len(b) / 2
	a, _ := netip.AddrFromSlice(b[:half])
	ones, ended := 0, false
	for _, m := range b[half:] {
		for i := 7; i >= 0; i-- {
			set := m>>i&1 == 1
			if set && ended {
				c.Traits.Add(ConstraintsMask)
				return netip.Prefix{}, false
			}
			ended = ended || !set
			if set {
				ones++
			}
		}
	}
	return netip.PrefixFrom(a, ones), true
}
