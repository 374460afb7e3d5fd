package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/install"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A patient is a chain file to be fixed, with all that fix may be given.
type patient struct {
	*testing.T
	recipe            *tlstest.Recipe
	dir, fixes        string
	file, key         string
	roots, pool, word string
}

// crossed is a hierarchy of today: two intermediates' worth of chain, and a
// root that old stores reach by a cross-certificate.
const crossed = `
root OLD keytype=rsa2048
root R keytype=rsa2048
ca I by R keytype=rsa2048
cross X of R by OLD
leaf L by I keytype=rsa2048
anchors OLD
pool I X R
`

func newPatient(t *testing.T, statements string) *patient {
	t.Helper()
	return patientOf(t, crossed+statements)
}

func patientOf(t *testing.T, recipe string) *patient {
	t.Helper()
	r, err := tlstest.ParseRecipe(t.Name(), recipe)
	if err != nil {
		t.Fatal(err)
	}
	p := &patient{T: t, recipe: r, dir: t.TempDir()}
	p.fixes = filepath.Join(p.dir, "mends")
	p.file = write(t, p.dir, "site.pem", pemOf(r.Presented...))
	if r.LeafKey != nil {
		p.key = write(t, p.dir, "site.key", keyPEM(t, r.LeafKey.Signer))
	}
	p.roots, p.pool = write(t, p.dir, "roots.pem", pemOf(r.Anchors...)), write(t, p.dir, "pool.pem", pemOf(r.Pool...))
	p.word = write(t, p.dir, "word", []byte("secret\n"))
	return p
}

// fix runs the command on the file.
func (p *patient) fix(args ...string) (code int, out string) {
	p.Helper()
	return p.run(append([]string{"--roots", p.roots, "--pool", p.pool, p.file}, args...)...)
}

func (p *patient) run(args ...string) (code int, out string) {
	p.Helper()
	var text bytes.Buffer
	all := append([]string{"fix", "--at", "2026-11-22", "--clients", "go,openssl-3.0", "-d", p.fixes}, args...)
	code = run(context.Background(), all, strings.NewReader(""), &text, &text, func(string) string { return "" })
	return code, text.String()
}

// wrote gives the certificates of a file, by the names of the recipe.
func (p *patient) wrote(file string) string {
	p.Helper()
	certs, err := certfile.Certificates(read(p.T, filepath.Join(p.fixes, file)), "secret")
	if err != nil {
		p.Fatalf("%s: %v", file, err)
	}
	var names []string
	for _, der := range certs {
		for _, n := range []string{"L", "I", "X", "R", "OLD"} {
			if bytes.Equal(p.recipe.Cert(n), der) {
				names = append(names, n)
			}
		}
	}
	return strings.Join(names, " ")
}

