package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/commandline"
)

// offered are the words that are offered for what is typed.
func offered(t *testing.T, words ...string) (kind string, offered []string) {
	t.Helper()
	code, out := inProcess(t, append([]string{completeWord}, words...)...)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if code != exitClean {
		t.Errorf("%q: exit code %d", words, code)
	}
	for _, line := range lines[1:] {
		word, _, _ := strings.Cut(line, "\t")
		offered = append(offered, word)
	}
	return lines[0], offered
}

func TestComplete(t *testing.T) {
	for _, c := range []struct {
		typed string
		kind  string
		want  string // among those that are offered; empty: nothing is
		not   string
	}{
		{"", commandline.SomeWords, "scan", "--help"},
		{"sc", commandline.SomeWords, "scan schema", "check"},
		{"audit ", commandline.SomeWords, "serve", "scan"},
		{"audit ex", commandline.SomeWords, "export", "serve"},
		{"scan --for", commandline.SomeWords, "--format", "--fail-on"},
		{"scan --format ", commandline.SomeWords, "json sarif", "text"},
		{"scan --format j", commandline.SomeWords, "json junit", "sarif"},
		{"scan --format=j", commandline.SomeWords, "--format=json", "json"},
		{"scan --format = j", commandline.SomeWords, "json", "sarif"}, // as bash splits
		{"version --format ", commandline.SomeWords, "text json", "sarif"},
		{"clients --format ", commandline.SomeWords, "text json", "sarif"},
		{"audit affected --format ", commandline.SomeWords, "table csv", "text"},
		{"scan --clients go,op", commandline.SomeWords, "go,openssl-3.0", "go"},
		{"scan --clients go,", commandline.SomeWords, "go,openssl-3.0", "go,go"},
		{"scan --fields target,sev", commandline.SomeWords, "target,severity", ""},
		{"explain missing-i", commandline.SomeWords, "missing-intermediate", "wrong-order"},
		{"explain missing-intermediate ", commandline.SomeWords, "", ""},
		{"clients gnutls", commandline.SomeWords, "gnutls-3.7", "go"},
		{"fix --server ngi", commandline.SomeWords, "nginx", "apache"},
		{"fix --server nginx ", commandline.SomeFiles, "", ""},
		{"check ", commandline.SomeFiles, "", ""},
		{"check a.pem ", commandline.SomeFiles, "", ""},
		{"check --key ", commandline.SomeFiles, "", ""},
		{"scan -f ", commandline.SomeFiles, "", ""},
		{"scan --save ", commandline.SomeFolder, "", ""},
		{"scan --save=", commandline.SomeFolder, "", ""},
		{"scan ", commandline.SomeWords, "", ""},
		{"scan --timeout ", commandline.SomeWords, "", ""},
		{"scan --strict --lang ", commandline.SomeWords, "en ja", ""},
		{"completion ", commandline.SomeWords, "bash zsh fish powershell", ""},
		{"nonsense ", commandline.SomeWords, "", ""},
		{"scan --nonsense ", commandline.SomeWords, "", ""},
		{"scan --nonsense=", commandline.SomeWords, "", ""},
	} {
		kind, got := offered(t, strings.Split(c.typed, " ")...)
		if kind != c.kind || c.want == "" && len(got) > 0 {
			t.Errorf("%q: %s, %q", c.typed, kind, got)
		}
		for _, w := range strings.Fields(c.want) {
			if !slices.Contains(got, w) {
				t.Errorf("%q: %q lacks %s", c.typed, got, w)
			}
		}
		if c.not != "" && slices.Contains(got, c.not) {
			t.Errorf("%q: %q has %s", c.typed, got, c.not)
		}
	}
}

// needs skips a test where a program is missing, but for continuous integration.
func needs(t *testing.T, program string) {
	t.Helper()
	if testing.Short() {
		t.Skip("it runs other programs")
	}
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed: run make deps", program)
		}
		t.Skipf("%s is not installed", program)
	}
}

