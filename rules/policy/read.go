package policy

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/nearest"
	"github.com/tlschain/tlschain/rules/yamlfile"
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

// flagOf is the flag whose file has a key at its top.
var flagOf = map[string]string{
	"severity": "--policy", "expires_soon": "--policy", "overrides": "--policy",
	"waivers": "--waivers", "distrust": "--distrust", "clients": "--client-file",
}

func decode(name string, data []byte, into any) error {
	_, wrong := yamlfile.Read(data, into)
	if wrong == nil {
		return nil
	}
	for _, w := range wrong {
		if flag := flagOf[w.Unknown]; flag != "" && w.Key == "" {
			key := strings.ReplaceAll(strings.TrimPrefix(flag, "--"), "-", "_")
			w.Message = fmt.Sprintf(": it belongs into another file: type %s FILE, or %s: FILE in tlschain.yaml", flag, key)
		}
	}
	return wrong.In(name)
}

// UnmarshalYAML reads error, warning, info or off.
func (l *Level) UnmarshalYAML(node ast.Node) error {
	text, err := yamlfile.Scalar(node)
	if err != nil {
		return err
	}
	if text == "off" || text == "false" {
		*l = Level{Off: true}
		return nil
	}
	l.Severity, err = rules.ParseSeverity(text)
	if err != nil {
		return yamlfile.Errorf(node, "%q is no severity: type error, warning, info or off", text)
	}
	return nil
}

// UnmarshalYAML reads one value, or a list of some.
func (o *OneOf) UnmarshalYAML(node ast.Node) error {
	if list, ok := node.(*ast.SequenceNode); ok {
		if len(list.Values) == 0 {
			return yamlfile.Errorf(node, "it has no value: type one, or a list such as [web, shop]")
		}
		return yamlfile.Value(node, (*[]string)(o))
	}
	text, err := yamlfile.Scalar(node)
	*o = OneOf{text}
	return err
}

// UnmarshalYAML reads the ID of a rule there is.
func (r *RuleID) UnmarshalYAML(node ast.Node) error {
	text, err := yamlfile.Scalar(node)
	if err != nil {
		return err
	}
	if rules.Lookup(text) == nil {
		var ids []string
		for _, r := range rules.All() {
			ids = append(ids, r.ID)
		}
		instead := "tlschain explain lists them"
		if near := nearest.Word(text, ids); near != "" {
			instead = "did you mean " + near + "?"
		}
		return yamlfile.Errorf(node, "there is no rule %q: %s", text, instead)
	}
	*r = RuleID(text)
	return nil
}

// UnmarshalYAML reads a number of days.
func (d *Days) UnmarshalYAML(node ast.Node) error {
	const most = 3650
	text, err := yamlfile.Scalar(node)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return yamlfile.Errorf(node, "%q is no number of days: type one from 1 to %d, such as 21", text, most)
	}
	*d = Days(n)
	return nil
}

// UnmarshalYAML reads a part of a lifetime.
func (f *Fraction) UnmarshalYAML(node ast.Node) error {
	text, err := yamlfile.Scalar(node)
	if err != nil {
		return err
	}
	part, err := strconv.ParseFloat(text, 64)
	if err != nil || !(part > 0 && part <= 1) {
		return yamlfile.Errorf(node, "%q is no part of a lifetime: type one above 0 and up to 1, such as 0.25; 1 leaves it to days", text)
	}
	*f = Fraction(part)
	return nil
}

// UnmarshalYAML reads the limits and holds that there is one.
func (e *Expiry) UnmarshalYAML(node ast.Node) error {
	type plain Expiry // without this method
	if err := yamlfile.Value(node, (*plain)(e)); err != nil {
		return err
	}
	if *e == (Expiry{}) {
		return yamlfile.Errorf(node, "there is no limit: type {days: 21}, {fraction: 0.25} or both")
	}
	return nil
}

// UnmarshalYAML reads a pattern.
func (p *Pattern) UnmarshalYAML(node ast.Node) error {
	text, err := yamlfile.Scalar(node)
	if err != nil {
		return err
	}
	if *p, err = parsePattern(text); err != nil {
		return yamlfile.Errorf(node, "%v", err)
	}
	return nil
}

// UnmarshalYAML reads a date or an RFC 3339 time.
func (t *Time) UnmarshalYAML(node ast.Node) error {
	text, err := yamlfile.Scalar(node)
	if err != nil {
		return err
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if parsed, err := time.Parse(layout, text); err == nil {
			t.Time = parsed
			return nil
		}
	}
	return yamlfile.Errorf(node, "%q is no date: type one as 2027-06-30", text)
}

// UnmarshalYAML reads a waiver and holds that nothing is left out.
func (w *Waiver) UnmarshalYAML(node ast.Node) error {
	type plain Waiver // without this method
	if err := yamlfile.Value(node, (*plain)(w)); err != nil {
		return err
	}
	switch {
	case w.Rule == "":
		return yamlfile.Errorf(node, "the waiver names no rule")
	case w.Rule == "waiver-expired":
		return yamlfile.Errorf(node, "waiver-expired cannot be waived: give the waiver that expired a new date")
	case w.Endpoint.text == "":
		return yamlfile.Errorf(node, "the waiver of %s names no endpoint: type a host, a network, or \"*\"", w.Rule)
	case w.Reason == "":
		return yamlfile.Errorf(node, "the waiver of %s has no reason: say who accepts it and why", w.Rule)
	case w.Expires.IsZero():
		return yamlfile.Errorf(node, "the waiver of %s has no expires: type a date as 2027-06-30", w.Rule)
	}
	return nil
}
