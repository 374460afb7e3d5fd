package client

import (
	"net/netip"
	"strings"

	"github.com/tlschain/tlschain/rules/cert"
)

// checkLimits applies the name constraints of the CA certificate n, to which e
// leads, to what stands below it on the path (RFC 5280 section 6.1.3).
func (w *walk) checkLimits(n *node, e *edge) fault {
	nc := n.c.NameConstraints
	switch w.b.Limits {
	case LimitsUnknown:
		if nc.Critical {
			return fault{what: limitsUnread, at: n}
		}
		return fault{}
	case PermittedFails:
		if len(nc.PermittedDNS) > 0 {
			return fault{what: limitsUnread, at: n}
		}
	case LimitsDirect:
		if !namesAllowed(nc, e.child.c, true) {
			return fault{what: nameForbidden, at: n, by: e.child}
		}
		return fault{}
	}
	if !namesAllowed(nc, w.leaf.c, w.b.CommonName) {
		return fault{what: nameForbidden, at: n, by: w.leaf}
	}
	if len(nc.PermittedDirectory)+len(nc.ExcludedDirectory) == 0 {
		return fault{}
	}
	below := w.leaf
	for _, step := range w.path {
		if step.to == n {
			break
		}
		if (below == w.leaf || !below.selfish) && !directoryAllowed(nc, below.c.Subject) {
			return fault{what: nameForbidden, at: n, by: below}
		}
		below = step.to
	}
	if !directoryAllowed(nc, below.c.Subject) {
		return fault{what: nameForbidden, at: n, by: below}
	}
	return fault{}
}

// namesAllowed tests the DNS names and addresses of c, or where it has no
// alternative names and common is set, its common name.
func namesAllowed(nc *cert.NameConstraints, c *cert.Certificate, common bool) bool {
	names := c.DNSNames
	if !c.HasSAN && common && c.Subject.Common != "" {
		names = []string{c.Subject.Common}
	}
	for _, name := range names {
		if len(nc.PermittedDNS) > 0 && !anyDomain(nc.PermittedDNS, name) || anyDomain(nc.ExcludedDNS, name) {
			return false
		}
	}
	for _, ip := range c.IPs {
		if len(nc.PermittedIP) > 0 && !anyPrefix(nc.PermittedIP, ip) || anyPrefix(nc.ExcludedIP, ip) {
			return false
		}
	}
	return true
}

func anyDomain(bases []string, name string) bool {
	name = strings.ToLower(name)
	for _, base := range bases {
		base = strings.TrimPrefix(base, ".")
		if base == "" || name == base || strings.HasSuffix(name, "."+base) {
			return true
		}
	}
	return false
}

func anyPrefix(nets []netip.Prefix, ip netip.Addr) bool {
	for _, p := range nets {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// directoryAllowed compares whole relative names from the top, as RFC 5280
// section 4.2.1.10 wants.
func directoryAllowed(nc *cert.NameConstraints, n cert.Name) bool {
	within := func(bases [][]byte) bool {
		for _, der := range bases {
			base, _, ok := cert.ParseName(der)
			if ok && strings.HasPrefix(n.Canon, base.Canon) {
				return true
			}
		}
		return false
	}
	return (len(nc.PermittedDirectory) == 0 || within(nc.PermittedDirectory)) && !within(nc.ExcludedDirectory)
}
