package scanner

import (
	"context"
	"fmt"
	"net"
	"net/netip"
)

// resolve lists the addresses of a target, at least one where there is no
// failure. Their order is the resolver's (RFC 6724). Where a proxy is on the
// way and one address is enough, it is the invalid one: the proxy resolves.
func (r *run) resolve(ctx context.Context, target Target) ([]netip.Addr, *Failure) {
	if r.Exclude.has(target) {
		return nil, &Failure{Excluded, fmt.Sprintf("the exclusion list has %s", target.Host)}
	}
	if target.Addr.IsValid() {
		if !r.wants(target.Addr) {
			return nil, &Failure{Unreachable, fmt.Sprintf("%s is not an address of the family asked for", target.Addr)}
		}
		return []netip.Addr{target.Addr}, nil
	}
	found, known := r.Addresses[target.Host]
	if !known {
		if !r.AllAddresses && r.proxied(target) {
			return []netip.Addr{{}}, nil
		}
		var failure *Failure
		if found, failure = r.addresses(ctx, target.Host); failure != nil {
			return nil, failure
		}
	}
	var addrs []netip.Addr
	excluded := false
	seen := make(map[netip.Addr]bool)
	for _, addr := range found {
		if addr = addr.Unmap(); !r.wants(addr) || seen[addr] {
			continue
		}
		seen[addr] = true
		if r.Exclude.hasAddr(addr) {
			excluded = true
			continue
		}
		addrs = append(addrs, addr)
	}
	switch {
	case len(addrs) > 0:
		return addrs, nil
	case excluded:
		return nil, &Failure{Excluded, fmt.Sprintf("the exclusion list has all addresses of %s", target.Host)}
	}
	return nil, &Failure{DNS, fmt.Sprintf("%s has no address of the family asked for", target.Host)}
}

// addresses asks the name server, within one timeout.
func (r *run) addresses(ctx context.Context, host string) ([]netip.Addr, *Failure) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout())
	defer cancel()
	network, look := r.Network, r.Lookup
	if network == "" {
		network = "ip"
	}
	if look == nil {
		look = net.DefaultResolver.LookupNetIP
	}
	r.idle.tell()
	found, err := r.names.lookup(ctx, host, r.now, func() ([]netip.Addr, error) { return look(ctx, network, host) })
	if err != nil {
		return nil, lookupFailure(ctx, host, err)
	}
	return found, nil
}

func (r *run) wants(addr netip.Addr) bool {
	return r.Network != "ip4" && r.Network != "ip6" || addr.Is4() == (r.Network == "ip4")
}
