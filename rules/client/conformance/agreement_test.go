// Package conformance shows random chains to real clients and compares their
// verdicts with what the client profiles predict. It is the proof behind
// "measured": the builders of rules/client were inferred from other chains.
//
// Two generators make them up. That of TestAgreement builds hierarchies: crossed,
// renewed, expired and impersonated CAs, lists in disorder. That of
// TestCertificates takes a plain chain and varies one to three things about
// single certificates: keys, signatures, policies, names, encodings.
//
// Loopback servers present them; Debian's OpenSSL, GnuTLS, NSS, curl, Go, Java,
// Node, Python, Chromium, Firefox, Mbed TLS, wolfSSL, BearSSL and Botan connect,
// and the clients of the folders beside this file that make conformance builds,
// each with the chain's anchors and no others. What they say is read from exit
// codes and error messages, never assumed. A disagreement is told with the
// smallest chain found that still shows it.
//
// It judges verdicts, not reasons, and does not look at limits of size or at
// revocation.
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
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
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
		if !c.chosen() {
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
	tlstest.Foreign(t)
	r := &runner{client: c, server: newServer(t), dir: t.TempDir(), now: now}
	var err error
	if r.session, err = c.start(t, t.TempDir()); err != nil {
		c.unavailable(t, err)
	}
	version := r.session.Version()
	if !strings.HasPrefix(version, c.version) && c.other != nil {
		r.client.profile, r.client.version = c.other(version), version
		c = r.client
	}
	if !strings.HasPrefix(version, c.version) || c.profile == "" {
		tlstest.Missing(t, fmt.Sprintf("profile %s is about %s; here is %s", c.profile, c.version, version))
	}
	var modelled bool
	if r.builder, modelled = c.builder(); !modelled {
		t.Skipf("there is no profile %s to compare %s with", c.profile, version)
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
		t.Logf("the client decides by chance: %s", w)
	}
	if len(wavering) > 1+shown/100 {
		t.Errorf("%d of %d: too many to blame the client", len(wavering), shown)
	}
	for i, d := range differing {
		if i < minimised {
			d = r.minimise(t, d)
		}
		t.Errorf("%s", d)
	}
}

// minimised is how many disagreements of a client are made smaller.
const minimised = 5
