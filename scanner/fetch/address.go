package fetch

import (
	"context"
	"net"
	"net/netip"
)

// refused are the networks that no stranger may make us talk to, by the IANA
// registries of special-purpose addresses (RFC 6890 and its updates). The
// Internet at large is what remains.
var refused = func() (list []netip.Prefix) {
	for _, text := range [...]string{
		"0.0.0.0/8",       // this network
		"10.0.0.0/8",      // private, RFC 1918
		"100.64.0.0/10",   // behind a carrier's NAT, RFC 6598; also cloud metadata
		"127.0.0.0/8",     // loopback
		"169.254.0.0/16",  // link-local; also cloud metadata
		"172.16.0.0/12",   // private
		"192.0.0.0/24",    // protocol assignments
		"192.0.2.0/24",    // documentation
		"192.88.99.0/24",  // 6to4 relays, RFC 7526
		"192.168.0.0/16",  // private
		"198.18.0.0/15",   // benchmarks
		"198.51.100.0/24", // documentation
		"203.0.113.0/24",  // documentation
		"224.0.0.0/4",     // multicast
		"240.0.0.0/4",     // reserved, and broadcast
		"::/96",           // unspecified, loopback, IPv4-compatible
		"64:ff9b:1::/48",  // local NAT64, RFC 8215
		"100::/64",        // discard
		"2001::/23",       // protocol assignments; Teredo hides an IPv4 address
		"2001:db8::/32",   // documentation
		"2002::/16",       // 6to4 hides an IPv4 address
		"3fff::/20",       // documentation
		"5f00::/16",       // segment routing
		"fc00::/7",        // private, RFC 4193
		"fe80::/10",       // link-local
		"fec0::/10",       // site-local, RFC 3879
		"ff00::/8",        // multicast
	} {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}()

// nat64 carries an IPv4 address in its last four bytes (RFC 6052): on a
// network without IPv4, every host of the IPv4 Internet has such an address.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// permits reports whether a connection to a may be made.
func (c *Client) permits(a netip.Addr) bool {
	a = a.Unmap()
	for _, p := range c.Allow {
		if p.Contains(a.WithZone("")) {
			return true
		}
	}
	if !a.IsValid() || a.Zone() != "" {
		return false
	}
	if nat64.Contains(a) {
		b := a.As16()
		return c.permits(netip.AddrFrom4([4]byte(b[12:])))
	}
	for _, p := range refused {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// addresses resolves a host, keeping those addresses that may be asked.
func (c *Client) addresses(ctx context.Context, host string) ([]netip.Addr, *Failure) {
	addrs := []netip.Addr{}
	if a, err := netip.ParseAddr(host); err == nil {
		addrs = append(addrs, a)
	} else {
		resolve := c.Resolve
		if resolve == nil {
			resolve = func(ctx context.Context, host string) ([]netip.Addr, error) {
				return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
			}
		}
		if addrs, err = resolve(ctx, host); err != nil || len(addrs) == 0 {
			if ctx.Err() != nil {
				return nil, Failed(Timeout, "%s does not resolve in time", host)
			}
			return nil, Failed(DNS, "%s does not resolve", host)
		}
	}
	good := addrs[:0:0]
	for _, a := range addrs {
		if c.permits(a) {
			good = append(good, a.Unmap())
		}
	}
	if len(good) == 0 {
		return nil, Failed(Address, "%s leads to %s, which is not of the public Internet; allow it with --aia-allow %s if it is your own CA's",
			host, addrs[0], netip.PrefixFrom(addrs[0].Unmap().WithZone(""), addrs[0].Unmap().BitLen()))
	}
	return good, nil
}
