package rules

import (
	"crypto/sha256"
	"crypto/sha512"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/revocation"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlsa"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// recipes reads the chain recipes, one folder a rule.
func recipes(t *testing.T) []*tlstest.Recipe {
	t.Helper()
	rs, err := tlstest.Recipes(os.DirFS("../testdata/rules"))
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

func TestRecipes(t *testing.T) {
	for _, r := range recipes(t) {
		t.Run(strings.TrimSuffix(r.File, ".txt"), func(t *testing.T) {
			v := judgeRecipe(t, r)
			for _, e := range r.Expect {
				i := slices.IndexFunc(v.Findings, func(f Finding) bool { return matches(r, e, f) })
				if i < 0 {
					t.Errorf("line %d: no such finding; got\n%s", e.Line, describe(v))
				}
			}
			for _, f := range v.Findings {
				if slices.Contains(r.Absent, f.Rule) {
					t.Errorf("%s must not fire; got\n%s", f.Rule, describe(v))
				}
				expected := slices.ContainsFunc(r.Expect, func(e tlstest.Expectation) bool { return e.Rule == f.Rule })
				if r.Only && !expected {
					t.Errorf("%s fires and is not expected:\n%s", f.Rule, describe(v))
				}
			}
			if r.Only && len(v.Findings) != len(r.Expect) {
				t.Errorf("%d findings, and %d are expected:\n%s", len(v.Findings), len(r.Expect), describe(v))
			}
		})
	}
}

func matches(r *tlstest.Recipe, e tlstest.Expectation, f Finding) bool {
	if f.Rule != e.Rule || e.Severity != "" && f.Severity.String() != e.Severity ||
		e.Positions != nil && !slices.Equal(f.Positions, e.Positions) {
		return false
	}
	if text := f.Message + " " + f.Fix; !strings.Contains(text, e.Says) || e.Never != "" && strings.Contains(text, e.Never) {
		return false
	}
	if len(e.Missing) == 0 {
		return true
	}
	if len(e.Missing) != len(f.Missing) {
		return false
	}
	for i, name := range e.Missing {
		if string(f.Missing[i].Cert.Raw) != string(r.Cert(name)) {
			return false
		}
	}
	return true
}

func describe(v *Verdict) string {
	var b strings.Builder
	for _, f := range v.Findings {
		b.WriteString("  " + f.Severity.String() + " " + f.Rule + ": " + f.Message + " [" + strings.Join(f.Clients, " ") + "] " + f.Fix + "\n")
	}
	for _, c := range v.Clients {
		if !c.Accepted {
			b.WriteString("  " + c.Client + " rejects (" + string(c.Cause) + "): " + c.Reason + "\n")
		}
	}
	return b.String()
}

func judgeRecipe(t *testing.T, r *tlstest.Recipe) *Verdict {
	t.Helper()
	c := Criteria{At: r.At, Profiles: recipeClients(t, r), Products: productsOf(t, r)}
	c.Known = []Source{{Name: "pool", Set: set(t, r.Pool)}, {Name: "catalog", Set: set(t, r.Catalog)}}
	if len(r.Revoked) > 0 {
		list := &catalog.Revocations{ID: "recipe", Title: "The recipe"}
		for _, der := range r.Revoked {
			list.Entries = append(list.Entries, catalog.Revocation{SHA256: parse(t, der).SHA256})
		}
		c.Revoked = []*catalog.Revocations{list.Indexed()}
	}
	if r.Client || r.Accepts != nil {
		c.Client, c.Profiles = new(Acceptance), client.Servers(set(t, r.Anchors))
		for _, der := range r.Accepts {
			c.Client.Names = append(c.Client.Names, parse(t, der).Subject)
		}
	}
	p := presentation(r, r.Presented, "192.0.2.1:443")
	p.Flight = r.Flight
	for v, list := range r.Variants {
		q := presentation(r, list, p.Addr)
		q.Variant = scanner.Variant(v)
		p.Variants = append(p.Variants, q)
	}
	p.OCSP, p.Unstapled = r.OCSP, r.Unstapled
	for _, a := range r.Asked {
		at := slices.IndexFunc(r.Presented, func(der []byte) bool { return string(der) == string(a.Of) })
		p.Revocation = append(p.Revocation, RevocationAnswer{at, revocation.Answer{Source: revocation.Source(a.Source), URL: "http://ca.example.test/",
			Status: revocation.Status(a.Status), Reason: a.Reason, Fault: a.Fault, RevokedAt: r.At.AddDate(0, 0, -1)}})
	}
	p.DANE, p.Mail = daneAnswer(t, r), slices.Contains(r.DNS, "mail")
	if r.ServerKey != nil {
		p.ServerKey = parse(t, r.ServerKey).Key.SPKI
	}
	if r.Expected != nil {
		p.Expect = parse(t, r.Expected).SHA256
	}
	for _, who := range slices.Sorted(maps.Keys(r.Elsewhere)) {
		v := Vantage{From: who, Seen: r.At}
		for _, list := range r.Elsewhere[who] {
			var chain []cert.Hash
			for _, der := range list {
				chain = append(chain, cert.Hash(sha256.Sum256(der)))
			}
			v.Chains = append(v.Chains, chain)
		}
		p.Elsewhere = append(p.Elsewhere, v)
	}
	if r.AIAFailed != "" {
		p.AIA = []AIAFailure{{URL: r.AIAFailed, Message: "connection refused"}}
	}
	for _, f := range r.Flaws {
		flaw := certfile.Flaw{Lines: []int{f.Line}, What: "it begins with a byte order mark"}
		for _, l := range f.Loaders {
			if flaw.Harmless = l == "none"; !flaw.Harmless {
				flaw.Loaders = append(flaw.Loaders, certfile.Loader(l))
			}
		}
		p.File = append(p.File, flaw)
	}
	all := []Presentation{p}
	for i, list := range r.Siblings {
		all = append(all, presentation(r, list, "192.0.2."+string(rune('2'+i))+":443"))
	}
	return NewJudge(c, nil).Judge(all)[0]
}

// daneAnswer is what the recipe's DNS says.
func daneAnswer(t *testing.T, r *tlstest.Recipe) *tlsa.Answer {
	t.Helper()
	if r.TLSA == nil && r.DNS == nil {
		return nil
	}
	a := &tlsa.Answer{Name: "_25._tcp.mx.example.test", Resolver: "127.0.0.1:53", Authenticated: !slices.Contains(r.DNS, "unsigned")}
	if slices.Contains(r.DNS, "failed") {
		a.Failure = "the resolver answers SERVFAIL"
	}
	for _, record := range r.TLSA {
		data := record.Names
		if record.Kind[1] == 1 {
			data = parse(t, data).Key.DER
		}
		switch record.Kind[2] {
		case 1:
			sum := sha256.Sum256(data)
			data = sum[:]
		case 2:
			sum := sha512.Sum512(data)
			data = sum[:]
		}
		a.Records = append(a.Records, tlsa.Record{Usage: record.Kind[0], Selector: record.Kind[1], Matching: record.Kind[2], Data: data})
	}
	return a
}

func presentation(r *tlstest.Recipe, list [][]byte, addr string) Presentation {
	p := Presentation{Name: r.Name, Addr: addr}
	for _, der := range list {
		p.Entries = append(p.Entries, chain.Read(der))
	}
	return p
}

// recipeClients are the default clients with the recipe's anchors, or just
// those that have a store of their own in the recipe.
func recipeClients(t *testing.T, r *tlstest.Recipe) (ps []*client.Profile) {
	t.Helper()
	names := r.Clients
	for id := range r.Stores {
		names = append(names, id)
	}
	slices.Sort(names)
	for _, p := range profiles(t, names, r) {
		anchors := r.Anchors
		if own, ok := r.Stores[p.ID]; ok {
			anchors = own
		}
		p = p.WithStore(set(t, anchors))
		if p.ID == "chrome" && len(r.Distrust) > 0 {
			p.Conditions = &client.Conditions{Anchors: make(map[cert.Hash]catalog.Constraint)}
			for name, until := range r.Distrust {
				p.Conditions.Anchors[parse(t, r.Cert(name)).SHA256] = catalog.Constraint{NotBeforeUntil: until}
			}
		}
		if p.ID == "chrome" && len(r.Public) > 0 {
			p.Conditions = &client.Conditions{Lifetimes: client.LifetimesOf("chrome", set(t, r.Public))}
		}
		ps = append(ps, p)
	}
	return ps
}

func set(t *testing.T, ders [][]byte) *chain.Set {
	t.Helper()
	certs := make([]*cert.Certificate, len(ders))
	for i, der := range ders {
		certs[i] = parse(t, der)
	}
	return chain.NewSet(certs)
}

// setOf indexes entries that are known to be certificates.
func setOf(entries []chain.Entry) *chain.Set {
	certs := make([]*cert.Certificate, len(entries))
	for i, e := range entries {
		certs[i] = e.Cert
	}
	return chain.NewSet(certs)
}

func parse(t *testing.T, der []byte) *cert.Certificate {
	t.Helper()
	c, err := cert.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestLaws holds what every rule has to keep.
func TestLaws(t *testing.T) {
	cases := make(map[string]map[string]int)
	for _, r := range recipes(t) {
		id, kind := path.Dir(r.File), "near-miss"
		if strings.HasPrefix(path.Base(r.File), "fires") {
			kind = "fires"
			if !slices.ContainsFunc(r.Expect, func(e tlstest.Expectation) bool { return e.Rule == id }) {
				t.Errorf("%s: does not expect %s", r.File, id)
			}
		} else if !r.Only && !slices.Contains(r.Absent, id) {
			t.Errorf("%s: does not say that %s is absent", r.File, id)
		}
		if cases[id] == nil {
			cases[id] = make(map[string]int)
		}
		cases[id][kind]++
	}
	seen := make(map[string]bool)
	for _, r := range All() {
		if seen[r.ID] {
			t.Errorf("%s: two rules of this ID", r.ID)
		}
		seen[r.ID] = true
		if _, err := os.Stat(r.ID + ".go"); err != nil {
			t.Errorf("%s: no file of this name: %v", r.ID, err)
		}
		if strings.HasSuffix(r.Title, ".") || r.Title == "" {
			t.Errorf("%s: title %q", r.ID, r.Title)
		}
		if r.Why == "" || r.Fix == "" || len(r.Refs) == 0 || r.Since == "" || r.Severity == None || r.Class == "" {
			t.Errorf("%s: something is not filled in", r.ID)
		}
		ja := r.Text("ja")
		if ja.Title == r.Title || ja.Why == "" || ja.Fix == "" {
			t.Errorf("%s: has no Japanese twin", r.ID)
		}
		if r.Check != nil && (cases[r.ID]["fires"] == 0 || cases[r.ID]["near-miss"] == 0) {
			t.Errorf("%s: needs a recipe that fires and a near miss, has %v", r.ID, cases[r.ID])
		}
	}
}

// TestNothingToJudge holds that no rule panics where there is little to see.
func TestNothingToJudge(t *testing.T) {
	for _, entries := range [][]chain.Entry{nil, {chain.Read(nil)}, {chain.Read([]byte{0x30, 0x00}), chain.Read(nil)}} {
		v := NewJudge(Criteria{}, nil).Judge([]Presentation{{Entries: entries}})[0]
		for _, f := range v.Findings {
			if strings.Contains(f.Message, "this rule failed") {
				t.Errorf("%d entries: %s: %s", len(entries), f.Rule, f.Message)
			}
		}
	}
}
