package policy

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// A Place is what patterns look at: where a chain was presented.
type Place struct {
	Host    string     // host name or address literal; for a file, its name
	Port    uint16     // 0 for a file
	Address netip.Addr // where the connection went; invalid: nowhere
	Group   string     // of the audit's configuration, or the tag "group" of the target
}

// A Pattern stands for endpoints: a host, in which * stands for any text and ?
// for one character, with or without :port; an address; or a network.
type Pattern struct {
	text   string
	host   string       // lower case; empty: prefix decides
	port   uint16       // 0: any
	prefix netip.Prefix // invalid: host decides
}

// String gives the pattern as it was written.
func (p Pattern) String() string { return p.text }

// parsePattern reads "*.example.com", "mail.example.com:25", "10.0.0.0/8",
// "[2001:db8::1]:443" and the like.
func parsePattern(text string) (Pattern, error) {
	p := Pattern{text: text}
	rest := strings.ToLower(strings.TrimSpace(text))
	if rest == "" {
		return p, errors.New("the pattern is empty: type a host, a network, or * for every endpoint")
	}
	if prefix, err := netip.ParsePrefix(rest); err == nil {
		p.prefix = prefix.Masked()
		return p, nil
	}
	if _, err := netip.ParseAddr(rest); err != nil {
		if i := strings.LastIndexByte(rest, ':'); i >= 0 && (strings.HasPrefix(rest, "[") || strings.Count(rest, ":") == 1) &&
			!strings.HasSuffix(rest, "]") {
			if rest[i+1:] != "*" {
				n, err := strconv.ParseUint(rest[i+1:], 10, 16)
				if err != nil || n == 0 {
					return p, fmt.Errorf("%q is no port: type a number from 1 to 65535", rest[i+1:])
				}
				p.port = uint16(n)
			}
			rest = rest[:i]
		}
		rest = strings.TrimSuffix(strings.TrimPrefix(rest, "["), "]")
	}
	if addr, err := netip.ParseAddr(rest); err == nil {
		p.prefix = netip.PrefixFrom(addr.Unmap().WithZone(""), addr.Unmap().BitLen())
		return p, nil
	}
	if strings.Contains(rest, "://") {
		return p, fmt.Errorf("%q is a URL: type its host alone", text)
	}
	p.host = rest
	return p, nil
}

// matches reports whether the pattern stands for a place. The zero pattern stands
// for none.
func (p Pattern) matches(where Place) bool {
	if p.port != 0 && p.port != where.Port {
		return false
	}
	if p.prefix.IsValid() {
		addr := where.Address
		if !addr.IsValid() {
			addr, _ = netip.ParseAddr(where.Host)
		}
		return addr.IsValid() && p.prefix.Contains(addr.Unmap().WithZone(""))
	}
	return p.host != "" && glob(p.host, strings.ToLower(where.Host))
}

// glob matches in time proportional to the product of the lengths: it keeps
// the last star only.
func glob(pattern, s string) bool {
	i, j, star, mark := 0, 0, -1, 0
	for j < len(s) {
		switch {
		case i < len(pattern) && pattern[i] == '*':
			star, mark = i, j
			i++
		case i < len(pattern) && (pattern[i] == '?' || pattern[i] == s[j]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[i:], "*") == ""
}
