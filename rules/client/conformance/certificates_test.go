package conformance

import (
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/chain"
	builders "github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/variant"
)

// TestCertificates shows chains in which one to three things about single
// certificates are unusual, each by TLS 1.2 and 1.3.
//
// It reads what TestAgreement reads, but for recipes; CONFORMANCE_CHAINS is 20 by
// default. CONFORMANCE_CHANGES gives the changes of the
// only chain ("L:key=p521 I:eku=client"), "every" for every single idea once, or @ and
// a file of chains, one a line, such as @../testdata/learned.txt, those on which
// profiles were wrong once;
// and CONFORMANCE_VERDICTS a file to write all verdicts to, as CSV.
func TestCertificates(t *testing.T) {
	seed := uint64(number(t, "CONFORMANCE_SEED", 1))
	chains := number(t, "CONFORMANCE_CHAINS", 20)
	first := number(t, "CONFORMANCE_FIRST", 0)
	var asked []variant.Idea
	switch text := os.Getenv("CONFORMANCE_CHANGES"); {
	case text == "":
		for n := first; n < first+chains; n++ {
			asked = append(asked, variant.Random(seed, n))
		}
	case text[0] == '@':
		asked = listed(t, text[1:])
	case text == "every":
		asked = variant.Every()
		asked = asked[min(first, len(asked)):min(first+chains, len(asked))]
	default:
		changes, err := variant.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		asked = []variant.Idea{{Family: "given", Changes: changes}}
	}
	now := time.Now()
	var specimens []*specimen
	for n, idea := range asked {
		specimens = append(specimens, newSpecimens(t, fmt.Sprintf("s%dn%d", seed, first+n), idea, now)...)
	}
	t.Logf("%d chains of seed %d, from number %d, in %d handshakes", len(asked), seed, first, len(specimens))
	showEachClient(t, visitor{now: now}, func(string) []*specimen { return specimens })
}

// listed is the chains of a file: a line ends at the first bar, and one that begins
// with # is a comment.
func listed(t *testing.T, file string) (ideas []variant.Idea) {
	table, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(table)) {
		text, _, _ := strings.Cut(line, "|")
		if strings.HasPrefix(text, "#") {
			continue
		}
		changes, err := variant.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		ideas = append(ideas, variant.Idea{Family: "listed", Changes: changes})
	}
	return ideas
}

// showEachClient shows the chosen clients, side by side, what there is for their
// profiles, and prints how well that was predicted.
func showEachClient(t *testing.T, like visitor, specimensFor func(profile string) []*specimen) {
	t.Helper()
	like.gallery = exhibitor{newOtherServer(t)}
	figures := newFamilyTable()
	t.Cleanup(func() { figures.finish(t) }) // after the clients, which run in parallel
	for _, c := range clients() {
		if !c.chosen() {
			continue
		}
		if other, ok := anyVersion()[c.profile]; ok {
			c.start = other
		}
		t.Run(c.profile, func(t *testing.T) {
			if c.needs != "" {
				tlstest.Foreign(t)
			}
			t.Parallel()
			v := like
			v.client, v.dir = c, t.TempDir()
			v.begin(t)
			v.visit(t, specimensFor(c.profile), figures)
		})
	}
}

// agreement is the share of verdicts, in percent, that each client's profile has
// to predict. It goes up only.
const agreement = 60

// A specimen is a chain and the version of TLS to show it by.
type specimen struct {
	family  string
	version string
	chain   *variant.Chain
}

// newSpecimens makes a chain, for both versions where both can be. What cannot
// be made at all, for a key is too short to sign, is left out.
func newSpecimens(t *testing.T, id string, idea variant.Idea, now time.Time) (out []*specimen) {
	made, err := variant.Make(id, idea.Changes, now)
	if err != nil {
		t.Logf("cannot be made: %s: %v", variant.Text(idea.Changes), err)
		return nil
	}
	for _, version := range []string{"1.2", "1.3"} {
		if made.Version == "" || made.Version == version {
			out = append(out, &specimen{idea.Family, version, made})
		}
	}
	return out
}

// noNSS reports whether the root is one that NSS cannot hold and Chromium could
// only be given by a policy of the machine.
func (s *specimen) noNSS() bool {
	return slices.ContainsFunc(s.chain.Changes, func(c variant.Change) bool {
		return (c.At == 'R' || c.At == 'A') && strings.HasPrefix(c.Value, "mldsa")
	})
}

// A sighting is a specimen with what a client did and what was predicted.
type sighting struct {
	*specimen
	real      verdict
	layer     string // of a rejection: chain, tls, or store where the client did not even connect
	predicted builders.Verdict
	modelled  bool
}

// isAboutCiphers reports whether the server wanted RSA key exchange of a client that
// has none: whether that matters is for the cipher suites of a server to say.
func (s *sighting) isAboutCiphers() bool { return s.chain.Exchange == "rsa" && s.layer == "tls" }

func (s *sighting) differs() bool { return s.modelled && s.real.accepted != s.predicted.Accepted }

// A visitor is a client that is shown specimens.
type visitor struct {
	client  client
	session session
	gallery exhibitor
	dir     string
	now     time.Time
	count   int
	whole   bool // differences are shown as they are, and not made smaller

	builder  builders.Builder
	modelled bool // there is a profile that can be wrong
}

// begin starts the client, or skips.
func (v *visitor) begin(t *testing.T) {
	var err error
	if v.session, err = v.client.start(t, t.TempDir()); err != nil {
		v.client.unavailable(t, err)
	}
	version := v.session.Version()
	if !strings.HasPrefix(version, v.client.version) && v.client.other != nil {
		v.client.profile, v.client.version = v.client.other(version), version
	}
	if !strings.HasPrefix(version, v.client.version) || v.client.profile == "" {
		tlstest.Missing(t, fmt.Sprintf("profile %s is about %s; here is %s", v.client.profile, v.client.version, version))
	}
	v.builder, v.modelled = v.client.builder()
}

