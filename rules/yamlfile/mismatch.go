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

// mismatches finds the values that are none of the type that is read into, and
// the keys that nobody reads. What reads itself is left to it.
func mismatches(node ast.Node, t reflect.Type) Errors {
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
			return Errors{Errorf(node, "this is %s, but a list belongs here: type %s", described(node), listOf(node, t.Elem()))}
		}
		var found Errors
		for _, v := range list.Values {
			if found = append(found, mismatches(v, t.Elem())...); len(found) >= maxErrors {
				break
			}
		}
		return found
	}
	if wrong := inScalar(node, t); wrong != nil {
		return Errors{wrong}
	}
	return nil
}

// pairsOf are the keys of a mapping with their values; of anything else, none.
func pairsOf(node ast.Node) (pairs []*ast.MappingValueNode, ok bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func inMapping(node ast.Node, t reflect.Type) (found Errors) {
	pairs, ok := pairsOf(node)
	if !ok {
		return Errors{Errorf(node, "this is %s, but %s: type %s", described(node), keysOf(t), example(t))}
	}
	if t.Kind() == reflect.Map {
		for _, pair := range pairs {
			if found = append(found, mismatches(pair.Value, t.Elem())...); len(found) >= maxErrors {
				break
			}
		}
		return found
	}
	fields, names := fieldsOf(t)
	for _, pair := range pairs {
		if len(found) >= maxErrors {
			break
		}
		if pair.Key.IsMergeKey() {
			continue
		}
		key := pair.Key.GetToken().Value
		field, ok := fields[key]
		if !ok {
			wrong := Errorf(pair.Key, "%s", meant(key, names))
			wrong.Unknown = shortened(key, maxKey)
			found = append(found, wrong)
			continue
		}
		found = append(found, mismatches(pair.Value, field)...)
	}
	return found
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

// misread finds what reads itself and cannot, each with its place: the library
// passes such errors on without one, and stops at the first.
func misread(node ast.Node, t reflect.Type) (found Errors) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if anchor, ok := node.(*ast.AnchorNode); ok {
		node = anchor.Value
	}
	if readsItself(t) {
		if t.Kind() == reflect.Interface || len(ast.Filter(ast.AliasType, node)) > 0 {
			return nil // it can be anything, or cannot be read alone
		}
		if err := yaml.NodeToValue(node, reflect.New(t).Interface(), yaml.Strict()); err != nil {
			return foreign(err, node)
		}
		return nil
	}
	if list, ok := node.(*ast.SequenceNode); ok {
		if t.Kind() != reflect.Slice && t.Kind() != reflect.Array {
			return nil
		}
		for _, v := range list.Values {
			if found = append(found, misread(v, t.Elem())...); len(found) >= maxErrors {
				break
			}
		}
		return found
	}
	fields := map[string]reflect.Type{}
	if t.Kind() == reflect.Struct {
		fields, _ = fieldsOf(t)
	}
	pairs, _ := pairsOf(node)
	for _, pair := range pairs {
		below := fields[pair.Key.GetToken().Value]
		if t.Kind() == reflect.Map {
			below = t.Elem()
			if readsItself(t.Key()) {
				found = append(found, misread(pair.Key, t.Key())...)
			}
		}
		if below == nil {
			continue
		}
		if found = append(found, misread(pair.Value, below)...); len(found) >= maxErrors {
			break
		}
	}
	return found
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
