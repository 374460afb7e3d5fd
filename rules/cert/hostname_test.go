package cert_test

import (
	"net/netip"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
)

func TestMatchesHost(t *testing.T) {
	type rules = cert.HostRules
	for _, c := range []struct {
		name  string // of the certificate
		host  string
		rules rules
		want  bool
	}{
		{"a.test", "A.TEST", rules{}, true},
		{"a.test", "a.test.", rules{}, true},
		{"a.test.", "a.test", rules{}, false},
		{"a.test.", "a.test", rules{Dot: cert.DotNone}, true},
		{"a.test.", "a.test.", rules{Dot: cert.DotKept}, true},
		{"a.test", "a.test.", rules{Dot: cert.DotKept}, true},
		{"a.test", "a.test.", rules{Dot: cert.DotSent}, false},
		{"*.a.test", "w.a.test", rules{}, true},
		{"*.a.test", "xn--4ca.a.test", rules{}, true},
		{"*.a.test", "a.test", rules{}, false},
		{"*.a.test", "x.w.a.test", rules{Wildcard: cert.AnyLabel}, false},
		{"*.a.test", ".a.test", rules{}, false},
		{"*.test", "a.test", rules{}, false},
		{"*.test", "a.test", rules{TopLevel: true}, true},
		{"*", "single", rules{TopLevel: true}, false},
		{"*", "single", rules{Wildcard: cert.Greedless}, true},
		{"w*.a.test", "www.a.test", rules{}, false},
		{"w*.a.test", "www.a.test", rules{Wildcard: cert.LabelEnd}, true},
		{"*w.a.test", "www.a.test", rules{Wildcard: cert.LabelEnd}, false},
		{"*w.a.test", "www.a.test", rules{Wildcard: cert.LabelEdge}, true},
		{"w*w.a.test", "www.a.test", rules{Wildcard: cert.LabelEdge}, false},
		{"w*w.a.test", "www.a.test", rules{Wildcard: cert.InLabel}, true},
		{"w*w.a.test", "w.a.test", rules{Wildcard: cert.InLabel}, false},
		{"w*w.a.test", "www.a.test", rules{Wildcard: cert.Greedless}, false},
		{"x*.a.test", "xn--4ca.a.test", rules{Wildcard: cert.InLabel}, false},
		{"www.*.test", "www.a.test", rules{Wildcard: cert.InLabel}, false},
		{"www.*.test", "www.a.test", rules{Wildcard: cert.AnyLabel, TopLevel: true}, true},
		{"**.a.test", "ww.a.test", rules{Wildcard: cert.InLabel}, false},
		{"*.c.test", "a_b.c.test", rules{}, true},
		{"*.c.test", "a_b.c.test", rules{LDH: true}, false},
		{"a_b.c.test", "a_b.c.test", rules{LDH: true}, true},
		{"a_b.c.test", "a_b.c.test", rules{Underscore: true}, false},
		{"www.a.123", "www.a.123", rules{}, true},
		{"www.a.123", "www.a.123", rules{Numeric: true}, false},
		{"a.test\x00evil.test", "a.test", rules{}, false},
		{"", "", rules{}, false},
		{"127.0.0.1", "127.0.0.1", rules{}, false},
		{"127.0.0.1", "127.0.0.1", rules{Address: cert.AddressOrName}, true},
		{"*.0.0.1", "127.0.0.1", rules{Address: cert.AddressAsName, TopLevel: true}, true},
		{"b.test", "127.0.0.1", rules{Address: cert.AnyAddress}, true},
	} {
		got := (&cert.Certificate{DNSNames: []string{c.name}, HasSAN: true}).MatchesHost(c.host, c.rules)
		if got != c.want {
			t.Errorf("%q for %q by %+v: %v, want %v", c.name, c.host, c.rules, got, c.want)
		}
	}
}

