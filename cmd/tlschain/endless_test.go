//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// endless are the commands that take a file, FILE, and what each has to say of
// one that never ends. Those of scan would connect to a port where nobody is.
var endless = []struct {
	command string
	says    string
}{
	{"check FILE", "larger than 32 MiB"},
	{"check --roots FILE good.pem", "larger than 32 MiB"},
	{"check --add-roots FILE good.pem", "larger than 32 MiB"},
	{"check --pool FILE good.pem", "larger than 32 MiB"},
	{"check --expect FILE good.pem", "larger than 32 MiB"},
	{"check --as-client --clients nginx --client-ca FILE good.pem", "larger than 32 MiB"},
	{"check --key FILE good.pem", "no private key"},
	{"check --password-file FILE good.p12", "good.p12"},
	{"check --client-file FILE good.pem", "16 MiB"},
	{"check --policy FILE good.pem", "16 MiB"},
	{"check --waivers FILE good.pem", "16 MiB"},
	{"check --distrust FILE good.pem", "16 MiB"},
	{"check --catalog FILE good.pem", "16 MiB"},
	{"check --nginx FILE", "FILE"},
	{"check --apache FILE", "FILE"},
	{"check --haproxy FILE", "FILE"},
	{"check --postfix FILE", "FILE"},
	{"check --dovecot FILE", "FILE"},
	{"scan -f FILE", "this is no list"},
	{"scan --strict -f FILE", "this is no list"},
	{"scan --exclude FILE 127.0.0.1:1", "this is no list"},
	{"scan --resume FILE 127.0.0.1:1", "no journal"},
	{"scan --client-cert FILE 127.0.0.1:1", "larger than 32 MiB"},
	{"scan --client-cert good.pem --client-key FILE 127.0.0.1:1", "larger than 32 MiB"},
	{"scan --save FILE 127.0.0.1:1", "not a directory"},
	{"fix -f FILE", "this is no list"},
	{"fix -d FILE good.pem", "not a directory"},
	{"convert FILE", "no report"},
	{"waivers FILE", "16 MiB"},
	{"waivers none.yaml --report FILE", "no report"},
	{"audit check-config --config FILE", "has more than 4194304 bytes"},
	{"audit affected --config audit.yaml --db new.db FILE", "FILE"},
	{"audit list --config audit.yaml --db FILE", "FILE"},
	{"data update --from FILE", "FILE"},
}

// What never ends, and what has 5 GB of nothing, is refused in seconds and
// within half a GB by every option that takes a file.
func TestEndlessFiles(t *testing.T) {
	x := tlstest.For(t)
	root := x.Root("R")
	leaf := x.Leaf("shop.example.test", root)
	dir := t.TempDir()
	write(t, dir, "good.pem", leaf.PEM(), root.PEM())
	write(t, dir, "good.p12", []byte("0"))
	write(t, dir, "none.yaml", []byte("waivers: []\n"))
	write(t, dir, "audit.yaml", []byte("groups:\n  web:\n    targets: {inline: [\"127.0.0.1:1\"]}\n"))
	sparse := write(t, dir, "sparse")
	if err := os.Truncate(sparse, 5<<30); err != nil {
		t.Skip("this file system has no sparse files:", err)
	}
	binary := builtBinary(t)
	for _, file := range []string{"/dev/zero", sparse} {
		for _, c := range endless {
			if file == sparse && strings.HasPrefix(c.command, "check") {
				continue // one reader for all of them
			}
			t.Run(c.command+" "+filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				cmd := exec.CommandContext(ctx, binary, strings.Fields(strings.ReplaceAll(c.command, "FILE", file))...)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "GOMEMLIMIT=256MiB", "HOME="+dir, "XDG_CACHE_HOME="+dir)
				var said bytes.Buffer
				cmd.Stdout, cmd.Stderr = &said, &said
				peak, err := runPeak(cmd)
				out := said.Bytes()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != exitUsage && exit.ExitCode() != exitUnjudged {
					t.Fatalf("%v\n%.2000s", err, out)
				}
				if !strings.Contains(string(out), strings.ReplaceAll(c.says, "FILE", file)) || len(out) > 10_000 {
					t.Errorf("%d bytes, and %q is meant: %.2000s", len(out), c.says, out)
				}
				if peak > 512<<20 {
					t.Errorf("it took %d MiB of memory", peak>>20)
				}
			})
		}
	}
}

// Every flag that takes a file to read is among those that are tried.
func TestEndlessFilesKnowsTheFlags(t *testing.T) {
	file := regexp.MustCompile("`(FILE|LIST|CONFIG|DIR|FOLDER)`")
	tried := map[string]bool{"output": true, "o": true, "variants": true} // which are written, and no files: TestPlantedLinks
	for _, c := range endless {
		for _, word := range strings.Fields(c.command) {
			tried[strings.TrimLeft(word, "-")] = true
		}
	}
	var walk func(commands []*cli.Command)
	walk = func(commands []*cli.Command) {
		for _, c := range commands {
			for _, f := range c.Flags {
				documented, ok := f.(cli.DocGenerationFlag)
				if !ok || !file.MatchString(documented.GetUsage()) {
					continue
				}
				known := false
				for _, n := range f.Names() {
					known = known || tried[n]
				}
				if !known {
					t.Errorf("%s: no endless file is given to --%s", c.HelpName, f.Names()[0])
				}
			}
			walk(c.Subcommands)
		}
	}
	walk((&process{}).commands())
}

// A pipe that is named is read to its end, as <(command) makes one.
func TestNamedPipes(t *testing.T) {
	x := tlstest.For(t)
	root := x.Root("R")
	leaf := x.Leaf("shop.example.test", root)
	dir := t.TempDir()
	roots, chain := write(t, dir, "roots.pem", root.PEM()), write(t, dir, "chain.pem", leaf.PEM())
	for i, c := range []struct {
		args    []string
		content []byte
		says    string
	}{
		{[]string{"check", "--roots", roots, "PIPE"}, leaf.PEM(), "PIPE"},
		{[]string{"check", "--roots", "PIPE", chain}, root.PEM(), "chain.pem"},
		{[]string{"check", "--roots", roots, "--waivers", "PIPE", chain}, []byte("waivers: []\n"), "chain.pem"},
		{[]string{"scan", "--timeout", "1s", "-f", "PIPE"}, []byte("127.0.0.1:1\n"), "127.0.0.1:1"},
	} {
		pipe := filepath.Join(dir, "pipe"+string(rune('0'+i)))
		system.Pipe(t, pipe)
		go os.WriteFile(pipe, c.content, 0)
		args := append([]string{c.args[0], "--format", "csv"}, c.args[1:]...)
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "PIPE", pipe)
		}
		out, err := exec.Command(builtBinary(t), args...).CombinedOutput()
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == exitUsage || !strings.Contains(string(out), strings.ReplaceAll(c.says, "PIPE", pipe)) {
			t.Errorf("%q: %v\n%s", args, err, out)
		}
	}
}
