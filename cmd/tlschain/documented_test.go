package main

import (
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	bracketed = regexp.MustCompile(`\[\*?((?:[a-z]\w*\.)?[A-Z]\w*(?:\.[A-Z]\w*)?)\]`)
	camelCase = regexp.MustCompile(`\b(?:[a-z]\w*\.)?[A-Z]\w*[a-z]\w*[A-Z]\w*\b|\b[a-z]\w*\.[A-Z]\w*\b`)
)

// products are called like what the module exports.
var products = []string{"OneCRL"}

// A name in a doc comment is a link: what stands in brackets like a name is one
// that is there, and an exported name that cannot be taken for a word stands in
// them. A comment may have the name of what it is about without, and begin with
// any name.
func TestNamesInDocCommentsAreLinks(t *testing.T) {
	packages := documentedPackages(t)
	if len(packages) < 30 {
		t.Fatalf("only %d packages", len(packages))
	}
	links := 0
	for path, p := range packages {
		eachDoc(p, func(name, text string) {
			parsed := p.Parser().Parse(text)
			eachText(parsed.Content, func(plain string) {
				for _, m := range bracketed.FindAllStringSubmatch(plain, -1) {
					t.Errorf("%s: %s: nothing is called %s", path, name, m[0])
				}
				for _, at := range camelCase.FindAllStringIndex(plain, -1) {
					word := plain[at[0]:at[1]]
					if !isExported(packages, path, word) || slices.Contains(strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == ' ' }), word) ||
						strings.HasPrefix(text, word) || slices.Contains(products, word) {
						continue
					}
					t.Errorf("%s: %s: write [%s]: ...%s", path, name, word, plain[max(0, at[0]-20):])
				}
			}, func(link *comment.DocLink) {
				links++
				there := p
				if link.ImportPath != "" {
					there = packages[link.ImportPath]
				}
				if symbol := strings.TrimPrefix(link.Recv+"."+link.Name, "."); there != nil && symbol != "" && !symbolsOf(there)[symbol] {
					t.Errorf("%s: %s: there is no %s.%s", path, name, link.ImportPath, symbol)
				}
			})
		})
	}
	t.Logf("%d links in %d packages", links, len(packages))
}

// documentedPackages are those of the module, by their paths.
func documentedPackages(t *testing.T) map[string]*doc.Package {
	t.Helper()
	folders, files := map[string][]*ast.File{}, token.NewFileSet()
	sourceFiles(t, func(path string, text []byte) {
		if strings.HasSuffix(path, "_test.go") || strings.HasPrefix(string(text), "//go:build ignore") {
			return
		}
		file, err := parser.ParseFile(files, path, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if file.Name.Name != "main" {
			folder := filepath.ToSlash(filepath.Dir(path))
			folders[folder] = append(folders[folder], file)
		}
	})
	packages := map[string]*doc.Package{}
	for folder, parsed := range folders {
		path := strings.TrimSuffix(modulePath+"/"+folder, "/.")
		p, err := doc.NewFromFiles(files, parsed, path)
		if err != nil {
			t.Fatal(err)
		}
		packages[path] = p
	}
	return packages
}

// eachDoc gives the comments of a package and of what it exports: a Name, a
// Type.Method, or the names of values with spaces between.
func eachDoc(p *doc.Package, do func(name, text string)) {
	do("package "+p.Name, p.Doc)
	values := func(list []*doc.Value) {
		for _, v := range list {
			do(strings.Join(v.Names, " "), v.Doc)
		}
	}
	functions := func(list []*doc.Func) {
		for _, f := range list {
			do(strings.TrimPrefix(strings.TrimPrefix(f.Recv, "*")+"."+f.Name, "."), f.Doc)
		}
	}
	values(p.Consts)
	values(p.Vars)
	functions(p.Funcs)
	for _, typ := range p.Types {
		do(typ.Name, typ.Doc)
		values(typ.Consts)
		values(typ.Vars)
		functions(typ.Funcs)
		functions(typ.Methods)
	}
}

// symbolsOf are what a package exports: Name, and Type.Method or Type.Field.
func symbolsOf(p *doc.Package) map[string]bool {
	all := map[string]bool{}
	eachDoc(p, func(name, _ string) {
		all[name] = true
		for value := range strings.SplitSeq(name, " ") {
			all[value] = true
		}
	})
	for _, typ := range p.Types {
		for _, spec := range typ.Decl.Specs {
			var fields *ast.FieldList
			switch t := spec.(*ast.TypeSpec).Type.(type) {
			case *ast.StructType:
				fields = t.Fields
			case *ast.InterfaceType:
				fields = t.Methods
			default:
				continue
			}
			for _, f := range fields.List {
				for _, name := range f.Names {
					all[typ.Name+"."+name.Name] = true
				}
			}
		}
	}
	return all
}

// isExported reports whether a word is Name of a package, or package.Name of one
// that it imports.
func isExported(packages map[string]*doc.Package, path, word string) bool {
	before, _, other := strings.Cut(word, ".")
	if !other {
		return symbolsOf(packages[path])[word]
	}
	return slices.ContainsFunc(packages[path].Imports, func(imported string) bool { return before == imported[strings.LastIndexByte(imported, '/')+1:] })
}

// eachText walks what a comment says, code apart.
func eachText(blocks []comment.Block, text func(string), link func(*comment.DocLink)) {
	inline := func(list []comment.Text) {
		for _, part := range list {
			switch part := part.(type) {
			case comment.Plain:
				text(string(part))
			case *comment.DocLink:
				link(part)
			}
		}
	}
	for _, b := range blocks {
		switch b := b.(type) {
		case *comment.Paragraph:
			inline(b.Text)
		case *comment.Heading:
			inline(b.Text)
		case *comment.List:
			for _, item := range b.Items {
				eachText(item.Content, text, link)
			}
		}
	}
}
