package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// Every command in the README can be typed as it stands there.
func TestReadmeCommands(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	code := false
	for i, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "```") {
			code = !code
			continue
		}
		line = strings.TrimPrefix(line, "$ ")
		if !code || !strings.HasPrefix(line, name+" ") {
			continue
		}
		line, _, _ = strings.Cut(line, " # ")
		tried++
		if _, err := arrange(new(process).app(), strings.Fields(line)[1:]); err != nil {
			t.Errorf("README.md:%d: %s: %v", i+1, line, err)
		}
	}
	if tried < 10 {
		t.Errorf("found %d commands", tried)
	}
}

// The table of what comes home is the one that the scanner's tests write.
func TestReadmeShowsWhatComesHome(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("../../scanner/testdata/openssl.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), string(table)) {
		t.Error("README.md does not hold scanner/testdata/openssl.md as it is now: copy it there")
	}
}

// The mend in the README is what fix prints for the demo's bakery, but for what
// is new each time: folder, dates and fingerprints.
func TestReadmeShowsMend(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	endpoints, err := tlstest.Demo(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range endpoints {
		if e.Name == "www.bakery.example" {
			write(t, dir, "bakery.pem", pemOf(e.Identity.Entries...))
			write(t, dir, "roots.pem", pemOf(e.Anchors...))
			write(t, dir, "pool.pem", pemOf(e.Pool...))
		}
	}
	builtBinary(t) // needs the source, which is here
	t.Chdir(dir)
	const command = "fix bakery.pem --roots roots.pem --pool pool.pem --server nginx -d out"
	code, out := typed(t, strings.Fields(command)...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, out)
	}
	changing := regexp.MustCompile(`until \d{4}-\d{2}-\d{2}|SHA-256 [0-9a-f]{16}`)
	same := func(text string) string { return changing.ReplaceAllString(strings.TrimSpace(text), "...") }
	_, shown, _ := strings.Cut(string(readme), "\n$ tlschain "+command+"\n")
	shown, _, _ = strings.Cut(shown, "```")
	if got, want := same(strings.ReplaceAll(out, dir, "/srv/shop")), same(shown); got != want {
		t.Errorf("README.md is not what fix prints:\n%s", got)
	}
}
