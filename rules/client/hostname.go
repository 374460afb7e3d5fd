package client

import (
	"net/netip"
	"strings"

	"github.com/tlschain/tlschain/rules/cert"
)

// matches says whether the leaf is for the host name or address (RFC 6125
// section 6.4, RFC 9525 section 6.3). common lets the common name stand in
// where there is no alternative name at all.
func matches(c *cert.Certificate, name string, common bool) bool {
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	if ip, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		for _, a := range c.IPs {
			if a.Unmap() == ip.Unmap() {
				return true
			}
		}
		return false
	}
	for _, p := range c.DNSNames {
		if covers(p, name) {
			return true
		}
	}
	return common && !c.HasSAN && covers(c.Subject.Common, name)
}

// covers matches one name with at most a whole left-most label as wildcard.
func covers(pattern, name string) bool {
	pattern = strings.TrimSuffix(strings.ToLower(pattern), ".")
	if pattern == "" || pattern == name {
		return pattern != ""
	}
	rest, ok := strings.CutPrefix(pattern, "*.")
	if !ok || !strings.Contains(rest, ".") {
		return false
	}
	first, after, ok := strings.Cut(name, ".")
	return ok && first != "" && after == rest
}
