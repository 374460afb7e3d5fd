package reports

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules"
)

// underCA is an endpoint whose chain ends at a CA that no client trusts.
func underCA(host, ca string, change func(*Finding)) *Endpoint {
	f := Finding{Rule: "untrusted-root", Severity: rules.Error, Message: "The chain ends at " + host + ".", Authority: &Authority{Subject: ca}}
	if change != nil {
		change(&f)
	}
	return &Endpoint{Target: host, Host: host, Port: 443, ServerName: host, Status: OK, Severity: rules.Error, Findings: []Finding{f}}
}

func good(host string) *Endpoint {
	return &Endpoint{Target: host, Host: host, Port: 443, ServerName: host, Status: OK}
}

func TestInterceptionIsSuspected(t *testing.T) {
	known := func(f *Finding) { f.Authority.Known = true }
	waived := func(f *Finding) { f.Waived = true }
	for name, x := range map[string]struct {
		domains int
		host    string // with %d
		change  func(*Finding)
		others  int
		ignore  bool
		want    int
	}{
		"a proxy":                     {domains: 30, host: "www.site%d.example.com", want: 0}, // one domain
		"unrelated names":             {domains: 10, host: "www.site%d.com", want: 1},
		"half of the endpoints":       {domains: 10, host: "site%d.com", others: 10, want: 1},
		"less than half":              {domains: 10, host: "site%d.com", others: 11},
		"nine domains":                {domains: 9, host: "site%d.com"},
		"a known root":                {domains: 30, host: "site%d.com", change: known},
		"waived":                      {domains: 30, host: "site%d.com", change: waived},
		"policy":                      {domains: 30, host: "site%d.com", ignore: true},
		"names of no public registry": {domains: 30, host: "site%d.corp"},
		"addresses":                   {domains: 30, host: "192.0.2.%d"},
	} {
		var tally Tally
		if x.ignore {
			tally.Ignore(InterceptionRule)
		}
		for i := range x.domains {
			tally.Add(underCA(fmt.Sprintf(x.host, i), "CN=Proxy", x.change))
		}
		for i := range x.others {
			tally.Add(good(fmt.Sprintf("other%d.org", i)))
		}
		s := tally.Summary(false)
		if len(s.Interception) != x.want {
			t.Errorf("%s: %+v", name, s.Interception)
		}
		counted := slices.ContainsFunc(s.Findings, func(c FindingCount) bool { return c.Rule == InterceptionRule })
		if counted != (x.want > 0) {
			t.Errorf("%s: counted among findings: %v", name, counted)
		}
	}
}

// What a report shows of hundreds of names under one CA is the CA, once.
func TestInterceptionIsToldOnce(t *testing.T) {
	for _, format := range []string{"table", "markdown", "html"} {
		var b strings.Builder
		w, err := New(format, &b, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var tally Tally
		w.Begin(Header{})
		for i := range 600 {
			e := underCA(fmt.Sprintf("site%d.com", i), "CN=Proxy", nil)
			switch i {
			case 300:
				e.Findings = append(e.Findings, Finding{Rule: "wrong-order", Severity: rules.Info, Message: "The order is odd."})
			case 400: // another CA that nobody knows is no proxy
				e = underCA("other.org", "CN=Other", nil)
			}
			tally.Add(e)
			w.Endpoint(e)
		}
		w.End(tally.Summary(false))
		if n := strings.Count(b.String(), "intercepted on this network? 599 endpoints of 599 unrelated domains are under Proxy"); n != 1 {
			text := b.String()
			t.Errorf("%s: told %d times\n%s", format, n, text[max(0, len(text)-2000):])
		}
		if n := strings.Count(b.String(), "The chain ends at site"); n != 0 || strings.Count(b.String(), "The chain ends at other.org") != 1 {
			t.Errorf("%s: an unknown root is told of %d times, want of other.org alone", format, n)
		}
		if n := strings.Count(b.String(), "The order is odd."); n != 1 {
			t.Errorf("%s: what else an endpoint has is told %d times", format, n)
		}
		if strings.Contains(b.String(), "explain untrusted-root") {
			t.Errorf("%s: an explanation of unknown CAs is the next step, beside the interception", format)
		}
		if said := "598 endpoints with nothing but that CA to tell of are not listed here."; format == "markdown" && !strings.Contains(b.String(), said) {
			t.Errorf("%s does not say: %s", format, said)
		}
	}
}

func TestAuthoritiesAreBounded(t *testing.T) {
	var a authorities
	for i := range 3 * maxAuthorities {
		a.add(underCA("a.com", fmt.Sprint("CN=", i), nil))
	}
	for i := range 3 * maxDomains {
		a.add(underCA(fmt.Sprintf("site%d.com", i), "CN=0", nil))
	}
	if n, m := len(a.by), len(a.by["CN=0"].domains); n > maxAuthorities || m > maxDomains {
		t.Errorf("%d CAs, %d domains of one", n, m)
	}
}

// A saved report that has no summary is counted anew, and its policy with it.
func TestConvertedInterception(t *testing.T) {
	var saved strings.Builder
	w, err := New("ndjson", &saved, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range interceptedDomains {
		w.Endpoint(underCA(fmt.Sprintf("site%d.com", i), "CN=Proxy", nil))
	}
	for want, ignored := range map[int][]string{1: nil, 0: {InterceptionRule}} {
		for _, convert := range []func(Writer, *Reader) error{
			func(w Writer, r *Reader) error { return Convert(w, r, ignored...) },
			func(w Writer, r *Reader) error { return Merge(w, []*Reader{r}, ignored...) },
		} {
			from, err := NewReader(strings.NewReader(saved.String()))
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			to, _ := New("markdown", &b, Options{})
			if err := convert(to, from); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(b.String(), "intercepted on this network?"); n != want {
				t.Errorf("ignored %v: told %d times", ignored, n)
			}
		}
	}
}
