package conformance

import (
	"encoding/csv"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	model "github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/fix"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// adviceChains is how many random chains the law on advice is held over where
// nothing else is asked for; CONFORMANCE_CHAINS asks for more.
const adviceChains = 60

// TestAdviceHelps holds the law on advice over random chains from whose list
// some certificates were taken into the pool: what a finding says to send, take
// out or move helps when it is done as the text says, and where a text says that
// nothing helps, nothing does.
func TestAdviceHelps(t *testing.T) {
	var tally adviceTally
	for n := range number(t, "CONFORMANCE_CHAINS", adviceChains) {
		s := newScenario(12, n)
		r, err := tlstest.ParseRecipe(s.id, s.recipe(time.Now()))
		if err != nil {
			t.Fatal(err)
		}
		d := dice{rand.New(rand.NewPCG(12, uint64(n)))}
		var presented, pool []chain.Entry
		for i, der := range r.Presented {
			e := chain.Read(der)
			if i > 0 && e.Cert != nil && d.chance(60) {
				pool = append(pool, e)
				if d.chance(60) {
					continue
				}
			}
			presented = append(presented, e)
		}
		a := newAdvised(t, r, presented, pool, builtin())
		tally.hold(t, s.String(), a)
	}
	tally.log(t)
}

// TestAdviceHelpsInRecipes holds the same law over the rules' recipes.
func TestAdviceHelpsInRecipes(t *testing.T) {
	recipes, err := tlstest.Recipes(os.DirFS("../../../testdata/rules"))
	if err != nil {
		t.Fatal(err)
	}
	var tally adviceTally
	for _, r := range recipes {
		var presented, pool []chain.Entry
		for _, der := range r.Presented {
			presented = append(presented, chain.Read(der))
		}
		for _, der := range r.Pool {
			pool = append(pool, chain.Read(der))
		}
		tally.hold(t, r.File, newAdvised(t, r, presented, pool, builtin()))
	}
	tally.log(t)
}

func builtin() (ps []*model.Profile) {
	for id, b := range model.Builders() {
		ps = append(ps, &model.Profile{ID: id, Group: model.Modern, Builder: b})
	}
	slices.SortFunc(ps, func(a, b *model.Profile) int { return strings.Compare(a.ID, b.ID) })
	return ps
}

// advised is a list that was judged, and all that the law is checked with.
type advised struct {
	judge   *rules.Judge
	verdict *rules.Verdict
	pool    []chain.Entry
	session *chain.Session
}

func newAdvised(t *testing.T, r *tlstest.Recipe, presented, pool []chain.Entry, profiles []*model.Profile) *advised {
	t.Helper()
	var known []*cert.Certificate
	for _, e := range pool {
		known = append(known, e.Cert)
	}
	for i, p := range profiles {
		anchors := r.Anchors
		if own, ok := r.Stores[p.ID]; ok {
			anchors = own
		}
		profiles[i] = p.WithStore(storeOf(anchors))
	}
	j := rules.NewJudge(rules.Criteria{At: r.At, Profiles: profiles, Known: []rules.Source{{Name: "pool", Set: chain.NewSet(known)}}}, nil)
	v := j.Judge([]rules.Presentation{{Entries: presented, Name: r.Name}})[0]
	return &advised{judge: j, verdict: v, pool: pool, session: new(chain.Verifier).Begin()}
}

func storeOf(ders [][]byte) *chain.Set {
	var certs []*cert.Certificate
	for _, der := range ders {
		if c, err := cert.Parse(der); err == nil {
			certs = append(certs, c)
		}
	}
	return chain.NewSet(certs)
}

// ask gives the clients that accept a list.
func (a *advised) ask(list []chain.Entry) map[string]bool {
	q := model.Question{Name: a.verdict.Name, At: a.judge.At}
	for _, k := range a.judge.Known {
		q.Known = append(q.Known, k.Set)
	}
	out := make(map[string]bool)
	for _, v := range model.Judge(a.judge.Profiles, a.session, list, q) {
		out[v.Client] = v.Accepted
	}
	return out
}

// anyList gives lists that somebody might try: what is presented with one
// certificate of the pool at its end, the leaf with one or two of all that there
// is, the corrected list.
func (a *advised) anyList() (lists [][]chain.Entry) {
	presented := a.verdict.Entries
	all := slices.Concat(presented, a.pool)
	for _, e := range a.pool {
		lists = append(lists, append(slices.Clone(presented), e))
	}
	for i, one := range all {
		lists = append(lists, []chain.Entry{presented[0], one})
		for j, two := range all {
			if i != j && len(all) < 9 {
				lists = append(lists, []chain.Entry{presented[0], one, two})
			}
		}
	}
	if p := fix.New(a.judge, fix.Options{}).Plan(a.verdict); p != nil {
		list := []chain.Entry{presented[p.Leaf]}
		for _, c := range p.Bundle {
			list = append(list, chain.EntryFrom(c.Cert))
		}
		lists = append(lists, list)
	}
	return lists
}

// An adviceTally counts what the law was held over.
type adviceTally struct{ chains, findings, changes, harmless, hopeless int }

func (n *adviceTally) log(t *testing.T) {
	t.Logf("%d chains, %d findings: %d changes gain a client, %d do no harm, %d times nothing helps", n.chains, n.findings, n.changes, n.harmless, n.hopeless)
}

// hold checks every finding's advice against the judge.
func (n *adviceTally) hold(t *testing.T, what string, a *advised) {
	t.Helper()
	n.chains++
	before := make(map[string]bool)
	for _, v := range a.verdict.Clients {
		before[v.Client] = v.Accepted
	}
	var tries [][]chain.Entry
	var lists []map[string]bool
	for _, f := range a.verdict.Findings {
		n.findings++
		for _, text := range []string{f.Message, f.Fix} {
			if ja, ok := rules.Translate(text, "ja"); !ok && f.Rule != "unparsable-certificate" {
				t.Errorf("%s: %s: %q is %q in Japanese", what, f.Rule, text, ja)
			}
		}
		steps, err := readAdvice(f.Fix)
		if err != nil {
			t.Errorf("%s: %s: %q: %v", what, f.Rule, f.Fix, err)
			continue
		}
		for _, step := range steps {
			list, err := step.apply(a.verdict.Entries, a.pool)
			if err != nil {
				t.Errorf("%s: %s: %q: %v", what, f.Rule, f.Fix, err)
				continue
			}
			after := a.ask(list)
			gained, lost := 0, []string(nil)
			for id, now := range after {
				if now && !before[id] {
					gained++
				} else if !now && before[id] && !strings.Contains(step.loses, id) && !strings.Contains(step.loses, "more") {
					lost = append(lost, id)
				}
			}
			slices.Sort(lost)
			switch {
			case step.sends && gained == 0:
				t.Errorf("%s: %s: %q gains nobody", what, f.Rule, f.Fix)
			case len(lost) > 0:
				t.Errorf("%s: %s: %q loses %v", what, f.Rule, f.Fix, lost)
			case step.sends:
				n.changes++
			default:
				n.harmless++
			}
		}
		if !strings.Contains(f.Fix, "Nothing that is known here") {
			continue
		}
		n.hopeless++
		if lists == nil {
			tries = a.anyList()
			for _, list := range tries {
				lists = append(lists, a.ask(list))
			}
		}
		for i, after := range lists {
			for _, id := range f.Clients {
				if after[id] && !before[id] && strings.Count(f.Fix, "Send ")+strings.Count(f.Fix, "Take ") == 0 {
					t.Errorf("%s: %s: %q, but %s would accept %s", what, f.Rule, f.Fix, id, named(tries[i]))
				}
			}
		}
	}
}

// named writes a list by the common names in it.
func named(list []chain.Entry) string {
	var out []string
	for _, e := range list {
		name := "junk"
		if e.Cert != nil {
			name = e.Cert.Subject.Common + " by " + e.Cert.Issuer.Common
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// TestAdviceHelpsInTruth holds the law over the chains that real clients were
// shown, where they are beside the repository. The pool is what was shown after
// the leaf; every other list lacks its second entry.
func TestAdviceHelpsInTruth(t *testing.T) {
	const truth = "../../../../shared/truth"
	var tally adviceTally
	for _, table := range []string{"", "random"} {
		f, err := os.Open(filepath.Join(truth, table, "verdicts.csv"))
		if errors.Is(err, fs.ErrNotExist) {
			t.Skip("the table of measured verdicts is not beside the repository")
		}
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		seen := make(map[[2]string]bool)
		for _, row := range rows[1:] {
			scenario, store := row[0], row[4]
			if seen[[2]string{scenario, store}] {
				continue
			}
			seen[[2]string{scenario, store}] = true
			presented := pemFile(t, filepath.Join(truth, table, "chains", scenario+".pem"))
			r := &tlstest.Recipe{Name: "test.example", At: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}
			for _, e := range pemFile(t, filepath.Join(truth, table, store)) {
				r.Anchors = append(r.Anchors, e.Raw)
			}
			var shown, pool []chain.Entry
			for i, e := range presented {
				if i > 0 && e.Cert != nil {
					pool = append(pool, e)
				}
				if i != 1 || len(seen)%2 == 0 {
					shown = append(shown, e)
				}
			}
			if len(shown) == 0 || shown[0].Cert == nil {
				continue
			}
			tally.hold(t, scenario+" "+store, newAdvised(t, r, shown, pool, builtin()))
		}
	}
	tally.log(t)
}

func pemFile(t *testing.T, path string) (out []chain.Entry) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for {
		var b *pem.Block
		if b, data = pem.Decode(data); b == nil {
			return out
		}
		out = append(out, chain.Read(b.Bytes))
	}
}
