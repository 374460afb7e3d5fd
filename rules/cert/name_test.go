package cert_test

import (
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
)

func TestNameTexts(t *testing.T) {
	for _, c := range []struct {
		name string
		der  []byte
		want string
	}{
		{"most specific first", der(sequence, attribute(6, printable, "JP"), attribute(10, utf8String, "Cybertrust Japan Co., Ltd."), attribute(3, utf8String, "Public CA G3")),
			`CN=Public CA G3,O=Cybertrust Japan Co.\, Ltd.,C=JP`},
		{"two attributes in one RDN", der(sequence, der(set,
			der(sequence, oid(2, 5, 4, 3), der(utf8String, []byte("a"))), der(sequence, oid(2, 5, 4, 11), der(utf8String, []byte("b"))))),
			"CN=a+OU=b"},
		{"escapes of RFC 4514", der(sequence, attribute(3, utf8String, ` #a"+,;<>\ `)), `CN=\ #a\"\+\,\;\<\>\\\ `},
		{"a leading number sign", der(sequence, attribute(3, utf8String, "#a")), `CN=\#a`},
		{"a zero byte", der(sequence, attribute(3, utf8String, "www.example.org\x00.evil.test")), `CN=www.example.org\00.evil.test`},
		{"attribute without a keyword", der(sequence, attribute(17, utf8String, "01030")), "2.5.4.17=01030"},
		{"e-mail and domain component", der(sequence,
			der(set, der(sequence, oid(0, 9, 2342, 19200300, 100, 1, 25), der(0x16, []byte("example")))),
			der(set, der(sequence, oid(1, 2, 840, 113549, 1, 9, 1), der(0x16, []byte("ca@example.org"))))),
			"emailAddress=ca@example.org,DC=example"},
		{"a value that is no string", der(sequence, attribute(3, integer, "\x05")), "CN=#020105"},
		{"nothing", der(sequence), ""},
	} {
		n, _, ok := cert.ParseName(c.der)
		if !ok || n.Text != c.want {
			t.Errorf("%s: %q, want %q", c.name, n.Text, c.want)
		}
		if n.Empty() != (c.want == "") {
			t.Errorf("%s: empty is %v", c.name, n.Empty())
		}
	}
}

// RFC 5280 section 7.1: the string's type, its case, and white space but for
// word breaks mean nothing; all else does.
func TestNamesThatAreTheSame(t *testing.T) {
	canon := func(der []byte) string {
		n, _, ok := cert.ParseName(der)
		if !ok {
			t.Fatalf("%x is no name", der)
		}
		return n.Canon
	}
	a := der(sequence, attribute(10, printable, "Example Trust"), attribute(3, printable, "Root CA"))
	for _, c := range []struct {
		name string
		der  []byte
		same bool
	}{
		{"itself", a, true},
		{"other string type", der(sequence, attribute(10, utf8String, "Example Trust"), attribute(3, bmpString, "\x00R\x00o\x00o\x00t\x00 \x00C\x00A")), true},
		{"other case", der(sequence, attribute(10, utf8String, "EXAMPLE trust"), attribute(3, utf8String, "root ca")), true},
		{"more spaces", der(sequence, attribute(10, utf8String, "  Example   Trust "), attribute(3, utf8String, "Root\tCA")), true},
		{"a space less", der(sequence, attribute(10, utf8String, "ExampleTrust"), attribute(3, utf8String, "Root CA")), false},
		{"other order", der(sequence, attribute(3, printable, "Root CA"), attribute(10, printable, "Example Trust")), false},
		{"other attribute", der(sequence, attribute(11, printable, "Example Trust"), attribute(3, printable, "Root CA")), false},
		{"one RDN", der(sequence, der(set, attribute(10, printable, "Example Trust")[2:], attribute(3, printable, "Root CA")[2:])), false},
		{"part of it", der(sequence, attribute(3, printable, "Root CA")), false},
		{"accent", der(sequence, attribute(10, utf8String, "Éxample Trust"), attribute(3, utf8String, "Root CA")), false},
	} {
		if got := canon(c.der) == canon(a); got != c.same {
			t.Errorf("%s: same is %v, want %v", c.name, got, c.same)
		}
	}
	upper, lower := der(sequence, attribute(3, utf8String, "ÉCOLE")), der(sequence, attribute(3, t61String, "\xe9cole"))
	if canon(upper) != canon(lower) {
		t.Error("letters beyond ASCII: case or string type makes a difference")
	}
}

func TestCommonName(t *testing.T) {
	for _, c := range []struct {
		der  []byte
		want string
	}{
		{der(sequence, attribute(3, utf8String, "first"), attribute(10, utf8String, "o"), attribute(3, utf8String, "last")), "last"},
		{der(sequence, attribute(10, utf8String, "o"), attribute(11, utf8String, "ou")), "ou"},
		{der(sequence, attribute(10, utf8String, "o")), "o"},
		{der(sequence), ""},
	} {
		if n, _, _ := cert.ParseName(c.der); n.Common != c.want {
			t.Errorf("%s: common name %q, want %q", n.Text, n.Common, c.want)
		}
	}
}
