package scanner

import (
	"bufio"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
)

// Exclusions are the hosts and networks that must not be looked at. The nil
// pointer excludes nothing.
type Exclusions struct {
	names  map[string]bool // "example.com", and ".example.com" for all below it
	ranges []addrRange     // in order, apart from each other
}

type addrRange struct{ first, last netip.Addr }

// ReadExclusions reads a list: one host name, *.domain, address, network or
// range a line, with # comments. name stands for the list in errors. A line
// that cannot be read is an error, since what it meant would not be excluded.
func ReadExclusions(r io.Reader, name string) (*Exclusions, error) {
	x := &Exclusions{names: make(map[string]bool)}
	lines := lineReader{in: bufio.NewReaderSize(r, maxLine)}
	for {
		text, err := lines.next()
		if err == io.EOF {
			x.merge()
			return x, nil
		}
		if err == nil {
			if text = stripComment(text); text == "" {
				continue
			}
			err = x.add(text)
		}
		if err != nil {
			return nil, &LineError{File: name, Line: lines.number, Text: shorten(text), Err: err}
		}
	}
}

func (x *Exclusions) add(text string) error {
	if domain, ok := strings.CutPrefix(text, "*."); ok {
		name, err := parseName(domain)
		if err != nil {
			return err
		}
		x.names["."+name] = true
		return nil
	}
	if prefix, err := netip.ParsePrefix(text); err == nil { // of any size, unlike a target's
		x.ranges = append(x.ranges, addrRange{prefix.Masked().Addr(), lastOf(prefix)})
		return nil
	}
	var p parsedTarget
	if err := p.parsePlace(text); err != nil {
		return err
	}
	if p.port != 0 {
		return fmt.Errorf("%q has a port, but exclusions hold for all ports: type the host alone", text)
	}
	if p.host != "" {
		x.names[p.host] = true
		return nil
	}
	x.ranges = append(x.ranges, addrRange{p.first.WithZone(""), p.last.WithZone("")})
	return nil
}

// merge sorts the ranges and joins those that overlap.
func (x *Exclusions) merge() {
	slices.SortFunc(x.ranges, func(a, b addrRange) int { return a.first.Compare(b.first) })
	merged := x.ranges[:0]
	for _, r := range x.ranges {
		if n := len(merged); n > 0 && r.first.Compare(merged[n-1].last) <= 0 {
			if merged[n-1].last.Less(r.last) {
				merged[n-1].last = r.last
			}
			continue
		}
		merged = append(merged, r)
	}
	x.ranges = merged
}

// has reports whether a target is excluded by its host name or address. One whose
// name leads to an excluded address is found out when it is resolved.
func (x *Exclusions) has(t Target) bool {
	if x == nil {
		return false
	}
	if t.Addr.IsValid() && x.hasAddr(t.Addr) || x.names[t.Host] {
		return true
	}
	for rest := t.Host; len(x.names) > 0; {
		i := strings.IndexByte(rest, '.')
		if i < 0 {
			return false
		}
		if rest = rest[i:]; x.names[rest] {
			return true
		}
		rest = rest[1:]
	}
	return false
}

// hasAddr reports whether an address is excluded.
func (x *Exclusions) hasAddr(addr netip.Addr) bool {
	if x == nil {
		return false
	}
	addr = addr.Unmap().WithZone("")
	i, found := slices.BinarySearchFunc(x.ranges, addr, func(r addrRange, a netip.Addr) int { return r.first.Compare(a) })
	return found || i > 0 && addr.Compare(x.ranges[i-1].last) <= 0
}
