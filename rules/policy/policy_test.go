package policy

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules"
)

const example = `# what we care about
severity:
  root-in-chain: warning
overrides:
  - endpoints: ["*.internal.example.com", "10.0.0.0/8", "mail.example.com:25"]
    severity:
      untrusted-root: info
      expires-soon: off
  - groups: [dmz]
    severity: {untrusted-root: error}
`

const waivers = `waivers:
  - rule: root-in-chain
    endpoint: "mail*.example.com:25"
    reason: DANE-TA needs it
    expires: 2027-06-30
  - {rule: weak-key, endpoint: "*", reason: replaced in spring, expires: 2026-03-01T00:00:00Z}
`

func parsed(t *testing.T) (*Policy, []Waiver) {
	t.Helper()
	p, err := Parse("policy.yaml", []byte(example))
	if err != nil {
		t.Fatal(err)
	}
	w, err := ParseWaivers("waivers.yaml", []byte(waivers))
	if err != nil {
		t.Fatal(err)
	}
	return p, w
}

// told writes findings in one line: rule=severity, with a tilde if waived.
func told(list []rules.Finding) string {
	var out []string
	for _, f := range list {
		text := f.Rule + "=" + f.Severity.String()
		if f.Waiver != nil {
			text = "~" + text
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func TestApply(t *testing.T) {
	p, w := parsed(t)
	found := []rules.Finding{
		{Rule: "untrusted-root", Severity: rules.Error}, {Rule: "weak-key", Severity: rules.Error},
		{Rule: "expires-soon", Severity: rules.Warning}, {Rule: "root-in-chain", Severity: rules.Info},
	}
	before, after := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 6, 30, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		where Place
		at    time.Time
		want  string
	}{
		{"elsewhere", Place{Host: "www.example.com", Port: 443}, before,
			"untrusted-root=error expires-soon=warning root-in-chain=warning ~weak-key=error"},
		{"by name", Place{Host: "A.Internal.example.com", Port: 443}, before,
			"root-in-chain=warning untrusted-root=info ~weak-key=error"},
		{"by address", Place{Host: "x.example.com", Port: 443, Address: netip.MustParseAddr("10.1.2.3")}, before,
			"root-in-chain=warning untrusted-root=info ~weak-key=error"},
		{"the last override decides", Place{Host: "a.internal.example.com", Port: 443, Group: "dmz"}, before,
			"untrusted-root=error root-in-chain=warning ~weak-key=error"},
		{"port and waiver", Place{Host: "mail.example.com", Port: 25}, before,
			"untrusted-root=info ~weak-key=error ~root-in-chain=warning"},
		{"another port", Place{Host: "mail.example.com", Port: 465}, before,
			"untrusted-root=error expires-soon=warning root-in-chain=warning ~weak-key=error"},
		{"expired", Place{Host: "mail.example.com", Port: 25}, after,
			"weak-key=error root-in-chain=warning waiver-expired=warning waiver-expired=warning untrusted-root=info"},
	} {
		if got := told(p.apply(found, w, c.where, c.at)); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	if told(found) != "untrusted-root=error weak-key=error expires-soon=warning root-in-chain=info" {
		t.Error("the findings that were passed in have changed")
	}
}

func TestExpiredWaiverSaysWhich(t *testing.T) {
	p, w := parsed(t)
	got := p.apply([]rules.Finding{{Rule: "weak-key", Severity: rules.Error}}, w, Place{Host: "x"}, time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	if len(got) != 2 || !strings.Contains(got[1].Message, "weak-key") || !strings.Contains(got[1].Message, "2026-03-01") || !strings.Contains(got[1].Message, "replaced in spring") {
		t.Errorf("%+v", got)
	}
	if got := p.apply(nil, w, Place{Host: "x"}, time.Date(2030, 4, 1, 0, 0, 0, 0, time.UTC)); len(got) != 0 {
		t.Errorf("a waiver whose finding is mended is none: %+v", got)
	}
}

func TestJudge(t *testing.T) {
	p, w := parsed(t)
	v := &rules.Verdict{State: rules.Error, Findings: []rules.Finding{
		{Rule: "root-in-chain", Severity: rules.Info}, {Rule: "expired-leaf", Severity: rules.Error},
	}}
	p.Judge(v, w, Place{Host: "mail.example.com", Port: 25}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	if v.State != rules.None { // root-in-chain is waived, and a leaf's date is no matter of presentation
		t.Error(v.State)
	}
	var none *Policy
	none.Judge(v, nil, Place{}, time.Time{})
	if v.State != rules.Warning || told(v.Findings) != "expired-leaf=error root-in-chain=warning" {
		t.Errorf("without waivers: %s, %v", told(v.Findings), v.State)
	}
}

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		pattern, host string
		port          uint16
		addr          string
		want          bool
	}{
		{"*", "anything", 1, "", true},
		{"*.example.com", "a.b.example.com", 443, "", true},
		{"*.example.com", "example.com", 443, "", false},
		{"EXAMPLE.com", "example.COM", 443, "", true},
		{"example.com:*", "example.com", 99, "", true},
		{"www?.example.com", "www1.example.com", 443, "", true},
		{"*a*b*c", "xxaxxbxxbc", 443, "", true},
		{"*a*b*c", "xxaxxbxxb", 443, "", false},
		{"192.0.2.0/24", "x", 443, "192.0.2.9", true},
		{"192.0.2.0/24", "192.0.2.9", 443, "", true},
		{"192.0.2.0/24", "x", 443, "", false},
		{"192.0.2.9:443", "x", 443, "192.0.2.9", true},
		{"192.0.2.9:444", "x", 443, "192.0.2.9", false},
		{"[2001:db8::1]:443", "x", 443, "2001:db8::1", true},
		{"2001:db8::1", "x", 443, "2001:db8::1", true},
		{"2001:db8::/32", "x", 443, "2001:db8::1", true},
		{"192.0.2.9", "x", 443, "::ffff:192.0.2.9", true},
		{"*.pem", "fullchain.pem", 0, "", true},
		{"my certs/*", "my certs/a@b.pem", 0, "", true},
		{"*.münchen.example", "www.xn--mnchen-3ya.example", 443, "", true},
		{"www.example.com.", "www.example.com", 443, "", true},
	} {
		p, err := parsePattern(c.pattern)
		if err != nil {
			t.Error(err)
		}
		where := Place{Host: c.host, Port: c.port}
		if c.addr != "" {
			where.Address = netip.MustParseAddr(c.addr)
		}
		if p.matches(where) != c.want {
			t.Errorf("%s on %s:%d %s: want %v", c.pattern, c.host, c.port, c.addr, c.want)
		}
	}
	if (Pattern{}).matches(Place{}) {
		t.Error("the zero pattern matches")
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"severity:\n  root-in-chain: loud\n", `f:2:18: severity.root-in-chain: "loud" is no severity: type error, warning, info or off`},
		{"severity:\n  no-such-rule: error\n", `f:2:3: severity: there is no rule "no-such-rule": tlschain explain lists them`},
		{"severity:\n  expired: off\n", `f:2:3: severity: there is no rule "expired": did you mean expired-leaf?`},
		{"severity: {}\nwaivers: []\n", `f:2:1: unknown field "waivers": it belongs into another file: type --waivers FILE, or waivers: FILE in tlschain.yaml`},
		{"clients: []\n", `f:1:1: unknown field "clients": it belongs into another file: type --client-file FILE, or client_file: FILE in tlschain.yaml`},
		{"overrides: [{waivers: []}]\n", `f:1:14: unknown field "waivers" in overrides[0]: type one of `},
		{"severty: {}\n", `f:1:1: unknown field "severty"`},
		{"overrides:\n  - endpoints: [\"a:99999\"]\n", `f:2:17: overrides[0].endpoints[0]: "99999" is no port`},
		{"overrides:\n  - endpoints: [\":443\"]\n", `f:2:17: overrides[0].endpoints[0]: ":443" has no host and matches nothing: type *:443 for every host`},
		{"overrides:\n  - endpoints: [10.0.0.5/24]\n", `f:2:17: overrides[0].endpoints[0]: "10.0.0.5/24" has bits set beyond its prefix: type 10.0.0.0/24 for the network`},
		{"overrides:\n  - endpoints: [10.0.0.1-10.0.0.9]\n", `f:2:17: overrides[0].endpoints[0]: "10.0.0.1-10.0.0.9" matches nothing: type a network`},
		{"overrides:\n  - endpoints: [\"vpn.example:443 at 192.0.2.1\"]\n", `f:2:17: overrides[0].endpoints[0]: "443 at 192.0.2.1" is no port`},
		{"overrides:\n  - endpoints: [\"vpn.example@192.0.2.1:443\"]\n", `f:2:17: overrides[0].endpoints[0]: "vpn.example@192.0.2.1:443" matches nothing: type the host alone`},
		{"overrides:\n  - endpoints: [\"a.example, b.example\"]\n", `f:2:17: overrides[0].endpoints[0]: "a.example, b.example" matches nothing: type one host`},
		{"overrides:\n  - endpoints: [\"(a|b).example\"]\n", `f:2:17: overrides[0].endpoints[0]: "(a|b).example" matches nothing: no host name has the character '('`},
		{"severity: [\n", "f:"},
		{"severity:\n  weak-key: info\n  weak-key: error\n", "f:3:3: "},
	} {
		if _, err := Parse("f", []byte(c.in)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.in, err, c.want)
		}
	}
	for _, c := range []struct{ in, want string }{
		{"waivers:\n  - rule: weak-key\n    endpoint: x\n    expires: 2027-01-01\n", "has no reason"},
		{"waivers:\n  - rule: weak-key\n    reason: x\n    expires: 2027-01-01\n", "names no endpoint"},
		{"waivers:\n  - rule: weak-key\n    endpoint: x\n    reason: x\n", "has no expires"},
		{"waivers:\n  - endpoint: x\n    reason: x\n    expires: 2027-01-01\n", "names no rule"},
		{"waivers:\n  - rule: weak-key\n    endpoint: x\n    reason: x\n    expires: soon\n", `f:5:14: waivers[0].expires: "soon" is no date`},
		{"waivers:\n  - rule: weak-key\n    endpoint: x\n    reason: x\n    until: 2027-01-01\n", `f:5:5: unknown field "until" in waivers[0]: type one of`},
		{"waivers:\n  - {rule: expired, endpoint: x, reason: x, expires: 2027-01-01}\n", `f:2:12: waivers[0].rule: there is no rule "expired": did you mean expired-leaf?`},
		{"severity:\n  root-in-chain: info\n", `f:1:1: unknown field "severity": it belongs into another file: type --policy FILE, or policy: FILE in tlschain.yaml`},
		{"waivers:\n  - {rule: waiver-expired, endpoint: x, reason: x, expires: 2027-01-01}\n", "cannot be waived"},
	} {
		if _, err := ParseWaivers("f", []byte(c.in)); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "f:") {
			t.Errorf("%q: %v, want %s", c.in, err, c.want)
		}
	}
	if p, err := Parse("f", nil); err != nil || len(p.Severity) > 0 {
		t.Error("an empty file says nothing:", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(example))
	f.Add([]byte(waivers))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := Parse("f", data); err == nil {
			p.apply([]rules.Finding{{Rule: "weak-key"}}, nil, Place{}, time.Time{})
		}
		_, _ = ParseWaivers("f", data)
	})
}

