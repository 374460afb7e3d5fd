package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/commandline"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/golden"
)

// documents are what people read to learn the program.
func documents(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d documents, %v", len(files), err)
	}
	return append(files, "../../README.md")
}

// shownCommand is a block of a document that begins with a command of ours.
var shownCommand = regexp.MustCompile("(?ms)^```\n\\$ tlschain ([^\n]*)\n(.*?)^```$")

// Every transcript in the documents is what the program prints, but for what is
// new each time: dates, hashes and ports. -update writes them anew.
func TestDocumentsShowWhatIsPrinted(t *testing.T) {
	dir := demoFolder(t)
	shown := 0
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		now := shownCommand.ReplaceAllFunc(text, func(block []byte) []byte {
			shown++
			part := shownCommand.FindSubmatch(block)
			out := printed(t, dir, string(part[1]))
			if sameButForTime(out) == sameButForTime(string(part[2])) {
				return block
			}
			if !golden.Update() {
				t.Errorf("%s is not what is printed for: tlschain %s\n%s", file, part[1], out)
			}
			return fmt.Appendf(nil, "```\n$ tlschain %s\n%s```", part[1], out)
		})
		if golden.Update() {
			if err := os.WriteFile(file, now, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if shown < 4 {
		t.Errorf("%d transcripts", shown)
	}
}

// sameButForTime leaves out what differs from run to run.
func sameButForTime(out string) string {
	for _, r := range []struct{ changing, to string }{
		{`\d{4}-\d{2}-\d{2}(T[0-9:.]+Z)?`, "DATE"}, {`[0-9a-f]{16,64}`, "HASH"}, {`\b[1-6]\d{4}\b`, "PORT"}, {`"duration_ms":[0-9.]+`, "TIME"},
	} {
		out = regexp.MustCompile(r.changing).ReplaceAllString(out, r.to)
	}
	return out
}

// printed runs a command in a folder and gives what it prints there, as if the
// folder were /srv/shop.
func printed(t *testing.T, dir, command string) string {
	t.Helper()
	cmd := exec.Command(builtBinary(t), strings.Fields(command)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(out), dir, "/srv/shop")
}

// demoFolder holds what the documents' commands name: the files of the demo's
// CA and of its bakery, and a list of some of its servers, which run.
func demoFolder(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	endpoints, err := tlstest.Demo(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	list := "host,port,address,tags\n"
	for _, e := range endpoints {
		switch e.Name {
		case "www.bakery.example":
			write(t, dir, "bakery.pem", pemOf(e.Identity.Entries...))
			write(t, dir, "roots.pem", pemOf(e.Anchors...))
			write(t, dir, "pool.pem", pemOf(e.Pool...))
			continue
		case "netbank.sparebank.example", "www.fjordvik-trust.example":
		default:
			continue
		}
		server, err := tlstest.Serve(tlstest.Behaviour{Default: e.Identity})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { server.Close() })
		list += fmt.Sprintf("%s,%d,%s,\n", e.Name, server.Addr().Port(), server.Addr().Addr())
	}
	write(t, dir, "targets.csv", []byte(list))
	write(t, dir, "tlschain.yaml", []byte("groups:\n  shop: {targets: {files: [targets.csv]}, roots: roots.pem, pool: [pool.pem]}\n"))
	return dir
}

// typedWord is a word as a shell takes it, quotes included.
var typedWord = regexp.MustCompile(`"[^"]*"|\S+`)

// Every command in the documents can be typed as it stands there.
func TestDocumentsCommands(t *testing.T) {
	tried := 0
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code := false
		for i, line := range strings.Split(string(text), "\n") {
			if strings.HasPrefix(line, "```") {
				code = !code && line == "```" // a block of another language holds no commands
				continue
			}
			line = strings.TrimPrefix(line, "$ ")
			if !code || !strings.HasPrefix(line, name+" ") {
				continue
			}
			line, _, _ = strings.Cut(line, " # ")
			tried++
			if _, err := commandline.Arrange(new(process).app(), typedWord.FindAllString(line, -1)[1:], instead); err != nil {
				t.Errorf("%s:%d: %s: %v", file, i+1, line, err)
			}
		}
	}
	if tried < 20 {
		t.Errorf("found %d commands", tried)
	}
}

// The table of what can be captured is the one that the scanner's tests write.
func TestDocumentsShowWhatIsCaptured(t *testing.T) {
	document, err := os.ReadFile("../../docs/capture.md")
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("../../scanner/testdata/openssl.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(document), string(table)) {
		t.Error("docs/capture.md does not hold scanner/testdata/openssl.md as it is now: copy it there")
	}
}

// documentLink is a relative link in a document.
var documentLink = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

// The README is short, and each relative link in a document leads somewhere.
func TestDocumentsAreWhole(t *testing.T) {
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(string(text), "\n"); filepath.Base(file) == "README.md" && lines > 200 {
			t.Errorf("README.md has %d lines, over 200: the rest belongs into docs", lines)
		}
		for _, m := range documentLink.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", file, m[1], err)
			}
		}
	}
}

// docs/errors.md names rules that there are.
func TestErrorsNameRules(t *testing.T) {
	text, err := os.ReadFile("../../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	known := ruleIDs()
	named := 0
	for row := range strings.Lines(string(text)) {
		cells := strings.Split(row, "|")
		if len(cells) != 6 || strings.HasPrefix(strings.TrimSpace(cells[3]), "rule") || strings.HasPrefix(cells[3], "-") {
			continue
		}
		for _, m := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(cells[3], -1) {
			named++
			if !slices.Contains(known, m[1]) {
				t.Errorf("docs/errors.md names %s, which is no rule", m[1])
			}
		}
	}
	if named < 50 {
		t.Errorf("%d rules are named", named)
	}
}

func ruleIDs() (ids []string) {
	for _, r := range rules.All() {
		ids = append(ids, r.ID)
	}
	return ids
}

// docs/commands.md is each command's help; -update writes it.
func TestCommandReference(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Commands\n\nGenerated: what `--help` prints.\n")
	var walk func([]*cli.Command)
	walk = func(commands []*cli.Command) {
		for _, c := range commands {
			if c.Hidden {
				continue
			}
			fmt.Fprintf(&b, "\n## %s\n\n```text\n", c.HelpName)
			if err := commandline.PrintHelp(&b, c); err != nil {
				t.Fatal(err)
			}
			b.WriteString("```\n")
			walk(c.Subcommands)
		}
	}
	walk(new(process).commands())
	golden.Compare(t, "../../docs/commands.md", []byte(b.String()))
}
