// Package yamlfile reads the YAML files that people write: strictly, and with
// errors that name the line, the key, what stands there and what to type.
package yamlfile

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// An Error is a mistake in a file, and where it is.
type Error struct {
	Line, Column int
	Key          string // such as groups.web.ports[1]; empty: the whole of what was read
	Message      string

	Unknown string // a key that nobody reads, below Key; Message is then what to type
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text()) }

// Text is the error without its line.
func (e *Error) Text() string {
	if e.Unknown != "" {
		text := fmt.Sprintf("unknown field %q", e.Unknown)
		if e.Key != "" {
			text += " in " + e.Key
		}
		return text + e.Message
	}
	if e.Key == "" {
		return e.Message
	}
	return e.Key + ": " + e.Message
}

// In is the error as name:line:column, which editors jump to.
func (e *Error) In(name string) error {
	return fmt.Errorf("%s:%d:%d: %s", name, e.Line, e.Column, e.Text())
}

// Errors are the mistakes of a file, in their order. None: nil.
type Errors []*Error

func (e Errors) Error() string { return errors.Join(e.Unwrap()...).Error() }

// Unwrap gives each mistake.
func (e Errors) Unwrap() []error { return e.each(func(one *Error) error { return one }) }

// In is the mistakes as [Error.In] has them, one on a line.
func (e Errors) In(name string) error {
	return errors.Join(e.each(func(one *Error) error { return one.In(name) })...)
}

// First are no more than are told of a file.
func (e Errors) First() Errors { return e[:min(len(e), maxErrors)] }

func (e Errors) each(as func(*Error) error) []error {
	list := make([]error, len(e))
	for i, one := range e {
		list[i] = as(one)
	}
	return list
}

// Errorf makes an error about a node, for the UnmarshalYAML of a type. [Read]
// adds the key.
func Errorf(node ast.Node, format string, args ...any) *Error {
	at := node.GetToken().Position
	return &Error{Line: at.Line, Column: at.Column, Message: shortened(fmt.Sprintf(format, args...), maxMessage)}
}

// Of a file's mistakes 20 are told, and of long keys and texts the beginning.
const (
	maxErrors  = 20
	maxKey     = 100
	maxMessage = 2_000
)

// Read decodes a file of one document; an unknown key, and a value of another
// type than belongs there, is an [Error], as is what UnmarshalYAML of a type
// says. All that are found are told, 20 at most; of a text that is no YAML, the
// first. The tree is for those who look values up in it later.
func Read(text []byte, into any) (*ast.File, Errors) {
	if wrong := tooMuch(text); wrong != nil {
		return nil, Errors{wrong}
	}
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, foreign(err, nil)
	}
	root := document(tree)
	if len(tree.Docs) > 1 {
		second := tree.Docs[1]
		return nil, Errors{{Line: second.Start.Position.Line, Column: 1, Message: "a second document begins here: write one for each file"}}
	}
	if root == nil { // nothing but comments
		return tree, nil
	}
	if wrong := value(root, into); wrong != nil {
		return nil, wrong
	}
	return tree, nil
}

// Value decodes a node as [Read] does a file, for the UnmarshalYAML of a type
// that has more to say about it.
func Value(node ast.Node, into any) error {
	if wrong := value(node, into); wrong != nil {
		return wrong
	}
	return nil
}

// Below is [Value] for a node that was kept when its file was read: the keys of
// errors begin with that of the node.
func Below(key string, node ast.Node, into any) Errors {
	wrong := value(node, into)
	for _, w := range wrong {
		w.Key = strings.TrimSuffix(key+"."+w.Key, ".")
	}
	return wrong
}

func value(node ast.Node, into any) Errors {
	t := reflect.TypeOf(into).Elem()
	found := mismatches(node, t)
	if len(found) == 0 {
		err := yaml.NodeToValue(node, into, yaml.Strict())
		if err == nil {
			return nil
		}
		if found = misread(node, t); len(found) == 0 {
			found = foreign(err, nil)
		}
	} else {
		found = append(found, misread(node, t)...)
	}
	slices.SortStableFunc(found, func(a, b *Error) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	found = found.First()
	for _, wrong := range found {
		wrong.Key = keyAt(node, wrong.Line, wrong.Column) // from the outermost node that is read
	}
	return found
}

// Scalar gives the text of a node, quoted or not, on one line or on several;
// lists and mappings have none.
func Scalar(node ast.Node) (string, error) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case ast.ScalarNode:
		return strings.TrimSpace(n.GetToken().Value), nil
	}
	return "", Errorf(node, "this is %s, but one value belongs here", described(node))
}

