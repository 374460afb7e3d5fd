package install

import (
	"bytes"
	"context"
	"encoding/hex"
	goxml "encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	goyaml "github.com/goccy/go-yaml"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// hostile are words that some language would run, expand or end at.
var hostile = []string{
	"$(touch INTRUDED)", "`touch INTRUDED`", "';touch INTRUDED;'", `";touch INTRUDED;"`, `a\";touch INTRUDED;\"`, "$HOME", "${HOME}", "%PATH%", "!x!",
	"a b", "--flag", "-x", "#x", "a;b", "a\\", "\\", "{env.HOME}", "{$HOME}", "}", "{", "]]>", "<x a='b'>", "&amp;", "a: b", "- a", "*x", "!!python/object:x",
	"\u202egpj.exe", "\u2019; Remove-Item x; \u2018", "$(Get-Process)", "ünï", "日本", strings.Repeat("x", 200),
}

func job(word string) Job {
	return Job{
		Name: SafeName(word), Dir: "/srv/" + strings.ReplaceAll(word, "/", "-"), Issuers: 2,
		Thumbprint: strings.Repeat("ab", 20), Twins: []string{"01a5"}, Verify: []string{"tlschain", "scan", word},
	}
}

// jobs are all that hostile words can get into, with and without a key.
func jobs() (all []Job) {
	for _, word := range hostile {
		j := job(word)
		all = append(all, j)
		j.Key, j.PFX = "/keys/"+word, true
		all = append(all, j)
	}
	return all
}

func TestNamesAreSafe(t *testing.T) {
	words := append([]string{"", ".", "..", "../../etc/passwd", "/", "CON", "com1.example", "nul", "a\nb", "a\x00b", "www.example.com", "Ä"}, hostile...)
	for _, word := range words {
		name := SafeName(word)
		if name == "" || len(name) > 100 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" ||
			strings.HasPrefix(name, ".") || strings.HasPrefix(name, "-") || strings.Contains(name, "..") || reserved(name) {
			t.Errorf("%q became %q", word, name)
		}
	}
	if SafeName("www.Example.com-8443") != "www.example.com-8443" {
		t.Error(SafeName("www.Example.com-8443"))
	}
}

// A shell finds in each command the words that were meant, and runs nothing.
func TestShellSeesWords(t *testing.T) {
	for _, word := range hostile {
		dir := t.TempDir()
		cmd := exec.Command("/bin/sh", "-c", "printf '%s' "+sh(word))
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil || string(out) != word {
			t.Errorf("%q became %q, %v", word, out, err)
		}
		if entries, _ := os.ReadDir(dir); len(entries) > 0 {
			t.Errorf("%q ran", word)
		}
	}
}

func TestEveryShellStepIsWhole(t *testing.T) {
	for _, j := range jobs() {
		for _, k := range Kinds() {
			for _, s := range k.Steps(j) {
				if s.Language != Shell {
					continue
				}
				cmd := exec.Command("/bin/sh", "-n")
				cmd.Stdin = strings.NewReader(strings.Join(s.Lines, "\n") + "\n")
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%s: %q: %v: %s", k.ID, s.Lines, err, out)
				}
			}
		}
	}
}

