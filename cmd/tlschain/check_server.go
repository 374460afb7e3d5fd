package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/rules/serverconf"
)

// serverFlags are one flag for each kind of server whose configuration is read.
func serverFlags() (flags []cli.Flag) {
	for _, s := range serverconf.Servers() {
		flags = append(flags, &cli.StringFlag{Name: s.Name, Category: "Server configurations",
			Usage: fmt.Sprintf("the certificates of each site in the `CONFIG` of %s: %s, its folder, or - for the output of %s",
				s.Title, s.Main[0], s.Dump)})
	}
	flags = append(flags, &cli.BoolFlag{Name: "live", Category: "Server configurations",
		Usage: "also ask each site's server on this machine what it presents: whether it has read its new file"})
	return flags
}

func namesServer(c *cli.Context) bool {
	for _, s := range serverconf.Servers() {
		if c.String(s.Name) != "" {
			return true
		}
	}
	return false
}

// asksServers has the engine ask for each kind of key, if servers are asked: a
// site may have a certificate for each.
func asksServers(c *cli.Context, config *tlschain.Config) error {
	if !c.Bool("live") {
		return nil
	}
	if !namesServer(c) {
		return usagef("--live needs the configuration of a server").hintf("%s check --live --nginx /etc/nginx", name)
	}
	config.Variants = []string{"key"}
	return nil
}

// servers judges what each site of the configurations presents.
func (r *checkRun) servers(c *cli.Context, file tlschain.File) error {
	for _, s := range serverconf.Servers() {
		if config := c.String(s.Name); config != "" {
			if err := r.server(s, config, file); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *checkRun) server(s *serverconf.Server, config string, file tlschain.File) error {
	uses, err := r.engine.SiteUses(s, config)
	if err != nil {
		return usagef("--%s %s: %w", s.Name, config, err).hintf("give %s, its folder, or the output of %s", strings.Join(s.Main, " or "), s.Dump)
	}
	if len(uses) == 0 {
		return usagef("--%s %s: no server in it listens for TLS", s.Name, config).
			hintf("give %s with all that it includes, or the output of %s", strings.Join(s.Main, " or "), s.Dump)
	}
	return r.all(r.engine.ReadSites(r.ctx, uses, file, r.live))
}
