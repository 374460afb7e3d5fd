package reports

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/scanner/tlstest/golden"
)

// show writes the example report in one format.
func show(t testing.TB, format string, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := New(format, &b, o)
	if err != nil {
		t.Fatal(err)
	}
	var tally Tally
	if err := w.Begin(exampleHeader()); err != nil {
		t.Fatal(err)
	}
	for _, e := range exampleEndpoints() {
		tally.Add(&e)
		if err := w.Endpoint(&e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(tally.Summary(false)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestJSONFollowsItsSchema(t *testing.T) {
	doc := show(t, "json", Options{})
	golden.Compare(t, "../testdata/reports/example.json", doc)
	validate(t, "schema.json", doc)
	if bytes.Contains(doc, []byte("null,\"findings")) || bytes.Contains(doc, []byte(`"chain":null`)) {
		t.Error("an array is null")
	}
}

// An empty scan is a report too, with no array null.
func TestEmptyJSON(t *testing.T) {
	var b bytes.Buffer
	w, _ := New("json", &b, Options{})
	if err := w.Begin(Header{StartedAt: day("2026-11-22"), EvaluatedAt: day("2026-11-22"), FactsAt: day("2026-11-22")}); err != nil {
		t.Fatal(err)
	}
	if err := w.End(Summary{Interrupted: true}); err != nil {
		t.Fatal(err)
	}
	validate(t, "schema.json", b.Bytes())
	if strings.Contains(b.String(), "null") || !strings.Contains(b.String(), `"interrupted":true`) {
		t.Error(b.String())
	}
}

// The schema must be able to say no.
func TestSchemaRefuses(t *testing.T) {
	good := string(show(t, "json", Options{}))
	s, err := jsonschema.NewCompiler().Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new string }{
		{`"status":"ok"`, `"status":"maybe"`},
		{`"positions":[0]`, `"positions":null`},
		{`"port":443`, `"port":"443"`},
		{`"severity":"error"`, `"severity":"fatal"`},
		{`"presentation":"ok"`, `"presentation":"fine"`},
		{`"tool":{"name":"tlschain",`, `"tool":{`},
	} {
		bad := strings.Replace(good, c.old, c.new, 1)
		if bad == good {
			t.Fatalf("%s does not occur", c.old)
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(v) == nil {
			t.Errorf("%s passes", c.new)
		}
	}
}

// What AppendJSON writes is what the struct tags read, field by field.
func TestEndpointRoundTrip(t *testing.T) {
	for _, e := range append(exampleEndpoints(), ofSeveralAudits()) {
		b := e.AppendJSON(nil)
		var back Endpoint
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		if err := d.Decode(&back); err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		if again := back.AppendJSON(nil); !bytes.Equal(again, b) {
			t.Errorf("changed:\n%s\n%s", b, again)
		}
		same := cmp.Options{cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(Endpoint{})}
		if diff := cmp.Diff(e, back, same); diff != "" {
			t.Errorf("lost on the way: %s", diff)
		}
	}
}

// ofSeveralAudits is an endpoint as exports of several audits have it.
func ofSeveralAudits() Endpoint {
	e := served("kept.example.com")
	e.Seen = &Seen{First: time.Date(2026, 5, 1, 2, 0, 0, 0, time.UTC), Last: time.Date(2026, 5, 9, 2, 0, 0, 0, time.UTC)}
	return e
}

// withOutlook adds what scan --until finds.
func withOutlook(s Summary) Summary {
	s.Interception = []Interception{{Subject: "CN=R", Names: []string{"example.com"}}}
	s.Outlook = &Outlook{Turns: []Turn{{Date: "2027-03-15", Kind: rules.NextRefused, Endpoints: []TurnEndpoint{{Group: "web", Endpoint: "a.example.com"}}}}}
	return s
}

// Every field of the contract's structs is written, also by hand.
func TestNoFieldIsForgotten(t *testing.T) {
	several := ofSeveralAudits()
	several.Findings = append(several.Findings, Finding{Rule: "expired-leaf", Variant: "rsa"})
	several.List = &ListPlace{File: "lists/shops.csv", Line: 12}
	several.PinnedTarget = "www.example.com@192.0.2.7:443"
	several.Transport, several.QUIC = "quic", &QUIC{Status: OK, Handshake: Handshake{ALPN: "h3", Staple: &Staple{Status: "good", Fault: "it is out of date"}, ClientAsked: true, ClientCA: []string{"CN=R"}}}
	several.DANE = &DANE{Error: "no answer", Records: []TLSA{{State: rules.DANEOther}}, More: 1}
	several.Findings[0].Authority = &Authority{Subject: "CN=R"}
	several.Revocation = []Revocation{{Source: "crl", Reason: "superseded", Error: "it is out of date"}}
	var tally Tally
	tally.Skip("hosts.txt:3", "it is no target")
	all := string(several.AppendJSON(show(t, "json", Options{}))) + string(show(t, "ndjson", Options{Detail: briefDetail})) + string(mustJSON(t, withOutlook(tally.Summary(false)).filled()))
	var walk func(reflect.Type)
	walk = func(rt reflect.Type) {
		for rt.Kind() == reflect.Pointer || rt.Kind() == reflect.Slice {
			rt = rt.Elem()
		}
		if rt.Kind() != reflect.Struct || rt.PkgPath() == "time" {
			return
		}
		for i := range rt.NumField() {
			f := rt.Field(i)
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && !strings.Contains(all, `"`+name+`":`) {
				t.Errorf("%s.%s: %q is never written", rt.Name(), f.Name, name)
			}
			if f.IsExported() {
				walk(f.Type)
			}
		}
	}
	walk(reflect.TypeFor[document]())
}

func TestNDJSON(t *testing.T) {
	out := show(t, "ndjson", Options{})
	golden.Compare(t, "../testdata/reports/example.ndjson", out)
	lines := bytes.Split(bytes.TrimSuffix(out, []byte("\n")), []byte("\n"))
	if len(lines) != len(exampleEndpoints()) {
		t.Errorf("%d lines for %d endpoints", len(lines), len(exampleEndpoints()))
	}
	for _, line := range lines {
		if !json.Valid(line) {
			t.Errorf("not JSON: %s", line)
		}
	}
}

// benchEndpoint is of usual size: two certificates, 40 clients.
func benchEndpoint() Endpoint {
	e := exampleEndpoints()[0]
	for len(e.Clients) < 40 {
		e.Clients = append(e.Clients, e.Clients[0])
	}
	return e
}

// TestText holds that a JSON string reads as what was written, wherever in it the
// characters stand that JSON or the encoder treats otherwise.
func TestText(t *testing.T) {
	for _, odd := range []string{"", `"`, `\`, "\x00", "\x1f", " ", "!", "#", "[", "]", "~", "\x7f", "\u0080", "é", "漢", "🔒", "\n", "\u2028", "<", "\xff", "\xc3", "\xe6\xbc"} {
		for before := range 18 {
			for after := range 10 {
				text := strings.Repeat("a", before) + odd + strings.Repeat("z", after)
				var got string
				if err := json.Unmarshal(appendText(nil, text), &got); err != nil {
					t.Fatalf("%q: %s: %v", text, appendText(nil, text), err)
				}
				if want := string([]rune(text)); got != want {
					t.Errorf("%q reads as %q, want %q", text, got, want)
				}
			}
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	e := benchEndpoint()
	w, _ := New("ndjson", io.Discard, Options{})
	b.ReportAllocs()
	b.SetBytes(int64(len(e.AppendJSON(nil))))
	for b.Loop() {
		if err := w.Endpoint(&e); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncodeReflect is what encoding/json takes for the same, to know
// what the encoder by hand is worth.
func BenchmarkEncodeReflect(b *testing.B) {
	type plain Endpoint // without MarshalJSON
	e := plain(benchEndpoint())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := json.Marshal(&e); err != nil {
			b.Fatal(err)
		}
	}
}
