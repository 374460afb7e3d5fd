package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// exportedForItself are exported names that only their own package uses, with
// the reason why they stay exported.
var exportedForItself = map[string]string{
	"scanner/tlstest.Cross": "one of the roles of a certificate, beside Root, Intermediate and Leaf",
}

// Names are exported for other packages, their tests and the examples: what only
// its own package uses is not. The root package is what the module offers, and
// offers more than the program needs. Left alone are fields, for encoders and
// templates read them by name; methods that have the name of an interface's;
// types that what is exported shows; and the members of an enumeration.
func TestExportedNamesAreUsedElsewhere(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads the types of all packages")
	}
	h := newHouse(t)
	for _, p := range h.packages {
		if !strings.HasPrefix(p.ImportPath, modulePath) || p.ForTest != "" || strings.HasSuffix(p.ImportPath, ".test") {
			continue
		}
		own := h.check(p.ImportPath, p.Dir, slices.Concat(p.GoFiles, p.TestGoFiles), nil)
		if len(p.XTestGoFiles) > 0 {
			h.check(p.ImportPath+"_test", p.Dir, p.XTestGoFiles, own)
		}
	}
	if len(h.declared) < 500 {
		t.Fatalf("only %d exported names were found", len(h.declared))
	}
	templates := h.templates(t)
	var alone []string
	for at, name := range h.declared {
		last := name[strings.LastIndexByte(name, '.')+1:]
		if !h.used[at] && !h.interfaces[last] && !templates[last] {
			alone = append(alone, name)
		}
	}
	t.Logf("%d exported names, %d of them used by their own packages only", len(h.declared), len(alone))
	slices.Sort(alone)
	for _, name := range alone {
		if exportedForItself[name] == "" {
			t.Errorf("%s is exported, and no other package uses it", name)
		}
	}
	for name := range exportedForItself {
		if !slices.Contains(alone, name) {
			t.Errorf("%s is used elsewhere now, or gone: take it from the list", name)
		}
	}
}

const modulePath = "github.com/tlschain/tlschain"

// A listed is a package as go list describes it.
type listed struct {
	ImportPath, Dir, Export, ForTest string
	GoFiles, TestGoFiles             []string
	XTestGoFiles                     []string
}

// A house is the types of all packages of the module.
type house struct {
	packages   []listed
	exports    map[string]string // files by path of package
	files      *token.FileSet
	importer   types.Importer
	declared   map[string]string // exported names by place
	used       map[string]bool   // places of what some other package uses
	interfaces map[string]bool   // names of their methods
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{exports: map[string]string{}, files: token.NewFileSet(), declared: map[string]string{}, used: map[string]bool{},
		interfaces: map[string]bool{"Unwrap": true, "Is": true, "As": true}} // those of package errors have no name
	decoder := json.NewDecoder(bytes.NewReader(goList(t, "-tags", "scale,soak", "-deps", "-test", "-export",
		"-json=ImportPath,Dir,Export,ForTest,GoFiles,TestGoFiles,XTestGoFiles", modulePath+"/...")))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		h.packages = append(h.packages, p)
		if p.ForTest == "" {
			h.exports[p.ImportPath] = p.Export
		}
	}
	h.importer = importer.ForCompiler(h.files, "gc", func(path string) (io.ReadCloser, error) { return os.Open(h.exports[path]) })
	return h
}

// Import gives a package that is imported, and notes its interfaces.
func (h *house) Import(path string) (*types.Package, error) {
	p, err := h.importer.Import(path)
	if err == nil {
		h.note(p)
	}
	return p, err
}

func (h *house) note(p *types.Package) {
	for _, name := range p.Scope().Names() {
		if i, ok := p.Scope().Lookup(name).Type().Underlying().(*types.Interface); ok {
			for m := range i.Methods() {
				h.interfaces[m.Name()] = true
			}
		}
	}
}

