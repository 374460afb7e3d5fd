package cert

import (
	"net/netip"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

func (c *Certificate) parseNameConstraints(v cryptobyte.String, critical bool) bool {
	nc := &NameConstraints{Critical: critical}
	var seq, permitted, excluded cryptobyte.String
	var hasP, hasE bool
	if !v.ReadASN1(&seq, cbasn1.SEQUENCE) || !v.Empty() ||
		!seq.ReadOptionalASN1(&permitted, &hasP, cbasn1.Tag(0).Constructed().ContextSpecific()) ||
		!seq.ReadOptionalASN1(&excluded, &hasE, cbasn1.Tag(1).Constructed().ContextSpecific()) {
		return false
	}
	if !seq.Empty() ||
		!nc.readTrees(permitted, &nc.PermittedDNS, &nc.PermittedEmail, &nc.PermittedIP, &nc.PermittedDirectory) ||
		!nc.readTrees(excluded, &nc.ExcludedDNS, &nc.ExcludedEmail, &nc.ExcludedIP, &nc.ExcludedDirectory) {
		return false
	}
	c.NameConstraints = nc
	return true
}

func (nc *NameConstraints) readTrees(trees cryptobyte.String, dns, emails *[]string, ips *[]netip.Prefix, dirs *[][]byte) bool {
	for !trees.Empty() {
		var tree, base cryptobyte.String
		var tag cbasn1.Tag
		if !trees.ReadASN1(&tree, cbasn1.SEQUENCE) || !tree.ReadAnyASN1(&base, &tag) {
			return false
		}
		switch tag {
		case dnsName:
			*dns = append(*dns, strings.ToLower(string(base)))
		case rfc822Name:
			*emails = append(*emails, strings.ToLower(string(base)))
			nc.Other = true // the tables of facts hold no mail addresses
		case directoryName:
			*dirs = append(*dirs, base)
		case ipAddress:
			p, ok := prefixFrom(base)
			if !ok {
				return false
			}
			*ips = append(*ips, p)
		default:
			nc.Other = true
		}
	}
	return true
}

// prefixFrom reads address and mask of an iPAddress constraint; the mask must
// be contiguous.
func prefixFrom(b []byte) (netip.Prefix, bool) {
	half := len(b) / 2
	a, ok := netip.AddrFromSlice(b[:half])
	if !ok || len(b) != 2*half {
		return netip.Prefix{}, false
	}
	ones, ended := 0, false
	for _, m := range b[half:] {
		for i := 7; i >= 0; i-- {
			set := m>>i&1 == 1
			if set && ended {
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
