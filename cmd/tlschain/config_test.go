package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/cmd/tlschain/internal/commandline"
	"github.com/tlschain/tlschain/rules/fix"
)

// typedConfig is what a command makes of its flags.
func typedConfig(t *testing.T, args ...string) tlschain.Config {
	t.Helper()
	p := &process{stdin: strings.NewReader(""), stdout: t.Output(), stderr: t.Output(), getenv: func(string) string { return "" }}
	app := p.app()
	var config tlschain.Config
	for _, c := range app.Commands {
		c.Action = func(c *cli.Context) (err error) {
			config, err = p.configOf(c)
			return err
		}
	}
	line, err := commandline.Arrange(app, args, instead)
	if err == nil {
		err = app.RunContext(t.Context(), line.Args)
	}
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return config
}

// everything is a Config with a value in each field that a command prints.
func everything() tlschain.Config {
	return tlschain.Config{
		Clients: []string{"go", "openssl-3.0"}, ClientFile: "clients.yaml", Roots: "roots.pem", AddRoots: "-odd name.pem", Pool: []string{"a", "b,c"},
		Catalog: "catalog.yaml", Policy: "policy.yaml", Waivers: "waivers.yaml", Distrust: "distrust.yaml", Expect: "site.pem",
		At: time.Date(2027, 1, 31, 12, 0, 0, 500, time.UTC), AIA: true, AIAAllow: []string{"10.0.0.0/8", "192.0.2.1"},
		AllAddresses: true, Family: "6", Variants: []string{"sni", "key"}, Fast: true, Proxy: "http://proxy.example:3128",
		Resolve: []string{"a.example:192.0.2.1", "b.example:[2001:db8::1]"}, DNS: "192.0.2.53:5353", Source: "192.0.2.9", Exclude: "exclude.txt",
		ServerName: "www.example", ClientCert: "client.pem", ClientKey: "client.key", Pace: tlschain.Pace{Retries: 2, Timeout: 3 * time.Second},
	}
}

// What is printed for a Config, typed, is that Config again.
func TestFlagsSayTheConfig(t *testing.T) {
	for command, c := range map[string]tlschain.Commands{"scan": tlschain.ScanCommand, "fix": tlschain.FixCommand, "check": tlschain.CheckCommand} {
		config := everything()
		if c == tlschain.FixCommand {
			config.Prefer, config.WithRoot = fix.Widest, true
		}
		flags := config.Flags(c)
		got := typedConfig(t, append([]string{command}, flags...)...)
		if again := got.Flags(c); !slices.Equal(flags, again) {
			t.Errorf("%s %q is typed as %q", command, flags, again)
		}
		if command == "scan" {
			if got.Ports = nil; !cmp.Equal(got, config) {
				t.Error(cmp.Diff(got, config))
			}
		}
	}
}

// Each option's flag is there, on the commands that it says, and on no other.
func TestOptionsAreFlags(t *testing.T) {
	commands := map[string]tlschain.Commands{"scan": tlschain.ScanCommand, "check": tlschain.CheckCommand, "fix": tlschain.FixCommand}
	for _, c := range new(process).commands() {
		bit, judges := commands[c.Name]
		if !judges {
			continue
		}
		for _, o := range tlschain.Options() {
			has := slices.ContainsFunc(c.Flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), o.Flag) })
			if o.For&bit != 0 && !has {
				t.Errorf("%s has no flag --%s", c.Name, o.Flag)
			}
			if o.For != 0 && o.For&bit == 0 && has {
				t.Errorf("%s has a flag --%s, which Options leave out", c.Name, o.Flag)
			}
		}
	}
}
