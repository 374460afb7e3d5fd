package dashboard

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Every path of the document is answered, and every answer is as the document
// says; every path that is answered is in the document.
func TestAPIKeepsItsDocument(t *testing.T) {
	h := handler(t, filled(t, ""))
	text := get(h, "/api/v1/openapi.json").Body.Bytes()
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]struct {
			Get struct {
				Responses map[string]struct {
					Content map[string]any `json:"content"`
				} `json:"responses"`
			} `json:"get"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020) // which OpenAPI 3.1 is built on
	compiler.AssertFormat()
	if err := compiler.AddResource("openapi.json", root); err != nil {
		t.Fatal(err)
	}
	examples := map[string][]string{
		"/api/v1/groups": {"/api/v1/groups"}, "/api/v1/endpoints": {"/api/v1/endpoints", "/api/v1/endpoints?severity=error"},
		"/api/v1/endpoints/{id}": {"/api/v1/endpoints/1", "/api/v1/endpoints/3"}, "/api/v1/audits": {"/api/v1/audits", "/api/v1/audits?before=2"},
		"/api/v1/audits/{id}": {"/api/v1/audits/1"}, "/api/v1/audits/{id}/changes": {"/api/v1/audits/1/changes", "/api/v1/audits/2/changes"},
		"/api/v1/audits/{id}/endpoints": {"/api/v1/audits/2/endpoints"}, "/api/v1/diff": {"/api/v1/diff?from=1&to=2", "/api/v1/diff?from=2&to=2"},
		"/api/v1/openapi.json": {"/api/v1/openapi.json"}, "/api/v1/waivers": {"/api/v1/waivers"},
	}
	if len(document.Paths) != len(examples) {
		t.Errorf("the document has %d paths, this test %d", len(document.Paths), len(examples))
	}
	for path, item := range document.Paths {
		for kind := range item.Get.Responses["200"].Content {
			pointer := "openapi.json#/paths/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(path) + "/get/responses/200/content/" + strings.ReplaceAll(kind, "/", "~1") + "/schema"
			schema, err := compiler.Compile(pointer)
			if err != nil {
				t.Fatal(err)
			}
			if len(examples[path]) == 0 {
				t.Errorf("%s is asked for nowhere", path)
			}
			for _, address := range examples[path] {
				w := get(h, address)
				if w.Code != 200 || w.Header().Get("Content-Type") != kind {
					t.Errorf("%s: %d, %s", address, w.Code, w.Header().Get("Content-Type"))
					continue
				}
				for line := range strings.Lines(body(t, w.Body)) {
					value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
					if kind == "application/json" && strings.HasPrefix(address, "/api/v1/openapi") {
						break // many lines
					}
					if err != nil {
						t.Fatalf("%s: %v", address, err)
					}
					if err := schema.Validate(value); err != nil {
						t.Errorf("%s: %v\n%s", address, err, line)
					}
				}
			}
		}
	}
}

func TestAPIAnswers(t *testing.T) {
	h := handler(t, filled(t, ""))
	for path, want := range map[string]string{
		"/api/v1/groups":               `"group":"web","endpoints":4,"severity":{"error":1,"info":0,"ok":2,"warning":0},"unreachable":1`,
		"/api/v1/endpoints/1":          `"changes":["worse","refused"]`,
		"/api/v1/audits/2/changes":     `"endpoint":"a.example:443","material":true,"kinds":["worse","refused"]`,
		"/api/v1/audits/2/endpoints":   `"target":"a.example"`,
		"/api/v1/endpoints?rule=nope":  `{"endpoints":[],"next":""}`,
		"/api/v1/diff?from=2&to=2":     `[]`,
		"/api/v1/audits?group=nothing": `{"audits":[],"next":""}`,
	} {
		if w := get(h, path); !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s lacks %s:\n%s", path, want, w.Body)
		}
	}
	if w := get(h, "/api/v1/audits/2/endpoints"); strings.Count(w.Body.String(), "\n") != 4 {
		t.Errorf("an endpoint a line:\n%s", w.Body)
	}
}