// visit shows all specimens, asks again about those where the client did not as
// predicted, and makes the differences smaller.
func (v *visitor) visit(t *testing.T, specimens []*specimen, figures *familyTable) {
	var differing []*sighting
	shown := 0
	for start := 0; start < len(specimens); start += batch {
		for _, s := range v.see(t, specimens[start:min(start+batch, len(specimens))]) {
			shown++
			figures.add(v.client.profile, v.session.Version(), s)
			if s.differs() {
				differing = append(differing, s)
			}
		}
	}
	if !v.whole {
		differing = v.minimise(t, differing)
	}
	for _, s := range differing {
		figures.miss(v.client.profile, s)
	}
	if 100*len(differing) > (100-agreement)*shown {
		t.Errorf("%s: %d of %d are not as predicted, more than %d%%", v.client.profile, len(differing), shown, 100-agreement)
	}
}

// see lets the client judge specimens. Those that it can have no say about,
// as no server shows them or it does not speak the version, are left out.
func (v *visitor) see(t *testing.T, specimens []*specimen) (out []*sighting) {
	t.Helper()
	var jobs []job
	var exhibits []*exhibit
	for _, s := range specimens {
		if s.version == "1.3" && only12()[v.client.profile] || v.client.profile == "chrome" && s.noNSS() {
			continue
		}
		e, err := v.gallery.show(s.chain, s.version)
		if err != nil {
			continue
		}
		defer e.Close()
		v.count++
		j := job{host: s.chain.Host, port: e.port(), store: filepath.Join(v.dir, fmt.Sprintf("%d.pem", v.count)), anchors: s.chain.Anchors}
		writePEM(t, j.store, j.anchors)
		jobs, exhibits = append(jobs, j), append(exhibits, e)
		out = append(out, &sighting{specimen: s, predicted: v.predict(s), modelled: v.modelled})
	}
	verdicts, err := v.session.Verdicts(t.Context(), jobs)
	if err != nil {
		t.Fatalf("%s: %v", v.client.profile, err)
	}
	for i, real := range verdicts {
		s := out[i]
		s.real = real
		os.Remove(jobs[i].store)
		switch {
		case real.accepted:
		case !real.failed:
			s.layer = "chain"
		case exhibits[i].asked.Load() == 0:
			s.layer = "store"
		default:
			s.layer = "tls"
		}
	}
	return slices.DeleteFunc(out, func(s *sighting) bool {
		unclear := s.isAboutCiphers() || s.layer != "" && s.layer != "chain" && slices.ContainsFunc([]string{"crashed", "imed out", "imeout", "refused", "INVALID_URL", "non-LDH"}, func(word string) bool {
			return strings.Contains(s.real.message, word)
		})
		if unclear {
			t.Logf("no verdict: %s over %s: %s", variant.Text(s.chain.Changes), s.version, s.real.message)
		}
		return unclear
	})
}

// predict asks the client's profile.
func (v *visitor) predict(s *specimen) builders.Verdict {
	return s.judge(v.client.profile, v.builder, v.now)
}

// judge predicts with the chain's anchors as the profile's store.
func (s *specimen) judge(profile string, b builders.Builder, now time.Time) builders.Verdict {
	var presented []chain.Entry
	for _, der := range s.chain.Presented {
		presented = append(presented, chain.Read(der))
	}
	p := &builders.Profile{ID: profile, Builder: b, Store: anchorSet(s.chain.Anchors)}
	q := builders.Question{Name: s.chain.Host, At: now, TLS: versions()[s.version], RSAExchange: s.chain.Exchange == "rsa", Unstapled: true}
	return p.Judge(new(chain.Verifier).Begin(), presented, q)
}

func versions() map[string]uint16 {
	return map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}
}

// minimise drops changes from what differs as long as it does.
func (v *visitor) minimise(t *testing.T, differing []*sighting) []*sighting {
	for round := 0; ; round++ {
		var smaller []*specimen
		var of []int
		for i, s := range differing {
			if len(s.chain.Changes) < 2 {
				continue
			}
			for drop := range s.chain.Changes {
				changes := slices.Delete(slices.Clone(s.chain.Changes), drop, drop+1)
				made, err := variant.Make(fmt.Sprintf("%sm%dx%d", strings.TrimRight(s.chain.ID, "m0123456789x"), round, len(smaller)), changes, v.now)
				if err == nil && (made.Version == "" || made.Version == s.version) {
					smaller, of = append(smaller, &specimen{s.family, s.version, made}), append(of, i)
				}
			}
		}
		if len(smaller) == 0 {
			return differing
		}
		found := false
		next := slices.Clone(differing)
		for _, s := range v.see(t, smaller) {
			if i := of[slices.Index(smaller, s.specimen)]; s.differs() && next[i] == differing[i] {
				next[i], found = s, true
			}
		}
		if !found {
			return differing
		}
		differing = next
	}
}

// only12 lists the clients that do not speak TLS 1.3.
func only12() map[string]bool {
	return map[string]bool{"mbedtls-2.28": true, "bearssl-0.6": true, "botan-2.19": true, "openssl-1.0.2": true, "openssl-1.1.0": true}
}

// anyVersion starts clients that TestAgreement keeps to TLS 1.2.
func anyVersion() map[string]func(*testing.T, string) (session, error) {
	return map[string]func(*testing.T, string) (session, error){
		"wolfssl-5.5": func(t *testing.T, dir string) (session, error) {
			return newC(t, dir, "gcc", "wolfssl.c", []string{"any"}, "-lwolfssl")
		},
	}
}
