package scanner

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func parseAll(t *testing.T, text string, options TargetOptions) []Target {
	t.Helper()
	targets, err := ParseTarget(text, options)
	if err != nil {
		t.Fatalf("ParseTarget(%q): %v", text, err)
	}
	return slices.Collect(targets)
}

func TestParseTarget(t *testing.T) {
	addr := netip.MustParseAddr
	for _, c := range []struct {
		text string
		want Target
	}{
		{"example.com", Target{Host: "example.com", Port: 443, ServerName: "example.com"}},
		{" Example.COM. ", Target{Host: "example.com", Port: 443, ServerName: "example.com"}},
		{"example.com:8443", Target{Host: "example.com", Port: 8443, ServerName: "example.com"}},
		{"db_1.internal:444", Target{Host: "db_1.internal", Port: 444, ServerName: "db_1.internal"}},
		{"10-0-0-1.example.com", Target{Host: "10-0-0-1.example.com", Port: 443, ServerName: "10-0-0-1.example.com"}},
		{"192.0.2.1", Target{Host: "192.0.2.1", Port: 443, Addr: addr("192.0.2.1")}},
		{"192.0.2.1:25", Target{Host: "192.0.2.1", Port: 25, Addr: addr("192.0.2.1"), STARTTLS: "smtp"}},
		{"2001:db8::1", Target{Host: "2001:db8::1", Port: 443, Addr: addr("2001:db8::1")}},
		{"[2001:db8::1]", Target{Host: "2001:db8::1", Port: 443, Addr: addr("2001:db8::1")}},
		{"[2001:db8::1]:8443", Target{Host: "2001:db8::1", Port: 8443, Addr: addr("2001:db8::1")}},
		{"[fe80::1%eth0]:8443", Target{Host: "fe80::1%eth0", Port: 8443, Addr: addr("fe80::1%eth0")}},
		{"https://[fe80::1%25eth0]/", Target{Host: "fe80::1%eth0", Port: 443, Addr: addr("fe80::1%eth0")}},
		{"::ffff:192.0.2.1", Target{Host: "192.0.2.1", Port: 443, Addr: addr("192.0.2.1")}},
		{"https://example.com/a/path?q=1", Target{Host: "example.com", Port: 443, ServerName: "example.com"}},
		{"HTTPS://example.com:25", Target{Host: "example.com", Port: 25, ServerName: "example.com"}},
		{"imaps://example.com", Target{Host: "example.com", Port: 993, ServerName: "example.com"}},
		{"tls://example.com:389", Target{Host: "example.com", Port: 389, ServerName: "example.com"}},
		{"www.example.com@192.0.2.7:8443", Target{Host: "192.0.2.7", Port: 8443, Addr: addr("192.0.2.7"), ServerName: "www.example.com"}},
		{"www.example.com@[2001:db8::1]:8443", Target{Host: "2001:db8::1", Port: 8443, Addr: addr("2001:db8::1"), ServerName: "www.example.com"}},
		{"www.example.com@2001:db8::1", Target{Host: "2001:db8::1", Port: 443, Addr: addr("2001:db8::1"), ServerName: "www.example.com"}},
		{"www.example.com@lb.example.net", Target{Host: "lb.example.net", Port: 443, ServerName: "www.example.com"}},
		{"starttls+smtp://mx.example.com", Target{Host: "mx.example.com", Port: 25, ServerName: "mx.example.com", STARTTLS: "smtp"}},
		{"starttls+imap://mx.example.com/", Target{Host: "mx.example.com", Port: 143, ServerName: "mx.example.com", STARTTLS: "imap"}},
		{"starttls+smtp://mail.example.com@192.0.2.9:2525", Target{Host: "192.0.2.9", Port: 2525, Addr: addr("192.0.2.9"), ServerName: "mail.example.com", STARTTLS: "smtp"}},
		{"mx.example.com:587", Target{Host: "mx.example.com", Port: 587, ServerName: "mx.example.com", STARTTLS: "submission"}},
		{"db.example.com:5432", Target{Host: "db.example.com", Port: 5432, ServerName: "db.example.com", STARTTLS: "postgres"}},
		{"bücher.example", Target{Host: "xn--bcher-kva.example", Port: 443, ServerName: "xn--bcher-kva.example"}},
		{"BÜCHER.example:8443", Target{Host: "xn--bcher-kva.example", Port: 8443, ServerName: "xn--bcher-kva.example"}},
	} {
		got := parseAll(t, c.text, TargetOptions{})
		c.want.Text = strings.TrimSpace(c.text)
		if len(got) != 1 || !equalTargets(got[0], c.want) {
			t.Errorf("ParseTarget(%q) = %+v, want %+v", c.text, got, c.want)
		}
	}
}

func equalTargets(a, b Target) bool {
	tags := len(a.Tags) == len(b.Tags)
	for k, v := range a.Tags {
		tags = tags && b.Tags[k] == v
	}
	a.Tags, b.Tags = nil, nil
	return tags && a.Text == b.Text && a.Host == b.Host && a.Port == b.Port && a.ServerName == b.ServerName &&
		a.Addr == b.Addr && a.STARTTLS == b.STARTTLS && a.Expect == b.Expect
}