// The commands are run for show: every program they name is one that does
// nothing, and nothing else may come to be.
func TestNoStepRunsWhatAWordSays(t *testing.T) {
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"apachectl", "nginx", "haproxy", "systemctl", "caddy", "tmsh", "wadm", "certutil", "keytool", "kubectl", "aws", "postconf", "postfix", "doveadm", "install", "tlschain", "base64"} {
		if err := os.WriteFile(filepath.Join(bin, program), []byte("#!/bin/sh\nexit 0\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	work := filepath.Join(dir, "work")
	if err := os.Mkdir(work, 0o755); err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	for _, j := range jobs() {
		for _, k := range Kinds() {
			for _, s := range k.Steps(j) {
				if s.Language == Shell {
					script.WriteString(strings.Join(s.Lines, "\n") + "\n")
				}
			}
		}
	}
	cmd := exec.CommandContext(t.Context(), "/bin/sh")
	cmd.Dir, cmd.Stdin = work, strings.NewReader(script.String())
	cmd.Env = []string{"PATH=" + bin + ":/usr/bin:/bin", "HOME=" + work}
	cmd.CombinedOutput() // the files that it names are not there
	entries, err := os.ReadDir(work)
	if err != nil || len(entries) > 0 {
		t.Errorf("%v came to be, %v", entries, err)
	}
}

func TestYAMLHoldsTheWord(t *testing.T) {
	for _, j := range jobs() {
		for _, k := range Kinds() {
			for _, s := range k.Steps(j) {
				if s.Language != YAML {
					continue
				}
				var doc map[string]map[string][]map[string]any
				if err := goyaml.Unmarshal([]byte(strings.Join(s.Lines, "\n")), &doc); err != nil {
					t.Fatalf("%s: %v\n%s", k.ID, err, strings.Join(s.Lines, "\n"))
				}
				found := false
				for _, top := range doc {
					for _, list := range top {
						for _, v := range list[0] {
							if m, ok := v.(map[string]any); ok {
								v = m["filename"]
							}
							found = found || v == j.path(".fullchain.pem")
						}
					}
				}
				if !found {
					t.Errorf("%s: the path is not in\n%s", k.ID, strings.Join(s.Lines, "\n"))
				}
			}
		}
	}
}

func TestXMLHoldsTheWord(t *testing.T) {
	for _, j := range jobs() {
		for _, s := range mustLookup(t, "tomcat").Steps(j) {
			if s.Language != XML {
				continue
			}
			d := goxml.NewDecoder(strings.NewReader(strings.Join(s.Lines, "\n")))
			tokens := 0
			for {
				token, err := d.Token()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("%v: %q", err, s.Lines)
				}
				if e, ok := token.(goxml.StartElement); ok {
					tokens++
					if file := e.Attr[0].Value; file != j.path(".p12") && file != j.path(".fullchain.pem") {
						t.Errorf("%q became %q", j.Dir, file)
					}
				}
			}
			if tokens != 1 {
				t.Errorf("%d elements in %q", tokens, s.Lines)
			}
		}
	}
}

// PowerShell takes five letters for a single quote.
func TestPowerShellQuotes(t *testing.T) {
	for _, word := range hostile {
		q := []rune(ps(word))
		inside := q[1 : len(q)-1]
		for i := 0; i < len(inside); i++ {
			if strings.ContainsRune("'\u2018\u2019\u201a\u201b", inside[i]) {
				if i++; i == len(inside) || inside[i] != inside[i-1] {
					t.Errorf("%q ends the quotes of %s", word, string(q))
					break
				}
			}
		}
	}
	for _, word := range hostile {
		if q := cmd(word); strings.ContainsAny(q[1:len(q)-1], "\"%!^\r\n") {
			t.Errorf("cmd: %q became %s", word, q)
		}
	}
}

func mustLookup(t *testing.T, id string) Kind {
	t.Helper()
	k, err := Lookup(id)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var logged = regexp.MustCompile(`\\x[0-9a-f]{2}`)

// checkConfig has a real server read a configuration with the lines of a step.
func checkConfig(t *testing.T, kind string, l Language, config func(dir string, lines []string) []string) {
	t.Helper()
	for _, word := range hostile {
		j, dir := job(word), t.TempDir()
		for _, s := range mustLookup(t, kind).Steps(j) {
			if s.Language != l || len(s.Lines) == 0 {
				continue
			}
			argv := config(dir, s.Lines)
			raw, err := exec.CommandContext(context.Background(), argv[0], argv[1:]...).CombinedOutput()
			out := raw
			if kind == "apache" { // which escapes what it logs
				out = logged.ReplaceAllFunc(raw, func(e []byte) []byte {
					b, _ := hex.DecodeString(string(e[2:]))
					return b
				})
				out = bytes.ReplaceAll(out, []byte(`\\`), []byte(`\`))
			}
			// The files are not there, and that is all the server may object to.
			missing := strings.Contains(string(out), "No such file") || strings.Contains(string(out), "does not exist") || strings.Contains(string(out), "unable to stat")
			if err == nil || !missing || !strings.Contains(string(out), j.path(".")) {
				t.Errorf("%s, %q: %v\n%s", kind, s.Lines, err, out)
			}
		}
	}
}

func TestNginxReadsTheLines(t *testing.T) {
	tlstest.Program(t, "/usr/sbin/nginx", "nginx")
	checkConfig(t, "nginx", Nginx, func(dir string, lines []string) []string {
		file := filepath.Join(dir, "nginx.conf")
		os.WriteFile(file, []byte("events {}\npid "+dir+"/pid;\nhttp {\nserver {\nlisten 127.0.0.82:1 ssl;\nssl_certificate_key /none;\n"+lines[0]+"\n}\n}\n"), 0o600)
		return []string{"/usr/sbin/nginx", "-e", "stderr", "-t", "-p", dir, "-c", file}
	})
}

func TestApacheReadsTheLines(t *testing.T) {
	tlstest.Program(t, "/usr/sbin/apache2", "apache2")
	checkConfig(t, "apache", Apache, func(dir string, lines []string) []string {
		file := filepath.Join(dir, "apache2.conf")
		os.WriteFile(file, []byte("ServerRoot "+dir+"\nServerName x\nListen 127.0.0.82:1\nLoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n"+
			"LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so\n<VirtualHost *:1>\nSSLEngine on\n"+lines[0]+"\n</VirtualHost>\n"), 0o600)
		return []string{"/usr/sbin/apache2", "-d", dir, "-f", file, "-t"}
	})
}