// document is the root node; nil where there is none.
func document(tree *ast.File) ast.Node {
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		return nil
	}
	switch tree.Docs[0].Body.Type() {
	case ast.NullType, ast.CommentType, ast.CommentGroupType:
		return nil
	}
	return tree.Docs[0].Body
}

// foreign words an error of the library; at is what it is about where it does
// not say so itself.
func foreign(err error, at ast.Node) Errors {
	var several Errors
	if errors.As(err, &several) {
		return several
	}
	var own *Error
	if errors.As(err, &own) {
		return Errors{own}
	}
	e := &Error{Line: 1, Column: 1, Message: err.Error()}
	var theirs yaml.Error
	if errors.As(err, &theirs) && theirs.GetToken() != nil {
		e.Line, e.Column = theirs.GetToken().Position.Line, theirs.GetToken().Position.Column
		e.Message = plain(theirs.GetMessage())
	} else if at != nil {
		e.Line, e.Column = at.GetToken().Position.Line, at.GetToken().Position.Column
	}
	e.Message = shortened(e.Message, maxMessage)
	return Errors{e}
}

// syntax are the library's complaints about torn files, and the same in words
// that say what to type.
var syntax = []struct{ theirs, ours string }{
	{"found character '\t'", "a tab cannot indent: type spaces"},
	{"sequence end token ']' not found", "the list that begins here does not end: type ]"},
	{"',' or ']' must be specified", "the list does not go on: type , between its values, or ] at its end"},
	{"',' or '}' must be specified", "the mapping does not go on: type , between its keys, or } at its end"},
	{"could not find end character of double-quoted text", "the text that begins here does not end: type \""},
	{"could not find end character of single-quoted text", "the text that begins here does not end: type '"},
	{"value is not allowed in this context", "this is indented in another way than what is above it: type as many spaces as there"},
	{"mapping value is not allowed in this context", "this has a value already, and keys below it: indent the next line as this one"},
	{"non-map value is specified", "this is no key with its value: type KEY: VALUE"},
	{"could not find alias", "* begins the name of an anchor, and there is none of this name: type quotes around a text that begins with *"},
}

func plain(message string) string {
	for _, s := range syntax {
		if strings.HasPrefix(message, s.theirs) {
			return s.ours
		}
	}
	if strings.HasPrefix(message, "mapping key ") {
		return message + ": type it once"
	}
	return message
}

// keyAt is the path of the outermost node that begins at a place; that of the
// mapping where a key does, since a key is wrong in it. Empty if none does.
func keyAt(node ast.Node, line, column int) string {
	path, _ := pathTo(node, line, column)
	return strings.TrimPrefix(path, ".")
}

// pathTo is what keyAt gives, with a dot before each key. It is written on the way
// back, so that keys cost nothing but where they lead to what is looked for.
func pathTo(node ast.Node, line, column int) (path string, found bool) {
	if node == nil {
		return "", false
	}
	if at := node.GetToken().Position; at.Line == line && at.Column == column {
		return "", true
	}
	switch n := node.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			if path, found = pathTo(v, line, column); found {
				return path, true
			}
		}
	case *ast.MappingValueNode:
		if at := n.Key.GetToken().Position; at.Line == line && at.Column == column {
			return "", true
		}
		if path, found = pathTo(n.Value, line, column); found {
			return "." + shortened(n.Key.String(), maxKey) + path, true
		}
	case *ast.SequenceNode:
		for i, v := range n.Values {
			if path, found = pathTo(v, line, column); found {
				return fmt.Sprintf("[%d]%s", i, path), true
			}
		}
	case *ast.AnchorNode:
		return pathTo(n.Value, line, column)
	}
	return "", false
}
