package tlschain

import (
	"bytes"
	"crypto/tls"
	"net/netip"
	"net/url"
	"strings"

	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/aia"
	"github.com/tlschain/tlschain/scanner/fetch"
)

// newScanner makes the scanner that the Config asks for, files included.
func (e *Engine) newScanner() (*scanner.Scanner, error) {
	s, err := e.config.network(e.env.getenv)
	if err != nil {
		return nil, err
	}
	if s.ClientCertificate, err = e.env.clientCertificate(e.config.ClientCert, e.config.ClientKey); err != nil {
		return nil, err
	}
	if file := e.config.Exclude; file != "" {
		data, err := e.env.ReadFile(file)
		if err != nil {
			return nil, fieldf("Exclude", "{Exclude} %s: %w", file, err).
				hintf("it takes a file with a host, *.domain, an address, a network or a range a line")
		}
		if s.Exclude, err = scanner.ReadExclusions(bytes.NewReader(data), file); err != nil {
			return nil, fieldf("Exclude", "{Exclude}: %w", err).hintf("a line is a host, *.domain, an address, a network or a range")
		}
	}
	return s, nil
}

// network is how targets are reached, as far as the Config says it itself.
func (c *Config) network(getenv func(string) string) (*scanner.Scanner, error) {
	s := &scanner.Scanner{
		Concurrency: c.Pace.Concurrency, PerHost: c.Pace.PerHost, Rate: c.Pace.Rate, Timeout: c.Pace.Timeout, Retries: c.Pace.Retries,
		AllAddresses: c.AllAddresses, Fast: c.Fast,
	}
	switch c.Family {
	case "":
	case "4", "6":
		s.Network = "ip" + c.Family
	default:
		return nil, fieldf("Family", "{Family} %q: type 4 or 6, or leave it out for both", c.Family)
	}
	var err error
	if s.Variants, err = parseVariants(c.Variants); err != nil {
		return nil, err
	}
	switch c.Proxy {
	case "":
		s.Proxy = scanner.ProxyFromEnvironment(getenv)
	case "none":
	default:
		if s.Proxy, err = scanner.ParseProxy(c.Proxy); err != nil {
			return nil, fieldf("Proxy", "{Proxy}: %w", err)
		}
	}
	switch c.ProxyProtocol {
	case "":
	case "v1":
		s.ProxyProtocol = scanner.ProxyProtocolV1
	case "v2":
		s.ProxyProtocol = scanner.ProxyProtocolV2
	default:
		return nil, fieldf("ProxyProtocol", "{ProxyProtocol} %q: type v1 or v2", c.ProxyProtocol)
	}
	if s.Addresses, err = parseResolve(c.Resolve); err != nil {
		return nil, err
	}
	if c.DNS != "" {
		server, err := c.nameServer()
		if err != nil {
			return nil, err
		}
		s.Lookup = scanner.LookupAt(server)
	}
	if text := c.Source; text != "" {
		if s.Source, err = netip.ParseAddr(text); err != nil {
			return nil, fieldf("Source", "{Source} %q: type an address of this machine", text)
		}
	}
	return s, nil
}

func (c *Config) nameServer() (netip.AddrPort, error) {
	if addr, err := netip.ParseAddr(c.DNS); err == nil {
		return netip.AddrPortFrom(addr, 53), nil
	}
	server, err := netip.ParseAddrPort(c.DNS)
	if err != nil {
		return server, fieldf("DNS", "{DNS} %q: type an address such as 192.0.2.53, or with its port as 192.0.2.53:5353", c.DNS)
	}
	return server, nil
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
			return nil, fieldf("Resolve", "{Resolve} %q: type HOST:ADDRESS, such as example.com:192.0.2.7", pair)
		}
		targets, err := scanner.ParseTarget(host, scanner.TargetOptions{}) // for its form of a name
		if err != nil {
			return nil, fieldf("Resolve", "{Resolve} %q: %w", pair, err)
		}
		for t := range targets {
			out[t.Host] = append(out[t.Host], addr)
		}
	}
	return out, nil
}

func parseVariants(words []string) (out []scanner.Variant, err error) {
	for _, word := range words {
		switch word {
		case "none":
		case "all":
			out = append(out, scanner.NoSNI, scanner.RSA, scanner.ECDSA, scanner.TLS12, scanner.TLS13)
		case "sni":
			out = append(out, scanner.NoSNI)
		case "key":
			out = append(out, scanner.RSA, scanner.ECDSA)
		case "version":
			out = append(out, scanner.TLS12, scanner.TLS13)
		case "quic":
			out = append(out, scanner.OverQUIC)
		default:
			return nil, fieldf("Variants", "{Variants} %q: type sni, key, version and quic, with commas between; all (but quic) or none", word)
		}
	}
	return out, nil
}

func (v *Env) clientCertificate(certFile, keyFile string) (*tls.Certificate, error) {
	switch {
	case certFile == "" && keyFile == "":
		return nil, nil
	case certFile == "":
		return nil, fieldf("ClientKey", "{ClientKey} without {ClientCert}").hintf("{ClientCert} takes the certificate that the key belongs to")
	case keyFile == "":
		keyFile = certFile
	}
	certs, err := v.readPEM(certFile)
	key := certs
	if err == nil && keyFile != certFile {
		key, err = v.readPEM(keyFile)
	}
	var pair tls.Certificate
	if err == nil {
		pair, err = certfile.KeyPair(certs, key)
	}
	if err != nil {
		named := certFile
		if keyFile != certFile {
			named += " with " + keyFile
		}
		return nil, fieldf("ClientCert", "{ClientCert} %s: %w", named, withoutPath(err)).
			hintf("{ClientCert} takes PEM: the certificate, its issuers, and the key where {ClientKey} names no other file; " +
				"the key must not be encrypted")
	}
	return &pair, nil
}

// fetcher is nil where AIA is not asked for: then no issuer is fetched.
func (c *Config) fetcher() (*aia.Fetcher, error) {
	client, err := c.fetchClient()
	if err != nil || !c.AIA {
		return nil, err
	}
	return &aia.Fetcher{Client: client}, nil
}

// fetchClient is how issuers, CRLs and OCSP responses are fetched. It goes
// through a proxy only if the Config names one, never by the environment.
func (c *Config) fetchClient() (f fetch.Client, err error) {
	for _, text := range c.AIAAllow {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			addr, addrErr := netip.ParseAddr(text)
			if addrErr != nil {
				return f, fieldf("AIAAllow", "{AIAAllow} %q is no network", text).hintf("type 10.0.0.0/8 or 10.1.2.3")
			}
			network = netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen())
		}
		f.Allow = append(f.Allow, network.Masked())
	}
	if !c.AIA && !c.Revocation {
		if f.Allow != nil {
			return f, fieldf("AIAAllow", "{AIAAllow} is about fetching, which {AIA} allows").hintf("add {AIA}")
		}
		return f, nil
	}
	if c.Proxy != "" && c.Proxy != "none" {
		if f.Proxy, err = url.Parse(c.Proxy); err != nil || f.Proxy.Host == "" {
			return f, fieldf("Proxy", "{Proxy} %q is no URL of a proxy", c.Proxy).hintf("type http://proxy.example.com:3128")
		}
	}
	return f, nil
}
