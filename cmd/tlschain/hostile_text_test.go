package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/install"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// outsiders are texts that act where they are not cleaned. Each carries its number,
// so that it is seen where it comes out.
func outsiders() (texts []string) {
	for i, pattern := range []string{
		"\x1b[2J\x1b]0;#\x07", "\x1b]8;;http://evil.example\x1b\\#\x1b]8;;\x1b\\", "\u009b31m#\u0085", "\u202egnp.#\u2066\u2069", "#\u200b\u2060\ufeff.",
		"#p\u0430ypal.example", "=cmd()|'/C calc'!#", "+#", "@SUM(#)", "#]]>", "</script><script>window.owned=1//#", "\"><img src=x onerror=window.owned=1>#",
		"' onmouseover='window.owned=1' #", "#\"} 1 evil{x=\"y", "[#](javascript:alert(1))", "#|a|`b`", "::error::#", "%0A::set-output name=x::#", "`$(touch owned)`;#",
		"#\x00\xff\xfe", "{{.}}#<!--", "#\u0301\u0335\u0335\u0335\u0335\u0335\u0335", "]; evil [label=\"#", "--#", "../../../../#",
	} {
		texts = append(texts, strings.ReplaceAll(pattern, "#", fmt.Sprintf("mark%02d", i)))
	}
	return texts
}

// lined are those with which somebody begins a line or a header of his own. Lists
// and YAML cannot carry them.
func lined() []string {
	return []string{"mark80\r\nBcc: all@example.com\r\n\r\n", "mark81\n::error::x\n", "mark82\u2028\u2029x"}
}

var marked = regexp.MustCompile(`mark[0-9]{2}`)

// A stranger is everybody with a say in what is reported: each of his texts stands
// in certificates, banners, a list of targets, waivers and the names of files.
type stranger struct {
	dir, list, mistakes, roots, pool, waivers, files string

	whole atomic.Bool // the issuers are sent too
}

func newStranger(t *testing.T) *stranger {
	t.Helper()
	mk := tlstest.For(t)
	s := &stranger{dir: t.TempDir()}
	s.files = filepath.Join(s.dir, "files")
	if err := os.Mkdir(s.files, 0o755); err != nil {
		t.Fatal(err)
	}
	root := mk.Root("R")
	identities, wholes := map[string]tlstest.Identity{}, map[string]tlstest.Identity{}
	list, mistakes, waivers := "host,starttls,tags\n", "host,starttls,tags\n", "waivers:\n"
	pool := root.DER
	behaviour := tlstest.Behaviour{ByName: identities, Pick: func(hello *tls.ClientHelloInfo) *tlstest.Identity {
		if whole, ok := wholes[hello.ServerName]; ok && s.whole.Load() {
			return &whole
		}
		return nil
	}}
	var names []string
	for i, text := range append(outsiders(), lined()...) {
		name := rawName(t, text)
		ca := mk.Intermediate(fmt.Sprint("I", i), root, func(c *tlstest.Template) { c.RawSubject = name })
		value := text
		if strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 }) {
			value = "n.example.test" // so that clients get further
		}
		san, err := asn1.Marshal([]asn1.RawValue{{Class: asn1.ClassContextSpecific, Tag: 2, Bytes: []byte(value)}})
		if err != nil {
			t.Fatal(err)
		}
		leaf := mk.Leaf(fmt.Sprint("L", i), ca, func(c *tlstest.Template) {
			c.RawSubject, c.DNSNames = name, nil
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Value: san}}
			c.IssuingCertificateURL, c.CRLDistributionPoints, c.OCSPServer = []string{"http://" + text}, []string{"http://" + text}, []string{"http://" + text}
		})
		pool = append(pemOf(ca.DER), pool...)
		host := fmt.Sprintf("n%02d.example.test", i)
		identities[host], wholes[host] = tlstest.Present(leaf), tlstest.Present(leaf, ca)
		names = append(names, host)
		if strings.ContainsAny(text, "\x00/\n") || !utf8.ValidString(text) {
			write(t, s.files, fmt.Sprintf("%02d.pem", i), pemOf(leaf.DER))
		} else {
			write(t, s.files, text+".pem", pemOf(leaf.DER))
		}
	}
	behaviour.Default = identities[names[0]]
	address := mk.Serve(behaviour).Addr()
	for i, text := range append(outsiders(), lined()...) {
		banner := mk.Script(func(conn net.Conn) {
			fmt.Fprintf(conn, "554 %s\r\n", text)
			conn.Read(make([]byte, 100))
		})
		tags := strings.NewReplacer(";", "", "\n", "", "\r", "", "=", "", "\xff\xfe", "").Replace(text)
		list += fmt.Sprintf("%s@%s,,\"%s\"\n", names[i], address, strings.ReplaceAll("team="+tags+";"+tags+"=x", `"`, `""`))
		list += fmt.Sprintf("%s,smtp,\n", banner.Addr())
		mistakes += fmt.Sprintf("\"no host: %s\",,\n", strings.ReplaceAll(tags, `"`, `""`))
		quoted, _ := json.Marshal(text)
		waivers += fmt.Sprintf("  - {rule: client-rejects, endpoint: %s, reason: %s, owner: %s, ticket: %s, expires: 2030-01-01}\n",
			names[i], quoted, quoted, quoted)
	}
	s.mistakes = write(t, s.dir, "mistakes.csv", []byte(mistakes))
	s.list, s.waivers = write(t, s.dir, "list.csv", []byte(list)), write(t, s.dir, "waivers.yaml", []byte(waivers))
	s.roots, s.pool = write(t, s.dir, "roots.pem", pemOf(root.DER)), write(t, s.dir, "pool.pem", pool)
	return s
}

