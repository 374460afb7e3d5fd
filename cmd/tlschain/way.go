package main

import (
	"bytes"
	"net/netip"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/scanner"
)

// findWay sets what the flags say about how targets are reached: proxy, name
// server, addresses, and what must not be reached.
func (p *process) findWay(c *cli.Context, s *scanner.Scanner) (err error) {
	switch text := c.String("proxy"); text {
	case "":
		s.Proxy = scanner.ProxyFromEnvironment(p.getenv)
	case "none":
	default:
		if s.Proxy, err = scanner.ParseProxy(text); err != nil {
			return usagef("--proxy: %w", err)
		}
	}
	if s.Addresses, err = parseResolve(c.StringSlice("resolve")); err != nil {
		return err
	}
	if text := c.String("dns"); text != "" {
		server, err := netip.ParseAddrPort(text)
		if addr, addrErr := netip.ParseAddr(text); addrErr == nil {
			server, err = netip.AddrPortFrom(addr, 53), nil
		}
		if err != nil {
			return usagef("--dns %q: type an address such as 192.0.2.53, or with its port as 192.0.2.53:5353", text)
		}
		s.Lookup = scanner.LookupAt(server)
	}
	if text := c.String("source"); text != "" {
		if s.Source, err = netip.ParseAddr(text); err != nil {
			return usagef("--source %q: type an address of this machine", text)
		}
	}
	if file := c.String("exclude"); file != "" {
		data, err := p.readFile(file)
		if err != nil {
			return usagef("--exclude %s: %w", file, err)
		}
		if s.Exclude, err = scanner.ReadExclusions(bytes.NewReader(data), file); err != nil {
			return usagef("--exclude: %w", err).hintf("a line is a host, *.domain, an address, a network or a range")
		}
	}
	return nil
}

// parseResolve reads HOST:ADDRESS, several times for several addresses. An IPv6
// address may stand in brackets.
func parseResolve(pairs []string) (map[string][]netip.Addr, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	out := map[string][]netip.Addr{}
	for _, pair := range pairs {
		host, text, _ := strings.Cut(pair, ":")
		addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
		if err != nil || host == "" {
			return nil, usagef("--resolve %q: type HOST:ADDRESS, such as example.com:192.0.2.7", pair)
		}
		targets, err := scanner.ParseTarget(host, scanner.TargetOptions{}) // for its form of a name
		if err != nil {
			return nil, usagef("--resolve %q: %w", pair, err)
		}
		for t := range targets {
			out[t.Host] = append(out[t.Host], addr)
		}
	}
	return out, nil
}
