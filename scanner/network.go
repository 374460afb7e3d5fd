package scanner

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
)

// maxHostBits bounds how many addresses one target may stand for: all of IPv4,
// and as much of IPv6. A /64 would take longer than anybody has.
const maxHostBits = 32

// maxAddresses is how many addresses a target may stand for without being asked:
// a mistyped prefix length is a day's work for nobody.
const maxAddresses = 1 << 16

// size counts the addresses that a target stands for; 1 for a name. parseRange
// has seen to it that they differ in 32 bits at most.
func (p *parsedTarget) size() uint64 {
	if !p.first.IsValid() || p.first == p.last {
		return 1
	}
	first, last := p.first.AsSlice(), p.last.AsSlice()
	return uint64(binary.BigEndian.Uint32(last[len(last)-4:])) - uint64(binary.BigEndian.Uint32(first[len(first)-4:])) + 1
}

// parseRange reads a network (192.0.2.0/24) or a range (10.0.0.1-10.0.0.9).
// ok is false if the text is meant as neither; host names have hyphens too,
// so a range is only what has an address on both sides.
func (p *parsedTarget) parseRange(text string) (ok bool, err error) {
	if strings.Contains(text, "/") {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return true, fmt.Errorf("%q is not a network: type 192.0.2.0/24 or [2001:db8::/120]:443", text)
		}
		if prefix.Addr().BitLen()-prefix.Bits() > maxHostBits {
			return true, fmt.Errorf("%q has more addresses than can be scanned: the largest IPv6 network is a /96", text)
		}
		if prefix != prefix.Masked() {
			return true, fmt.Errorf("%q has bits set beyond its prefix: type %s for the network, or %s for the address alone", text,
				prefix.Masked(), prefix.Addr())
		}
		p.first, p.last = prefix.Addr(), lastOf(prefix)
		return true, nil
	}
	from, to, found := strings.Cut(text, "-")
	if !found || !isAddress(from) {
		return false, nil
	}
	p.first, _ = netip.ParseAddr(from)
	p.last, err = netip.ParseAddr(to)
	switch {
	case err != nil:
		return true, fmt.Errorf("%q is not a range: type both ends in full, as in 10.0.0.1-10.0.0.9", text)
	case p.first.BitLen() != p.last.BitLen() || p.first.Zone() != p.last.Zone():
		return true, fmt.Errorf("the ends of %q are not of the same kind", text)
	case p.last.Less(p.first):
		return true, fmt.Errorf("the range %q runs backwards: type %s-%s", text, to, from)
	case p.first.Is6() && [12]byte(p.first.AsSlice()[:12]) != [12]byte(p.last.AsSlice()[:12]):
		return true, fmt.Errorf("%q has more addresses than can be scanned: the ends of a range differ in their last 32 bits only", text)
	}
	return true, nil
}

func lastOf(prefix netip.Prefix) netip.Addr {
	b := prefix.Addr().AsSlice()
	for i := prefix.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	addr, _ := netip.AddrFromSlice(b)
	return addr
}
