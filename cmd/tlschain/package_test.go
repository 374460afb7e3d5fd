package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// releaseConfig is what the tests need of .goreleaser.yaml.
type releaseConfig struct {
	Builds []struct {
		Env, Flags, LDFlags []string
		GOOS, GOARCH        []string
	}
	NFPMs []map[string]any
}

func readRelease() (c releaseConfig, err error) {
	text, err := os.ReadFile("../../.goreleaser.yaml")
	if err != nil {
		return c, err
	}
	if err := yaml.Unmarshal(text, &c); err != nil {
		return c, err
	}
	if len(c.Builds) != 1 || len(c.NFPMs) != 1 {
		return c, fmt.Errorf(".goreleaser.yaml: %d builds, %d packages", len(c.Builds), len(c.NFPMs))
	}
	return c, nil
}

// TestCrossBuilds holds that `make cross`, a part of `make test`, builds for each
// system and each architecture of a release.
func TestCrossBuilds(t *testing.T) {
	c, err := readRelease()
	if err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(makefile), "\nCROSS = ")
	line, _, _ := strings.Cut(rest, "\n")
	built := append(strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '/' }), "linux", "amd64")
	slices.Sort(built)
	released := append(c.Builds[0].GOOS, c.Builds[0].GOARCH...)
	slices.Sort(released)
	if built = slices.Compact(built); !slices.Equal(built, released) {
		t.Errorf("built for %v\nreleased for %v", built, released)
	}
}

// shell runs a command in a folder, and fails the test where it fails.
func shell(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// releaseBuild builds the program of a source folder as a release is built; vcs
// says whether it is to know its commit.
func releaseBuild(source, to string, vcs bool) error {
	c, err := readRelease()
	if err != nil {
		return err
	}
	args := append([]string{"build"}, c.Builds[0].Flags...)
	if !vcs {
		args = append(args, "-buildvcs=false")
	}
	cmd := exec.Command("go", append(args, "-ldflags", strings.Join(c.Builds[0].LDFlags, " "), "-o", to, "./cmd/tlschain")...)
	cmd.Dir, cmd.Env = source, append(os.Environ(), c.Builds[0].Env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// place writes a file and the folders above it.
func place(t *testing.T, dir, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, dir, name, content)
}

// maxProgram bounds the program of a release: what makes it grow needs a reason
// in docs/dependencies.md.
const maxProgram = 40 << 20

// The same source gives the same bytes, in whatever folder it is built. At a tag,
// the program knows the version, and the commit with its day.
func TestBuildsAreReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program twice")
	}
	here, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	elsewhere := filepath.Join(dir, "elsewhere")
	sourceFiles(t, func(path string, text []byte) {
		if !strings.HasSuffix(path, "_test.go") {
			place(t, elsewhere, path, text)
		}
	})
	for _, file := range []string{"go.mod", "go.sum"} {
		place(t, elsewhere, file, read(t, filepath.Join(here, file)))
	}
	embedded := shell(t, here, nil, "go", "list", "-f", `{{$d := .Dir}}{{range .EmbedFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}`, "./...")
	for file := range strings.FieldsSeq(embedded) {
		path, err := filepath.Rel(here, file)
		if err != nil {
			t.Fatal(err)
		}
		place(t, elsewhere, path, read(t, file))
	}
	program, other := read(t, builtBinary(t)), filepath.Join(dir, "other")
	if err := releaseBuild(elsewhere, other, false); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(program, read(t, other)) {
		t.Error("two builds of one source differ")
	}
	if len(program) > maxProgram {
		t.Errorf("the program has %d bytes, more than %d", len(program), maxProgram)
	}

	needs(t, "git")
	place(t, elsewhere, ".gitignore", read(t, filepath.Join(here, ".gitignore")))
	git := func(args ...string) string {
		return shell(t, elsewhere, []string{"GIT_CONFIG_GLOBAL=/dev/null", "GIT_COMMITTER_DATE=2027-03-15T02:00:00Z"},
			append([]string{"git", "-c", "user.name=tester", "-c", "user.email=tester@example.test"}, args...)...)
	}
	git("init", "-q")
	git("add", "--all")
	git("commit", "-q", "-m", "a release")
	git("tag", "v1.2.3")
	for _, made := range []string{"bin/package/man/tlschain.1.gz", "dist/tlschain_linux_amd64_v1/tlschain"} {
		place(t, elsewhere, made, nil) // what is made before the program is must not count as a change of it
	}
	if err := releaseBuild(elsewhere, other, true); err != nil {
		t.Fatal(err)
	}
	var v buildVersion
	if err := json.Unmarshal([]byte(shell(t, dir, nil, other, "version", "--format", "json")), &v); err != nil {
		t.Fatal(err)
	}
	commit := strings.TrimSpace(git("rev-parse", "HEAD"))
	if v.Version != "1.2.3" || v.Commit != commit || v.Date != "2027-03-15T02:00:00Z" || v.Modified || v.Facts == "" {
		t.Errorf("at tag v1.2.3 and commit %s: %+v", commit, v)
	}
}

