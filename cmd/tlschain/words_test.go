package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// formerWords are what the interface said before 1.0 in place of its field's
// words: fix, OK, info, gained, notifications, problems. They live on in names
// that programs read, such as summary.mends.
var formerWords = regexp.MustCompile(`(?i)\bmend(s|ed|ing|able)?\b|\bwith hints\b|who was told|\btroubles?\b|\bthat is<|comes home|\bwon:|\d in order\b`)

// Texts are what has a blank in it: "mend" by itself is a name.
func TestTextsUseTheWordsOfTheField(t *testing.T) {
	look := func(where, text string) {
		if found := formerWords.FindString(text); found != "" && strings.Contains(text, " ") && !strings.HasPrefix(text, "GET /") {
			t.Errorf("%s says %q: %s", where, found, text)
		}
	}
	action := regexp.MustCompile(`{{.*?}}|href="[^"]*"|(class|id|aria-labelledby)="[^"]*"|(?s)<style.*?</style>`)
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch {
		case strings.HasSuffix(path, "_test.go"), strings.Contains(path, "/history/"): // SQL
		case strings.HasSuffix(path, ".go"):
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.Field: // tags are for programs, but for the schema's sentences
					if n.Tag != nil {
						_, doc, _ := strings.Cut(n.Tag.Value, `doc:"`)
						look(set.Position(n.Pos()).String(), doc)
					}
					return false
				case *ast.BasicLit:
					if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
						look(set.Position(n.Pos()).String(), text)
					}
				}
				return true
			})
		case strings.HasSuffix(path, ".html") && !strings.Contains(path, "testdata"), strings.HasSuffix(path, ".tmpl"):
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for n, line := range strings.Split(action.ReplaceAllString(string(text), ""), "\n") {
				look(path+":"+strconv.Itoa(n+1), line)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, golden := range []string{"example.html", "example.md", "table-80.txt", "table-by-mend.txt"} {
		text, err := os.ReadFile("../../testdata/reports/" + golden)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(action.ReplaceAllString(string(text), "")) {
			look(golden, line)
		}
	}
}