func TestMatchesAddress(t *testing.T) {
	for _, c := range []struct {
		address, host string
		rule          cert.AddressRule
		want          bool
	}{
		{"127.0.0.1", "127.0.0.1", cert.ExactAddress, true},
		{"127.0.0.1", "127.0.0.2", cert.ExactAddress, false},
		{"127.0.0.1", "127.0.0.1", cert.AddressAsName, false},
		{"::ffff:127.0.0.1", "127.0.0.1", cert.ExactAddress, false},
		{"::ffff:127.0.0.1", "127.0.0.1", cert.MappedAddress, true},
		{"fe80::1", "[fe80::1]", cert.ExactAddress, true},
		{"fe80::1", "fe80::1%eth0", cert.ExactAddress, true},
		{"fe80::1", "[fe80::2]", cert.ExactAddress, false},
	} {
		leaf := &cert.Certificate{IPs: []netip.Addr{netip.MustParseAddr(c.address)}, HasSAN: true}
		if got := leaf.MatchesHost(c.host, cert.HostRules{Address: c.rule}); got != c.want {
			t.Errorf("%s for %s by %v: %v, want %v", c.address, c.host, c.rule, got, c.want)
		}
	}
	if !(&cert.Certificate{IPs: []netip.Addr{netip.MustParseAddr("fe80::1")}}).MatchesName("[fe80::1]") {
		t.Error("an address in brackets is not matched")
	}
}

func TestMatchesCommonName(t *testing.T) {
	common, _, ok := cert.ParseName(der(sequence, attribute(3, printable, "a.test")))
	if !ok {
		t.Fatal("the name cannot be read")
	}
	if n, _, _ := cert.ParseName(der(sequence, attribute(10, printable, "a.test"))); n.Common != "a.test" || n.CommonName() != "" {
		t.Errorf("an organization is a common name: %+v", n)
	}
	bare := &cert.Certificate{Subject: common}
	address := &cert.Certificate{Subject: common, HasSAN: true, IPs: []netip.Addr{netip.MustParseAddr("192.0.2.1")}}
	other := &cert.Certificate{Subject: common, HasSAN: true, DNSNames: []string{"b.test"}}
	for _, c := range []struct {
		name  string
		leaf  *cert.Certificate
		rules cert.HostRules
		want  bool
	}{
		{"no alternative name", bare, cert.HostRules{}, false},
		{"no alternative name, common", bare, cert.HostRules{Common: true}, true},
		{"only an address, common", address, cert.HostRules{Common: true}, false},
		{"only an address, common unless there is a host", address, cert.HostRules{CommonName: cert.CommonNoDNS}, true},
		{"another host", other, cert.HostRules{Common: true, CommonName: cert.CommonNoDNS}, false},
	} {
		if got := c.leaf.MatchesHost("a.test", c.rules); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestNearMiss(t *testing.T) {
	for _, c := range []struct{ name, host, want string }{
		{"127.0.0.1", "127.0.0.1", "it holds the address as a DNS name and not as an IP address"},
		{"a.test.", "a.test", `its name "a.test." ends in a dot`},
		{"w*.a.test", "www.a.test", `its name "w*.a.test" has a wildcard where none may stand: it must be the whole first label, with two labels behind it`},
		{"b.test", "a.test", ""},
		{"b.test", "127.0.0.1", ""},
	} {
		if got := (&cert.Certificate{DNSNames: []string{c.name}}).NearMiss(c.host); got != c.want {
			t.Errorf("%q for %q: %q, want %q", c.name, c.host, got, c.want)
		}
	}
	mapped := &cert.Certificate{IPs: []netip.Addr{netip.MustParseAddr("::ffff:127.0.0.1")}}
	if got := mapped.NearMiss("127.0.0.1"); got != "it holds the address as an IPv6 address, ::ffff:127.0.0.1" {
		t.Error(got)
	}
	for host, r := range map[string]cert.HostRules{"a.test.": {Dot: cert.DotSent}, "a_b.test": {Underscore: true}, "a.123": {Numeric: true}} {
		if r.RefusesHost(host) == "" || (cert.HostRules{}).RefusesHost(host) != "" || r.RefusesHost("a.test") != "" {
			t.Errorf("%s by %+v", host, r)
		}
	}
}
