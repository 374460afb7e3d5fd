package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/commandline"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/install"
)

// completeWord is the command by which the scripts of completions ask. It is for
// them alone: they are of the same release, and nothing else should rely on it.
const completeWord = "__complete"

// complete answers a shell, see [commandline.Completer].
func (p *process) complete(words []string) error {
	k := &commandline.Completer{Commands: p.commands(), Values: p.values, Arguments: p.arguments}
	_, err := fmt.Fprint(p.stdout, k.Complete(words))
	return err
}

// arguments gives what a command may be given that has so many arguments already.
func (p *process) arguments(c *cli.Command, given int) (kind string, list []commandline.Candidate) {
	if given > 0 && c.Name != "check" && c.Name != "fix" {
		return commandline.SomeWords, nil
	}
	switch c.Name {
	case "explain":
		return commandline.SomeWords, ruleCandidates()
	case "clients":
		return commandline.SomeWords, p.clientCandidates()
	case "completion":
		return commandline.SomeWords, commandline.Words(shells...)
	case "check", "fix", "convert", "waivers":
		return commandline.SomeFiles, nil
	case "man":
		return commandline.SomeFolder, nil
	}
	return commandline.SomeWords, nil
}

func (p *process) values(f cli.Flag) (c commandline.Choice, known bool) {
	severities := commandline.Words("error", "warning", "info")
	switch f.Names()[0] {
	case "format":
		switch text := commandline.FlagText(f); {
		case strings.Contains(text, "table, json or csv"): // of audit affected
			return commandline.Choice{List: commandline.Words(slices.Sorted(maps.Keys(affectedWriters))...)}, true
		case !strings.Contains(text, reports.Formats()[1]+","): // of version and clients
			return commandline.Choice{List: commandline.Words("text", "json")}, true
		}
		return commandline.Choice{List: commandline.Words(reports.Formats()...)}, true
	case "fail-on":
		return commandline.Choice{List: append(severities, commandline.Words("never")...)}, true
	case "only":
		return commandline.Choice{List: severities}, true
	case "group-by":
		return commandline.Choice{List: commandline.Words("fix", "rule", "issuer", "product", "tag:")}, true
	case "columns":
		return commandline.Choice{List: commandline.Words(reports.Columns()...), Several: true}, true
	case "fields":
		return commandline.Choice{List: commandline.Words(reports.FieldNames()...), Several: true}, true
	case "include":
		return commandline.Choice{List: commandline.Words("pem")}, true
	case "lang":
		return commandline.Choice{List: []commandline.Candidate{{Word: english, Text: "English"}, {Word: japanese, Text: "日本語"}}}, true
	case "clients":
		return commandline.Choice{List: append(p.clientCandidates(),
			commandline.Candidate{Word: "modern", Text: "current clients"},
			commandline.Candidate{Word: "broad", Text: "and those that still have many users"},
			commandline.Candidate{Word: "legacy", Text: "what all adds to broad"},
			commandline.Candidate{Word: "all", Text: "all there are"}), Several: true}, true
	case "server":
		var list []commandline.Candidate
		for _, k := range install.Kinds() {
			list = append(list, commandline.Candidate{Word: k.ID, Text: k.Title})
		}
		return commandline.Choice{List: list}, true
	case "variants":
		return commandline.Choice{List: commandline.Words("sni", "key", "version", "quic", "all", "none"), Several: true}, true
	case "prefer":
		return commandline.Choice{List: commandline.Words("minimal", "widest")}, true
	case "proxy-protocol":
		return commandline.Choice{List: commandline.Words("v1", "v2")}, true
	case "progress":
		return commandline.Choice{List: commandline.Words("auto", "bar", "plain", "none")}, true
	}
	return commandline.Choice{}, false
}

func ruleCandidates() (list []commandline.Candidate) {
	for _, r := range rules.All() {
		list = append(list, commandline.Candidate{Word: r.ID, Text: r.Title})
	}
	return list
}

func (p *process) clientCandidates() (list []commandline.Candidate) {
	for _, c := range client.Profiles(p.facts(), time.Now()) {
		list = append(list, commandline.Candidate{Word: c.ID, Text: c.Title})
	}
	return list
}
