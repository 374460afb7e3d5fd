package main

import (
	"crypto/tls"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/scanner"
)

func scannerFlags() []cli.Flag {
	const way, pace = "Connection", "Pace"
	return []cli.Flag{
		&cli.BoolFlag{Name: "all-addresses", Category: way, Usage: "every address of a name, each an endpoint of its own"},
		&cli.BoolFlag{Name: "4", Category: way, Usage: "IPv4 only"},
		&cli.BoolFlag{Name: "6", Category: way, Usage: "IPv6 only"},
		&cli.StringFlag{Name: "variants", Category: way, Value: "none", Usage: "more handshakes with each address, to compare: `LIST` of sni, key, version; all, or none (default)"},
		&cli.BoolFlag{Name: "fast", Category: way, Usage: "stop each handshake after the certificates: less work for both sides, the same findings"},
		&cli.StringFlag{Name: "proxy", Category: way, Usage: "`URL` of an http, https or socks5 proxy, or none (default: HTTPS_PROXY and NO_PROXY of the environment)"},
		&cli.StringSliceFlag{Name: "resolve", Category: way, Usage: "`HOST:ADDRESS`: this address for this host, whatever a name server says; may be given several times"},
		&cli.StringFlag{Name: "dns", Category: way, Usage: "ask this name `SERVER`, address or address:port"},
		&cli.StringFlag{Name: "source", Category: way, Usage: "connect from this `ADDRESS` of this machine"},
		&cli.StringFlag{Name: "client-cert", Category: way, Usage: "certificate `FILE` (PEM) to show to servers that ask for one"},
		&cli.StringFlag{Name: "client-key", Category: way, Usage: "its private key, `FILE`; without, it is in the file of --client-cert"},
		&cli.IntFlag{Name: "concurrency", Category: pace, Value: 256, Usage: "`N` connections at once (default 256)"},
		&cli.Float64Flag{Name: "rate", Category: pace, Usage: "at most `N` connections begun a second (default: no limit)"},
		&cli.IntFlag{Name: "per-host", Category: pace, Value: 4, Usage: "`N` connections at once to one address (default 4), 0 for no limit; loopback has none"},
		&cli.IntFlag{Name: "retries", Category: pace, Usage: "`N` further attempts after a failure that may pass: timeout, reset, try later (default 0)"},
		&cli.DurationFlag{Name: "timeout", Category: pace, Value: 10 * time.Second, Usage: "at most `TIME` for a whole attempt at one address, such as 5s (default 10s)"},
		progressFlag(),
	}
}

func (p *process) newScanner(c *cli.Context) (*scanner.Scanner, error) {
	s := &scanner.Scanner{
		Concurrency:  c.Int("concurrency"),
		PerHost:      c.Int("per-host"),
		Rate:         c.Float64("rate"),
		Timeout:      c.Duration("timeout"),
		Retries:      c.Int("retries"),
		AllAddresses: c.Bool("all-addresses"),
		Fast:         c.Bool("fast"),
	}
	switch {
	case s.Concurrency < 1:
		return nil, usagef("--concurrency %d: there must be at least one connection", s.Concurrency)
	case s.PerHost < 0:
		return nil, usagef("--per-host %d: type a number of connections, or 0 for no limit", s.PerHost)
	case s.Rate < 0:
		return nil, usagef("--rate %v: type connections a second, or 0 for no limit", s.Rate)
	case s.Retries < 0:
		return nil, usagef("--retries %d: type 0 or more", s.Retries)
	case s.Timeout <= 0:
		return nil, usagef("--timeout %v: type a time above zero, such as 5s", s.Timeout)
	case c.Bool("4") && c.Bool("6"):
		return nil, usagef("-4 and -6 leave no address").hintf("without either, both families are used")
	case c.Bool("4"):
		s.Network = "ip4"
	case c.Bool("6"):
		s.Network = "ip6"
	}
	if limit, ok := scanner.Descriptors(); ok && c.IsSet("concurrency") && s.Concurrency > limit {
		p.complain(fmt.Errorf("--concurrency %d is more than the %d open files that the system allows: raise it by `ulimit -n %d`; going on with what there is",
			s.Concurrency, limit, 2*s.Concurrency))
	}
	if s.PerHost == 0 {
		s.PerHost = -1 // the scanner's zero value means its default
	}
	var err error
	if s.Variants, err = parseVariants(c.String("variants")); err != nil {
		return nil, err
	}
	if s.ClientCertificate, err = clientCertificate(c.String("client-cert"), c.String("client-key")); err != nil {
		return nil, err
	}
	return s, p.findWay(c, s)
}

func parseVariants(text string) ([]scanner.Variant, error) {
	var out []scanner.Variant
	for _, word := range words(text) {
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
		default:
			return nil, usagef("--variants %q: type sni, key and version, with commas between; all or none", word)
		}
	}
	return out, nil
}

func clientCertificate(certFile, keyFile string) (*tls.Certificate, error) {
	switch {
	case certFile == "" && keyFile == "":
		return nil, nil
	case certFile == "":
		return nil, usagef("--client-key without --client-cert").hintf("--client-cert takes the certificate that the key belongs to")
	case keyFile == "":
		keyFile = certFile
	}
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, usagef("--client-cert: %w", err).hintf("both files are PEM; the key must not be encrypted")
	}
	return &pair, nil
}

func parsePorts(text string) ([]uint16, error) {
	var ports []uint16
	for _, word := range words(text) {
		port, err := strconv.ParseUint(word, 10, 16)
		if err != nil || port == 0 {
			return nil, usagef("--port %q: type numbers from 1 to 65535, with commas between", strings.TrimSpace(word))
		}
		ports = append(ports, uint16(port))
	}
	if len(ports) == 0 {
		return nil, usagef("--port needs a number")
	}
	return ports, nil
}

func joinFlags(groups ...[]cli.Flag) (all []cli.Flag) {
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}
