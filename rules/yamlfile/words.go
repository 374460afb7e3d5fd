package yamlfile

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// described says what a node is. Where keys belong, a text may be a secret, so
// the text itself is told of numbers and words only where one value belongs.
func described(node ast.Node) string {
	switch n := node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping of keys"
	case *ast.SequenceNode:
		return "a list"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "the number " + shortened(n.GetToken().Value, maxValue)
	case *ast.BoolNode:
		return n.GetToken().Value
	}
	return "a text"
}

// maxValue is what a message shows of a value, so that it stays on its line.
const maxValue = 40

// shortened is the beginning of a text that is long.
func shortened(text string, most int) string {
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}

// keysOf says what belongs into a mapping.
func keysOf(t reflect.Type) string {
	if t.Kind() == reflect.Map {
		return "names belong here, each with its value"
	}
	if _, names := fieldsOf(t); len(names) <= 10 {
		return "keys belong here (" + strings.Join(names, ", ") + ")"
	}
	return "keys belong here"
}

// alternatives lists words of which one is to be typed.
func alternatives(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "one of " + strings.Join(names, ", ")
}

// kindName names what belongs where one value belongs.
func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return fmt.Sprintf("a whole number from 0 to %d", uint64(1)<<t.Bits()-1)
	case reflect.Float32, reflect.Float64:
		return "a number"
	}
	return "one text"
}

// example is what to type for a type.
func example(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if readsItself(t) {
		return "..."
	}
	switch t.Kind() {
	case reflect.Map:
		return "{NAME: " + example(t.Elem()) + "}"
	case reflect.Slice, reflect.Array:
		return "[" + example(t.Elem()) + "]"
	case reflect.Bool:
		return "true or false"
	case reflect.Uint16: // a port
		return "for example 443"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint32, reflect.Uint64:
		return "for example 8"
	case reflect.Float32, reflect.Float64:
		return "for example 2.5"
	case reflect.Struct:
		if _, names := fieldsOf(t); len(names) > 0 {
			return "{" + names[0] + ": ...}"
		}
	}
	return "..."
}

// listOf is the list that a value was probably meant to be.
func listOf(node ast.Node, element reflect.Type) string {
	if s, ok := node.(ast.ScalarNode); ok && len(mismatches(node, element)) == 0 {
		if text := s.GetToken().Value; len(text) <= maxValue && !strings.ContainsAny(text, "\"'\n") {
			if strings.ContainsAny(text, ":,[]{}#&*!|>%@` ") {
				text = "\"" + text + "\""
			}
			return "[" + text + "]"
		}
	}
	return "[" + example(element) + "]"
}

// oneOf is the single value that a list was probably meant to be.
func oneOf(node ast.Node, t reflect.Type) string {
	if list, ok := node.(*ast.SequenceNode); ok && len(list.Values) == 1 && len(mismatches(list.Values[0], t)) == 0 {
		if s, ok := list.Values[0].(ast.ScalarNode); ok {
			return shortened(s.GetToken().Value, maxValue)
		}
	}
	if t.Kind() == reflect.String {
		return "it without brackets and keys"
	}
	return example(t)
}
