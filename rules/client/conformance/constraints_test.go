package conformance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	profiles "github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// Whether Chromium itself refuses a leaf by a condition of its root store cannot
// be shown with a root of ours. Its switch --test-crs-constraints puts a
// condition on any anchor by its hash (ParseCrsConstraintsSwitch in
// net/cert/internal/trust_store_chrome.cc), but a root that is trusted by the
// machine is exempt: "If the root is trusted locally, do not enforce CRS
// constraints, even if some exist" (CheckChromeRootConstraints in
// net/cert/cert_verify_proc_builtin.cc). No switch and no policy adds a root to
// the store itself, and the roots that are in it have keys that are not ours.
// What can be shown is that exemption, and it is held to here; the conditions are
// taken from that source: one timestamp at least that is not later than
// sct_not_after, and all names within permitted_dns_names.
func TestChromiumExemptsLocalRoots(t *testing.T) {
	dir := t.TempDir()
	s, err := newChromium(t, dir)
	if err != nil {
		tlstest.Missing(t, fmt.Sprintf("chromium cannot be started: apt-get install chromium libnss3-tools: %v", err))
	}
	browser := s.(*chromium)
	ca := tlstest.For(t)
	root := ca.Root("R")
	middle := ca.Intermediate("I", root)
	sum := sha256.Sum256(root.DER)
	now := time.Now()
	server := newServer(t)
	_, port, err := net.SplitHostPort(server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	const within, outside = "a.within.test", "b.outside.test"
	leaves := map[string]*tlstest.Cert{}
	for _, name := range []string{within, outside} {
		leaves[name] = ca.Leaf(name, middle, func(c *tlstest.Template) {
			c.DNSNames, c.NotBefore, c.NotAfter = []string{name}, now.AddDate(0, 0, -2), now.AddDate(0, 0, 60)
		})
		server.show(name, tlstest.Present(leaves[name], middle))
	}
	store := filepath.Join(dir, "roots.pem")
	writePEM(t, store, [][]byte{root.DER})
	day := now.AddDate(0, 0, -1)
	for what, c := range map[string]struct {
		constraints string
		ours        catalog.Constraint
		accepted    map[string]bool // by us, of a root that is in the store
	}{
		"none":               {"", catalog.Constraint{}, map[string]bool{within: true, outside: true}},
		"domains":            {"dns=within.test", catalog.Constraint{PermittedDNS: []string{"within.test"}}, map[string]bool{within: true}},
		"an SCT up to a day": {fmt.Sprintf("sctnotafter=%d", day.Unix()), catalog.Constraint{SCTUntil: day}, nil},
	} {
		if browser.constraints = ""; c.constraints != "" {
			browser.constraints = hex.EncodeToString(sum[:]) + ":" + c.constraints
		}
		var jobs []job
		for _, name := range []string{within, outside} {
			jobs = append(jobs, job{host: name, port: port, store: store, anchors: [][]byte{root.DER}})
		}
		verdicts, err := browser.Verdicts(t.Context(), jobs)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range verdicts {
			name := jobs[i].host
			if !v.accepted {
				t.Errorf("%s, %s: Chromium holds a root of the machine to a condition of its store: %+v", what, name, v)
			}
			if ours := constrained(t, c.ours, root, leaves[name], middle); ours.Accepted != c.accepted[name] {
				t.Errorf("%s, %s: we say %v: %s", what, name, ours.Accepted, ours.Reason)
			}
		}
	}
}

// constrained is what our chrome makes of a list with a condition on its root.
func constrained(t *testing.T, k catalog.Constraint, root *tlstest.Cert, list ...*tlstest.Cert) profiles.Verdict {
	t.Helper()
	parse := func(c *tlstest.Cert) *cert.Certificate {
		x, err := cert.Parse(c.DER)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	chosen, _, err := profiles.Select(profiles.Profiles(catalog.Embedded(), time.Time{}), []string{"chrome"})
	if err != nil {
		t.Fatal(err)
	}
	p := *chosen[0]
	p.Store = chain.NewSet([]*cert.Certificate{parse(root)})
	p.Conditions = &profiles.Conditions{Anchors: map[cert.Hash]catalog.Constraint{sha256.Sum256(root.DER): k}}
	var entries []chain.Entry
	for _, c := range list {
		entries = append(entries, chain.EntryFrom(parse(c)))
	}
	return p.Judge(new(chain.Session), entries, profiles.Question{At: time.Now()})
}
