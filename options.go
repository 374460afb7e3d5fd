package tlschain

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// An Option is one setting under the three names that it has: a flag of the
// command line, a key of a group in tlschain.yaml, and a field of [Config].
type Option struct {
	Field string
	Flag  string // without hyphens; empty: see Why
	Key   string // with a dot before a key of a nested map; empty: see Why
	Why   string // there is no flag, or no key

	For    Commands
	on     func(c *Config) bool      // of a flag that takes no value
	values func(c *Config) []string  // of one that takes some; none: it is at its default
	files  func(c *Config) []*string // of one that names files
}

// Commands are those that take a flag.
type Commands uint8

// The commands that judge.
const (
	ScanCommand Commands = 1 << iota
	CheckCommand
	FixCommand

	judging    = ScanCommand | CheckCommand | FixCommand
	connecting = ScanCommand | FixCommand
)

// Options are all there are, in the order in which commands are printed.
func Options() []Option { return options }

var options = []Option{
	{Field: "Clients", Flag: "clients", Key: "clients", For: judging, values: func(c *Config) []string { return joined(c.Clients) }},
	{Field: "ClientFile", Flag: "client-file", Key: "client_file", For: judging,
		files: func(c *Config) []*string { return []*string{&c.ClientFile} }},
	{Field: "Roots", Flag: "roots", Key: "roots", For: judging, files: func(c *Config) []*string { return []*string{&c.Roots} }},
	{Field: "AddRoots", Flag: "add-roots", Key: "add_roots", For: judging, files: func(c *Config) []*string { return []*string{&c.AddRoots} }},
	{Field: "Pool", Flag: "pool", Key: "pool", For: judging, files: func(c *Config) []*string { return pointers(c.Pool) }},
	{Field: "Catalog", Flag: "catalog", Key: "catalog", For: judging, files: func(c *Config) []*string { return []*string{&c.Catalog} }},
	{Field: "Policy", Flag: "policy", Key: "policy", For: judging, files: func(c *Config) []*string { return []*string{&c.Policy} }},
	{Field: "Waivers", Flag: "waivers", Key: "waivers", For: judging, files: func(c *Config) []*string { return []*string{&c.Waivers} }},
	{Field: "Distrust", Flag: "distrust", Key: "distrust", For: judging, files: func(c *Config) []*string { return []*string{&c.Distrust} }},
	{Field: "Expect", Flag: "expect", Key: "expect", For: judging, files: func(c *Config) []*string { return []*string{&c.Expect} }},
	{Field: "At", Flag: "at", Why: "an audit is as of the time at which it is made", For: judging,
		values: func(c *Config) []string { return instant(c.At) }},
	{Field: "AIA", Flag: "aia", Key: "aia", For: judging, on: func(c *Config) bool { return c.AIA }},
	{Field: "AIAAllow", Flag: "aia-allow", Key: "aia_allow", For: judging, values: func(c *Config) []string { return c.AIAAllow }},
	{Field: "Revocation", Flag: "revocation", Key: "revocation", For: judging,
		on: func(c *Config) bool { return c.Revocation }},

	// A target is printed with its port.
	{Field: "Ports", Flag: "port", Key: "ports", values: func(*Config) []string { return nil }},
	{Field: "ServerName", Flag: "server-name", Key: "server_name", For: judging,
		values: func(c *Config) []string { return some(c.ServerName) }},

	{Field: "MaxAddresses", Flag: "max-addresses", Key: "max_addresses", values: func(*Config) []string { return nil }},

	{Field: "AllAddresses", Flag: "all-addresses", Key: "all_addresses", For: connecting, on: func(c *Config) bool { return c.AllAddresses }},
	{Field: "Family", Flag: "4", Key: "family", For: connecting, on: func(c *Config) bool { return c.Family == "4" }},
	{Field: "Family", Flag: "6", Key: "family", For: connecting, on: func(c *Config) bool { return c.Family == "6" }},
	{Field: "Variants", Flag: "variants", Key: "variants", For: connecting, values: func(c *Config) []string { return joined(c.Variants) }},
	{Field: "Fast", Flag: "fast", Key: "fast", For: connecting, on: func(c *Config) bool { return c.Fast }},
	{Field: "Proxy", Flag: "proxy", Key: "proxy", For: judging, values: func(c *Config) []string { return withoutPassword(c.Proxy) }},
	{Field: "ProxyProtocol", Flag: "proxy-protocol", Key: "proxy_protocol", For: connecting,
		values: func(c *Config) []string { return some(c.ProxyProtocol) }},
	{Field: "Resolve", Flag: "resolve", Key: "resolve", For: connecting, values: func(c *Config) []string { return c.Resolve }},
	{Field: "DNS", Flag: "dns", Key: "dns", For: connecting, values: func(c *Config) []string { return some(c.DNS) }},
	{Field: "DANE", Flag: "dane", Key: "dane", For: connecting, on: func(c *Config) bool { return c.DANE }},
	{Field: "Source", Flag: "source", Key: "source", For: connecting, values: func(c *Config) []string { return some(c.Source) }},
	{Field: "Exclude", Flag: "exclude", Key: "exclude", For: ScanCommand, files: func(c *Config) []*string { return []*string{&c.Exclude} }},
	{Field: "ClientCert", Flag: "client-cert", Key: "client_cert", For: connecting,
		files: func(c *Config) []*string { return []*string{&c.ClientCert} }},
	{Field: "ClientKey", Flag: "client-key", Key: "client_key", For: connecting,
		files: func(c *Config) []*string { return []*string{&c.ClientKey} }},

	// A printed command is about one target, which needs no limits.
	{Field: "Pace.Concurrency", Flag: "concurrency", Key: "pace.concurrency", values: func(*Config) []string { return nil }},
	{Field: "Pace.Rate", Flag: "rate", Key: "pace.rate", values: func(*Config) []string { return nil }},
	{Field: "Pace.PerHost", Flag: "per-host", Key: "pace.per_host", values: func(*Config) []string { return nil }},
	{Field: "Pace.Retries", Flag: "retries", Key: "pace.retries", For: connecting,
		values: func(c *Config) []string { return number(c.Pace.Retries) }},
	{Field: "Pace.Timeout", Flag: "timeout", Key: "pace.timeout", For: connecting,
		values: func(c *Config) []string { return duration(c.Pace.Timeout) }},

	{Field: "PEM", Flag: "include", Why: "an audit keeps the certificates in its history", For: ScanCommand | CheckCommand,
		values: func(*Config) []string { return nil }},

	{Field: "Prefer", Flag: "prefer", Why: "an audit writes no files: fix does", For: FixCommand,
		values: func(c *Config) []string { return some(string(c.Prefer)) }},
	{Field: "WithRoot", Flag: "with-root", Why: "an audit writes no files: fix does", For: FixCommand,
		on: func(c *Config) bool { return c.WithRoot }},
}

