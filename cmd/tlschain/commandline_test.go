package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/commandline"
)

func TestArrange(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"scan host", "tlschain scan -- host"},
		{"scan host --strict", "tlschain scan --strict -- host"},
		{"scan --strict host", "tlschain scan --strict -- host"},
		{"scan a --format json b --strict c", "tlschain scan --format json --strict -- a b c"},
		{"scan a --format=json b", "tlschain scan --format=json -- a b"},
		{"scan a -format json", "tlschain scan -format json -- a"},
		{"scan -f list a -f other", "tlschain scan -f list -f other -- a"},
		{"scan -f - a", "tlschain scan -f - -- a"},
		{"scan - --strict", "tlschain scan --strict -- -"},
		{"scan a -o=-odd", "tlschain scan -o=-odd -- a"},
		{"scan -4 a -6", "tlschain scan -4 -6 -- a"},
		{"scan --strict -- a --wide", "tlschain scan --strict -- a --wide"},
		{"scan a -- -b", "tlschain scan -- a -b"},
		{"check chain.pem --key key.pem", "tlschain check --key key.pem -- chain.pem"},
		{"explain", "tlschain explain --"},
	} {
		l, err := commandline.Arrange(new(process).app(), strings.Fields(c.typed), instead)
		if err != nil {
			t.Errorf("%s: %v", c.typed, err)
		} else if diff := cmp.Diff(strings.Fields(c.want), l.Args); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.typed, diff)
		}
	}
}

// Whatever is not a flag of the command must be refused: as a target it would
// be looked up by name.
func TestArrangeRefuses(t *testing.T) {
	for _, c := range []struct{ typed, message, hint string }{
		{"scan host --srtict", "tlschain scan has no flag --srtict", "did you mean --strict? see tlschain scan --help"},
		{"scan host --xyzzy=1", "tlschain scan has no flag --xyzzy", "see tlschain scan --help"},
		{"scan host --format", "--format needs a value", "--format FORMAT; a value that begins with a hyphen is typed --format=VALUE"},
		{"scan host -o --strict", "-o needs a value", "-o, --output FILE; a value that begins with a hyphen is typed -o=VALUE"},
		{"scna host", `there is no command "scna"`, "did you mean tlschain scan?"},
		{"example.com", `there is no command "example.com"`, "to scan it, type tlschain scan example.com"},
		{"xyzzy", `there is no command "xyzzy"`, "see tlschain --help"},
		{"--strict scan", "tlschain has no flag --strict",
			"type the command before its flags, one of tlschain scan, check, fix, explain, clients, waivers, convert, audit, data, schema, " +
				"completion, man, version"},
		{"scan host -45", "tlschain scan has no flag -45", "see tlschain scan --help"},
	} {
		_, err := commandline.Arrange(new(process).app(), strings.Fields(c.typed), instead)
		var usage *commandline.Mistake
		if !errors.As(err, &usage) {
			t.Errorf("%s: %v is no usage error", c.typed, err)
			continue
		}
		if diff := cmp.Diff([]string{c.message, c.hint}, []string{usage.Error(), usage.Hint()}); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.typed, diff)
		}
	}
}

func TestArrangeHelp(t *testing.T) {
	for typed, command := range map[string]string{
		"":                       "tlschain",
		"--help":                 "tlschain",
		"-h":                     "tlschain",
		"help":                   "tlschain",
		"help scan":              "scan",
		"scan --help":            "scan",
		"scan host -h":           "scan",
		"scan --format --help x": "", // a value is missing: say so
	} {
		l, err := commandline.Arrange(new(process).app(), strings.Fields(typed), instead)
		switch {
		case command == "" && err == nil:
			t.Errorf("%q: no error", typed)
		case command != "" && (err != nil || !l.Help || l.Command.Name != command):
			t.Errorf("%q: %+v, %v; want help of %s", typed, l, err, command)
		}
	}
}