// The Debian package installs a program that runs, pages that open, completions
// that complete and units that systemd takes.
func TestDebianPackage(t *testing.T) {
	for _, program := range []string{"dpkg", "man", "bash", "systemd-analyze"} {
		needs(t, program)
	}
	if os.Getuid() != 0 {
		t.Skip("dpkg installs as root only")
	}
	here, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	shell(t, here, nil, ".ci/package-files", filepath.Join(dir, "bin/package"), builtBinary(t))
	c, err := readRelease()
	if err != nil {
		t.Fatal(err)
	}
	p := c.NFPMs[0]
	// Packing tightly takes most of the time, and is nfpm's own affair.
	p["deb"], p["rpm"] = map[string]any{"compression": "none"}, map[string]any{"compression": "zstd:fastest"}
	p["name"], p["version"], p["arch"] = p["package_name"], "1.2.3", runtime.GOARCH
	contents := []any{map[string]any{"src": builtBinary(t), "dst": p["bindir"].(string) + "/tlschain"}}
	for _, c := range p["contents"].([]any) {
		one := c.(map[string]any)
		if src, ok := one["src"].(string); ok && !strings.HasPrefix(src, "bin/") {
			one["src"] = filepath.Join(here, src)
		}
		contents = append(contents, one)
	}
	p["contents"] = contents
	fileName := p["file_name_template"]
	for _, own := range []string{"package_name", "file_name_template", "formats", "bindir", "mtime"} { // goreleaser's, not nfpm's
		delete(p, own)
	}
	config, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "nfpm.yaml", config)
	nfpm := []string{"go", "-C", here, "tool", "-modfile=.ci/tools.mod", "-n", "nfpm"}
	said := strings.Fields(shell(t, here, nil, nfpm...)) // where nfpm is, after what is downloaded the first time
	tool := said[len(said)-1]
	for _, packager := range []string{"deb", "rpm"} {
		shell(t, dir, nil, tool, "package", "--config", "nfpm.yaml", "--packager", packager, "--target", "tlschain."+packager)
	}
	root := filepath.Join(dir, "root")
	place(t, root, "var/lib/dpkg/status", nil)
	for _, sub := range []string{"info", "updates"} {
		if err := os.MkdirAll(filepath.Join(root, "var/lib/dpkg", sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	shell(t, dir, nil, "dpkg", "--root="+root, "--install", "tlschain.deb")

	path := "PATH=" + root + "/usr/bin:" + os.Getenv("PATH")
	home := []string{path, "HOME=" + t.TempDir(), "LC_ALL=C.UTF-8"}
	if out := shell(t, dir, home, filepath.Join(root, "usr/bin/tlschain"), "version"); !strings.HasPrefix(out, "tlschain ") {
		t.Errorf("version: %s", out)
	}
	if out := shell(t, dir, home, "man", "-M", root+"/usr/share/man", "tlschain-scan"); !strings.Contains(out, "SYNOPSIS") {
		t.Errorf("man: %s", out)
	}
	const complete = `source "$1"; COMP_WORDS=(tlschain explain missing-inter); COMP_CWORD=2; _tlschain; echo "${COMPREPLY[@]}"`
	out := shell(t, dir, home, "bash", "-c", complete, "bash", root+"/usr/share/bash-completion/completions/tlschain")
	if out != "missing-intermediate\n" {
		t.Errorf("completion: %q", out)
	}
	for _, unit := range []string{"tlschain-audit.service", "tlschain-work.service"} {
		file := filepath.Join(root, "usr/lib/systemd/system", unit)
		text := string(read(t, file))
		if !strings.Contains(text, "ExecStart=/usr/bin/tlschain ") {
			t.Errorf("%s starts another program", unit)
		}
		// systemd looks for the program where the unit says that it is.
		write(t, dir, unit, []byte(strings.ReplaceAll(text, "/usr/bin/tlschain", root+"/usr/bin/tlschain")))
		shell(t, dir, nil, "systemd-analyze", "verify", "--man=no", filepath.Join(dir, unit))
	}
	page, err := gzip.NewReader(bytes.NewReader(read(t, filepath.Join(root, "usr/share/man/man1/tlschain.1.gz"))))
	if err != nil || !page.ModTime.IsZero() {
		t.Errorf("a page has a time in it: %v, %v", page, err)
	}
	documents := filepath.Join(root, "usr/share/doc/tlschain")
	if _, err := os.Stat(filepath.Join(documents, "tlschain.example.yaml")); err != nil {
		t.Error(err)
	}
	for _, m := range documentLink.FindAllStringSubmatch(string(read(t, filepath.Join(documents, "README.md"))), -1) {
		if _, err := os.Stat(filepath.Join(documents, m[1])); err != nil {
			t.Errorf("README.md, as it is installed, links to nothing: %v", err)
		}
	}
	if fileName != "{{ .ConventionalFileName }}" || !strings.Contains(string(read(t, "../../docs/install.md")), "tlschain_1.0.0_amd64.deb") {
		t.Error("docs/install.md calls the packages otherwise than a release does")
	}
}