func (p *patient) files() (names []string) {
	entries, err := os.ReadDir(p.fixes)
	if err != nil && !os.IsNotExist(err) {
		p.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func mentions(t *testing.T, out string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(out, w) {
			t.Errorf("%q is not said in\n%s", w, out)
		}
	}
}

func TestFixShowsAndWrites(t *testing.T) {
	p := newPatient(t, "present L")
	code, out := p.fix()
	if code != exitClean || p.wrote("site.fullchain.pem") != "L I X" {
		t.Fatalf("exit code %d, %v\n%s", code, p.files(), out)
	}
	mentions(t, out, "0 of 2 before, 2 after", "gained: go, openssl-3.0", "+      - ->      1  Example CA I", "add --server with one of")
	// What it wrote needs no fix, and is not written again.
	code, out = p.run("--roots", p.roots, filepath.Join(p.fixes, "site.fullchain.pem"))
	if code != exitClean || !strings.Contains(out, "Nothing to fix") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

func TestFixWithoutBytesNamesThem(t *testing.T) {
	p := newPatient(t, "present L")
	// Real facts and no bytes are not to be had for keys of our own: the pool is
	// left out, and nobody knows the issuer.
	code, out := p.run("--roots", p.roots, p.file)
	if code != exitFindings || len(p.files()) != 0 {
		t.Errorf("exit code %d, %v", code, p.files())
	}
	mentions(t, out, "No list of known certificates leads", "--aia", "--pool")
}

func TestFixSaysWhatNoListFixes(t *testing.T) {
	p := newPatient(t, "leaf E by I to=2026-11-01\npresent E")
	code, out := p.fix()
	if code != exitFindings || len(p.files()) != 0 {
		t.Errorf("exit code %d, %v", code, p.files())
	}
	mentions(t, out, "No list of certificates satisfies 2 chosen clients", "expired-leaf", "--best-effort")
	if code, out = p.fix("--best-effort"); code != exitFindings || p.wrote("site.fullchain.pem") != "I X" { // E is none of the names
		t.Errorf("exit code %d, %v\n%s", code, p.files(), out)
	}
}

func TestFixMistakes(t *testing.T) {
	p := newPatient(t, "present L")
	for _, c := range []struct{ args, want string }{
		{"", "nothing to fix"},
		{"--server iiss x", `no server kind "iiss": type one of apache, nginx`},
		{"--prefer best x", "type minimal or widest"},
		{"--pfx " + p.file, "--key FILE"},
		{"--pfx --key " + p.key + " " + p.file, "--password-file FILE"},
		{"--key " + p.file + " " + p.file, "no private key"},
		{"-d " + p.file + " " + p.file, "not a directory"},
		{"--aia-allow 10.0.0.0/8 " + p.file, "add --aia"},
	} {
		code, out := p.run(strings.Fields(c.args)...)
		if code != exitUsage || !strings.Contains(out, c.want) {
			t.Errorf("%q: exit code %d\n%s", c.args, code, out)
		}
	}
}

func TestFixKeepsKeys(t *testing.T) {
	p := newPatient(t, "present L")
	other := write(t, p.dir, "other.key", keyPEM(t, tlstest.For(t).Key("other", "p256").Signer))
	if code, out := p.fix("--key", other, "--server", "haproxy"); code != exitFindings || len(p.files()) != 0 {
		t.Errorf("a key of another: exit code %d, %v\n%s", code, p.files(), out)
	}
	if code, out := p.fix("--key", p.key, "--server", "haproxy"); code != exitClean {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	made := filepath.Join(p.fixes, "site.pem")
	if info, err := os.Stat(made); err != nil || info.Mode().Perm() != 0o600 || !bytes.Contains(read(t, made), []byte("PRIVATE KEY")) {
		t.Errorf("%v, %v", info, err)
	}
	// The same name without the key would lose it.
	if code, out := p.fix("--server", "haproxy"); code != exitUsage || !bytes.Contains(read(t, made), []byte("PRIVATE KEY")) {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// A leaf right under its root needs nothing behind it.
func TestFixToTheLeafAlone(t *testing.T) {
	p := newPatient(t, "leaf S by OLD\npresent S OLD")
	code, out := p.fix()
	if certs, err := certfile.Certificates(read(t, filepath.Join(p.fixes, "site.fullchain.pem"))); code != exitClean || err != nil || len(certs) != 1 {
		t.Errorf("exit code %d, %v\n%s", code, err, out)
	}
	if code, out = p.fix("--server", "iis"); code != exitClean || slices.Contains(p.files(), "site.p7b") {
		t.Errorf("exit code %d, %v\n%s", code, p.files(), out)
	}
}

// Of several endpoints, the issuers are one file.
func TestFixGroupsByFix(t *testing.T) {
	p := newPatient(t, "leaf M by I\npresent L")
	second := write(t, p.dir, "second.pem", pemOf(p.recipe.Cert("M")))
	code, out := p.fix(second)
	if code != exitClean {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	mentions(t, out, "needed by 2 endpoints")
	files := p.files()
	if len(files) != 1 || !strings.HasPrefix(files[0], "issuers-") || p.wrote(files[0]) != "I X" {
		t.Errorf("%v", files)
	}
	if code, out = p.fix(second, "--server", "nginx"); code != exitClean || !slices.Contains(p.files(), "site.fullchain.pem") || !slices.Contains(p.files(), "second.fullchain.pem") {
		t.Errorf("exit code %d, %v\n%s", code, p.files(), out)
	}
}

// No text from a certificate is in a file's name or in a step.
func TestFixPrintsNothingOfACertificateInSteps(t *testing.T) {
	const evil = "$(touch INTRUDED)"
	p := newPatient(t, `ca EVIL by R subject="CN=`+evil+`,O=x"
leaf V by EVIL subject="CN=`+evil+`,O=x"
pool EVIL
present V`)
	for _, k := range install.Kinds() {
		code, out := p.fix("--server", k.ID)
		if code != exitClean {
			t.Fatalf("%s: exit code %d\n%s", k.ID, code, out)
		}
		_, steps, found := strings.Cut(out, "wrote ")
		if !found || strings.Contains(steps, "touch") || !strings.Contains(out, evil) {
			t.Errorf("%s: %v\n%s", k.ID, found, steps)
		}
	}
	for _, name := range p.files() {
		if install.SafeName(name) != name {
			t.Errorf("file %q", name)
		}
	}
}

// The Server header chooses a kind, and is in nothing that is printed.
func TestFixGuessesTheKind(t *testing.T) {
	p := newPatient(t, "present L")
	s := httpsServer(t, p.recipe, "nginx/1.0 $(touch INTRUDED)")
	code, out := p.run("--roots", p.roots, "--pool", p.pool, tlstest.ServerName+"@"+s)
	if code != exitClean || !strings.Contains(out, "says that it is nginx") || strings.Contains(out, "touch") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	port := s[strings.LastIndex(s, ":")+1:]
	if p.wrote(tlstest.ServerName+"-"+port+".fullchain.pem") != "L I X" {
		t.Errorf("%v", p.files())
	}
	mentions(t, out, "tlschain scan "+tlstest.ServerName+"@"+s)
}

// visible gives the files of a folder that may not even be there.
func visible(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}

// The root that openssl req -x509 makes has no key usage, so Python 3.13 refuses it
// whatever is sent: the file that all others need is written when it is asked for.
func TestFixBesideAClientThatRefuses(t *testing.T) {
	p := newPatient(t, "root Q ku=none\nca K by Q\nleaf M by K\nanchors Q\npresent M\npool K")
	clients := []string{"--clients", "go,openssl-3.0,python-3.13"}
	code, out := p.fix(clients...)
	if code != exitFindings || len(p.files()) != 0 {
		t.Errorf("exit code %d, %v", code, p.files())
	}
	mentions(t, out, "No list of certificates satisfies 1 chosen client", "python-3.13", "With --best-effort")
	if code, out = p.fix(append(clients, "--best-effort")...); code != exitFindings || len(p.files()) != 1 {
		t.Errorf("exit code %d, %v\n%s", code, p.files(), out)
	}
	mentions(t, out, "0 of 3 before, 2 after")
}
