package scanner

import (
	"errors"
	"fmt"
	"strings"
	"testing"
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
! list:11: no STARTTLS dialect is called "gopher": known are none, `
	if !strings.HasPrefix(got, want) {
		t.Fatalf("got\n%s\nwant\n%s...", got, want)
	}
	for _, line := range []string{
		`! list:12: tag "tag" has no key`, `! list:13: expect_sha256 "beef"`, `! list:14: a quoted field does not end`,
		"! list:15: 8 fields under a header of 7", "z.example 444 z.example invalid IP  map[] \n",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("no line %q in\n%s", line, got)
		}
	}
}

func TestTargetsHeader(t *testing.T) {
	for text, want := range map[string]string{
		"host\nexample.com\n":          "example.com 443",
		"port,host\n8443,example.com":  "example.com 8443",
		"host,prot\nexample.com,1":     `! list:1: unknown column "prot"`,
		"host,host\nexample.com,1":     "! list:1: two columns",
		"example.com,443\nother.com,1": "! list:1: a list in CSV begins with a header",
	} {
		if got := readList(text, TargetOptions{}); !strings.HasPrefix(got, want) || strings.Count(got, "\n") != 1 {
			t.Errorf("%q gives %q, want one line beginning with %q", text, got, want)
		}
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
	f.Fuzz(func(t *testing.T, text string) {
		n := 0
		for target, err := range Targets(strings.NewReader(text), "list", TargetOptions{}) {
			if (err == nil) != (target.Host != "") {
				t.Fatalf("target %+v beside error %v", target, err)
			}
			if n++; n == 1000 {
				break
			}
		}
	})
}