// rawName is a subject of one text, whatever is in it.
func rawName(t *testing.T, text string) []byte {
	t.Helper()
	type attribute struct {
		Type  asn1.ObjectIdentifier
		Value asn1.RawValue
	}
	var rdns []asn1.RawValue
	for _, last := range []int{3, 10} {
		der, err := asn1.Marshal(attribute{asn1.ObjectIdentifier{2, 5, 4, last}, asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: []byte(text)}})
		if err != nil {
			t.Fatal(err)
		}
		rdns = append(rdns, asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: der})
	}
	der, err := asn1.Marshal(rdns)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// A way is one way out: a command, and what it wrote.
type way struct {
	*testing.T
	name string
	most bool // every one of the strangers' texts comes out
}

// judge holds that nothing acts in what came out, and that it is what strangers said.
func (w way) judge(out string) {
	w.Helper()
	if strings.HasSuffix(w.name, " ics") {
		out = strings.ReplaceAll(out, "\r\n", "\n")
	}
	if !utf8.ValidString(out) {
		w.Errorf("%s: no UTF-8", w.name)
	}
	if texts, ok := jsonTexts(out); ok {
		out = texts // which \u001b would hide
	}
	at := strings.IndexFunc(out, func(r rune) bool {
		return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || r == '\u0430'
	})
	if at >= 0 {
		w.Errorf("%s: this acts: %.120q", w.name, out[max(0, at-60):])
	}
	seen := map[string]bool{}
	for _, m := range marked.FindAllString(out, -1) {
		seen[m] = true
	}
	if w.most && len(seen) < len(outsiders()) {
		w.Errorf("%s: only %d texts come out, of %d: %.1000s", w.name, len(seen), len(outsiders()), out)
	}
}

// jsonTexts are the texts in one or more JSON documents.
func jsonTexts(out string) (string, bool) {
	var b strings.Builder
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			b.WriteString(v + "\n")
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for name, e := range v {
				walk(name)
				walk(e)
			}
		}
	}
	for d := json.NewDecoder(strings.NewReader(out)); ; {
		var v any
		if err := d.Decode(&v); err != nil {
			return b.String(), err == io.EOF && b.Len() > 0
		}
		walk(v)
	}
}

