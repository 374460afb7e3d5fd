package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/tlschain/tlschain/rules"
)

// Parse reads a policy file. It is strict: an unknown key, rule or severity is
// an error that begins with name:line:column.
func Parse(name string, data []byte) (*Policy, error) {
	p := &Policy{}
	if err := decode(name, data, p); err != nil {
		return nil, err
	}
	return p, nil
}

// ParseWaivers reads a waivers file, as strictly.
func ParseWaivers(name string, data []byte) ([]Waiver, error) {
	var file struct {
		Waivers []Waiver `yaml:"waivers"`
	}
	if err := decode(name, data, &file); err != nil {
		return nil, err
	}
	return file.Waivers, nil
}

func decode(name string, data []byte, into any) error {
	err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(into)
	if err == nil || errors.Is(err, io.EOF) { // an empty file says nothing
		return nil
	}
	var own *placed
	if errors.As(err, &own) {
		return fmt.Errorf("%s:%d:%d: %s", name, own.line, own.column, own.message)
	}
	var theirs yaml.Error
	if errors.As(err, &theirs) && theirs.GetToken() != nil {
		at := theirs.GetToken().Position
		return fmt.Errorf("%s:%d:%d: %s", name, at.Line, at.Column, theirs.GetMessage())
	}
	return fmt.Errorf("%s: %w", name, err)
}

// A placed error knows its line and column.
type placed struct {
	line, column int
	message      string
}

func (p *placed) Error() string { return p.message }

func wrong(node ast.Node, format string, args ...any) error {
	at := node.GetToken().Position
	return &placed{at.Line, at.Column, fmt.Sprintf(format, args...)}
}

// scalar gives a node's text; lists and maps have none.
func scalar(node ast.Node) (string, error) {
	if _, ok := node.(ast.ScalarNode); !ok {
		return "", wrong(node, "a single value belongs here")
	}
	return node.GetToken().Value, nil
}

// UnmarshalYAML reads error, warning, info or off.
func (l *Level) UnmarshalYAML(node ast.Node) error {
	text, err := scalar(node)
	if err != nil {
		return err
	}
	if text == "off" || text == "false" {
		*l = Level{Off: true}
		return nil
	}
	l.Severity, err = rules.ParseSeverity(text)
	if err != nil {
		return wrong(node, "severity %q: type error, warning, info or off", text)
	}
	return nil
}

// UnmarshalYAML reads the ID of a rule there is.
func (r *RuleID) UnmarshalYAML(node ast.Node) error {
	text, err := scalar(node)
	if err != nil {
		return err
	}
	if rules.Lookup(text) == nil {
		return wrong(node, "there is no rule %q: tlschain explain lists them", text)
	}
	*r = RuleID(text)
	return nil
}

// UnmarshalYAML reads a pattern.
func (p *Pattern) UnmarshalYAML(node ast.Node) error {
	text, err := scalar(node)
	if err != nil {
		return err
	}
	if *p, err = parsePattern(text); err != nil {
		return wrong(node, "%v", err)
	}
	return nil
}

// UnmarshalYAML reads a date or an RFC 3339 time.
func (t *Time) UnmarshalYAML(node ast.Node) error {
	text, err := scalar(node)
	if err != nil {
		return err
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if parsed, err := time.Parse(layout, text); err == nil {
			t.Time = parsed
			return nil
		}
	}
	return wrong(node, "%q is no date: type one as 2027-06-30", text)
}

// UnmarshalYAML reads a waiver and holds that nothing is left out.
func (w *Waiver) UnmarshalYAML(node ast.Node) error {
	type plain Waiver // without this method
	if err := yaml.NodeToValue(node, (*plain)(w), yaml.Strict()); err != nil {
		return err
	}
	switch {
	case w.Rule == "":
		return wrong(node, "the waiver names no rule")
	case w.Rule == "waiver-expired":
		return wrong(node, "waiver-expired cannot be waived: give the waiver that expired a new date")
	case w.Endpoint.text == "":
		return wrong(node, "the waiver of %s names no endpoint: type a host, a network, or \"*\"", w.Rule)
	case w.Reason == "":
		return wrong(node, "the waiver of %s has no reason: say who accepts it and why", w.Rule)
	case w.Expires.IsZero():
		return wrong(node, "the waiver of %s has no expires: type a date as 2027-06-30", w.Rule)
	}
	return nil
}
