package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/chain"
	builders "github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A runner shows scenarios to one client.
type runner struct {
	client  client
	session session
	server  *server
	dir     string
	now     time.Time
	builder builders.Builder
}

// A sample is a scenario as bytes.
type sample struct {
	*scenario
	recipe string
	made   *tlstest.Recipe
	err    error
}

func newSample(s *scenario, now time.Time) *sample {
	recipe := s.recipe(now)
	made, err := tlstest.ParseRecipe(s.id, recipe)
	return &sample{s, recipe, made, err}
}

// readSample reads a recipe such as a disagreement was printed with. It must
// have a name that no other recipe of the run has.
func readSample(t *testing.T, file string) *sample {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	made, err := tlstest.ParseRecipe(file, string(text))
	if err != nil {
		t.Fatal(err)
	}
	id, found := strings.CutSuffix(made.Name, domain)
	if !found {
		t.Fatalf("%s: want a name that ends in %s, and is not %s", file, domain, made.Name)
	}
	return &sample{&scenario{id: id}, string(text), made, nil}
}

// renamed is the sample under names of its own; one that was read from a file
// keeps those that it has.
func (s *sample) renamed(n int, now time.Time) *sample {
	if s.first == nil {
		return s
	}
	other := *s.scenario
	other.id = fmt.Sprintf("%sr%d", s.id, n)
	return newSample(&other, now)
}

// A trial is a sample with what the client did and what was predicted.
type trial struct {
	*sample
	real      verdict
	predicted builders.Verdict
}

func (t *trial) differs() bool { return t.real.accepted != t.predicted.Accepted }

// String is what to know about a disagreement.
func (t *trial) String() string {
	word := map[bool]string{true: "accepts", false: "rejects"}
	return fmt.Sprintf("%s\nthe client %s: %s\nthe profile %s: %s\n%s", t.scenario,
		word[t.real.accepted], t.real.message, word[t.predicted.Accepted], t.predicted.Reason, t.recipe)
}

// try lets the client judge samples, and the profile predict it.
func (r *runner) try(t *testing.T, samples []*sample) []*trial {
	t.Helper()
	var trials []*trial
	var jobs []job
	for _, s := range samples {
		if s.err != nil {
			t.Fatalf("%v\n%s", s.err, s.recipe)
		}
		r.server.show(s.host(), s.made.Identity())
		j := job{
			host: s.host(), port: fmt.Sprint(r.server.Addr().Port()),
			store: filepath.Join(r.dir, s.id+".pem"), anchors: s.made.Anchors,
		}
		writePEM(t, j.store, j.anchors)
		jobs, trials = append(jobs, j), append(trials, &trial{sample: s, predicted: r.predict(s.made)})
	}
	verdicts, err := r.session.Verdicts(t.Context(), jobs)
	if err != nil {
		t.Fatalf("%s: %v", r.client.profile, err)
	}
	for i, v := range verdicts {
		if asked := r.server.times(jobs[i].host); v.failed || asked == 0 {
			t.Fatalf("%s neither accepts nor rejects, having asked %d times: %s\n%s\n%s", r.client.profile, asked, v.message, trials[i].scenario, trials[i].recipe)
		}
		trials[i].real = v
		r.server.hide(jobs[i].host)
		os.Remove(jobs[i].store)
	}
	return trials
}

// predict asks the client's profile, with the scenario's anchors as its store.
func (r *runner) predict(made *tlstest.Recipe) builders.Verdict {
	var presented []chain.Entry
	for _, der := range made.Presented {
		presented = append(presented, chain.Read(der))
	}
	p := &builders.Profile{ID: r.client.profile, Builder: r.builder, Store: anchorSet(made.Anchors)}
	return p.Judge(new(chain.Verifier).Begin(), presented, builders.Question{Name: made.Name, At: r.now})
}

// steady asks again about what the client was not predicted to do, under other
// names, and tells apart where it does now one thing and now the other though
// nothing but names and serial numbers changed: of two anchors of one name, Java
// takes any, by the address of an object in one mode and by the hash of the
// certificate in the other.
func (r *runner) steady(t *testing.T, differing []*trial) (steady, wavering []*trial) {
	if len(differing) == 0 {
		return nil, nil
	}
	changed := make([]bool, len(differing))
	for n := range 16 {
		var again []*sample
		for _, d := range differing {
			again = append(again, d.renamed(n, r.now))
		}
		for i, now := range r.try(t, again) {
			same := now.predicted.Accepted == differing[i].predicted.Accepted
			changed[i] = changed[i] || same && !now.differs()
		}
	}
	for i, d := range differing {
		if changed[i] {
			wavering = append(wavering, d)
		} else {
			steady = append(steady, d)
		}
	}
	return steady, wavering
}
