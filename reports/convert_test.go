package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
)

// convert brings a stored report into a format.
func convert(t testing.TB, from []byte, format string, o Options) ([]byte, error) {
	t.Helper()
	r, err := NewReader(bytes.NewReader(from))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w, err := New(format, &b, o)
	if err != nil {
		t.Fatal(err)
	}
	err = Convert(w, r)
	return b.Bytes(), err
}

func stored(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../testdata/reports/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A report read and written again is the same, byte for byte.
func TestConvertIsFaithful(t *testing.T) {
	for _, c := range []struct{ file, format string }{{"example.json", "json"}, {"example.ndjson", "ndjson"}} {
		from := stored(t, c.file)
		to, err := convert(t, from, c.format, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(from, to) {
			t.Errorf("%s changed by its conversion to %s", c.file, c.format)
		}
	}
}

// v1.json is a report as the first release wrote it. It stays as it is for
// ever, and stays readable in every format.
func TestVersion1StaysReadable(t *testing.T) {
	narrow(t)
	from := stored(t, "v1.json")
	validate(t, "schema.json", from)
	again, err := convert(t, from, "json", Options{})
	if err != nil {
		t.Fatal(err)
	}
	var before, after any
	if err := errors.Join(json.Unmarshal(from, &before), json.Unmarshal(again, &after)); err != nil {
		t.Fatal(err)
	}
	holds(t, "", after, before)
	for _, format := range Formats() {
		out, err := convert(t, from, format, Options{Width: widthOf(format)})
		if err != nil {
			t.Errorf("%s: %v", format, err)
		}
		if !bytes.Contains(readable(format, out), []byte("shop.example.com")) {
			t.Errorf("%s: the endpoint is lost", format)
		}
	}
}

// holds looks for all that a document had in what became of it; fields may have
// been added.
func holds(t *testing.T, at string, after, before any) {
	t.Helper()
	switch before := before.(type) {
	case map[string]any:
		after, _ := after.(map[string]any)
		for key, value := range before {
			holds(t, at+"."+key, after[key], value)
		}
	case []any:
		after, _ := after.([]any)
		if len(after) != len(before) {
			t.Fatalf("%s: %d items, were %d", at, len(after), len(before))
		}
		for i, value := range before {
			holds(t, fmt.Sprintf("%s[%d]", at, i), after[i], value)
		}
	default:
		if !reflect.DeepEqual(after, before) {
			t.Errorf("%s: %v, was %v", at, after, before)
		}
	}
}

// NDJSON has no header and no summary: both are made up for from the lines.
func TestConvertNDJSON(t *testing.T) {
	doc, err := convert(t, stored(t, "example.ndjson"), "json", Options{})
	if err != nil {
		t.Fatal(err)
	}
	validate(t, "schema.json", doc)
	for _, want := range []string{`"started_at":null`, `"clients":["chrome","firefox-desktop"`, `"endpoints":8,"ok":7,"failed":1`} {
		if !strings.Contains(string(doc), want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestReaderRefuses(t *testing.T) {
	example := string(stored(t, "example.json"))
	for _, c := range []struct{ name, in, want string }{
		{"prose", "hello", "no report"},
		{"array", "[1]", "no report"},
		{"future", `{"schema_version":2,"endpoints":[]}`, "newer tlschain"},
		{"future, sorted", `{"endpoints":[],"schema_version":2}`, "newer tlschain"},
		{"no version", `{"endpoints":[]}`, "no schema_version"},
		{"no endpoints", `{"schema_version":1}`, "no array of endpoints"},
		{"twice", `{"schema_version":1,"endpoints":[],"endpoints":[]}`, "twice"},
		{"not endpoints", `{"schema_version":1,"endpoints":[{}]}`, "endpoint 1"},
		{"bad line", `{"target":"x","status":"ok"}` + "\n{]", "endpoint 2"},
		{"wrong type", `{"target":"x","status":"ok","port":"443"}`, "port"},
		{"bad severity", `{"target":"x","status":"ok","findings":[{"severity":"fatal"}]}`, "fatal"},
		{"bad hash", `{"target":"x","status":"ok","bundle_sha256":"00"}`, "64 hex digits"},
		{"cut off", example[:len(example)/2], "breaks off"},
	} {
		if _, err := convert(t, []byte(c.in), "ndjson", Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want something on %q", c.name, err, c.want)
		}
	}
}

// What a cut-off report still holds is shown, and that it is cut off.
func TestConvertCutOff(t *testing.T) {
	example := stored(t, "example.json")
	out, err := convert(t, example[:len(example)/2], "json", Options{})
	if err == nil {
		t.Fatal("no error")
	}
	validate(t, "schema.json", out)
	if !bytes.Contains(out, []byte("good.example.com")) || !bytes.Contains(out, []byte(`"interrupted":true`)) {
		t.Error("nothing of it is left, or it looks whole")
	}
}

func TestReaderTakes(t *testing.T) {
	for name, in := range map[string]string{
		"empty NDJSON":       "",
		"blank lines":        "\n\n" + `{"target":"x","status":"failed"}` + "\n\n",
		"byte order mark":    "\xef\xbb\xbf" + `{"schema_version":1,"endpoints":[]}`,
		"sorted keys":        `{"clients":["go"],"endpoints":[{"address":"","status":"ok","target":"x"}],"schema_version":1}`,
		"fields of tomorrow": `{"schema_version":1,"mood":{"a":[1]},"endpoints":[{"target":"x","status":"ok","aura":3}],"more":null}`,
	} {
		if _, err := convert(t, []byte(in), "json", Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A saved report may have been through other hands: its text is cleaned, and
// certificates to copy are what they are said to be or are left out.
func TestReaderCleans(t *testing.T) {
	in := `{"schema_version":1,"endpoints":[{"target":"a\u001b[2J\u202e","status":"ok","product":"x\ny"}],` +
		`"summary":{"mends":[{"certificates":[{"subject":"CN=\u0007","pem":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}]}]}}`
	out, err := convert(t, []byte(in), "json", Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"target":"a\\x1b[2J\\u202e"`, `"product":"x\\ny"`, `"subject":"CN=\\x07"`, `"pem":""`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
}

// Reading takes no more memory for a long report than for a short one: there
// is never more than one endpoint at a time.
func TestReaderStreams(t *testing.T) {
	in := &endless{line: []byte(`{"target":"x","status":"failed"}` + "\n"), left: 1000}
	r, err := NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range r.Endpoints() {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if ahead := (1000 - in.left) - n; ahead > 200 {
			t.Fatalf("%d endpoints are read ahead", ahead)
		}
	}
	if n != 1000 {
		t.Error(n)
	}
}

type endless struct {
	line []byte
	left int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	e.left--
	return copy(p, e.line), nil
}
