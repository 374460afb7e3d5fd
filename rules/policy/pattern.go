package policy

import (
	"errors"
	"fmt"
	"net/netip"
	"path"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// A Place is what patterns look at: where a chain was presented.
type Place struct {
	Host    string     // host name or address literal; for a file, its name
	Port    uint16     // 0 for a file
	Address netip.Addr // where the connection went; invalid: nowhere
	Group   string     // of the audit's configuration, or the tag "group" of the target

	Tags map[string]string // of the target
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
		if p.prefix = prefix.Masked(); p.prefix != prefix {
			return p, fmt.Errorf("%q has bits set beyond its prefix: type %s for the network, or %s for the address alone", text, p.prefix,
				prefix.Addr())
		}
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
	if rest == "" {
		return p, fmt.Errorf("%q has no host and matches nothing: type *%s for every host", text, text)
	}
	if isFileName(rest) {
		p.host = rest
		return p, nil
	}
	var err error
	if p.host, err = hostPattern(strings.TrimSuffix(rest, ".")); err != nil {
		return p, fmt.Errorf("%q matches nothing: %w", text, err)
	}
	return p, nil
}

// isFileName reports whether a pattern is meant for what check is given, whose
// names have whatever characters they have.
func isFileName(pattern string) bool {
	switch path.Ext(pattern) {
	case ".pem", ".crt", ".cer", ".cert", ".der", ".p7b", ".p7c", ".pfx", ".p12", ".jks", ".json", ".key":
		return true
	}
	return strings.ContainsAny(pattern, `/\#`)
}

// hostPattern is a pattern of host names as they are in DNS: its labels that are
// not of ASCII are converted, and a character that is in no name is a mistake.
func hostPattern(pattern string) (string, error) {
	labels := strings.Split(pattern, ".")
	for i, label := range labels {
		for _, r := range label {
			switch {
			case r >= 0x80, r >= 'a' && r <= 'z', r >= '0' && r <= '9', strings.ContainsRune("-_*?", r):
			case r == '@':
				return "", errors.New("type the host alone, without a name before @")
			case r == ' ' || r == ',' || r == ';':
				return "", errors.New("type one host or network a pattern")
			default:
				return "", fmt.Errorf("no host name has the character %q; * stands for any text", r)
			}
		}
		if strings.IndexFunc(label, func(r rune) bool { return r >= 0x80 }) < 0 {
			continue
		}
		ascii, err := idna.Lookup.ToASCII(label)
		if err != nil {
			return "", fmt.Errorf("%q is no label of an international name; beside * and ? type its form that begins with xn--", label)
		}
		labels[i] = ascii
	}
	pattern = strings.Join(labels, ".")
	if from, to, ok := strings.Cut(pattern, "-"); ok && isAddress(from) && isAddress(to) {
		return "", errors.New("type a network such as 10.0.0.0/24 in the place of a range")
	}
	return pattern, nil
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
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