// An override may be for endpoints by their tags, beside patterns and groups.
func TestOverridesByTag(t *testing.T) {
	p, err := Parse("policy.yaml", []byte("overrides:\n"+
		"  - tags: {team: [web, shop], env: prod}\n    severity: {weak-key: info}\n"+
		"  - tags: {team: web}\n    endpoints: [\"*.example.com\"]\n    severity: {weak-key: off}\n"))
	if err != nil {
		t.Fatal(err)
	}
	found := []rules.Finding{{Rule: "weak-key", Severity: rules.Error}}
	for _, c := range []struct {
		host, want string
		tags       map[string]string
	}{
		{"a.test", "weak-key=error", nil},
		{"a.test", "weak-key=error", map[string]string{"team": "web"}},
		{"a.test", "weak-key=info", map[string]string{"team": "web", "env": "prod"}},
		{"a.test", "weak-key=info", map[string]string{"team": "shop", "env": "prod"}},
		{"a.example.com", "", map[string]string{"team": "web", "env": "prod"}},
		{"a.example.com", "weak-key=info", map[string]string{"team": "shop", "env": "prod"}},
		{"a.example.com", "weak-key=error", map[string]string{"team": "mail", "env": "prod"}},
	} {
		if got := told(p.apply(found, nil, Place{Host: c.host, Port: 443, Tags: c.tags}, time.Time{})); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.host, c.tags, got, c.want)
		}
	}
	for text, want := range map[string]string{
		"overrides: [{tags: {team: []}}]": "it has no value", "overrides: [{tags: [web]}]": "tags", "overrides: [{tags: {team: {a: b}}}]": "one value belongs here",
	} {
		if _, err := Parse("policy.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