// Whatever somebody else wrote, nothing of it acts in any way out of scan, check, fix,
// convert and waivers: formats, errors, names of files, commands and configurations.
func TestHostileTextInCommands(t *testing.T) {
	s := newStranger(t)
	judged := []string{"--at", tlstest.Now().Format("2006-01-02"), "--clients", "go,chrome", "--roots", s.roots, "--pool", s.pool, "--timeout", "60s"}
	run := func(name string, most bool, args ...string) string {
		t.Helper()
		var out, said bytes.Buffer
		run(t.Context(), args, strings.NewReader(""), &out, &said, func(string) string { return "" })
		way{t, name, most}.judge(out.String())
		way{t, name + ", errors", false}.judge(said.String())
		return out.String() + said.String()
	}
	scan := func(args ...string) []string {
		return slices.Concat([]string{"scan", "-f", s.list, "-f", s.mistakes, "--waivers", s.waivers}, judged, args)
	}
	saved := filepath.Join(s.dir, "report.json")
	run("scan --save", false, scan("--save", filepath.Join(s.dir, "chains"), "--format", "json", "-o", saved)...)
	for _, format := range reports.Formats() {
		if format == "parquet" {
			continue // its values are read in package reports
		}
		few := slices.Contains([]string{"nagios", "github", "cyclonedx", "dot", "prometheus"}, format)
		run("scan "+format, !few, scan("--format", format)...)
		run("convert "+format, !few, "convert", saved, "--format", format)
	}
	for _, format := range []string{"table", "json", "ics"} {
		run("scan --until "+format, format != "ics", scan("--until", "2027-12-31", "--format", format)...)
	}
	run("waivers", true, "waivers", s.waivers, "--report", saved)
	run("waivers json", true, "waivers", s.waivers, "--report", saved, "--format", "json")
	files, err := filepath.Glob(filepath.Join(s.files, "*"))
	if err != nil || len(files) < len(outsiders()) {
		t.Fatal(files, err)
	}
	run("check", true, slices.Concat([]string{"check"}, judged[:8], []string{s.files})...)
	run("check, files", true, slices.Concat([]string{"check"}, judged[:8], files)...)
	run("fix", true, slices.Concat([]string{"fix", "-f", s.list, "-d", filepath.Join(s.dir, "fixed")}, judged)...)
	for _, kind := range install.Kinds() {
		run("fix "+kind.ID, true, slices.Concat([]string{"fix", "--server", kind.ID, "-d", filepath.Join(s.dir, kind.ID)}, judged, files)...)
	}
	for _, text := range outsiders() {
		if strings.ContainsRune(text, 0) {
			continue // no argument and no file has it
		}
		bad := write(t, t.TempDir(), strings.ReplaceAll(text, "/", "")+".pem", []byte(text))
		for _, args := range [][]string{{"scan", text}, {"check", bad}, {"convert", bad}, {"explain", text}, {"scan", "-f", bad, "--strict"}, {"scan", "--policy", bad, "x.example"},
			{"scan", "--waivers", bad, "x.example"}, {"scan", "--format", text, "x.example"}, {"fix", "-d", s.dir, bad}, {"clients", text}, {"scan", "--roots", bad, "x.example"},
			{"audit", "check-config", "--config", bad}, {"waivers", bad}, {text}, {"scan", "--" + text}, {"fix", "--server", text, "x.example"}} {
			run(fmt.Sprintf("a mistake, %.30q", args), false, args...)
		}
	}
	filepath.WalkDir(s.dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !strings.HasPrefix(path, s.files) {
			way{t, "the name of " + filepath.Dir(path), false}.judge(path)
			if strings.Trim(filepath.Base(path), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != "" {
				t.Errorf("a file is called %q", path)
			}
		}
		return err
	})
}
