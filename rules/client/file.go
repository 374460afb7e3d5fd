package client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
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
}

// Parse reads a client file: a YAML document with the key clients, a list of
// clients, each with an id, the id of the profile it is based on, and what
// differs from it. Unknown keys are errors. Errors begin with the line.
func Parse(text []byte, known []*Profile) ([]Defined, error) {
	var file struct {
		Clients []ast.Node `yaml:"clients"`
	}
	doc, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, atLine(err)
	}
	err = yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&file)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, atLine(err)
	}
	if len(doc.Docs) > 1 {
		return nil, fmt.Errorf("line %d: a client file is one YAML document", doc.Docs[1].Start.Position.Line)
	}
	taken := make(map[string]bool)
	for _, p := range known {
		taken[p.ID] = true
	}
	var out []Defined
	for i, node := range file.Clients {
		if node == nil {
			return nil, fmt.Errorf("line %d: item %d of clients is empty", doc.Docs[0].Body.GetToken().Position.Line, i+1)
		}
		line := node.GetToken().Position.Line
		d, err := define(node, known)
		if err != nil {
			return nil, err
		}
		d.Line = line
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

func define(node ast.Node, known []*Profile) (Defined, error) {
	var def definition
	line := node.GetToken().Position.Line
	if err := yaml.NodeToValue(node, &def, yaml.Strict()); err != nil {
		return Defined{}, atLine(err)
	}
	var p *Profile
	for _, k := range known {
		if id, _, _ := Named(def.Base); k.ID == id {
			q := *k
			p = &q
		}
	}
	switch {
	case def.Base == "":
		return Defined{}, fmt.Errorf("line %d: base is missing: name the profile that %q is based on", line, def.ID)
	case p == nil:
		return Defined{}, fmt.Errorf("line %d: base: there is no client %q", line, def.Base)
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
		if err := yaml.NodeToValue(def.Builder, &p.Builder, yaml.Strict()); err != nil {
			return Defined{}, atParameter(def.Builder, err)
		}
	}
	return Defined{Profile: p, Store: def.Store}, nil
}

// atLine puts the line before a complaint of the YAML library, which would
// otherwise draw the file around it.
func atLine(err error) error {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		return fmt.Errorf("line %d: %s", at.GetToken().Position.Line, at.GetMessage())
	}
	return err
}

// atParameter puts the line before an error of a word that is not known, which
// the library passes on without one.
func atParameter(builder ast.Node, err error) error {
	if m, ok := builder.(*ast.MappingNode); ok {
		for _, v := range m.Values {
			var scratch Builder
			if yaml.NodeToValue(&ast.MappingNode{BaseNode: m.BaseNode, Start: m.Start, Values: []*ast.MappingValueNode{v}}, &scratch) != nil {
				builder = v.Key
				break
			}
		}
	}
	if located := atLine(err); located != err {
		return located
	}
	return fmt.Errorf("line %d: %w", builder.GetToken().Position.Line, err)
}