func TestParseTargetExpands(t *testing.T) {
	for _, c := range []struct {
		text    string
		options TargetOptions
		want    string // host:port of each, spaces between
	}{
		{"192.0.2.4/30", TargetOptions{}, "192.0.2.4:443 192.0.2.5:443 192.0.2.6:443 192.0.2.7:443"},
		{"192.0.2.4/31:8443", TargetOptions{}, "192.0.2.4:8443 192.0.2.5:8443"},
		{"255.255.255.254/31", TargetOptions{}, "255.255.255.254:443 255.255.255.255:443"},
		{"[2001:db8::/127]:8443", TargetOptions{}, "[2001:db8::]:8443 [2001:db8::1]:8443"},
		{"2001:db8::/127", TargetOptions{}, "[2001:db8::]:443 [2001:db8::1]:443"},
		{"10.0.0.255-10.0.1.1", TargetOptions{}, "10.0.0.255:443 10.0.1.0:443 10.0.1.1:443"},
		{"10.0.0.1-10.0.0.2:99", TargetOptions{}, "10.0.0.1:99 10.0.0.2:99"},
		{"2001:db8::1-2001:db8::2", TargetOptions{}, "[2001:db8::1]:443 [2001:db8::2]:443"},
		{"example.com", TargetOptions{Ports: []uint16{443, 8443}}, "example.com:443 example.com:8443"},
		{"example.com:9", TargetOptions{Ports: []uint16{443, 8443}}, "example.com:9"},
		{"https://example.com", TargetOptions{Ports: []uint16{8443}}, "example.com:443"},
		{"starttls+imap://example.com", TargetOptions{Ports: []uint16{8443}}, "example.com:143"},
		{"192.0.2.4/31", TargetOptions{Ports: []uint16{1, 2}}, "192.0.2.4:1 192.0.2.4:2 192.0.2.5:1 192.0.2.5:2"},
	} {
		var got []string
		for _, target := range parseAll(t, c.text, c.options) {
			host := target.Host
			if strings.Contains(host, ":") {
				host = "[" + host + "]"
			}
			got = append(got, host+":"+portText(target.Port))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("ParseTarget(%q) = %v, want %v", c.text, got, c.want)
		}
	}
}

func portText(port uint16) string {
	return strings.TrimPrefix(netip.AddrPortFrom(netip.IPv4Unspecified(), port).String(), "0.0.0.0:")
}

// A whole class A is named at once and walked one by one.
func TestParseTargetIsLazy(t *testing.T) {
	targets, err := ParseTarget("www.example.com@10.0.0.0/8", TargetOptions{ServerName: "other.example", MaxAddresses: 1 << 24})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for target := range targets {
		if target.ServerName != "other.example" {
			t.Fatalf("server name %q", target.ServerName)
		}
		if n++; n == 3 {
			if target.Host != "10.0.0.2" {
				t.Errorf("third host is %s", target.Host)
			}
			break
		}
	}
}

// Each error names what is wrong and what to type.
func TestParseTargetErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "type a host",
		"example.com:":                  "type example.com:443",
		"example.com:0":                 "from 1 to 65535",
		"example.com:65536":             "from 1 to 65535",
		"example.com:http":              "from 1 to 65535",
		"[2001:db8::1":                  "closing bracket",
		"[2001:db8::1]443":              "type [2001:db8::1]:443",
		"[example.com]:443":             "not an IPv6 address",
		"2001:db8::1::2":                "[2001:db8::1]:443",
		"256.1.1.1":                     "four numbers",
		"10.1":                          "four numbers",
		"exa mple.com":                  `the character ' '`,
		"-a.example.com":                "hyphen",
		"a..example.com":                "two dots",
		strings.Repeat("a", 64) + ".de": "63",
		strings.Repeat("abcdefg.", 40):  "253",
		"http://example.com":            "type https://example.com",
		"smtp://example.com":            "type starttls+smtp://example.com",
		"gopher://example.com":          "unknown scheme",
		"starttls+nope://x":             "type one of smtp",
		"https://user:pw@example.com/":  "SERVERNAME@address:port",
		"192.0.2.1@192.0.2.2":           "SNI carries names only",
		"name@":                         "no host",
		"@192.0.2.1":                    "server name",
		"192.0.2.0/33":                  "192.0.2.0/24",
		"2001:db8::/64":                 "/96",
		"10.0.0.9-10.0.0.1":             "type 10.0.0.1-10.0.0.9",
		"10.0.0.1-9":                    "both ends in full",
		"10.0.0.1-2001:db8::1":          "not an IPv6 address",
		"2001:db8::1-2001:db9::1":       "last 32 bits",
		"xn--\u00fc.example":            "international",
	} {
		_, err := ParseTarget(text, TargetOptions{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseTarget(%q): error %v, want one with %q", text, err, want)
		}
	}
	if _, err := ParseTarget("example.com", TargetOptions{ServerName: "10.0.0.1"}); err == nil {
		t.Error("an address as --server-name passed")
	}
}

// Whatever is typed: no panic, and what is accepted can be dialled.
func FuzzParseTarget(f *testing.F) {
	for _, seed := range []string{
		"example.com:443", "[::1%eth0]:1", "a@[::1]:1", "starttls+smtp://a@b:1", "10.0.0.0/8", "10.0.0.1-10.0.0.9:3",
		"https://bücher.example/", "::ffff:1.2.3.4/120", "a@b@c", "[::]:", "::/96", "1.2.3.4/31:25",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		targets, err := ParseTarget(text, TargetOptions{})
		if err != nil {
			return
		}
		n := 0
		for target := range targets {
			if target.Host == "" || target.Port == 0 || target.Text == "" {
				t.Fatalf("%q gives %+v", text, target)
			}
			if !target.Addr.IsValid() && target.ServerName == "" {
				t.Fatalf("%q gives a host without name and address: %+v", text, target)
			}
			if strings.ToLower(target.ServerName) != target.ServerName || !isASCII(target.ServerName) || isAddress(target.ServerName) {
				t.Fatalf("%q would send %q as SNI", text, target.ServerName)
			}
			if n++; n == 1000 {
				break
			}
		}
		if n == 0 {
			t.Fatalf("%q stands for nothing", text)
		}
	})
}
