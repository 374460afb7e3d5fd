package policy

import (
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// judged is the verdict on a leaf of 100 days with so many left, and on another
// that an RSA handshake shows with 30 days left.
func judged(t *testing.T, left int) *rules.Verdict {
	t.Helper()
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	root, err := tlstest.Root("R")
	if err != nil {
		t.Fatal(err)
	}
	leaf := func(label string, left int) chain.Entry {
		c, err := tlstest.Leaf(label, root, func(t *tlstest.Template) {
			t.NotAfter = at.AddDate(0, 0, left)
			t.NotBefore = t.NotAfter.AddDate(0, 0, -100)
		})
		if err != nil {
			t.Fatal(err)
		}
		return chain.Read(c.DER)
	}
	p := rules.Presentation{Entries: []chain.Entry{leaf("L", left)}}
	p.Variants = []rules.Presentation{{Entries: []chain.Entry{leaf("M", 30)}, Variant: scanner.RSA}}
	return rules.NewJudge(rules.Criteria{At: at}, nil).Judge([]rules.Presentation{p})[0]
}

func TestExpiresSoonByPolicy(t *testing.T) {
	for _, c := range []struct {
		name, policy string
		left         int
		want         bool
	}{
		{"by default", "severity: {}", 14, true},
		{"by default, earlier", "severity: {}", 15, false},
		{"earlier", "expires_soon: {days: 21}", 21, true},
		{"earlier, not yet", "expires_soon: {days: 21}", 22, false},
		{"the third that counts by default", "expires_soon: {days: 60}", 40, false},
		{"days alone", "expires_soon: {days: 60, fraction: 1}", 40, true},
		{"later", "expires_soon: {days: 7}", 8, false},
		{"later, now", "expires_soon: {days: 7}", 7, true},
		{"a smaller part", "expires_soon: {fraction: 0.1}", 10, false},
		{"a smaller part, now", "expires_soon: {fraction: 0.1}", 9, true},
		{"elsewhere", "overrides: [{endpoints: [other.example], expires_soon: {days: 21}}]", 20, false},
		{"here", "overrides: [{endpoints: [www.example], expires_soon: {days: 21}}]", 20, true},
		{"the last that says so", "expires_soon: {days: 60, fraction: 0.5}\noverrides:\n" +
			"- {groups: [web], expires_soon: {days: 21}}\n- {groups: [web], severity: {no-san: info}}", 20, true},
		{"another severity", "expires_soon: {days: 21}\nseverity: {expires-soon: error}", 20, true},
		{"switched off", "expires_soon: {days: 21}\nseverity: {expires-soon: off}", 20, false},
	} {
		p, err := Parse("policy.yaml", []byte(c.policy))
		if err != nil {
			t.Fatal(err)
		}
		v := judged(t, c.left)
		before := len(v.Findings)
		own := *v
		p.Judge(&own, nil, Place{Host: "www.example", Port: 443, Group: "web"}, v.At)
		found := false
		for _, f := range own.Findings {
			found = found || f.Rule == "expires-soon" && f.Variant == scanner.Default
		}
		if found != c.want || len(v.Findings) != before {
			t.Errorf("%s: %v, %s; the verdict itself has %d findings, had %d", c.name, found, told(own.Findings), len(v.Findings), before)
		}
	}
}

// What another handshake shows goes by the same limits, and is said of it.
func TestExpiresSoonOfOtherHandshakes(t *testing.T) {
	p, err := Parse("policy.yaml", []byte("expires_soon: {days: 30}"))
	if err != nil {
		t.Fatal(err)
	}
	v := judged(t, 14) // by default the first alone
	p.Judge(v, nil, Place{}, v.At)
	var said []string
	for _, f := range v.Findings {
		if f.Rule == "expires-soon" {
			said = append(said, f.Message)
		}
	}
	if len(said) != 2 || said[0] != "The certificate expires on 2026-06-15 00:00 UTC." || !strings.HasSuffix(said[1], ": The certificate expires on 2026-07-01 00:00 UTC.") {
		t.Errorf("%q", said)
	}
}

func TestExpiresSoonMistakes(t *testing.T) {
	for _, c := range []struct{ policy, want string }{
		{"expires_soon: 21", "policy.yaml:1:15: expires_soon: this is the number 21, but keys belong here (days, fraction): type {days: ...}"},
		{"expires_soon: {}", "policy.yaml:1:15: expires_soon: there is no limit: type {days: 21}, {fraction: 0.25} or both"},
		{"expires_soon:\n  days: soon", `policy.yaml:2:9: expires_soon.days: "soon" is no number of days: type one from 1 to 3650, such as 21`},
		{"expires_soon: {days: 0}", `policy.yaml:1:22: expires_soon.days: "0" is no number of days: type one from 1 to 3650, such as 21`},
		{"expires_soon: {fraction: 33}", `policy.yaml:1:26: expires_soon.fraction: "33" is no part of a lifetime: ` +
			"type one above 0 and up to 1, such as 0.25; 1 leaves it to days"},
		{"expires_soon: {fraction: .nan}", `policy.yaml:1:26: expires_soon.fraction: ".nan" is no part of a lifetime: ` +
			"type one above 0 and up to 1, such as 0.25; 1 leaves it to days"},
		{"overrides: [{groups: [a], expires_soon: {day: 3}}]", `policy.yaml:1:42: unknown field "day" in overrides[0].expires_soon: did you mean days?`},
	} {
		if _, err := Parse("policy.yaml", []byte(c.policy)); err == nil || err.Error() != c.want {
			t.Errorf("%s:\n%v\nwant\n%s", c.policy, err, c.want)
		}
	}
}
