package scanner

import (
	"strings"
	"testing"
)

func TestTagFilter(t *testing.T) {
	const list = "host,tags\na.example.com,team=web;env=prod\nb.example.com,team=shop;env=prod\nc.example.com,team=web;env=test\nd.example.com,\n" +
		"e e,team=web\n"
	for typed, want := range map[string]string{
		"": "a b c d !", "team:web": "a c !", "team:web team:shop": "a b c !", "team:web env:prod": "a !", "team:none": "!", "none:x": "!", "team:": "!",
	} {
		f, err := ParseTagFilter(strings.Fields(typed))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for target, err := range f.Of(Targets(strings.NewReader(list), "list", TargetOptions{})) {
			if err != nil {
				got = append(got, "!")
			} else {
				got = append(got, target.Host[:1])
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	for _, text := range []string{"", "team", ":web", "team=web"} {
		if _, err := ParseTagFilter([]string{text}); err == nil || !strings.Contains(err.Error(), "such as team:web") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
