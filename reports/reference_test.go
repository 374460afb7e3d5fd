package reports

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest/golden"
)

// docs/json.md is written from the types of the contract; -update writes it.
func TestJSONReference(t *testing.T) {
	var b strings.Builder
	b.WriteString("# The JSON report, field by field\n\n" +
		"Generated from the types of package reports, as [reports/schema.json](../reports/schema.json) is. `json` is one document; `ndjson` is an\n" +
		"endpoint a line. Times are RFC 3339 in UTC, hashes lower-case hex, names RFC 4514. Arrays are never null. Fields are only ever added\n" +
		"within one `schema_version`. Where a field may be null or absent, its sentence says what that means.\n")
	reference(&b, "Document", reflect.TypeFor[document](), map[reflect.Type]bool{})
	b.WriteString("\n# Brief reports\n\n" +
		"`--detail brief` writes once what many clients and endpoints share; `tlschain convert` makes the full report of it again. As `json` it is\n" +
		"the document below ([reports/schema-brief.json](../reports/schema-brief.json)); what has no table here is as above. As `ndjson` a line is\n" +
		"an endpoint or has one of these keys, with the same objects in them: `report` (first: the document's header), `certificate` and\n" +
		"`unsent_certificate` (each before the first endpoint that mentions it) and `summary` (last). Lines of two such files may be joined,\n" +
		"not sorted. A finding without `clients` is about all of the header's.\n")
	inBrief(func() {
		done := map[reflect.Type]bool{}
		for _, t := range []reflect.Type{reflect.TypeFor[Tool](), reflect.TypeFor[Summary](), reflect.TypeFor[Certificate](), reflect.TypeFor[Unsent](),
			reflect.TypeFor[Error](), reflect.TypeFor[Handshake](), reflect.TypeFor[Missing](), reflect.TypeFor[Finding](), reflect.TypeFor[Seen]()} {
			done[t] = true
		}
		reference(&b, "Brief document", reflect.TypeFor[briefDocument](), done)
	})
	golden.Compare(t, "../docs/json.md", []byte(b.String()))
}

// reference writes a table of a type's fields, then those of the types in it.
func reference(b *strings.Builder, title string, t reflect.Type, done map[reflect.Type]bool) {
	if done[t] {
		return
	}
	done[t] = true
	fmt.Fprintf(b, "\n## %s\n\n| field | type | |\n|---|---|---|\n", title)
	var inner []reflect.Type
	eachField(t, func(f reflect.StructField, name, flags string) {
		kind, of := jsonType(f.Type)
		if of != nil {
			inner = append(inner, of)
		}
		if f.Tag.Get("null") != "" || f.Type.Kind() == reflect.Pointer && !strings.Contains(flags, "omitempty") {
			kind += " or null"
		}
		text := f.Tag.Get("doc")
		if words := wordsOf(f.Type, f.Tag); len(words) > 0 {
			text = strings.Join([]string{text, "one of " + strings.Join(words, ", ")}, "; ")
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, kind, strings.TrimPrefix(text, "; "))
	})
	for _, t := range inner {
		reference(b, titleOf(t), t, done)
	}
}

// jsonType names a type as JSON has it, and gives the struct that it is made of.
func jsonType(t reflect.Type) (name string, of reflect.Type) {
	schema := schemaOf(t, "")
	switch {
	case t.Kind() == reflect.Pointer:
		return jsonType(t.Elem())
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		name, of = jsonType(t.Elem())
		return "array of " + name, of
	}
	for _, m := range schema {
		if m.key == "type" {
			name = fmt.Sprint(m.value)
		}
	}
	switch {
	case t.Name() == "Time":
		return "time", nil
	case t.Name() == "Hash":
		return "hash", nil
	case name == "object" && t.Kind() == reflect.Struct:
		return "[" + titleOf(t) + "](#" + strings.ToLower(strings.ReplaceAll(titleOf(t), " ", "-")) + ")", t
	}
	return name, nil
}

// titleOf is what a type is called in the reference.
func titleOf(t reflect.Type) string {
	if name, brief := strings.CutPrefix(t.Name(), "brief"); brief {
		return "Brief " + strings.ToLower(name)
	}
	return t.Name()
}
