package fetch

import (
	"net/netip"
	"testing"
)

func TestPermits(t *testing.T) {
	inside := &Client{Allow: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00:1::/32")}}
	for text, want := range map[string]struct{ public, inside bool }{
		"93.184.216.34": {true, true}, "2606:4700::1111": {true, true},
		"0.0.0.0": {}, "10.0.0.1": {}, "10.1.2.3": {false, true}, "100.64.0.1": {}, "100.100.100.200": {}, "127.0.0.1": {}, "127.9.9.9": {},
		"169.254.169.254": {}, "172.16.0.1": {}, "172.32.0.1": {true, true}, "192.168.1.1": {}, "192.0.0.192": {}, "198.18.0.1": {},
		"224.0.0.1": {}, "255.255.255.255": {}, "240.0.0.1": {},
		"::": {}, "::1": {}, "::127.0.0.1": {}, "::ffff:127.0.0.1": {}, "::ffff:10.1.2.3": {false, true}, "::ffff:93.184.216.34": {true, true},
		"64:ff9b::7f00:1": {}, "64:ff9b::a01:203": {false, true}, "64:ff9b::5db8:d822": {true, true}, "64:ff9b:1::1": {},
		"2001:0:4136:e378:8000:63bf:3fff:fdd2": {}, "2002:7f00:1::": {}, "2001:db8::1": {}, "fc00::1": {}, "fd00:1::5": {false, true},
		"fe80::1": {}, "fe80::1%eth0": {}, "fec0::1": {}, "ff02::1": {}, "2606:4700::1%eth0": {},
	} {
		a := netip.MustParseAddr(text)
		if got := (&Client{}).permits(a); got != want.public {
			t.Errorf("%s: %v by default", text, got)
		}
		if got := inside.permits(a); got != want.inside {
			t.Errorf("%s: %v with two networks allowed", text, got)
		}
	}
}

func TestURLsThatAreNotAsked(t *testing.T) {
	for _, u := range []string{
		"", "http://", "https://ca.example/", "ftp://ca.example/", "ldap://ca.example/cn=x", "file:///etc/passwd", "//ca.example/",
		"http://user:pass@ca.example/", "http://ca.example/\x00", "http://ca.example:port/", "http:///path", "javascript:alert(1)", "gopher://127.0.0.1:25/_",
	} {
		if _, f := new(Client).Get(t.Context(), Request{URL: u, Limit: 1}); f == nil || f.Code != BadURL {
			t.Errorf("%s: %v", u, f)
		}
	}
	for _, u := range []string{"http://127.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]:8080/", "http://0/", "http://[fe80::1%25eth0]/"} {
		if _, f := new(Client).Get(t.Context(), Request{URL: u, Limit: 1}); f == nil || f.Code != Address && f.Code != DNS {
			t.Errorf("%s: %v", u, f)
		}
	}
}
