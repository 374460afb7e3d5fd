package serverconf

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// tree are files by name; what made gives too, if it is not nil.
type tree struct {
	files map[string]string
	made  func(name string) (text string, ok bool)
}

func (f tree) Read(name string) ([]byte, error) {
	if text, ok := f.files[name]; ok {
		return []byte(text), nil
	}
	if f.made != nil {
		if text, ok := f.made(name); ok {
			return []byte(text), nil
		}
	}
	return nil, fs.ErrNotExist
}

func (f tree) Glob(pattern string) (names []string) {
	for name := range f.files {
		if ok, _ := path.Match(pattern, name); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Configurations that include files in circles, deep, twice each and in great
// numbers end with an error that names the file, as soon as a bound is reached.
func TestHostileIncludes(t *testing.T) {
	for server, include := range map[string]string{"nginx": "include %s;\n", "apache": "Include %s\n", "dovecot": "!include %s\n"} {
		line := func(name string) string { return fmt.Sprintf(include, name) }
		numbered := func(text func(n int) string) func(string) (string, bool) {
			return func(name string) (string, bool) {
				var n int
				if _, err := fmt.Sscanf(name, "/etc/f%d", &n); err != nil {
					return "", false
				}
				return text(n), true
			}
		}
		wide := make(map[string]string)
		for i := range maxFiles + 1 {
			wide[fmt.Sprintf("/etc/d/%d", i)] = "\n"
		}
		wide["/etc/main"] = line("/etc/d/*")
		for name, x := range map[string]struct {
			tree
			want string
		}{
			"circle": {tree{files: map[string]string{"/etc/main": line("/etc/b"), "/etc/b": line("/etc/c"), "/etc/c": line("/etc/b")}},
				"/etc/b includes itself, by /etc/c"},
			"deep": {tree{map[string]string{"/etc/main": line("/etc/f0")}, numbered(func(n int) string { return line(fmt.Sprint("/etc/f", n+1)) })},
				"files that include others, more than 50 deep"},
			"twice each": {tree{map[string]string{"/etc/main": line("/etc/f0")}, numbered(func(n int) string {
				return strings.Repeat(line(fmt.Sprint("/etc/f", n+1)), 2)
			})}, "deep"},
			"a tree of them": {tree{map[string]string{"/etc/main": line("/etc/f0")}, numbered(func(n int) string {
				if n > 20 {
					return "\n"
				}
				return strings.Repeat(line(fmt.Sprint("/etc/f", n+1)), 3)
			})}, "it is one of more than 5000 files"},
			"wide": {tree{files: wide}, "it is one of more than 5000 files"},
			"large": {tree{map[string]string{"/etc/main": strings.Repeat(line("/etc/f0"), 100)}, numbered(func(int) string {
				return strings.Repeat("# nothing\n", 100_000)
			})}, "larger than 64 MiB"},
		} {
			if uses, err := Find(server).Read(x.tree, []string{"/etc/main"}); err == nil || !strings.Contains(err.Error(), x.want) {
				t.Errorf("%s, %s: %d uses, %v; want %q", server, name, len(uses), err, x.want)
			}
		}
	}
}

// HAProxy's lists and Postfix's tables lead to no others, and are bounded too.
func TestHostileLists(t *testing.T) {
	many := make(map[string]string)
	for i := range maxFiles + 1 {
		many[fmt.Sprintf("/l/%d", i)] = "a.pem\n"
	}
	var binds, tables strings.Builder
	for i := range maxFiles + 1 {
		fmt.Fprintf(&binds, " bind :%d ssl crt-list /l/%d\n", i%65536, i)
		fmt.Fprintf(&tables, " hash:/l/%d", i)
	}
	rows := strings.Repeat("/a.pem\n", maxUses+1)
	for name, x := range map[string]struct {
		server, main string
		files        map[string]string
		want         string
	}{
		"lists":  {"haproxy", "frontend f\n" + binds.String(), many, "more than 5000 files"},
		"rows":   {"haproxy", "frontend f\n bind :1 ssl crt-list /l/rows\n", map[string]string{"/l/rows": rows}, "more than 100000"},
		"itself": {"haproxy", "frontend f\n bind :1 ssl crt-list /etc/main\n", nil, ""},
		"tables": {"postfix", "smtpd_tls_security_level = may\ntls_server_sni_maps =" + tables.String() + "\n", many, "more than 5000 files"},
		"names": {"postfix", "smtpd_tls_security_level = may\ntls_server_sni_maps = hash:/l/rows\n",
			map[string]string{"/l/rows": strings.Repeat("a.example.test /k.key /a.pem\n", 2)}, ""},
	} {
		x.files = mapsWith(x.files, "/etc/main", x.main)
		_, err := Find(x.server).Read(tree{files: x.files}, []string{"/etc/main"})
		if x.want == "" && err != nil || x.want != "" && (err == nil || !strings.Contains(err.Error(), x.want)) {
			t.Errorf("%s: %v; want %q", name, err, x.want)
		}
	}
}

func mapsWith(m map[string]string, name, text string) map[string]string {
	out := map[string]string{name: text}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// Nor does a host of many names look through them for each.
func TestManyNames(t *testing.T) {
	var names strings.Builder
	for n := range 200_000 {
		fmt.Fprintf(&names, "ServerAlias w%d.example.test\n", n%190_000)
	}
	text := "<VirtualHost *:443>\nSSLEngine on\nSSLCertificateFile /x\n" + names.String() + "</VirtualHost>\n"
	before := system.CPUTime(t)
	uses, err := Find("apache").Read(tree{files: map[string]string{"/etc/main": text}}, []string{"/etc/main"})
	if err != nil || len(uses) != 1 || len(uses[0].Names) != 190_000 {
		t.Fatalf("%d uses, %v", len(uses), err)
	}
	if took := system.CPUTime(t) - before; took > 10*time.Second {
		t.Error(took)
	}
}

// Many sites cost what they have: each looked through all others for what stands
// around it, and 100,000 took minutes.
func TestManySites(t *testing.T) {
	const many = 60_000
	var services strings.Builder
	services.WriteString("smtpd_tls_security_level = may\nsmtpd_tls_cert_file = /x\n")
	for n := range many {
		fmt.Fprintf(&services, "%d inet n - n - - smtpd\n", n+1)
	}
	for server, text := range map[string]string{
		"nginx":   "http {\n ssl_certificate /x;\n" + strings.Repeat("server { listen 443 ssl; server_name a.test; }\n", many) + "}\n",
		"postfix": services.String(),
		"apache":  "SSLCertificateFile /x\n" + strings.Repeat("<VirtualHost *:443>\nSSLEngine on\n</VirtualHost>\n", many),
	} {
		before := system.CPUTime(t)
		uses, err := Find(server).Read(tree{files: map[string]string{"/etc/main": text}}, []string{"/etc/main"})
		if err != nil || len(uses) == 0 || uses[0].File != "/x" || len(uses)*len(uses[0].Listen) != many {
			t.Fatalf("%s: %d uses, %v", server, len(uses), err)
		}
		if took := system.CPUTime(t) - before; took > 10*time.Second {
			t.Errorf("%s: %v", server, took)
		}
	}
}