// Real shells complete by the scripts.
func TestShellsComplete(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(builtBinary(t), filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
	for _, shell := range shells {
		_, script := inProcess(t, "completion", shell)
		write(t, dir, shell, []byte(script))
	}
	ask := map[string]struct{ program, script string }{
		"bash": {"bash", `source ./bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tlschain 2>/dev/null; printf '%s\n' "${COMPREPLY[@]}"`},
		"fish": {"fish", `source ./fish; complete -C"$argv" | cut -f1`},
		// A real line editor on a terminal; what it inserts is on its screen.
		"zsh": {"zsh", `zmodload zsh/zpty; zpty shell zsh -f -i
zpty -w shell 'PS1="> "; autoload -Uz compinit; compinit -u -D; source ./zsh; zstyle ":completion:*" insert-tab false; echo rea""dy'
zpty -r -m shell line "*ready*> " || exit 1
zpty -w -n shell "$1"$'\t'
zpty -r -m shell line "*$2*" && print -r -- $line`},
	}
	for shell, a := range ask {
		t.Run(shell, func(t *testing.T) {
			needs(t, a.program)
			for _, c := range []struct{ typed, want string }{
				{"tlschain explain missing-inter", "missing-intermediate"}, {"tlschain scan --format nag", "nagios"},
				{"tlschain scan --clients go,gnutls", "go,gnutls-3.7"}, {"tlschain conv", "convert"}, {"tlschain fix --server=ngin", "nginx"},
			} {
				args := []string{"-c", a.script}
				switch shell {
				case "bash": // as its line editor splits
					args = append(append(args, "bash"), strings.Fields(strings.ReplaceAll(c.typed, "=", " = "))...)
				case "zsh":
					args = append(args, "zsh", c.typed, c.want)
				default:
					args = append(args, c.typed)
				}
				patience, done := context.WithTimeout(t.Context(), time.Minute)
				defer done()
				cmd := exec.CommandContext(patience, a.program, args...)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "TERM=dumb", "HOME="+dir)
				out, err := cmd.CombinedOutput()
				if err != nil || !strings.Contains(string(out), c.want) {
					t.Errorf("%s: %v\n%s", c.typed, err, out)
				}
			}
		})
	}
}

// Every command has its page, and man(1) objects to nothing in it.
func TestManPages(t *testing.T) {
	dir := t.TempDir()
	if code, out := inProcess(t, "man", dir); code != exitClean {
		t.Fatalf("exit code %d: %s", code, out)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil || len(pages) < 20 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	scan := string(read(t, filepath.Join(dir, "tlschain-scan.1")))
	for _, want := range []string{`.B \-\-fail\-on SEVERITY`, `tlschain scan \-\-server\-name`, ".BR tlschain (1)"} {
		if !strings.Contains(scan, want) {
			t.Errorf("the page of scan lacks %q", want)
		}
	}
	for _, page := range pages { // what is no command and no table has the reader's width
		for block := range strings.SplitSeq(string(read(t, page)), "\n.nf\n") {
			verbatim, _, found := strings.Cut(block, "\n.fi\n")
			for line := range strings.SplitSeq(verbatim, "\n") {
				if found && !strings.HasPrefix(line, " ") && line != ".PP" {
					t.Errorf("%s: %q is not filled", filepath.Base(page), line)
				}
			}
		}
	}
	needs(t, "man")
	var all bytes.Buffer
	for _, page := range pages {
		all.Write(read(t, page))
	}
	if out, said, err := formatted(all.Bytes()); err == nil && said == "" && strings.Count(out, "SYNOPSIS") == len(pages) {
		return
	}
	for _, page := range pages { // which of them it is
		if out, said, err := formatted(read(t, page)); err != nil || said != "" || !strings.Contains(out, "SYNOPSIS") {
			t.Errorf("%s: %v\n%s", page, err, said)
		}
	}
	if !t.Failed() {
		t.Error("man objects to the pages together, and to none alone")
	}
}

// formatted is what man makes of pages, and what it objects to in them.
func formatted(pages []byte) (out, said string, err error) {
	cmd := exec.Command("man", "--warnings", "-l", "-")
	cmd.Env = append(os.Environ(), "MANWIDTH=80", "LC_ALL=C.UTF-8")
	cmd.Stdin = bytes.NewReader(pages)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	return stdout.String(), stderr.String(), err
}
