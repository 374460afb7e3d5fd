package reports

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest/golden"
)

// document is the whole JSON report, for the schema only.
type document struct {
	Header
	Endpoints []Endpoint `json:"endpoints"`
	Summary   Summary    `json:"summary"`
}

// briefDocument is a brief one, and briefEntry an entry of its chains.
type briefDocument struct {
	Header
	Endpoints    []briefEndpoint `json:"endpoints"`
	Certificates []Certificate   `json:"certificates" doc:"each that was presented, once, without its place in a chain"`
	Unsent       []Unsent        `json:"unsent_certificates" doc:"each that was not sent and is mentioned, once"`
	Summary      Summary         `json:"summary"`
}

type briefEntry struct {
	Position int        `json:"position" doc:"from 0"`
	Role     chain.Role `json:"role" doc:"as in a full report"`
	SHA256   Hash       `json:"sha256" doc:"of the entry as sent"`
}

// inBrief has the schema be that of brief reports.
func inBrief(do func()) {
	briefly = true
	defer func() { briefly = false }()
	do()
}

var briefly bool

// object keeps keys in the order of the struct, so that the schema reads like it.
type object []member

type member struct {
	key   string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, m.key), ':')
		v, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b = append(b, v...)
	}
	return append(b, '}'), nil
}

// schemaOf describes a type of the contract. Tags say what Go's types do not:
// doc, enum, null where a value may be unknown, and added where the first
// release did not write the field: it is always there now, and a report of then
// stays valid without it.
func schemaOf(t reflect.Type, tag reflect.StructTag) object {
	var o object
	kind := ""
	switch {
	case t == reflect.TypeFor[time.Time]():
		kind = "string"
		o = object{{"format", "date-time"}}
	case t == reflect.TypeFor[Hash]():
		kind = "string"
		o = object{{"pattern", "^[0-9a-f]{64}$"}}
	case t == reflect.TypeFor[rules.Severity](), t.Kind() == reflect.String:
		kind = "string"
	case t.Kind() == reflect.Pointer:
		inner := schemaOf(t.Elem(), "")
		if strings.Contains(tag.Get("json"), "omitempty") {
			return append(inner, member{"description", tag.Get("doc")})
		}
		return object{{"description", tag.Get("doc")}, {"anyOf", []object{inner, {{"type", "null"}}}}}
	case t.Kind() == reflect.Map:
		kind = "object"
		o = object{{"additionalProperties", schemaOf(t.Elem(), "")}}
	case t.Kind() == reflect.Slice:
		kind = "array"
		o = object{{"items", schemaOf(t.Elem(), "")}}
	case t.Kind() == reflect.Struct:
		kind = "object"
		o = fieldsOf(t)
	case t.Kind() == reflect.Bool:
		kind = "boolean"
	case t.Kind() == reflect.Float64:
		kind = "number"
		o = object{{"minimum", 0}}
	default:
		kind = "integer"
	}
	var enum []any
	for _, word := range wordsOf(t, tag) {
		enum = append(enum, word)
	}
	var typ any = kind
	if tag.Get("null") != "" {
		typ = []string{kind, "null"}
		if enum != nil {
			enum = append(enum, nil)
		}
	}
	head := object{{"type", typ}}
	if doc := tag.Get("doc"); doc != "" {
		head = append(object{{"description", doc}}, head...)
	}
	if enum != nil {
		head = append(head, member{"enum", enum})
	}
	return append(head, o...)
}

// wordsOf gives the words that a field may hold; nil: any.
func wordsOf(t reflect.Type, tag reflect.StructTag) []string {
	if t != reflect.TypeFor[client.Code]() {
		return strings.FieldsFunc(tag.Get("enum"), func(r rune) bool { return r == ',' })
	}
	var words []string
	for code := range client.Codes() {
		words = append(words, string(code))
	}
	slices.Sort(words)
	return words
}

// eachField gives the fields of a type of the contract, those of embedded types
// among them, with their names in JSON and what follows these in the tag.
func eachField(t reflect.Type, do func(f reflect.StructField, name, flags string)) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, flags, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			eachField(f.Type, do)
		case briefly && f.Tag.Get("brief") == "-":
		case briefly && t == reflect.TypeFor[Endpoint]() && name == "chain":
			f.Type = reflect.TypeFor[[]briefEntry]()
			do(f, name, flags)
		case briefly && t == reflect.TypeFor[Finding]() && name == "clients":
			do(f, name, "omitempty") // absent: all of the header's
		case f.IsExported() && name != "-":
			do(f, name, flags)
		}
	}
}

func fieldsOf(t reflect.Type) object {
	properties, required := object{}, []string{}
	eachField(t, func(f reflect.StructField, name, flags string) {
		properties = append(properties, member{name, schemaOf(f.Type, f.Tag)})
		if !strings.Contains(flags, "omitempty") && f.Tag.Get("added") == "" {
			required = append(required, name)
		}
	})
	return object{{"properties", properties}, {"required", required}}
}

// The schema is open: a reader of version 1 must bear fields that are added.
func generateSchema(t *testing.T, title string, of reflect.Type) []byte {
	o := object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"title", title},
	}
	b, err := json.Marshal(append(o, schemaOf(of, "")...))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		t.Fatal(err)
	}
	out.WriteByte('\n')
	return out.Bytes()
}

func TestSchemaIsCurrent(t *testing.T) {
	golden.Compare(t, "schema.json", generateSchema(t, "tlschain report, schema version 1", reflect.TypeFor[document]()))
	inBrief(func() {
		golden.Compare(t, "schema-brief.json", generateSchema(t, "tlschain brief report, schema version 1", reflect.TypeFor[briefDocument]()))
	})
}

// validate checks a JSON document against a schema file.
func validate(t *testing.T, schema string, doc []byte) {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(schema)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Error(err)
	}
}
