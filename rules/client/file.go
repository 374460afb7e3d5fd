package client

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/tlschain/tlschain/rules/nearest"
	"github.com/tlschain/tlschain/rules/yamlfile"
)

// A Defined is a client that a user wrote down.
type Defined struct {
	Profile *Profile // with the base's store
	Store   string   // PEM file with its anchors, for the caller to read; empty: the base's store
	Line    int      // where it stands in the file
}

// definition is one client in a client file.
type definition struct {
	ID      string   `yaml:"id"`
	Title   string   `yaml:"title"`
	Base    string   `yaml:"base"`
	Store   string   `yaml:"store"`
	Group   Group    `yaml:"group"`
	AIA     *bool    `yaml:"aia"`
	Preload *bool    `yaml:"preload"`
	Notes   string   `yaml:"notes"`
	Builder ast.Node `yaml:"builder"`

	line int
}

// UnmarshalYAML notes the line.
func (d *definition) UnmarshalYAML(node ast.Node) error {
	type plain definition // without this method
	d.line = node.GetToken().Position.Line
	return yamlfile.Value(node, (*plain)(d))
}

// Parse reads a client file: a YAML document with the key clients, a list of
// clients, each with an id, the id of the profile it is based on, and what
// differs from it. Unknown keys are errors. Errors begin with the line.
func Parse(text []byte, known []*Profile) ([]Defined, error) {
	var file struct {
		Clients []*definition `yaml:"clients"`
	}
	tree, wrong := yamlfile.Read(text, &file)
	if wrong != nil {
		return nil, wrong
	}
	taken := make(map[string]bool)
	for _, p := range known {
		taken[p.ID] = true
	}
	var out []Defined
	for i, def := range file.Clients {
		if def == nil {
			return nil, fmt.Errorf("line %d: item %d of clients is empty", tree.Docs[0].Body.GetToken().Position.Line, i+1)
		}
		d, err := def.client(known)
		if err != nil {
			return nil, err
		}
		line := def.line
		switch id := d.Profile.ID; {
		case strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != "" || id == "":
			return nil, fmt.Errorf("line %d: id %q: use lower-case letters, digits, dots and hyphens", line, id)
		case taken[id] || id == string(Modern) || id == string(Broad) || id == string(Legacy) || id == string(All):
			return nil, fmt.Errorf("line %d: there is already a client or group %q", line, id)
		}
		taken[d.Profile.ID] = true
		out = append(out, d)
	}
	return out, nil
}

// client is the base with what differs.
func (def *definition) client(known []*Profile) (Defined, error) {
	var p *Profile
	line := def.line
	ids := make([]string, 0, len(known))
	for _, k := range known {
		ids = append(ids, k.ID)
		if id, _, _ := Named(def.Base); k.ID == id {
			q := *k
			p = &q
		}
	}
	switch {
	case def.Base == "":
		return Defined{}, fmt.Errorf("line %d: base is missing: name the profile that %q is based on", line, def.ID)
	case p == nil:
		message := fmt.Sprintf("base: there is no client %q", def.Base)
		if near := nearest.Word(def.Base, ids); near != "" {
			message += ": did you mean " + near + "?"
		}
		return Defined{}, fmt.Errorf("line %d: %s", line, message)
	}
	p.ID, p.Title, p.Group = def.ID, def.Title, def.Group
	if p.Title == "" {
		p.Title = def.ID
	}
	switch p.Group {
	case "":
		p.Group = Legacy
	case Modern, Broad, Legacy:
	default:
		return Defined{}, fmt.Errorf("line %d: group %q: type modern, broad or legacy", line, def.Group)
	}
	p.BuilderEvidence = Assumed
	p.Notes = strings.TrimSpace("Defined by the user, after " + def.Base + ". " + def.Notes)
	if def.AIA != nil {
		p.AIA = *def.AIA
	}
	if def.Preload != nil {
		p.Preload = *def.Preload
	}
	if def.Builder != nil {
		if err := yamlfile.Value(def.Builder, &p.Builder); err != nil {
			return Defined{}, err
		}
	}
	return Defined{Profile: p, Store: def.Store, Line: line}, nil
}
