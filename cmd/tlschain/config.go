package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/cmd/tlschain/internal/commandline"
	"github.com/tlschain/tlschain/rules/fix"
	"github.com/tlschain/tlschain/scanner"
)

// The flags that become a tlschain.Config. tlschain.Options names each with its
// field, and with the key that it has in tlschain.yaml.

func judgingFlags() []cli.Flag {
	const group, fetching = "Judgement", "Fetching issuers"
	return []cli.Flag{
		&cli.StringFlag{Name: "clients", Category: group, Value: "broad", Usage: "judge by these clients and groups, as `NAME,...`; " +
			"groups are modern, broad (default), legacy and all; tlschain clients lists them"},
		&cli.StringFlag{Name: "client-file", Category: group, Usage: "`FILE` (YAML) that describes more clients; " +
			"they are chosen by --clients like the others, and all of them without it"},
		&cli.StringFlag{Name: "at", Category: group, Usage: "judge as of `TIME`: a date or RFC 3339 (default: now)"},
		&cli.StringFlag{Name: "roots", Category: group, Usage: "replace every client's trust store by the certificates in `FILE`"},
		&cli.StringFlag{Name: "add-roots", Category: group,
			Usage: "add the certificates in `FILE` to every client's trust store: an internal CA"},
		&cli.StringSliceFlag{Name: "pool", Category: group, Usage: "`FILE` or folder of further CA certificates to complete chains " +
			"with; may be given several times"},
		&cli.StringFlag{Name: "policy", Category: group, Usage: "`FILE` (YAML) that sets severities by rule and endpoint"},
		&cli.StringFlag{Name: "waivers", Category: group, Usage: "`FILE` (YAML) of findings that are accepted, each with a reason and an end"},
		&cli.StringFlag{Name: "distrust", Category: group, Usage: "`FILE` (YAML) of certificates, keys and names that no client shall trust"},
		&cli.StringFlag{Name: "catalog", Category: group, Usage: "`FILE` that describes one more CA's products"},
		&cli.StringFlag{Name: "expect", Category: group, Usage: "the certificate that should be served is the first in `FILE`"},
		&cli.BoolFlag{Name: "aia", Category: fetching, Usage: "fetch missing issuers by the URLs in certificates: http only, " +
			"public addresses only"},
		&cli.StringSliceFlag{Name: "aia-allow", Category: fetching, Usage: "with --aia or --revocation, also ask servers in `NETWORK` " +
			"(10.0.0.0/8, or an address), which is not public: your own CA's; may be given several times"},
	}
}

func revocationFlag() cli.Flag {
	return &cli.BoolFlag{Name: "revocation", Category: "Fetching issuers", Usage: "ask CAs whether the leaf and the intermediates are " +
		"revoked: fetch the CRLs that certificates name, or else ask their OCSP responders; under the same guard as --aia"}
}

func scannerFlags() []cli.Flag {
	const way, pace = "Connection", "Pace"
	return []cli.Flag{
		&cli.IntFlag{Name: "max-addresses", Category: "Targets", Usage: "at most `N` addresses for one network or range (default 65536)"},
		&cli.BoolFlag{Name: "all-addresses", Category: way, Usage: "every address of a name, each an endpoint of its own"},
		&cli.BoolFlag{Name: "4", Category: way, Usage: "IPv4 only"},
		&cli.BoolFlag{Name: "6", Category: way, Usage: "IPv6 only"},
		&cli.StringFlag{Name: "variants", Category: way, Value: "none", Usage: "more handshakes with each address, to compare: " +
			"`LIST` of sni, key, version, quic (UDP beside TCP); all of them but quic, or none (default)"},
		&cli.BoolFlag{Name: "fast", Category: way, Usage: "stop each handshake after the certificates: less work for both sides, " +
			"the same findings"},
		&cli.StringFlag{Name: "proxy", Category: way, Usage: "`URL` of an http, https or socks5 proxy, or none (default: " +
			"HTTPS_PROXY and NO_PROXY of the environment)"},
		&cli.StringFlag{Name: "proxy-protocol", Category: way, Usage: "begin each connection with the PROXY protocol's header, " +
			"`VERSION` v1 or v2, for servers that take none without"},
		&cli.StringSliceFlag{Name: "resolve", Category: way, Usage: "`HOST:ADDRESS`: this address for this host, " +
			"whatever a name server says; may be given several times"},
		&cli.StringFlag{Name: "dns", Category: way, Usage: "ask this name `SERVER`, address or address:port"},
		&cli.BoolFlag{Name: "dane", Category: way, Usage: "look up TLSA records, and hold chains against them: at the resolver of --dns, " +
			"which is trusted to validate DNSSEC; of a mail domain, each server that takes its mail is looked at"},
		&cli.StringFlag{Name: "source", Category: way, Usage: "connect from this `ADDRESS` of this machine"},
		&cli.StringFlag{Name: "client-cert", Category: way, Usage: "certificate `FILE` (PEM) to show to servers that ask for one"},
		&cli.StringFlag{Name: "client-key", Category: way, Usage: "its private key, `FILE`; without, it is in the file of --client-cert"},
		&cli.IntFlag{Name: "concurrency", Category: pace, Value: 256, Usage: "`N` connections at once (default 256)"},
		&cli.Float64Flag{Name: "rate", Category: pace, Usage: "at most `N` connections begun a second (default: no limit)"},
		&cli.IntFlag{Name: "per-host", Category: pace, Value: 4, Usage: "`N` connections at once to one address (default 4), " +
			"0 for no limit; loopback has none"},
		&cli.IntFlag{Name: "retries", Category: pace, Usage: "`N` further attempts after a failure that may pass: timeout, reset, " +
			"try later (default 0)"},
		&cli.DurationFlag{Name: "timeout", Category: pace, Value: 10 * time.Second, Usage: "at most `TIME` for a whole attempt at " +
			"one address, such as 5s (default 10s)"},
		progressFlag(),
	}
}

