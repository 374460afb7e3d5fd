// Package conformance shows random chains to real clients and compares their
// verdicts with what the client profiles predict. It is the proof behind
// "measured": the builders of rules/client were inferred from other chains.
//
// Each scenario has its own names, anchors and host. Loopback servers present
// it; OpenSSL, GnuTLS, NSS, curl, Go, Java, Node, Python, Chromium, Mbed TLS
// and wolfSSL connect, with the scenario's anchors and no others, and what they
// say is read from exit codes and error messages, never assumed. A disagreement
// fails the test with the smallest scenario found that still shows it, as a
// recipe of package tlstest.
//
// It judges verdicts, not reasons, and does not look at limits of size, odd
// encodings, other name types than DNS, or revocation.
//
// The environment sets its length: CONFORMANCE_CHAINS (default 60),
// CONFORMANCE_SEED, CONFORMANCE_FIRST (the number of the first scenario of the
// seed, default 0), CONFORMANCE_CLIENTS (profile ids, separated by commas). With
// CONFORMANCE_RECIPE=FILE the clients are shown that recipe and nothing else.
package conformance

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tlschain/rules/chain"
	builders "tlschain/rules/client"
	"tlschain/scanner/tlstest"
)

// batch is how many scenarios a client is given at a time.
const batch = 250

func TestAgreement(t *testing.T) {
	seed := uint64(number(t, "CONFORMANCE_SEED", 1))
	chains := number(t, "CONFORMANCE_CHAINS", 60)
	first := number(t, "CONFORMANCE_FIRST", 0)
	t.Logf("%d scenarios of seed %d, from number %d", chains, seed, first)
	now := time.Now()
	var batches []func() []*sample
	for start := first; start < first+chains; start += batch {
		batches = append(batches, sync.OnceValue(func() []*sample {
			var samples []*sample
			for n := start; n < min(start+batch, first+chains); n++ {
				samples = append(samples, newSample(newScenario(seed, n), now))
			}
			return samples
		}))
	}
	if file := os.Getenv("CONFORMANCE_RECIPE"); file != "" {
		batches = []func() []*sample{func() []*sample { return []*sample{readSample(t, file)} }}
	}
	figures := &table{}
	t.Cleanup(func() { t.Log(figures) }) // after the clients, which run in parallel
	for _, c := range clients() {
		if only := os.Getenv("CONFORMANCE_CLIENTS"); only != "" && !slices.Contains(strings.Split(only, ","), c.profile) {
			continue
		}
		t.Run(c.profile, func(t *testing.T) {
			t.Parallel()
			compare(t, c, now, batches, figures)
		})
	}
}

// number reads a number from the environment.
func number(t *testing.T, name string, otherwise int) int {
	text := cmp.Or(os.Getenv(name), strconv.Itoa(otherwise))
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		t.Fatalf("%s=%s: want a number", name, text)
	}
	return n
}

// compare runs one client on all scenarios.
func compare(t *testing.T, c client, now time.Time, batches []func() []*sample, figures *table) {
	r := &runner{client: c, server: newServer(t), dir: t.TempDir(), now: now}
	var err error
	if r.session, err = c.start(t, t.TempDir()); err != nil {
		missing(t, fmt.Sprintf("%s cannot be started: apt-get install %s: %v", c.profile, c.needs, err))
	}
	version := r.session.Version()
	if !strings.HasPrefix(version, c.version) && c.other != nil {
		r.client.profile, r.client.version = c.other(version), version
		c = r.client
	}
	if !strings.HasPrefix(version, c.version) || c.profile == "" {
		missing(t, fmt.Sprintf("profile %s is about %s; here is %s", c.profile, c.version, version))
	}
	var differing []*trial
	shown, accepted := 0, 0
	for _, samples := range batches {
		for _, trial := range r.try(t, samples()) {
			shown++
			if trial.real.accepted {
				accepted++
			}
			if trial.differs() {
				differing = append(differing, trial)
			}
		}
	}
	differing, wavering := r.steady(t, differing)
	figures.add(row{c.profile, version, shown, shown - len(differing) - len(wavering), len(wavering), accepted})
	for _, w := range wavering {
		t.Logf("the client contradicts itself: %s", w)
	}
	for i, d := range differing {
		if i < minimised {
			d = r.minimise(t, d)
		}
		t.Errorf("%s", d)
	}
}

// steady asks again about what the client was not predicted to do, and tells
// apart where it does now one thing and now the other: Java keeps anchors in a
// hash set by their addresses, so that the first of two is any of them.
func (r *runner) steady(t *testing.T, differing []*trial) (steady, wavering []*trial) {
	if len(differing) == 0 {
		return nil, nil
	}
	changed := make([]bool, len(differing))
	for range 8 {
		var again []*sample
		for _, d := range differing {
			again = append(again, d.sample)
		}
		for i, trial := range r.try(t, again) {
			changed[i] = changed[i] || trial.real.accepted != differing[i].real.accepted
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

// minimised is how many disagreements of a client are made smaller.
const minimised = 5

// A runner shows scenarios to one client.
type runner struct {
	client  client
	session session
	server  *server
	dir     string
	now     time.Time
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
	p := &builders.Profile{ID: r.client.profile, Builder: builders.Builders()[r.client.profile], Store: anchorSet(made.Anchors)}
	return p.Judge(new(chain.Verifier).Begin(), presented, builders.Question{Name: made.Name, At: r.now})
}
