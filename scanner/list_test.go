package scanner

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// readList walks a list and writes each step as a line.
func readList(text string, options TargetOptions) string {
	var out strings.Builder
	for t, err := range Targets(strings.NewReader(text), "list", options) {
		if err != nil {
			fmt.Fprintln(&out, "!", err)
			continue
		}
		fmt.Fprintln(&out, t.Host, t.Port, t.ServerName, t.Addr, t.STARTTLS, t.Tags, t.Expect)
	}
	return out.String()
}

func TestTargetsLines(t *testing.T) {
	got := readList("\xef\xbb\xbf# the web\r\nwww.example.com\r\n\r\n  mx.example.com:25 # mail\r\nno such host\r\n192.0.2.0/31:8443\r\nlast.example", TargetOptions{})
	want := `www.example.com 443 www.example.com invalid IP  map[] 
mx.example.com 25 mx.example.com invalid IP smtp map[] 
! list:5: "no such host" is not a host name: it has the character ' '
192.0.2.0 8443  192.0.2.0  map[] 
192.0.2.1 8443  192.0.2.1  map[] 
last.example 443 last.example invalid IP  map[] 
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTargetsCSV(t *testing.T) {
	hash := strings.Repeat("AB:", 31) + "ab"
	got := readList(`host,Port,server_name,address,starttls,tags,expect_sha256
www.example.com,8443,,,,team=web;site=berlin,`+hash+`
# a comment
lb.example.com,,www.example.com,192.0.2.7,,,
mx.example.com,2525,,,smtp,"owner=a, b",
old.example.com,25,,,none,,
,,,192.0.2.9,,,
192.0.2.10:99
a.example,x
b.example,,,c.example
c.example,,,,gopher
d.example,,,,,tag
e.example,,,,,,beef
"f.example
g.example,1,2,3,4,5,6,7
z.example
`, TargetOptions{Ports: []uint16{444}})
	want := `www.example.com 8443 www.example.com invalid IP  map[site:berlin team:web] ` + strings.Repeat("ab", 32) + `
lb.example.com 444 www.example.com 192.0.2.7  map[] 
mx.example.com 2525 mx.example.com invalid IP smtp map[owner:a, b] 
old.example.com 25 old.example.com invalid IP  map[] 
192.0.2.9 444  192.0.2.9  map[] 
192.0.2.10 99  192.0.2.10  map[] 
! list:9: port "x" is not a number from 1 to 65535
! list:10: address "c.example" is not an IP address
! list:11: no STARTTLS dialect is called "gopher": type none, `
	if !strings.HasPrefix(got, want) {
		t.Fatalf("got\n%s\nwant\n%s...", got, want)
	}
	for _, line := range []string{
		"d.example 444 d.example invalid IP  map[] \n", `! list:13: expect_sha256 "beef"`, `! list:14: a quoted field does not end`,
		"! list:15: 8 fields under a header of 7", "z.example 444 z.example invalid IP  map[] \n",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("no line %q in\n%s", line, got)
		}
	}
}

func TestTargetsHeader(t *testing.T) {
	for text, want := range map[string]string{
		"host\nexample.com\n":         "example.com 443",
		"port,host\n8443,example.com": "example.com 8443",
		"host,prot\nexample.com,1":    "example.com 443",
		"one.com,x\nexample.com,1":    "! list:1: a list in CSV begins with a header",
		"host,host\r\nexample.com,1":  "! list:1: two columns",
		"host,host\nexample.com,1":    "! list:1: two columns",
		"example.com,444\n":           "example.com 444",
	} {
		if got := readList(text, TargetOptions{}); !strings.HasPrefix(got, want) || strings.Count(got, "\n") != 1 {
			t.Errorf("%q gives %q, want one line beginning with %q", text, got, want)
		}
	}
}

// TestTargetsAsPeopleHaveThem reads what comes out of spreadsheets, inventories
// and other tools.
func TestTargetsAsPeopleHaveThem(t *testing.T) {
	utf16 := func(text string, mark bool, big bool) string {
		var b strings.Builder
		if mark {
			text = "\ufeff" + text
		}
		for _, r := range text {
			if big {
				b.Write([]byte{byte(r >> 8), byte(r)})
			} else {
				b.Write([]byte{byte(r), byte(r >> 8)})
			}
		}
		return b.String()
	}
	const two = "a.example 8443 a.example invalid IP  map[]\nb.example 443 b.example invalid IP  map[]\n"
	const sni = "192.0.2.1 8443 a.example 192.0.2.1  map[]\n"
	const place = "192.0.2.1 8443  192.0.2.1  map[]\n"
	for name, c := range map[string]struct{ list, want, note string }{
		"UTF-16":                 {utf16("a.example:8443\r\nb.example\r\n", true, false), two, ""},
		"UTF-16, big end first":  {utf16("a.example:8443\nb.example\n", true, true), two, ""},
		"UTF-16 without a mark":  {utf16("a.example:8443\nb.example\n", false, false), two, ""},
		"CR":                     {"a.example:8443\rb.example\r", two, ""},
		"CR CR LF":               {"a.example:8443\r\r\nb.example\r\r\n", two, ""},
		"invisible characters":   {"a.example:8443\u00a0\n\u200b\ufeffb.example\u2060\n", two, ""},
		"quotes and commas":      {"\"a.example:8443\",\n'b.example';\n", two, ""},
		"URLs without a scheme":  {"//a.example:8443/login?x=1\nb.example/\n", two, ""},
		"Latin 1":                {"b\xfccher.example\n", "! list:1: the line is not UTF-8: save the list as UTF-8\n", ""},
		"empty rows":             {"host;port;team\n;;\na.example;8443;\n ; ;\nb.example;;\n;;;;\n", two, `list:1: ignored: the column "team"; known are ` + columns},
		"semicolons":             {"host;port\r\na.example;8443\r\nb.example;\r\n", two, ""},
		"tabs":                   {"Host\tPort\na.example\t8443\nb.example\t\n", two, ""},
		"other names of columns": {"Owner,FQDN,TCP Port\nA,a.example,8443\nB,b.example,\n", two, `list:1: ignored: the column "owner"; known are ` + columns},
		"one column":             {"Hostname\na.example:8443\nb.example\n", two, ""},
		"name":                   {"Name;Port\na.example;8443\nb.example;443\n", two, ""},
		"trailing commas":        {"host,port\na.example,8443,,\nb.example,443,\n", two, ""},
		"blanks":                 {"a.example 8443\nb.example\t443\n", two, ""},
		"no header":              {"a.example,8443\nb.example;443\n", two, ""},
		"no header, with names":  {"192.0.2.1,8443,a.example\n", sni, ""},
		"no header, quoted":      {"\"192.0.2.1\",\"8443\",\"a.example\"\n", sni, ""},
		"no header, IPv6":        {"2001:db8::1 8443\n", "2001:db8::1 8443  2001:db8::1  map[]\n", ""},
		"tags with semicolons":   {"host;tags\nb.example;team=web,site=a\n", "b.example 443 b.example invalid IP  map[site:a team:web]\n", ""},
		"a bad tag":              {"host,tags\nb.example,team=web;x\n", "b.example 443 b.example invalid IP  map[team:web]\n", `list:2: tag "x" has no key and value and is left out: type team=web;site=berlin`},
		"wildcard": {"*.a.example\nb.example\n", "! list:1: \"*.a.example\" is a wildcard, which nobody can connect to: type a name that it covers, such as www.a.example\n" +
			"b.example 443 b.example invalid IP  map[]\n", ""},
		"mail":          {"admin@a.example\n", "! list:1: \"admin@a.example\" looks like an e-mail address: type a.example for the host, or SERVERNAME@address:port\n", ""},
		"mail, a name":  {"max.muster@a.example\n", "! list:1: \"max.muster@a.example\" looks like an e-mail address: type a.example for the host, or SERVERNAME@address:port\n", ""},
		"no mail":       {"www.a.com@b.example\nw@192.0.2.1:8443\n", "b.example 443 www.a.com invalid IP  map[]\n192.0.2.1 8443 w 192.0.2.1  map[]\n", ""},
		"host bits":     {"192.0.2.5/24\n", "! list:1: \"192.0.2.5/24\" has bits set beyond its prefix: type 192.0.2.0/24 for the network, or 192.0.2.5 for the address alone\n", ""},
		"large network": {"10.0.0.0/15\n", "! list:1: \"10.0.0.0/15\" stands for 131072 addresses, more than 65536: --max-addresses 131072 allows it\n", ""},
		"inventory": {"[web]\na.example:8443 ansible_user=root\nlb ansible_host=192.0.2.1\nb.example ansible_port=22 ansible_host=192.0.2.2\nc[1:9].example\n[web:vars]\nx=1\n[2001:db8::1]:25\n",
			"a.example 8443 a.example invalid IP  map[]\n192.0.2.1 443  192.0.2.1  map[]\nb.example 443 b.example 192.0.2.2  map[]\n" +
				"! list:5: \"c[1:9].example\" stands for several hosts: type each on a line of its own\n",
			"list:1: read as an Ansible inventory: its hosts are taken, its variables are not"},
		"/etc/hosts": {"127.0.0.1\tlocalhost\n192.0.2.1   a.example www.a.example a # the front\n::1 ip6-localhost\n",
			"127.0.0.1 443 localhost 127.0.0.1  map[]\n192.0.2.1 443 a.example 192.0.2.1  map[]\n::1 443 ip6-localhost ::1  map[]\n", ""},
		"nmap -oG": {"# Nmap 7.9\nHost: 192.0.2.1 ()\tStatus: Up\nHost: 192.0.2.1 ()\tPorts: 22/open/tcp//ssh///, 8443/open/tcp//ssl|https///, 443/closed/tcp//https///\tIgnored State: x\n",
			place, "list:2: read as nmap prints: open ports that are known for TLS or a way into it are taken"},
		"nmap": {"Starting Nmap 7.9 ( https://nmap.org )\nNmap scan report for a.example (192.0.2.1)\nHost is up (0.1s latency).\nNot shown: 998 closed\nPORT     STATE SERVICE\n22/tcp   open  ssh\n" +
			"8443/tcp open  https-alt\n|_ssl-date: x\n\nNmap scan report for 192.0.2.9\n25/tcp open smtp\nNmap done: 2 IP addresses\n",
			sni + "192.0.2.9 25  192.0.2.9 smtp map[]\n", "list:1: read as nmap prints: open ports that are known for TLS or a way into it are taken"},
	} {
		var notes []string
		got := readList(c.list, TargetOptions{Note: func(text string) { notes = append(notes, text) }})
		if got = strings.ReplaceAll(got, " \n", "\n"); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
		if note := strings.Join(notes, "\n"); note != c.note {
			t.Errorf("%s: noted %q, want %q", name, note, c.note)
		}
	}
}

// What came before is left out and told with both lines.
func TestOnce(t *testing.T) {
	list := Targets(strings.NewReader("a.example\nA.example.\na.example:443\na.example:444\n?\n192.0.2.1\n192.0.2.0/30\n"), "list", TargetOptions{})
	other := Targets(strings.NewReader("b.example\nhttps://b.example\na.example:444\n"), "other", TargetOptions{})
	typed := func(yield func(Target, error) bool) {
		_ = yield(Target{Text: "b.example", Host: "b.example", Port: 443, ServerName: "b.example"}, nil) &&
			yield(Target{Text: "d.example", Host: "d.example"}, nil) && yield(Target{Text: "d.example", Host: "d.example"}, nil)
	}
	n, repeated := 0, []string(nil)
	for range Once(func(yield func(Target, error) bool) {
		for _, targets := range []iter.Seq2[Target, error]{list, other, typed} {
			for t, err := range targets {
				if !yield(t, err) {
					return
				}
			}
		}
	}, func(r Repeat) { repeated = append(repeated, r.String()) }) {
		n++
	}
	want := []string{
		"list:2: A.example. repeats the target of line 1",
		"list:3: a.example:443 repeats the target of line 1",
		"list:7: 192.0.2.0/30 repeats the target of line 6",
		"other:2: https://b.example repeats the target of line 1",
		"other:3: a.example:444 repeats the target of list:4",
		"b.example repeats the target of other:1",
		"d.example repeats a target that came before",
	}
	if diff := cmp.Diff(want, repeated); diff != "" || n != 9 {
		t.Errorf("%d targets\n%s", n, diff)
	}
}

func TestTargetsLongLine(t *testing.T) {
	got := readList("a.example\n"+strings.Repeat("x", 3*maxLine)+"\nb.example\n", TargetOptions{})
	if !strings.Contains(got, "! list:2: the line is too long") || !strings.Contains(got, "b.example 443") {
		t.Errorf("got %.300s", got)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

var errBroken = errors.New("broken disk")

func TestTargetsReaderFails(t *testing.T) {
	var last error
	for _, err := range Targets(brokenReader{}, "list", TargetOptions{}) {
		last = err
	}
	var line *LineError
	if !errors.Is(last, errBroken) || errors.As(last, &line) {
		t.Errorf("got %v", last)
	}
}

func FuzzTargets(f *testing.F) {
	f.Add("host,port\na,1\n\"b")
	f.Add("a\r\n#\r\n10.0.0.0/30")
	f.Add("host,tags,address\na,b=c;d=e,::1\n")
	f.Add("\xff\xfea\x00.\x00b\x00:\x001\x00\n\x00")
	f.Add("\ufeff\"FQDN\";\"TCP Port\"\r\"a\";1\r")
	f.Add("[web]\na:8443 ansible_host=192.0.2.1 ansible_port=1\n[web:vars]\nx=1\n")
	f.Add("192.0.2.1 a b # c\n::1 localhost\n")
	f.Add("# Nmap 7\nHost: 192.0.2.1 ()\tPorts: 22/open/tcp//ssh///, 1/open/tcp//ssl|https///\n")
	f.Add("//a.example/b?c\n*.a\na@b\nquic://[::1]:1\n10.0.0.1-10.0.0.3:1-2\n")
	f.Fuzz(func(t *testing.T, text string) {
		n := 0
		for target, err := range Targets(strings.NewReader(text), "list", TargetOptions{}) {
			if (err == nil) != (target.Host != "") {
				t.Fatalf("target %+v beside error %v", target, err)
			}
			if !utf8.ValidString(target.Host+target.ServerName) || strings.ContainsAny(target.Host+target.ServerName, "\x00\r\n \x1b") {
				t.Fatalf("no name: %q %q", target.Host, target.ServerName)
			}
			if n++; n == 1000 {
				break
			}
		}
	})
}

// Of a file of keys or certificates that was given for a list, no line is looked up:
// some of base64 could be names, and would be told to name servers.
func TestTargetsOfAKeyFile(t *testing.T) {
	const key = "-----BEGIN PRIVATE KEY-----\nMIIEvAIBADANBgkqhkiG9w0BAQEFAASC\nbucket\n-----END PRIVATE KEY-----\n"
	for _, text := range []string{key, "www.example.com\r\n" + key + "last.example\n", "0\x82\x00a\nbucket\n"} {
		got := readList(text, TargetOptions{})
		if strings.Contains(got, "bucket") || strings.Contains(strings.ToLower(got), "miievaib") || !strings.Contains(got, "type tlschain check FILE") {
			t.Errorf("%q is read as\n%s", text, got)
		}
		if strings.Contains(text, "last.example") && !strings.Contains(got, "last.example") {
			t.Errorf("what follows a key is lost: %q is read as\n%s", text, got)
		}
	}
	if got := readList("host,tags\na.example,team=x\x00y\nb.example,\n", TargetOptions{}); !strings.Contains(got, "b.example") {
		t.Errorf("what follows a line with NUL is lost:\n%s", got)
	}
}
