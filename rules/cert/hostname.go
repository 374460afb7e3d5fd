package cert

import (
	"net/netip"
	"strings"
)

// HasNames reports whether the subject alternative names hold anything that a TLS
// client compares: a DNS name or an IP address.
func (c *Certificate) HasNames() bool { return len(c.DNSNames) > 0 || len(c.IPs) > 0 }

// Names gives the DNS names and addresses of the certificate for people.
func (c *Certificate) Names() []string {
	names := append([]string{}, c.DNSNames...)
	for _, ip := range c.IPs {
		names = append(names, ip.String())
	}
	return names
}

// MatchesName reports whether the certificate is for a host name (A-labels) or an
// address literal, by its subject alternative names alone (RFC 9525 section 6).
// A wildcard stands for exactly one whole left-most label.
func (c *Certificate) MatchesName(name string) bool {
	if ip, err := netip.ParseAddr(name); err == nil {
		for _, a := range c.IPs {
			if a.Unmap() == ip.Unmap().WithZone("") {
				return true
			}
		}
		return false
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	for _, pattern := range c.DNSNames {
		if matchesDNS(strings.TrimSuffix(strings.ToLower(pattern), "."), name) {
			return true
		}
	}
	return false
}

func matchesDNS(pattern, name string) bool {
	if pattern == "" || strings.ContainsAny(pattern, "\x00 ") {
		return false
	}
	rest, wild := strings.CutPrefix(pattern, "*.")
	if !wild {
		return pattern == name
	}
	label, parent, ok := strings.Cut(name, ".")
	return ok && label != "" && parent == rest && strings.Contains(rest, ".")
}
