package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// licences are those that a dependency may have, each with words that no other
// licence has. The first that is found counts.
var licences = []struct {
	name  string
	words *regexp.Regexp
}{
	{"MPL-2.0", regexp.MustCompile(`Mozilla Public License,?\s+[Vv]ersion\s+2\.0`)},
	{"Apache-2.0", regexp.MustCompile(`Apache License\s+Version 2\.0, January 2004`)},
	{"BSD-3-Clause", regexp.MustCompile(`Redistribution and use in source and binary forms[\s\S]*(Neither|The) (the )?names?\b[\s\S]*endorse or promote`)},
	{"BSD-2-Clause", regexp.MustCompile(`Redistribution and use in source and binary forms`)},
	{"ISC", regexp.MustCompile(`Permission to use, copy, modify, and(/or)? distribute`)},
	{"MIT", regexp.MustCompile(`Permission is hereby granted, free of charge`)},
	{"Unlicense", regexp.MustCompile(`This is free and unencumbered software released into the public domain`)},
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)(\.(md|txt))?$`)

// licenceOf reads the licence of a module in the module cache; "" if it has
// none that is known.
func licenceOf(t *testing.T, dir string) string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !licenceFile.MatchString(f.Name()) {
			continue
		}
		text := string(read(t, filepath.Join(dir, f.Name())))
		for _, l := range licences {
			if l.words.MatchString(text) {
				return l.name
			}
		}
	}
	return ""
}

// moduleDirs lists modules by what go list prints of them: path and folder.
func moduleDirs(t *testing.T, args ...string) map[string]string {
	t.Helper()
	dirs := make(map[string]string)
	for line := range strings.Lines(string(goList(t, args...))) {
		if path, dir, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			dirs[path] = dir
		}
	}
	return dirs
}

// Every module that is part of the program may be given to others.
func TestLicences(t *testing.T) {
	linked := moduleDirs(t, "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}", ".")
	if len(linked) < 20 {
		t.Fatalf("only %d modules are part of the program", len(linked))
	}
	for path, dir := range linked {
		if licenceOf(t, dir) == "" {
			t.Errorf("%s has no licence that is known to be permitted: look into %s", path, dir)
		}
	}
}

// docs/dependencies.md has every module that the code imports, and no other.
func TestDependenciesAreExplained(t *testing.T) {
	const doc = "docs/dependencies.md"
	row := regexp.MustCompile(`(?m)^\| ([a-z][\w./-]+\.[\w./-]+) \| ([\w.-]+) \| .{10,} \|$`)
	program, tests, ok := strings.Cut(string(read(t, "../../"+doc)), "## In tests only")
	if !ok {
		t.Fatal("no list of the tests' dependencies")
	}
	direct := moduleDirs(t, "-m", "-f", "{{if not (or .Main .Indirect)}}{{.Path}} {{.Dir}}{{end}}", "all")
	linked := moduleDirs(t, "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}", ".")
	var listed []string
	for _, part := range []struct {
		text   string
		linked bool
	}{{program, true}, {tests, false}} {
		for _, m := range row.FindAllStringSubmatch(part.text, -1) {
			path, licence := m[1], m[2]
			listed = append(listed, path)
			switch dir := direct[path]; {
			case dir == "":
				t.Errorf("%s lists %s, which go.mod does not require directly, or which is not downloaded", doc, path)
			case licenceOf(t, dir) != licence:
				t.Errorf("%s says that %s is under %s; it is under %q", doc, path, licence, licenceOf(t, dir))
			case (linked[path] != "") != part.linked:
				t.Errorf("%s lists %s in the wrong part: program or tests", doc, path)
			}
		}
	}
	for path := range direct {
		if !slices.Contains(listed, path) {
			t.Errorf("%s has no line for %s: say what it is for", doc, path)
		}
	}
}
