package reports

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Fields are a choice of an endpoint's fields, in the order in which they were
// asked for. Nil is all of them.
type fields struct {
	list []chosenField
}

type chosenField struct {
	name  string
	inner *fields // of the objects in it; nil: as they are
}

// chooseFields reads names and paths, such as target and chain.subject.
func chooseFields(paths []string) (*fields, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	all := new(fields)
	for _, path := range paths {
		if err := all.add(path, reflect.TypeFor[Endpoint](), path); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// add puts a path of fields of t into the choice. One that is chosen whole stays
// whole.
func (f *fields) add(path string, t reflect.Type, whole string) error {
	name, rest, inside := strings.Cut(path, ".")
	field, ok := fieldNamed(t, name)
	if !ok {
		return fmt.Errorf("there is no field %q: type one of %s", whole, strings.Join(fieldNames(t), ", "))
	}
	at := -1
	for i := range f.list {
		if f.list[i].name == name {
			at = i
		}
	}
	if at < 0 {
		at = len(f.list)
		f.list = append(f.list, chosenField{name: name})
		if inside {
			f.list[at].inner = new(fields)
		}
	}
	if !inside {
		f.list[at].inner = nil
		return nil
	}
	of := objectIn(field.Type)
	if of == nil {
		return fmt.Errorf("there is no field %q: %s has no fields", whole, strings.TrimSuffix(whole, "."+rest))
	}
	if f.list[at].inner == nil {
		return new(fields).add(rest, of, whole)
	}
	return f.list[at].inner.add(rest, of, whole)
}

// FieldNames lists the fields of an endpoint, for [Options].
func FieldNames() []string { return fieldNames(reflect.TypeFor[Endpoint]()) }

// fieldNamed finds a type's field by its name in JSON.
func fieldNamed(t reflect.Type, name string) (found reflect.StructField, ok bool) {
	for f := range t.Fields() {
		if named, _, _ := strings.Cut(f.Tag.Get("json"), ","); f.IsExported() && named == name {
			return f, true
		}
	}
	return found, false
}

func fieldNames(t reflect.Type) (names []string) {
	for f := range t.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); f.IsExported() {
			names = append(names, name)
		}
	}
	return names
}

// objectIn gives the type of the objects that a field holds, one or a list of
// them; nil if it holds none.
func objectIn(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t.NumField() == 0 || t.Field(0).Tag.Get("json") == "" { // times and hashes are texts
		return nil
	}
	return t
}

// append appends an endpoint with what is chosen of it.
func (f *fields) append(b []byte, e *Endpoint) ([]byte, error) {
	if f == nil {
		return e.AppendJSON(b), nil
	}
	return f.pick(b, e.AppendJSON(nil))
}

// pick appends what is chosen of a JSON value: of an object, or of each in a list.
func (f *fields) pick(b []byte, value json.RawMessage) ([]byte, error) {
	switch {
	case f == nil, string(value) == "null":
		return append(b, value...), nil
	case value[0] == '[':
		var list []json.RawMessage
		if err := json.Unmarshal(value, &list); err != nil {
			return b, err
		}
		b = append(b, '[')
		for i, item := range list {
			if i > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = f.pick(b, item); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(value, &object); err != nil {
		return b, err
	}
	b = append(b, '{')
	for i, c := range f.list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, c.name), ':')
		inner, ok := object[c.name]
		if !ok {
			inner = json.RawMessage("null") // absent here; a column that is asked for is there
		}
		var err error
		if b, err = c.inner.pick(b, inner); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}
