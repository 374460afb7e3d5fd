package reports

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A saved report may be anybody's, of any form: reading one ends, and what it has
// can be written anew.
func FuzzReader(f *testing.F) {
	saved, err := filepath.Glob("../testdata/reports/*json")
	if err != nil || len(saved) == 0 {
		f.Fatal("no saved report: ", err)
	}
	for _, file := range saved {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if len(text) < 100_000 {
			f.Add(string(text))
		}
	}
	f.Add(`{"schema_version":1,"detail":"brief","endpoints":[{}],"certificates":{}}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := NewReader(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, format := range []string{"ndjson", "csv"} {
			var out strings.Builder
			w, err := New(format, &out, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if Convert(w, r) != nil {
				return
			}
			if r, err = NewReader(strings.NewReader(text)); err != nil {
				t.Fatalf("read once, and then not: %v", err)
			}
		}
	})
}
