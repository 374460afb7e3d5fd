package scanner

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/tlschain/tlschain/scanner/starttls"
)

// TargetOptions say what to add to a target that leaves something open.
type TargetOptions struct {
	Ports      []uint16 // where the target names no port, one target each; empty: 443
	ServerName string   // SNI and name to check, in place of what targets say; empty: as they say

	MaxAddresses uint64            // that one network or range may stand for; 0: 65,536
	Note         func(text string) // takes what a list has that is left out without loss; nil: nobody wants to know
}

// ParseTarget reads one target as people type them:
//
//	host, host:port, 192.0.2.1, [2001:db8::1]:8443, fe80::1%eth0, bücher.example
//	https://host:port/any/path, and the like for other schemes that begin with TLS
//	quic://[SERVERNAME@]host:port, over UDP
//	SERVERNAME@address:port, SERVERNAME@[v6]:port
//	starttls+DIALECT://[SERVERNAME@]host:port
//	192.0.2.0/24, 10.0.0.1-10.0.0.9, [2001:db8::/120]:8443, each with or without SERVERNAME@ and port
//
// One text may stand for many targets (a network, a list of ports): they are
// made one by one as the sequence is walked, so a /8 costs nothing to name.
// Without a scheme, a port that is known for a STARTTLS dialect means it.
// The error says what is wrong and what to type instead.
func ParseTarget(text string, options TargetOptions) (iter.Seq[Target], error) {
	text = strings.TrimSpace(text)
	p, err := parseTarget(text)
	if err != nil {
		return nil, err
	}
	p.text = text
	if err := p.settle(options); err != nil {
		return nil, err
	}
	return func(yield func(Target) bool) { p.each(options, yield) }, nil
}

// A parsedTarget is a target's text taken to pieces, before defaults are put in.
type parsedTarget struct {
	text       string
	host       string     // A-label name or address; empty if first is set
	first      netip.Addr // an address, or the first of a range
	last       netip.Addr // of a range; else the same as first
	port       uint16     // 0: none given
	serverName string
	dialect    string
	transport  Transport
	scheme     bool // the scheme settles whether STARTTLS is spoken; the port does not
	tags       map[string]string
	expect     string
}

func parseTarget(text string) (p parsedTarget, err error) {
	if text == "" {
		return p, errors.New("empty target: type a host, for example example.com or example.com:8443")
	}
	for _, torn := range []string{"https//", "https:/", "http//", "http:/"} { // what a slip of the finger leaves
		if after, ok := strings.CutPrefix(text, torn); ok && !strings.HasPrefix(after, "/") {
			return p, fmt.Errorf("%q is no URL: type https://%s", text, after)
		}
	}
	rest := withoutPath(text)
	if scheme, after, ok := strings.Cut(text, "://"); ok {
		if rest, err = p.parseScheme(strings.ToLower(scheme), after); err != nil {
			return p, err
		}
	}
	if name, address, ok := cutLast(rest, "@"); ok {
		if isMail(name, address) {
			return p, fmt.Errorf("%q looks like an e-mail address: type %s for the host, or SERVERNAME@address:port", text, address)
		}
		if p.serverName, err = parseServerName(name); err != nil {
			return p, fmt.Errorf("before the @: %w", err)
		}
		rest = address
	}
	return p, p.parsePlace(rest)
}

// withoutPath takes off the // before a host and the path behind it, as they
// stay when a URL loses its scheme. A network has a number after its slash.
func withoutPath(text string) string {
	if strings.Contains(text, "://") {
		return text
	}
	text = strings.TrimPrefix(text, "//")
	place, path, ok := strings.Cut(text, "/")
	if !ok || path != "" && path[0] >= '0' && path[0] <= '9' && looksLikeAddress(place) {
		return text
	}
	return place
}

// looksLikeAddress reports whether something is meant as an address: no host
// name has only digits and dots, nor two colons.
func looksLikeAddress(text string) bool {
	_, text, _ = cutLast("@"+text, "@")
	return strings.Trim(text, "0123456789.") == "" || strings.Count(text, ":") > 1 || strings.HasPrefix(text, "[")
}

// isMail reports whether something before and after an @ is an address of mail
// rather than a server name and where to connect: no port, no IP address, and
// before it nothing that could be a name in DNS.
func isMail(name, host string) bool {
	if strings.ContainsAny(host, ":/") || isAddress(host) || !strings.Contains(host, ".") {
		return false
	}
	name, _, plus := strings.Cut(strings.ToLower(name), "+")
	last := name[strings.LastIndexByte(name, '.')+1:]
	if plus || last == name || last == "" {
		return true
	}
	_, known := publicsuffix.PublicSuffix(name)
	return !known && !strings.HasSuffix(host, "."+last)
}

