package yamlfile

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/tlschain/tlschain/rules/nearest"
)

// mismatch finds the first value that is none of the type that is read into,
// and the first key that nobody reads; nil if there is neither. What reads
// itself is left to it.
func mismatch(node ast.Node, t reflect.Type) *Error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if anchor, ok := node.(*ast.AnchorNode); ok {
		node = anchor.Value
	}
	switch node.(type) {
	case nil, *ast.NullNode, *ast.AliasNode, *ast.TagNode:
		return nil // nothing, or what the library resolves
	}
	if readsItself(t) {
		return nil
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return inMapping(node, t)
	case reflect.Slice, reflect.Array:
		list, ok := node.(*ast.SequenceNode)
		if !ok {
			return Errorf(node, "this is %s, but a list belongs here: type %s", described(node), listOf(node, t.Elem()))
		}
		for _, v := range list.Values {
			if wrong := mismatch(v, t.Elem()); wrong != nil {
				return wrong
			}
		}
		return nil
	}
	return inScalar(node, t)
}

func inMapping(node ast.Node, t reflect.Type) *Error {
	var pairs []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		return Errorf(node, "this is %s, but %s: type %s", described(node), keysOf(t), example(t))
	}
	if t.Kind() == reflect.Map {
		for _, pair := range pairs {
			if wrong := mismatch(pair.Value, t.Elem()); wrong != nil {
				return wrong
			}
		}
		return nil
	}
	fields, names := fieldsOf(t)
	for _, pair := range pairs {
		if pair.Key.IsMergeKey() {
			continue
		}
		key := pair.Key.GetToken().Value
		field, ok := fields[key]
		if !ok {
			wrong := Errorf(pair.Key, "%s", meant(key, names))
			wrong.Unknown = key
			return wrong
		}
		if wrong := mismatch(pair.Value, field); wrong != nil {
			return wrong
		}
	}
	return nil
}

// meant says which key was probably meant, or all that there are if they are few.
func meant(key string, names []string) string {
	near := nearest.Word(key, names)
	switch {
	case near != "":
		return fmt.Sprintf(": did you mean %s?", near)
	case len(names) <= 10:
		return ": type " + alternatives(names)
	}
	return ""
}

func inScalar(node ast.Node, t reflect.Type) *Error {
	scalar, ok := node.(ast.ScalarNode)
	if !ok {
		return Errorf(node, "this is %s, but %s belongs here: type %s", described(node), kindName(t), oneOf(node, t))
	}
	text := strings.ReplaceAll(scalar.GetToken().Value, "_", "")
	var err error
	switch t.Kind() {
	case reflect.Bool:
		if _, is := node.(*ast.BoolNode); !is {
			return Errorf(node, "this is %s: type true or false", described(node))
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		_, err = strconv.ParseInt(text, 0, t.Bits())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		_, err = strconv.ParseUint(text, 0, t.Bits())
	case reflect.Float32, reflect.Float64:
		_, err = strconv.ParseFloat(text, t.Bits())
	}
	if err != nil {
		return Errorf(node, "this is %s, but %s belongs here: type %s", described(node), kindName(t), example(t))
	}
	return nil
}

// readsItself reports whether a type has its own way to read a node.
func readsItself(t reflect.Type) bool {
	switch reflect.New(t).Interface().(type) {
	case yaml.NodeUnmarshaler, yaml.InterfaceUnmarshaler, yaml.BytesUnmarshaler, encoding.TextUnmarshaler:
		return true
	}
	return t.Kind() == reflect.Interface
}

// culprit is the node below which something that reads itself fails alone: the
// library passes its error on without a place.
func culprit(node ast.Node, t reflect.Type) ast.Node {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if readsItself(t) && t.Kind() != reflect.Interface {
		if yaml.NodeToValue(node, reflect.New(t).Interface(), yaml.Strict()) != nil {
			return node
		}
		return nil
	}
	switch n := node.(type) {
	case *ast.MappingNode:
		fields := map[string]reflect.Type{}
		if t.Kind() == reflect.Struct {
			fields, _ = fieldsOf(t)
		}
		for _, pair := range n.Values {
			below := fields[pair.Key.GetToken().Value]
			if t.Kind() == reflect.Map {
				below = t.Elem()
			}
			if below == nil {
				continue
			}
			if found := culprit(pair.Value, below); found != nil {
				return found
			}
		}
	case *ast.SequenceNode:
		for _, v := range n.Values {
			if found := culprit(v, t.Elem()); found != nil {
				return found
			}
		}
	}
	return nil
}

// fieldsOf are the keys of a struct with their types, and the keys in the order
// of the struct.
func fieldsOf(t reflect.Type) (fields map[string]reflect.Type, names []string) {
	fields = map[string]reflect.Type{}
	for f := range t.NumField() {
		field := t.Field(f)
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case name == "-" || !field.IsExported() && !field.Anonymous:
		case options == "inline":
			inner, more := fieldsOf(field.Type)
			for _, n := range more {
				fields[n] = inner[n]
			}
			names = append(names, more...)
		default:
			if name == "" {
				name = strings.ToLower(field.Name)
			}
			fields[name] = field.Type
			names = append(names, name)
		}
	}
	return fields, names
}
