package main

import (
	"maps"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/nearest"
)

const name = "tlschain"

const overview = `tlschain answers two questions about every endpoint: is the certificate chain
that the server sends complete, in order and free of what should not be there?
And which clients accept it, and why do the others not?

  tlschain scan example.com                  one host
  tlschain scan -f hosts.txt --format json   a list, for a machine to read
  tlschain check fullchain.pem               a file, before it is deployed
  tlschain explain missing-intermediate      what a finding means`

// instead gives the hint for a flag that a command does not have: one for colours,
// also mistyped, or one that scan has in other programs.
func instead(c *cli.Command, flag string) string {
	known := slices.Collect(maps.Keys(colours))
	for _, f := range c.Flags {
		known = append(known, f.Names()...)
	}
	slices.Sort(known) // of two that are as near, always the same
	if hint := colours[nearest.Word(flag, known)]; hint != "" {
		return hint
	}
	if hint := elsewhere[flag]; hint != "" && c.Name == "scan" {
		return hint
	}
	if slices.Contains(known, "format") && slices.Contains(reports.Formats(), flag) {
		return "type --format " + flag
	}
	return ""
}

// colours says what takes the place of flags for colours, which no command has.
var colours = map[string]string{
	"color":     whereColours,
	"colour":    whereColours,
	"colors":    whereColours,
	"colours":   whereColours,
	"no-color":  withoutColours,
	"no-colour": withoutColours,
}

const (
	whereColours   = "colours are for a terminal; NO_COLOR=1 before the command leaves them out"
	withoutColours = "type NO_COLOR=1 before the command"
)

// elsewhere says what takes the place of flags that scan has in other programs.
var elsewhere = map[string]string{
	"starttls": "a target names its protocol: starttls+smtp://mail.example",
	"sni":      "a target names it: SERVERNAME@address:port, or --server-name NAME for all",
	"connect":  "the target is an argument: tlschain scan example.com:8443",
	"workers":  "how many connections run at once is --concurrency",
	"threads":  "how many connections run at once is --concurrency",
	"w":        "how many connections run at once is --concurrency",
	"html":     "type --format html -o report.html",
	"CAfile":   "type --roots FILE",
	"ca-file":  "type --roots FILE",
	"date":     "type --at DATE",
	"i":        "a list of targets is -f FILE",
	"input":    "a list of targets is -f FILE",
	"list":     "a list of targets is -f FILE",

	"kubeconfig": "type KUBECONFIG=FILE before the command",
	"as-client":  "certificates of clients are files: tlschain check --as-client client.pem",
	"insecure":   "every chain is captured, whatever is wrong with it",
}
