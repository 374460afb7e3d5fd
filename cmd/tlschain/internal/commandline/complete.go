package commandline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// A Candidate is a word that may stand where the user is typing.
type Candidate struct{ Word, Text string }

// Kinds of answers. The scripts know them.
const (
	SomeWords  = "words"   // those that follow, and nothing else
	SomeFiles  = "files"   // names of files, which the shell knows best
	SomeFolder = "folders" // names of folders
)

// A Completer knows what may be typed.
type Completer struct {
	Commands  []*cli.Command
	Values    func(f cli.Flag) (c Choice, known bool)                         // of a flag
	Arguments func(c *cli.Command, given int) (kind string, list []Candidate) // of a command that has so many
}

// Complete answers a shell that completes the last of the words after the
// program's name: the kind of answer, then a candidate a line, with a tab before
// its explanation. It fails for nothing: who types has not finished.
func (k *Completer) Complete(words []string) string {
	kind, candidates := k.candidates(words)
	var b strings.Builder
	b.WriteString(kind + "\n")
	for _, c := range candidates {
		fmt.Fprintf(&b, "%s\t%s\n", c.Word, c.Text)
	}
	return b.String()
}

func (k *Completer) candidates(words []string) (kind string, list []Candidate) {
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
	at := &cli.Command{Subcommands: k.Commands}
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
				return SomeWords, nil
			}
			at = next
		default:
			given++
		}
	}
	switch flag, begun, inside := strings.Cut(last, "="); {
	case value != nil:
		return k.valuesOf(value, "", last)
	case inside && isFlag(last):
		if f := flagOf(at, last); f != nil && takesValue(f) {
			return k.valuesOf(f, flag+"=", begun)
		}
		return SomeWords, nil
	case strings.HasPrefix(last, "-"):
		return SomeWords, beginning(last, flagsOf(at))
	case len(at.Subcommands) > 0:
		for _, c := range at.Subcommands {
			list = append(list, Candidate{c.Name, c.Usage})
		}
		return SomeWords, beginning(last, list)
	}
	kind, list = k.Arguments(at, given)
	return kind, beginning(last, list)
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

func flagsOf(c *cli.Command) (list []Candidate) {
	for _, f := range c.Flags {
		for _, n := range f.Names() {
			list = append(list, Candidate{Dashed(n), FlagText(f)})
		}
	}
	return append(list, Candidate{"--help", "describe the command"})
}

// A Choice is what a flag's value is one of, or some of, with commas between.
type Choice struct {
	List    []Candidate
	Several bool
}

// valuesOf gives the values that a flag may have, each with what stands before
// it in the word that is typed.
func (k *Completer) valuesOf(f cli.Flag, before, begun string) (kind string, list []Candidate) {
	usage := flagUsage(f)
	for _, placeholder := range []string{" FILE", " LIST"} {
		if strings.HasSuffix(usage, placeholder) && f.Names()[0] != "variants" {
			return SomeFiles, nil
		}
	}
	for _, placeholder := range []string{" DIR", " FOLDER"} {
		if strings.HasSuffix(usage, placeholder) {
			return SomeFolder, nil
		}
	}
	v, known := k.Values(f)
	if !known {
		return SomeWords, nil
	}
	if v.Several { // what is there already stays, and is not offered again
		i := strings.LastIndex(begun, ",") + 1
		typed := strings.Split(begun[:i], ",")
		before, begun = before+begun[:i], begun[i:]
		v.List = slices.DeleteFunc(v.List, func(c Candidate) bool { return slices.Contains(typed, c.Word) })
	}
	for _, c := range beginning(begun, v.List) {
		list = append(list, Candidate{before + c.Word, c.Text})
	}
	return SomeWords, list
}

// Words are candidates without explanations.
func Words(words ...string) (list []Candidate) {
	for _, w := range words {
		list = append(list, Candidate{Word: w})
	}
	return list
}

func beginning(with string, list []Candidate) (out []Candidate) {
	for _, c := range list {
		if strings.HasPrefix(c.Word, with) {
			out = append(out, c)
		}
	}
	return out
}
