package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/install"
)

// completeWord is the command by which the scripts of completions ask. It is for
// them alone: they are of the same release, and nothing else should rely on it.
const completeWord = "__complete"

// A candidate is a word that may stand where the user is typing.
type candidate struct{ word, text string }

// Kinds of answers. The scripts know them.
const (
	someWords  = "words"   // those that follow, and nothing else
	someFiles  = "files"   // names of files, which the shell knows best
	someFolder = "folders" // names of folders
)

// complete answers a shell that completes the last of the words after the
// program's name: the kind of answer, then a candidate a line, with a tab before
// its explanation. It fails for nothing: who types has not finished.
func (p *process) complete(words []string) error {
	kind, candidates := p.candidates(words)
	var b strings.Builder
	b.WriteString(kind + "\n")
	for _, c := range candidates {
		fmt.Fprintf(&b, "%s\t%s\n", c.word, c.text)
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

func (p *process) candidates(words []string) (kind string, list []candidate) {
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "=" }) // bash splits there
	for i := range words {
		if words[i] == `""` { // older PowerShells lose an empty word
			words[i] = ""
		}
	}
	if len(words) == 0 {
		words = []string{""}
	}
	last := words[len(words)-1]
	at := &cli.Command{Subcommands: p.commands()}
	var value cli.Flag // whose value comes next
	given := 0
	for _, w := range words[:len(words)-1] {
		switch {
		case value != nil:
			value = nil
		case isFlag(w):
			if f := flagOf(at, w); f != nil && takesValue(f) && !strings.Contains(w, "=") {
				value = f
			}
		case len(at.Subcommands) > 0:
			next := at.Command(w)
			if next == nil {
				return someWords, nil
			}
			at = next
		default:
			given++
		}
	}
	switch flag, begun, inside := strings.Cut(last, "="); {
	case value != nil:
		return p.valuesOf(value, "", last)
	case inside && isFlag(last):
		if f := flagOf(at, last); f != nil && takesValue(f) {
			return p.valuesOf(f, flag+"=", begun)
		}
		return someWords, nil
	case strings.HasPrefix(last, "-"):
		return someWords, beginning(last, flagsOf(at))
	case len(at.Subcommands) > 0:
		for _, c := range at.Subcommands {
			list = append(list, candidate{c.Name, c.Usage})
		}
		return someWords, beginning(last, list)
	}
	if given > 0 && at.Name != "check" && at.Name != "fix" {
		return someWords, nil
	}
	switch at.Name {
	case "explain":
		return someWords, beginning(last, ruleCandidates())
	case "clients":
		return someWords, beginning(last, p.clientCandidates())
	case "completion":
		return someWords, beginning(last, shellCandidates())
	case "check", "fix", "convert", "waivers":
		return someFiles, nil
	case "man":
		return someFolder, nil
	}
	return someWords, nil
}

// flagOf finds a command's flag as it is typed, nil if there is none.
func flagOf(c *cli.Command, typed string) cli.Flag {
	wanted, _, _ := strings.Cut(strings.TrimLeft(typed, "-"), "=")
	for _, f := range c.Flags {
		if slices.Contains(f.Names(), wanted) {
			return f
		}
	}
	return nil
}

func flagsOf(c *cli.Command) (list []candidate) {
	for _, f := range c.Flags {
		for _, n := range f.Names() {
			list = append(list, candidate{dashed(n), flagText(f)})
		}
	}
	return append(list, candidate{"--help", "tell more of the command"})
}

// valuesOf gives the values that a flag may have, each with what stands before
// it in the word that is typed.
func (p *process) valuesOf(f cli.Flag, before, begun string) (kind string, list []candidate) {
	usage := flagUsage(f)
	for _, placeholder := range []string{" FILE", " LIST"} {
		if strings.HasSuffix(usage, placeholder) && f.Names()[0] != "variants" {
			return someFiles, nil
		}
	}
	for _, placeholder := range []string{" DIR", " FOLDER"} {
		if strings.HasSuffix(usage, placeholder) {
			return someFolder, nil
		}
	}
	v, known := p.values(f)
	if !known {
		return someWords, nil
	}
	if v.several { // what is there already stays, and is not offered again
		i := strings.LastIndex(begun, ",") + 1
		typed := strings.Split(begun[:i], ",")
		before, begun = before+begun[:i], begun[i:]
		v.list = slices.DeleteFunc(v.list, func(c candidate) bool { return slices.Contains(typed, c.word) })
	}
	for _, c := range beginning(begun, v.list) {
		list = append(list, candidate{before + c.word, c.text})
	}
	return someWords, list
}

// A choice is what a flag's value is one of, or some of, with commas between.
type choice struct {
	list    []candidate
	several bool
}

func (p *process) values(f cli.Flag) (c choice, known bool) {
	severities := plain("error", "warning", "info")
	switch f.Names()[0] {
	case "format":
		switch text := flagText(f); {
		case strings.Contains(text, "table, json or csv"): // of audit affected
			return choice{list: plain(slices.Sorted(maps.Keys(affectedWriters))...)}, true
		case !strings.Contains(text, reports.Formats()[1]+","): // of version and clients
			return choice{list: plain("text", "json")}, true
		}
		return choice{list: plain(reports.Formats()...)}, true
	case "fail-on":
		return choice{list: append(severities, plain("never")...)}, true
	case "only":
		return choice{list: severities}, true
	case "group-by":
		return choice{list: plain("fix", "rule", "issuer", "product", "tag:")}, true
	case "columns":
		return choice{list: plain(reports.Columns()...), several: true}, true
	case "fields":
		return choice{list: plain(reports.FieldNames()...), several: true}, true
	case "include":
		return choice{list: plain("pem")}, true
	case "lang":
		return choice{list: []candidate{{english, "English"}, {japanese, "日本語"}}}, true
	case "clients":
		return choice{list: append(p.clientCandidates(),
			candidate{"modern", "current clients"}, candidate{"broad", "and those that still have many users"},
			candidate{"legacy", "what all adds to broad"}, candidate{"all", "all there are"}), several: true}, true
	case "server":
		var list []candidate
		for _, k := range install.Kinds() {
			list = append(list, candidate{k.ID, k.Title})
		}
		return choice{list: list}, true
	case "variants":
		return choice{list: plain("sni", "key", "version", "quic", "all", "none"), several: true}, true
	case "prefer":
		return choice{list: plain("minimal", "widest")}, true
	case "proxy-protocol":
		return choice{list: plain("v1", "v2")}, true
	case "progress":
		return choice{list: plain("auto", "bar", "plain", "none")}, true
	}
	return choice{}, false
}

func plain(words ...string) (list []candidate) {
	for _, w := range words {
		list = append(list, candidate{word: w})
	}
	return list
}

func beginning(with string, list []candidate) (out []candidate) {
	for _, c := range list {
		if strings.HasPrefix(c.word, with) {
			out = append(out, c)
		}
	}
	return out
}

func ruleCandidates() (list []candidate) {
	for _, r := range rules.All() {
		list = append(list, candidate{r.ID, r.Title})
	}
	return list
}

func (p *process) clientCandidates() (list []candidate) {
	for _, c := range client.Profiles(p.facts(), time.Now()) {
		list = append(list, candidate{c.ID, c.Title})
	}
	return list
}
