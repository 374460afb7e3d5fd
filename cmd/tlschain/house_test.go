package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// The limits of the repository's Go code. They keep a function and a file
// within what a reader takes in at once.
const (
	maxBranches = 30  // of a function: its cyclomatic complexity
	maxLines    = 400 // of a file
	maxColumns  = 140 // of a line, in runes; tests may have tables that are wider
)

// sourceFiles calls do with every Go file of the repository.
func sourceFiles(t *testing.T, do func(path string, text []byte)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".git")):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		shown, err := filepath.Rel(root, path)
		do(filepath.ToSlash(shown), text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFilesAreShort(t *testing.T) {
	sourceFiles(t, func(path string, text []byte) {
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		if len(lines) > maxLines {
			t.Errorf("%s has %d lines, more than %d: split it by what it is about", path, len(lines), maxLines)
		}
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		for i, line := range lines {
			if n := utf8.RuneCountInString(line); n > maxColumns && !strings.Contains(line, "`") { // a field's tag cannot be broken
				t.Errorf("%s:%d has %d columns, more than %d", path, i+1, n, maxColumns)
			}
		}
	})
}

// maxCommand bounds the lines of the command line's own package: what grows beside
// flags, output and exit codes belongs in a room below.
const maxCommand = 4500

func TestCommandIsThin(t *testing.T) {
	lines := 0
	sourceFiles(t, func(path string, text []byte) {
		if filepath.ToSlash(filepath.Dir(path)) == "cmd/tlschain" && !strings.HasSuffix(path, "_test.go") {
			lines += bytes.Count(text, []byte("\n"))
		}
	})
	if lines == 0 || lines > maxCommand {
		t.Errorf("cmd/tlschain has %d lines, more than %d", lines, maxCommand)
	}
}

func TestFunctionsHaveFewBranches(t *testing.T) {
	sourceFiles(t, func(path string, text []byte) {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := branches(f); n > maxBranches {
				t.Errorf("%v: %s has %d branches, more than %d: give its parts names", files.Position(f.Pos()), f.Name.Name, n, maxBranches)
			}
		}
	})
}

// branches is McCabe's cyclomatic complexity of a function, with the functions
// that are written within it: one, and one more for each place where it may go
// two ways.
func branches(f ast.Node) int {
	n := 1
	ast.Inspect(f, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			n++
		case *ast.CaseClause:
			if node.List != nil { // not default
				n++
			}
		case *ast.CommClause:
			if node.Comm != nil {
				n++
			}
		case *ast.BinaryExpr:
			if node.Op == token.LAND || node.Op == token.LOR {
				n++
			}
		}
		return true
	})
	return n
}

func TestBranches(t *testing.T) {
	const code = `package p
func f(a, b bool, c chan int) { // 1
	if a && b { // 3
	} else if a { // 4
	}
	for range c { // 5
	}
	switch { // 6
	case a, b:
	default:
	}
	select { // 7
	case <-c:
	default:
	}
	_ = func() bool { return a || b } // 8
}`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", code, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := branches(file.Decls[0]); got != 8 {
		t.Errorf("%d branches, want 8", got)
	}
}

// What CONTRIBUTING.md names is there: files, folders and targets of make.
func TestContributingNamesWhatIsThere(t *testing.T) {
	const toBeMade = "lifetime-too-long" // its worked example
	text := string(read(t, "../../CONTRIBUTING.md"))
	for _, m := range regexp.MustCompile("`([\\w.-]+/[\\w./-]*|[\\w-]+\\.[a-z]+)`").FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join("..", "..", m[1])); err != nil && !strings.Contains(m[1], toBeMade) {
			t.Errorf("%s: %v", m[1], err)
		}
	}
	targets := string(read(t, "../../Makefile"))
	for _, m := range regexp.MustCompile(`(?m)(?:^    |\x60)make ([a-z-]+)`).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(targets, "\n"+m[1]+":") {
			t.Errorf("there is no make %s", m[1])
		}
	}
}

// Each bound of SECURITY.md is held by a test that is there.
func TestSecurityNamesItsTests(t *testing.T) {
	there := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	sourceFiles(t, func(path string, text []byte) {
		if strings.HasSuffix(path, "_test.go") {
			for _, m := range declared.FindAllSubmatch(text, -1) {
				there[string(m[1])] = true
			}
		}
	})
	named := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(string(read(t, "../../SECURITY.md")), -1)
	if len(named) < 20 {
		t.Errorf("only %d tests are named", len(named))
	}
	for _, m := range named {
		if !there[m[1]] {
			t.Errorf("there is no test %s", m[1])
		}
	}
}