// parsePlace reads what is left when scheme and server name are off: a host,
// an address, a network or a range, each with or without a port.
func (p *parsedTarget) parsePlace(text string) error {
	if text == "" {
		return errors.New("no host: type SERVERNAME@address:port")
	}
	// An IPv6 address without brackets has at least two colons and never a port.
	if addr, err := netip.ParseAddr(text); err == nil {
		p.first, p.last = addr.Unmap(), addr.Unmap()
		return nil
	}
	host, port, bracketed, err := splitPort(text)
	if err != nil {
		return err
	}
	if port != "" {
		if p.port, err = parsePort(port); err != nil {
			return err
		}
	}
	if ok, err := p.parseRange(host); ok || err != nil {
		return err
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		p.first, p.last = addr.Unmap(), addr.Unmap()
		return nil
	}
	if bracketed {
		return fmt.Errorf("%q in brackets is not an IPv6 address: type [2001:db8::1]:443", host)
	}
	if strings.HasPrefix(host, "*.") {
		return fmt.Errorf("%q is a wildcard, which nobody can connect to: type a name that it covers, such as www%s", host, host[1:])
	}
	p.host, err = parseName(host)
	return err
}

// splitPort takes [x]:port and x:port apart; port is empty if there is none.
func splitPort(text string) (host, port string, bracketed bool, err error) {
	if inner, ok := strings.CutPrefix(text, "["); ok {
		host, after, ok := strings.Cut(inner, "]")
		switch {
		case !ok:
			return "", "", true, fmt.Errorf("%q lacks the closing bracket: type [2001:db8::1]:443", text)
		case after == "":
			return host, "", true, nil
		case after == ":" || after[0] != ':':
			return "", "", true, fmt.Errorf("after the bracket of %q comes a colon and a port: type [%s]:443", text, host)
		}
		return host, after[1:], true, nil
	}
	switch strings.Count(text, ":") {
	case 0:
		return text, "", false, nil
	case 1:
		host, port, _ := strings.Cut(text, ":")
		if port == "" {
			return "", "", false, fmt.Errorf("no port after the colon of %q: type %s:443", text, host)
		}
		return host, port, false, nil
	}
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix.String(), "", false, nil
	}
	if from, to, ok := strings.Cut(text, "-"); ok && strings.Contains(from, ":") && strings.Contains(to, ":") {
		return text, "", false, nil
	}
	return "", "", false, fmt.Errorf("%q is not an IPv6 address: type one as [2001:db8::1]:443", text)
}

func parsePort(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil && strings.Trim(text, "0123456789,-") == "" && strings.ContainsAny(text, ",-") {
		return 0, fmt.Errorf("port %q is not one number: type a target for each port", text)
	}
	if err != nil || n == 0 {
		return 0, fmt.Errorf("port %q is not a number from 1 to 65535", text)
	}
	return uint16(n), nil
}

// settle puts in what the options say for all targets, and holds a range to its bound.
func (p *parsedTarget) settle(options TargetOptions) error {
	if options.ServerName != "" {
		name, err := parseServerName(options.ServerName)
		if err != nil {
			return err
		}
		p.serverName = name
	}
	if n, most := p.size(), cmp.Or(options.MaxAddresses, maxAddresses); n > most {
		return fmt.Errorf("%q stands for %d addresses, more than %d: --max-addresses %d allows it", p.text, n, most, n)
	}
	return nil
}

// each yields the targets that the text stands for; false when the loop is left.
func (p *parsedTarget) each(options TargetOptions, yield func(Target) bool) bool {
	ports := []uint16{p.port}
	if p.port == 0 {
		switch port, known := starttls.DefaultPort(p.dialect); {
		case p.dialect != "" && known:
			ports[0] = port
		case len(options.Ports) > 0:
			ports = options.Ports
		default:
			ports[0] = 443
		}
	}
	for addr := p.first; ; addr = addr.Next() {
		for _, port := range ports {
			if !yield(p.at(addr, port)) {
				return false
			}
		}
		if addr == p.last { // invalid on both sides for a host name
			return true
		}
	}
}

func (p *parsedTarget) at(addr netip.Addr, port uint16) Target {
	t := Target{
		Text: p.text, Host: p.host, Port: port, ServerName: p.serverName, Addr: addr, Transport: p.transport,
		STARTTLS: p.dialect, Tags: p.tags, Expect: p.expect,
	}
	if t.Host == "" {
		t.Host = addr.String()
	} else if t.ServerName == "" {
		t.ServerName = t.Host
	}
	if !p.scheme {
		t.STARTTLS = starttls.ByPort(port)
	}
	return t
}
