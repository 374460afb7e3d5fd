package main

import (
	"net/netip"
	"net/url"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/scanner/aia"
)

// aiaFlags are part of judgingFlags.
func aiaFlags() []cli.Flag {
	const group = "Fetching issuers"
	return []cli.Flag{
		&cli.BoolFlag{Name: "aia", Category: group, Usage: "fetch missing issuers by the URLs in certificates: http only, public addresses only"},
		&cli.StringSliceFlag{Name: "aia-allow", Category: group, Usage: "with --aia, also ask servers in `NETWORK` (10.0.0.0/8, or an address), which is not public: your own CA's; may be given several times"},
	}
}

// newFetcher is nil where --aia is not given: then nothing is fetched. It goes
// through a proxy only if --proxy names one, never by the environment.
func newFetcher(c *cli.Context) (*aia.Fetcher, error) {
	f := &aia.Fetcher{}
	for _, text := range c.StringSlice("aia-allow") {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			addr, addrErr := netip.ParseAddr(text)
			if addrErr != nil {
				return nil, usagef("--aia-allow %q is no network", text).hintf("type 10.0.0.0/8 or 10.1.2.3")
			}
			network = netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen())
		}
		f.Allow = append(f.Allow, network.Masked())
	}
	if !c.Bool("aia") {
		if f.Allow != nil {
			return nil, usagef("--aia-allow is about fetching, which --aia allows").hintf("add --aia")
		}
		return nil, nil
	}
	if text := c.String("proxy"); text != "" && text != "none" {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" {
			return nil, usagef("--proxy %q is no URL of a proxy", text).hintf("type http://proxy.example.com:3128")
		}
		f.Proxy = u
	}
	return f, nil
}
