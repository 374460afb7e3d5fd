package tlschain

import (
	"context"
	"iter"
	"net/netip"

	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlsa"
)

// resolverFor asks for TLSA records; nil where DANE is not asked for.
func (c *Config) resolverFor() (*tlsa.Resolver, error) {
	if !c.DANE {
		return nil, nil
	}
	server, err := c.nameServer()
	return &tlsa.Resolver{Server: server}, err
}

// tlsaOf is what DNS says of the certificates of a target; nil: it was not asked,
// or the target has no name to ask for.
func (e *Engine) tlsaOf(ctx context.Context, t scanner.Target) *tlsa.Answer {
	host := t.ServerName
	if host == "" {
		host = t.Host
	}
	if _, err := netip.ParseAddr(host); err == nil || e.resolver == nil {
		return nil
	}
	transport := "tcp"
	if t.Transport == scanner.QUIC {
		transport = "udp"
	}
	return e.resolver.Lookup(ctx, transport, host, t.Port)
}

// betweenMailServers reports whether the clients of a target are other mail
// servers (RFC 7672 section 1.3).
func betweenMailServers(t scanner.Target) bool { return t.STARTTLS == "smtp" && t.Port == 25 }

// MailServers puts in the place of each mail domain, with DANE, the servers that
// take its mail, by their own names: these are what TLSA records are about (RFC
// 7672 section 2.2). Any other target stands for itself.
func (e *Engine) MailServers(ctx context.Context, targets iter.Seq[scanner.Target]) iter.Seq[scanner.Target] {
	if e.resolver == nil {
		return targets
	}
	return func(yield func(scanner.Target) bool) {
		for t := range targets {
			for _, server := range e.mailServers(ctx, t) {
				if !yield(server) {
					return
				}
			}
		}
	}
}

func (e *Engine) mailServers(ctx context.Context, t scanner.Target) (out []scanner.Target) {
	if betweenMailServers(t) && !t.Addr.IsValid() && t.ServerName == t.Host {
		for _, host := range e.resolver.MailHosts(ctx, t.Host) {
			servers, err := scanner.ParseTarget("starttls+smtp://"+host+":25", scanner.TargetOptions{})
			if err != nil {
				continue // what DNS says may be no name
			}
			for server := range servers {
				server.Text, server.Tags, server.Expect = t.Text, t.Tags, t.Expect
				out = append(out, server)
			}
		}
	}
	if len(out) == 0 {
		out = append(out, t)
	}
	return out
}
