package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// commandsIn finds the commands in a report, by its format.
var commandsIn = map[string]*regexp.Regexp{
	"table":    regexp.MustCompile(`(?m)^ +tlschain (.*?)(?:  .*)?$`),
	"markdown": regexp.MustCompile("- `tlschain (.*?)`:"),
	"html":     regexp.MustCompile(`<code class="cmd">tlschain (.*?)</code>`),
}

// inProcess runs the program without starting it.
func inProcess(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	var b bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &b, &b, func(string) string { return "" })
	return code, b.String()
}

// splitCommand takes a line apart as a POSIX shell would.
func splitCommand(line string) (words []string) {
	var word strings.Builder
	quoted, inside := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\'':
			quoted, inside = !quoted, true
		case c == '\\' && !quoted:
			i++
			word.WriteByte(line[i])
		case c == ' ' && !quoted:
			if inside {
				words = append(words, word.String())
			}
			word.Reset()
			inside = false
		default:
			inside = true
			word.WriteByte(c)
		}
	}
	if inside {
		words = append(words, word.String())
	}
	return words
}

// Every command that a format prints does what it says when it is typed: with
// the target as it was written, and all that it was judged by.
func TestPrintedCommandsRun(t *testing.T) {
	mk := tlstest.For(t)
	root := mk.Root("R")
	i := mk.Intermediate("I", root)
	leaf := mk.Leaf("www.example.test", i)
	server := mk.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf)})
	dir := t.TempDir()
	at := tlstest.Now().Format("2006-01-02")
	roots, pool := write(t, dir, "the roots.pem", pemOf(root.DER)), write(t, dir, "pool.pem", pemOf(i.DER))
	clients := write(t, dir, "clients.yaml", []byte("clients:\n  - {id: till, title: Tills, base: openssl-1.0.2, group: modern}\n"))
	file := write(t, dir, "site's.pem", pemOf(leaf.DER))
	judged := []string{"--roots", roots, "--pool", pool, "--at", at, "--clients", "till", "--client-file", clients}
	list := write(t, dir, "list.csv", []byte(fmt.Sprintf("host,port,server_name,starttls\n127.0.0.1,%d,%s,\n", server.Addr().Port(), tlstest.ServerName)))
	for _, given := range [][]string{
		{"scan", tlstest.ServerName + "@" + server.Addr().String()},
		{"scan", "--resolve", "www.example.test:127.0.0.1", "--server-name", tlstest.ServerName, fmt.Sprintf("www.example.test:%d", server.Addr().Port())},
		{"scan", "--resolve", "www.example.test:127.0.0.1", "--server-name", tlstest.ServerName, "--port", fmt.Sprint(server.Addr().Port()), "www.example.test"},
		{"scan", "-f", list},
		{"check", file, "--server-name", tlstest.ServerName},
	} {
		for format, commands := range commandsIn {
			t.Run(strings.Join(given[:2], " ")+" "+format, func(t *testing.T) {
				code, out := inProcess(t, append(append(slices.Clone(given), "--format", format), judged...)...)
				if code != exitFindings {
					t.Fatalf("exit code %d\n%s", code, out)
				}
				fixed := false
				for _, match := range commands.FindAllStringSubmatch(out, -1) {
					words := splitCommand(html.UnescapeString(match[1]))
					folder := t.TempDir()
					if words[0] == "fix" {
						words = append(words, "-d", folder)
						fixed = true
					}
					if code, out := inProcess(t, words...); code != exitClean {
						t.Errorf("tlschain %q: exit code %d\n%s", words, code, out)
					}
					if entries, _ := os.ReadDir(folder); words[0] == "fix" && len(entries) == 0 {
						t.Errorf("tlschain %q wrote nothing", words)
					}
				}
				if !fixed {
					t.Errorf("no tlschain fix in\n%s", out)
				}
			})
		}
	}
}

// The same of an audit: what audit run prints and what receivers are sent, as
// text and as JSON.
func TestCommandsOfAuditsRun(t *testing.T) {
	mk := tlstest.For(t)
	root := mk.Root("R")
	i := mk.Intermediate("I", root)
	server := mk.Serve(tlstest.Behaviour{Default: tlstest.Present(mk.Leaf("www.example.test", i))})
	dir := t.TempDir()
	write(t, dir, "the roots.pem", pemOf(root.DER))
	write(t, dir, "pool.pem", pemOf(i.DER))
	config := write(t, dir, "tlschain.yaml", []byte("receivers:\n  ops: {exec: [sh, -c, \"cat > sent.json\"]}\ngroups:\n  web:\n    targets: {inline: [\""+
		tlstest.ServerName+"@"+server.Addr().String()+"\"]}\n    clients: [go]\n    roots: the roots.pem\n    pool: [pool.pem]\n    notify: [ops]\n"))
	code, printed := audited(t, "run", "--config", config)
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, printed)
	}
	sent, err := os.ReadFile(filepath.Join(dir, "sent.json"))
	if err != nil {
		t.Fatal(err)
	}
	var message struct{ Text string }
	if err := json.Unmarshal(sent, &message); err != nil {
		t.Fatal(err)
	}
	for where, text := range map[string]string{"audit run": printed, "a message": message.Text} {
		commands := regexp.MustCompile(`(?m)tlschain (fix .*)$`).FindAllStringSubmatch(text, -1)
		if len(commands) == 0 {
			t.Errorf("%s has no command:\n%s", where, text)
		}
		for _, match := range commands {
			folder := t.TempDir()
			words := append(splitCommand(match[1]), "-d", folder)
			if code, out := inProcess(t, words...); code != exitClean {
				t.Errorf("%s: tlschain %q: exit code %d\n%s", where, words, code, out)
			}
			if entries, _ := os.ReadDir(folder); len(entries) == 0 {
				t.Errorf("%s: tlschain %q wrote nothing", where, words)
			}
		}
	}
}
