package client

import (
	"net/netip"
	"strings"

	"github.com/tlschain/tlschain/rules/cert"
)

// checkNameConstraints applies the name constraints of the CA certificate n, to which e
// leads, to what stands below it on the path (RFC 5280 section 6.1.3).
func (pb *pathBuilder) checkNameConstraints(n *node, e *edge) pathError {
	nc := n.c.NameConstraints
	switch pb.b.NameConstraints {
	case ConstraintsUnknown:
		if nc.Critical {
			return pathError{what: constraintsUnread, at: n}
		}
		return pathError{}
	case PermittedFails:
		if len(nc.PermittedDNS) > 0 {
			return pathError{what: constraintsUnread, at: n}
		}
	case ConstraintsDirect:
		if !namesAllowed(nc, e.child.c, true) {
			return pathError{what: nameForbidden, at: n, by: e.child}
		}
		return pathError{}
	}
	if !namesAllowed(nc, pb.leaf.c, pb.b.CommonName) {
		return pathError{what: nameForbidden, at: n, by: pb.leaf}
	}
	if len(nc.PermittedDirectory)+len(nc.ExcludedDirectory) == 0 {
		return pathError{}
	}
	below := pb.leaf
	for _, step := range pb.path {
		if step.to == n {
			break
		}
		if (below == pb.leaf || !below.selfIssued) && !directoryAllowed(nc, below.c.Subject) {
			return pathError{what: nameForbidden, at: n, by: below}
		}
		below = step.to
	}
	if !directoryAllowed(nc, below.c.Subject) {
		return pathError{what: nameForbidden, at: n, by: below}
	}
	return pathError{}
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
	for _, email := range c.Emails {
		if len(nc.PermittedEmail) > 0 && !anyMailbox(nc.PermittedEmail, email) || anyMailbox(nc.ExcludedEmail, email) {
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
		if strings.HasPrefix(base, ".") { // only what is below it: all clients that read constraints agree [c-p-dot-host]
			if strings.HasSuffix(name, base) {
				return true
			}
			continue
		}
		if base == "" || name == base || strings.HasSuffix(name, "."+base) {
			return true
		}
	}
	return false
}

// anyMailbox applies constraints of mail addresses (RFC 5280 section 4.2.1.10): a
// mailbox, all mailboxes of a host, or those of all hosts below a domain.
func anyMailbox(bases []string, email string) bool {
	email = strings.ToLower(email)
	host := email[strings.LastIndexByte(email, '@')+1:]
	for _, base := range bases {
		switch {
		case strings.Contains(base, "@"):
			if email == base {
				return true
			}
		case base == "" || host == base || strings.HasPrefix(base, ".") && strings.HasSuffix(host, base):
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
