package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rooms are the top-level packages, from the one that sees all others to the
// one that sees none.
var rooms = []string{"cmd", "audit", "tlschain", "reports", "rules", "scanner"}

// kept are the modules that one part of the program keeps to itself, with the
// reason.
var kept = []struct{ module, by, reason string }{
	{"github.com/urfave/cli", "github.com/tlschain/tlschain/cmd/tlschain", "flags are the business of the command line alone; what is below it takes values"},
	{"github.com/olekukonko/tablewriter", "github.com/tlschain/tlschain/reports", "it renames its options within v1, and passes escape sequences on: one file deals with both"},
	{"github.com/CycloneDX/cyclonedx-go", "github.com/tlschain/tlschain/reports", "one file writes that format"},
	{"github.com/schollz/progressbar", "github.com/tlschain/tlschain/cmd/tlschain", "only the command line knows whether a terminal looks on"},
	{"modernc.org/sqlite", "github.com/tlschain/tlschain/audit/history", "one package speaks SQL"},
	{"github.com/pressly/goose", "github.com/tlschain/tlschain/audit/history", "one package speaks SQL"},
	{"github.com/riverqueue/river", "github.com/tlschain/tlschain/audit/queue", "a queue that everybody knew could not be replaced"},
	{"github.com/jackc/pgx", "github.com/tlschain/tlschain/audit", "audit/history speaks SQL; audit/queue opens the connections that River wants, and says nothing itself"},
	{"github.com/nicholas-fedor/shoutrrr", "github.com/tlschain/tlschain/audit", "receivers are the audit's"},
	{"software.sslmate.com/src/go-pkcs12", "github.com/tlschain/tlschain/rules/certfile", "one package knows the formats of files"},
}

type listedPackage struct {
	Name         string
	ImportPath   string
	Imports      []string
	Doc, Dir     string
	GoFiles      []string
	XTestGoFiles []string
	Standard     bool
}

func TestImportsPointOneWay(t *testing.T) {
	for _, p := range packages(t) {
		room := roomOf(p.ImportPath)
		if room < 0 {
			t.Errorf("%s is in none of the rooms %v: add no other top-level package", p.ImportPath, rooms)
			continue
		}
		for _, imported := range p.Imports {
			if to := roomOf(imported); to >= 0 && to < room {
				t.Errorf("%s imports %s, against the direction %s: what observes must not know what judges, nor what judges how it is shown; "+
					"pass a value or a function down instead", p.ImportPath, imported, strings.Join(rooms, " -> "))
			}
			for _, k := range kept {
				if within(imported, k.module) && !within(p.ImportPath, k.by) {
					t.Errorf("%s imports %s, which belongs to %s: %s", p.ImportPath, imported, k.by, k.reason)
				}
			}
		}
	}
}

// withoutExample are the packages that need none: those of tests and programs, and
// those whose example would be a server.
var withoutExample = []string{
	"audit/queue", // takes a PostgreSQL
	"scanner/quic", "scanner/listener",
	"audit/history/pgtest", "reports/browsertest", "rules/catalog/build", "rules/client/conformance", "audit/scale",
	"scanner/tlstest/golden", "scanner/tlstest/system", "scanner/tlstest/variant",
}

// Whoever reads a package's documentation finds what it is for, and a program
// that runs.
func TestPackagesAreDocumented(t *testing.T) {
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, "github.com/tlschain/tlschain/")
		if p.Doc == "" && len(p.GoFiles) > 0 {
			t.Errorf("%s has no documentation", room)
		}
		if p.Name == "main" || strings.Contains(room, "internal/") || slices.Contains(withoutExample, room) {
			continue
		}
		example := func(name string) bool {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			return err == nil && bytes.Contains(text, []byte("func Example")) && bytes.Contains(text, []byte("// Output:"))
		}
		if !slices.ContainsFunc(p.XTestGoFiles, example) {
			t.Errorf("%s has no Example that is run", room)
		}
	}
}

// rules do no I/O and read no clock: a verdict depends on what is passed in.
func TestRulesDoNoIO(t *testing.T) {
	forbidden := []string{"net", "net/http", "os", "os/exec", "syscall", "log", "math/rand", "math/rand/v2", "crypto/rand", "database/sql"}
	for _, p := range packages(t) {
		if !within(p.ImportPath, "github.com/tlschain/tlschain/rules") || p.Name == "main" { // a program makes tables, and judges nothing
			continue
		}
		for _, imported := range p.Imports {
			if slices.Contains(forbidden, imported) {
				t.Errorf("%s imports %s: rules do no I/O and keep no secrets, so that a verdict can be had again from a saved chain", p.ImportPath, imported)
			}
		}
	}
}

// The binary must not carry what only tests need.
func TestBinaryHasNoTestCode(t *testing.T) {
	out := goList(t, "-deps", "-f", "{{.ImportPath}}", "github.com/tlschain/tlschain/cmd/tlschain")
	for path := range strings.FieldsSeq(string(out)) {
		if path == "testing" || within(path, "github.com/tlschain/tlschain/scanner/tlstest") {
			t.Errorf("the binary depends on %s", path)
		}
	}
}

func roomOf(path string) int {
	if path == "github.com/tlschain/tlschain" {
		return slices.Index(rooms, "tlschain")
	}
	rest, ok := strings.CutPrefix(path, "github.com/tlschain/tlschain/")
	if !ok {
		return -1
	}
	room, _, _ := strings.Cut(rest, "/")
	return slices.Index(rooms, room)
}

func within(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

func packages(t *testing.T) []listedPackage {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(goList(t, "-json=Name,ImportPath,Imports,Standard,Doc,Dir,GoFiles,XTestGoFiles", "github.com/tlschain/tlschain/...")))
	var all []listedPackage
	for {
		var p listedPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 5 {
		t.Fatalf("go list found %d packages", len(all))
	}
	return all
}

func goList(t *testing.T, args ...string) []byte {
	t.Helper()
	var stderr bytes.Buffer
	list := exec.Command("go", append([]string{"list"}, args...)...)
	list.Stderr = &stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	return out
}
