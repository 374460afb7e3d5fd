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

	node ast.Node // all of it
	key  string   // such as clients[0]
}

// UnmarshalYAML notes the place.
func (d *definition) UnmarshalYAML(node ast.Node) error {
	type plain definition // without this method
	d.node = node
	return yamlfile.Value(node, (*plain)(d))
}

func (d *definition) wrong(format string, args ...any) *yamlfile.Error {
	e := yamlfile.Errorf(d.node, format, args...)
	e.Key = d.key
	return e
}

// Parse reads a client file: a YAML document with the key clients, a list of
// clients, each with an id, the id of the profile it is based on, and what
// differs from it. Unknown keys are errors. All mistakes that are found are told.
func Parse(text []byte, known []*Profile) ([]Defined, yamlfile.Errors) {
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
			wrong = append(wrong, yamlfile.Errorf(tree.Docs[0].Body, "item %d of clients is empty: type {id: ..., base: ...}", i+1))
			continue
		}
		def.key = fmt.Sprintf("clients[%d]", i)
		switch id := def.ID; {
		case strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != "" || id == "":
			wrong = append(wrong, def.wrong("id %q: use lower-case letters, digits, dots and hyphens", id))
		case taken[id] || id == string(Modern) || id == string(Broad) || id == string(Legacy) || id == string(All):
			wrong = append(wrong, def.wrong("there is already a client or group %q: type another id", id))
		}
		taken[def.ID] = true
		d, more := def.client(known)
		wrong = append(wrong, more...)
		out = append(out, d)
	}
	if wrong != nil {
		return nil, wrong.First()
	}
	return out, nil
}

// client is the base with what differs.
func (def *definition) client(known []*Profile) (Defined, yamlfile.Errors) {
	var p *Profile
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
		return Defined{}, yamlfile.Errors{def.wrong("base is missing: name the profile that %q is based on", def.ID)}
	case p == nil:
		instead := ": tlschain clients lists them"
		if near := nearest.Word(def.Base, ids); near != "" {
			instead = ": did you mean " + near + "?"
		}
		return Defined{}, yamlfile.Errors{def.wrong("base: there is no client %q%s", def.Base, instead)}
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
		return Defined{}, yamlfile.Errors{def.wrong("group %q: type modern, broad or legacy", def.Group)}
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
		if wrong := yamlfile.Below(def.key+".builder", def.Builder, &p.Builder); wrong != nil {
			return Defined{}, wrong
		}
	}
	return Defined{Profile: p, Store: def.Store, Line: def.node.GetToken().Position.Line}, nil
}
