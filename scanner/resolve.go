package scanner

import (
	"context"
	"fmt"
	"net"
	"net/netip"
)

// resolve lists the addresses of a target, at least one where there is no
// failure. Their order is the resolver's (RFC 6724).
func (r *run) resolve(ctx context.Context, target Target) ([]netip.Addr, *Failure) {
	if target.Addr.IsValid() {
		if !r.wants(target.Addr) {
			return nil, &Failure{Unreachable, fmt.Sprintf("%s is not an address of the family asked for", target.Addr)}
		}
		return []netip.Addr{target.Addr}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout())
	defer cancel()
	network := r.Network
	if network == "" {
		network = "ip"
	}
	lookup := r.Lookup
	if lookup == nil {
		lookup = net.DefaultResolver.LookupNetIP
	}
	found, err := lookup(ctx, network, target.Host)
	if err != nil {
		return nil, lookupFailure(ctx, target.Host, err)
	}
	var addrs []netip.Addr
	seen := make(map[netip.Addr]bool)
	for _, addr := range found {
		if addr = addr.Unmap(); r.wants(addr) && !seen[addr] {
			seen[addr] = true
			addrs = append(addrs, addr)
		}
	}
	if len(addrs) == 0 {
		return nil, &Failure{DNS, fmt.Sprintf("%s has no address of the family asked for", target.Host)}
	}
	return addrs, nil
}

func (r *run) wants(addr netip.Addr) bool {
	return r.Network != "ip4" && r.Network != "ip6" || addr.Is4() == (r.Network == "ip4")
}