// newEngine makes the engine that the flags ask for. Without --at it judges as
// of now.
func (p *process) newEngine(config tlschain.Config, now time.Time) (*tlschain.Engine, error) {
	e, err := tlschain.New(config, p.env(now))
	return e, flagError(err)
}

func (p *process) env(now time.Time) tlschain.Env {
	return tlschain.Env{Stdin: p.stdin, Getenv: p.getenv, Facts: p.facts(), CRLs: p.cacheFolder("crls"), Now: now}
}

// flagError words an error about a field of a Config by the flag that set it.
func flagError(err error) error {
	var field *tlschain.FieldError
	if !errors.As(err, &field) {
		return err
	}
	asFlag := func(o tlschain.Option) string { return commandline.Dashed(o.Flag) }
	return &usageError{err: field.Say(asFlag), hint: field.Hint(asFlag)}
}

// configOf reads the flags of a command: those that it does not have are at
// their defaults.
func (p *process) configOf(c *cli.Context) (config tlschain.Config, err error) {
	config = tlschain.Config{
		ClientFile: c.String("client-file"), Roots: c.String("roots"), AddRoots: c.String("add-roots"), Pool: c.StringSlice("pool"),
		Catalog: c.String("catalog"), Policy: c.String("policy"), Waivers: c.String("waivers"), Distrust: c.String("distrust"),
		Expect: c.String("expect"),
		AIA:    c.Bool("aia"), Revocation: c.Bool("revocation"), AIAAllow: c.StringSlice("aia-allow"),
		ServerName: c.String("server-name"), MaxAddresses: c.Int("max-addresses"),
		AllAddresses: c.Bool("all-addresses"), Fast: c.Bool("fast"),
		Proxy: c.String("proxy"), ProxyProtocol: c.String("proxy-protocol"), Resolve: c.StringSlice("resolve"), DNS: c.String("dns"),
		DANE: c.Bool("dane"), Source: c.String("source"),
		Exclude: c.String("exclude"), ClientCert: c.String("client-cert"), ClientKey: c.String("client-key"),
		Prefer: fix.Preference(c.String("prefer")), WithRoot: c.Bool("with-root"),
		PEM: c.String("save") != "" || c.String("include") != "",
	}
	if c.IsSet("clients") {
		if config.Clients = words(c.String("clients")); len(config.Clients) == 0 {
			return config, usagef("--clients names no client").hintf("%s clients lists them", name)
		}
	}
	if c.IsSet("variants") {
		config.Variants = words(c.String("variants"))
	}
	if config.At, err = parseTime(c.String("at"), config.At); err != nil {
		return config, err
	}
	if text := c.String("port"); text != "" {
		if config.Ports, err = parsePorts(text); err != nil {
			return config, err
		}
	}
	switch {
	case c.Bool("4") && c.Bool("6"):
		return config, usagef("-4 and -6 leave no address").hintf("without either, both families are used")
	case c.Bool("4"):
		config.Family = "4"
	case c.Bool("6"):
		config.Family = "6"
	}
	config.Pace, err = p.paceOf(c)
	if err == nil {
		err = flagError(config.Validate())
	}
	return config, err
}

// paceOf reads what is typed; a Config has zero for what is not.
func (p *process) paceOf(c *cli.Context) (pace tlschain.Pace, err error) {
	if c.IsSet("concurrency") {
		if pace.Concurrency = c.Int("concurrency"); pace.Concurrency < 1 {
			return pace, usagef("--concurrency %d: there must be at least one connection: type 1 or more", pace.Concurrency)
		}
		if limit, ok := scanner.Descriptors(); ok && pace.Concurrency > limit {
			p.complain(fmt.Errorf("--concurrency %d is more than the %d open files that the system allows: raise it by `ulimit -n %d`; "+
				"going on with what there is",
				pace.Concurrency, limit, 2*pace.Concurrency))
		}
	}
	if c.IsSet("per-host") {
		switch pace.PerHost = c.Int("per-host"); {
		case pace.PerHost < 0:
			return pace, usagef("--per-host %d: type a number of connections, or 0 for no limit", pace.PerHost)
		case pace.PerHost == 0:
			pace.PerHost = -1 // a Config's zero is the default
		}
	}
	if c.IsSet("timeout") {
		if pace.Timeout = c.Duration("timeout"); pace.Timeout <= 0 {
			return pace, usagef("--timeout %v: type a time above zero, such as 5s", pace.Timeout)
		}
	}
	pace.Rate, pace.Retries = c.Float64("rate"), c.Int("retries")
	return pace, nil
}

// parseTime reads a moment; nothing means now. A date is its first moment in UTC.
func parseTime(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return now, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return now, usagef("%q is no time", text).hintf("type 2027-01-31 or 2027-01-31T12:00:00Z")
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
