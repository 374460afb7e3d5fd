package scanner

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestExclusions(t *testing.T) {
	x, err := ReadExclusions(strings.NewReader("# ours\nsecret.example\n*.Bank.example # and below\n10.0.0.0/8\n10.1.0.0/16\n"+
		"192.0.2.5-192.0.2.9\n2001:db8::/32\n192.0.2.1\n192.0.2.2\nfe80::1%eth0\n"), "list")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"secret.example": true, "SECRET.example:8443": true, "www.secret.example": false,
		"bank.example": false, "www.bank.example": true, "a.b.bank.example": true, "riverbank.example": false,
		"10.0.0.0": true, "10.255.255.255": true, "9.255.255.255": false, "11.0.0.0": false,
		"192.0.2.0": false, "192.0.2.1": true, "192.0.2.2": true, "192.0.2.3": false, "192.0.2.4": false, "192.0.2.5": true, "192.0.2.9": true, "192.0.2.10": false,
		"2001:db8:ffff::1": true, "2001:db9::": false, "::ffff:10.0.0.1": true, "[fe80::1%eth1]:1": true,
		"www.bank.example@10.0.0.1": true, "www.bank.example@192.0.2.3": false, "secret.example@192.0.2.3": false,
	} {
		for target := range must(ParseTarget(text, TargetOptions{})) {
			if x.has(target) != want {
				t.Errorf("%s: excluded %v", text, !want)
			}
		}
	}
	for _, text := range []string{"10.0.0.1:443", "10.0.0.0/99", "a b", "*."} {
		if _, err := ReadExclusions(strings.NewReader("a.example\n"+text), "list"); err == nil || !strings.Contains(err.Error(), "list:2") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if (*Exclusions)(nil).has(Target{Host: "a"}) || new(Exclusions).hasAddr(netip.MustParseAddr("::1")) {
		t.Error("nothing excludes something")
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestExcludedByAddress(t *testing.T) {
	x, err := ReadExclusions(strings.NewReader("192.0.2.0/24\nc.example\n"), "list")
	if err != nil {
		t.Fatal(err)
	}
	lookup := func(_ context.Context, _, host string) ([]netip.Addr, error) {
		if host == "a.example" {
			return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
		}
		return []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("127.0.0.1")}, nil
	}
	var dialled []string
	s := &Scanner{Exclude: x, Lookup: lookup, Dial: func(_ context.Context, a netip.AddrPort) (net.Conn, error) {
		dialled = append(dialled, a.String())
		return nil, errTry
	}}
	for host, code := range map[string]Code{"a.example": Excluded, "b.example": Unreachable, "c.example": Excluded} {
		if o := one(t, s, Target{Host: host, Port: 1}); o.Failure == nil || o.Failure.Code != code {
			t.Errorf("%s: %v", host, o.Failure)
		}
	}
	if !slices.Equal(dialled, []string{"127.0.0.1:1"}) {
		t.Errorf("dialled %v", dialled)
	}
}
