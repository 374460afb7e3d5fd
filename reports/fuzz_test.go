package reports

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A saved report may be anybody's, of any form: reading one ends, and what it has
// can be written anew: read and written again it is the same, and so it is by way of a
// brief one.
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
		// A hash that a forged report describes in two ways has one of them in a brief one.
		for _, detail := range []string{"", briefDetail} {
			way := func(from []byte) ([]byte, error) {
				between, err := convert(t, from, "ndjson", Options{Detail: detail})
				if err != nil {
					return nil, err
				}
				return convert(t, between, "ndjson", Options{})
			}
			once, err := way([]byte(text))
			if err != nil {
				continue
			}
			if again, err := way(once); err != nil || string(again) != string(once) {
				i := 0
				for i < min(len(again), len(once)) && again[i] == once[i] {
					i++
				}
				t.Fatalf("%s written again: %v\n%.300q\n%.300q", detail, err, once[max(0, i-80):], again[max(0, i-80):])
			}
		}
	})
}