// check notes what the files of a package declare and use. own is the package
// that its external tests are about.
func (h *house) check(path, dir string, names []string, own *types.Package) *types.Package {
	var parsed []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(h.files, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			continue // the compiler tells more
		}
		parsed = append(parsed, file)
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importing(func(path string) (*types.Package, error) {
		if own != nil && path == own.Path() {
			return own, nil
		}
		return h.Import(path)
	}), Error: func(error) {}} // an external test meets its package by two ways
	p, _ := config.Check(path, h.files, parsed, info)
	h.note(p)
	for _, object := range info.Uses {
		if object.Pkg() != nil && object.Pkg().Path() != path {
			h.used[h.place(object)] = true
		}
	}
	if own == nil {
		for _, name := range p.Scope().Names() {
			if object := p.Scope().Lookup(name); object.Exported() {
				h.show(object.Type(), true)
			}
		}
	}
	for _, object := range info.Defs {
		if c, ok := object.(*types.Const); ok {
			if named, ok := c.Type().(interface{ Obj() *types.TypeName }); ok && named.Obj().Exported() && named.Obj().Pkg() == p {
				continue
			}
		}
		if name, ok := h.exported(object); ok && path != modulePath && p.Name() != "main" && own == nil {
			h.declared[h.place(object)] = strings.TrimPrefix(path, modulePath+"/") + "." + name
		}
	}
	return p
}

// show notes the types that a type is made of, as far as others see them.
func (h *house) show(t types.Type, declared bool) {
	switch t := t.(type) {
	case *types.Named:
		if !declared {
			h.used[h.place(t.Obj())] = true
			for i := range t.TypeArgs().Len() {
				h.show(t.TypeArgs().At(i), false)
			}
			return
		}
		h.show(t.Underlying(), true)
		for m := range t.Methods() {
			if m.Exported() {
				h.show(m.Type(), false)
			}
		}
	case *types.Alias:
		h.used[h.place(t.Obj())] = true
		h.show(types.Unalias(t), false)
	case *types.Struct:
		for f := range t.Fields() {
			if f.Exported() {
				h.show(f.Type(), false)
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			h.show(m.Type(), false)
		}
	case *types.Signature:
		for _, list := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range list.Variables() {
				h.show(v.Type(), false)
			}
		}
	case *types.Map:
		h.show(t.Key(), false)
		h.show(t.Elem(), false)
	case interface{ Elem() types.Type }: // pointers, slices, arrays and channels
		h.show(t.Elem(), false)
	}
}

type importing func(path string) (*types.Package, error)

func (f importing) Import(path string) (*types.Package, error) { return f(path) }

// exported names what a package declares for others, fields apart.
func (h *house) exported(object types.Object) (name string, ok bool) {
	if object == nil || !object.Exported() || strings.HasSuffix(h.files.Position(object.Pos()).Filename, "_test.go") {
		return "", false
	}
	if f, method := object.(*types.Func); method && f.Signature().Recv() != nil {
		receiver := f.Signature().Recv().Type()
		if pointer, ok := receiver.(*types.Pointer); ok {
			receiver = pointer.Elem()
		}
		named, ok := receiver.(*types.Named)
		if !ok || !named.Obj().Exported() {
			return "", false
		}
		return named.Obj().Name() + "." + object.Name(), true
	}
	return object.Name(), object.Parent() != nil && object.Parent() == object.Pkg().Scope()
}

// place tells objects apart that are read from source and from what is compiled.
func (h *house) place(object types.Object) string {
	at := h.files.Position(object.Pos())
	return fmt.Sprintf("%s:%d %s", at.Filename, at.Line, object.Name())
}

// templates are the names that templates of pages use.
func (h *house) templates(t *testing.T) map[string]bool {
	t.Helper()
	used := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && slices.Contains([]string{".tmpl", ".html"}, filepath.Ext(path)) {
			for word := range strings.FieldsFuncSeq(string(read(t, path)), func(r rune) bool { return r != '.' && !isLetter(r) }) {
				for _, name := range strings.Split(word, ".") {
					used[name] = true
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return used
}

func isLetter(r rune) bool {
	return r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}