// Values are what is typed after the option's flag, once for each value; of a
// flag that takes none, "true". There are none where it is at its default.
func (o *Option) Values(c *Config) (out []string) {
	switch {
	case o.values != nil:
		return o.values(c)
	case o.on != nil && o.on(c):
		return []string{"true"}
	case o.files == nil:
		return nil
	}
	for _, name := range o.files(c) {
		if *name != "" {
			out = append(out, *name)
		}
	}
	return out
}

// WithFiles gives the Config with each file name as path makes it: relative to
// another folder, say.
func (c Config) WithFiles(path func(string) string) Config {
	c.Pool = append([]string(nil), c.Pool...)
	for _, o := range options {
		if o.files == nil {
			continue
		}
		for _, name := range o.files(&c) {
			if *name != "" {
				*name = path(*name)
			}
		}
	}
	return c
}

func some(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func joined(words []string) []string { return some(strings.Join(words, ",")) }

func number(n int) []string {
	if n == 0 {
		return nil
	}
	return []string{strconv.Itoa(n)}
}

func duration(d time.Duration) []string {
	if d == 0 {
		return nil
	}
	return []string{d.String()}
}

func instant(t time.Time) []string {
	if t.IsZero() {
		return nil
	}
	if t = t.UTC(); t.Equal(t.Truncate(24 * time.Hour)) {
		return []string{t.Format(time.DateOnly)}
	}
	return []string{t.Format(time.RFC3339Nano)}
}

func pointers(list []string) (out []*string) {
	for i := range list {
		out = append(out, &list[i])
	}
	return out
}

// withoutPassword leaves out a proxy whose URL holds a password: commands are
// printed into reports and mails, and HTTPS_PROXY is the place for it.
func withoutPassword(proxy string) []string {
	if u, err := url.Parse(proxy); err != nil || u.User != nil {
		return nil
	}
	return some(proxy)
}
