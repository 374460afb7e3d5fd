package dashboard

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"iter"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/fix"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A gallery is a month of three groups, night by night: chains that break and
// are fixed, certificates that are renewed and one that is forgotten, hosts
// that come, go and fall silent. All of it is judged by the real rules.
const galleryNights = 30

// morning is when somebody opens the pages.
var morning = time.Date(2026, 11, 22, 7, 40, 0, 0, time.UTC)

const galleryCA = `
root R1 subject="C=XX,O=Fjordvik Trust Services,CN=Fjordvik Root CA 1" from=-7000d to=-120d
root R2 subject="C=XX,O=Fjordvik Trust Services,CN=Fjordvik Root CA 2" from=-4000d to=+5000d
root R3 subject="C=XX,O=Fjordvik Trust Services,CN=Fjordvik Root CA 3" from=-400d to=+8000d
cross X2 of R2 by R1 from=-3900d to=-120d
cross X3 of R3 by R2 from=-390d to=+3000d
ca I2 by R2 subject="C=XX,O=Fjordvik Trust Services,CN=Fjordvik TLS CA" from=-1200d to=+2400d
ca I3 by R3 subject="C=XX,O=Fjordvik Trust Services,CN=Fjordvik TLS CA 2" from=-380d to=+3000d
root OWN subject="C=XX,O=Grønnfjell Kommune,CN=Grønnfjell Internal Root" from=-2000d to=+5000d
ca OWNI by OWN subject="C=XX,O=Grønnfjell Kommune,CN=Grønnfjell Internal Servers" from=-900d to=+900d
`

// An exhibit is what one host shows: from a night on, entries of the recipe
// where L is its own leaf and N the renewed one; or why it does not answer.
type exhibit struct {
	group, target, leaf, renewed string // of the leaf: issuer, first and last day
	shows                        map[int]string
}

var exhibits = []exhibit{
	{"websites", "www.bakery.example", "I2 -30 60", "", map[int]string{0: "L I2", 12: "L"}},
	{"websites", "tickets.ferry.example", "I3 -40 50", "", map[int]string{0: "L I3 X3", 5: "L X3 I3", 21: "L I3 X3"}},
	{"websites", "www.museum.example", "I2 -20 70", "", map[int]string{0: "L I2 R2"}},
	{"websites", "login.school.example", "I3 -30 60", "", map[int]string{0: "L I3"}},
	{"websites", "www.morning-news.example", "I2 -75 15", "", map[int]string{0: "L I2 X2", 26: "down timeout"}},
	{"websites", "booking.hotel.example", "I2 -60 30", "I2 -2 89", map[int]string{0: "L I2", 28: "N I2"}},
	{"websites", "portal.clinic.example", "I2 -93 -3", "", map[int]string{0: "L I2"}},
	{"websites", "status.sparebank.example", "I2 -60 -10", "I2 -25 4", map[int]string{0: "L I2", 5: "N I2"}},
	{"websites", "shop.new-arrivals.example", "I2 -3 87", "", map[int]string{0: "absent", 27: "L I2"}},
	{"websites", "old.theatre.example", "I2 -60 30", "", map[int]string{0: "L I2", 18: "absent"}},
	{"mail", "starttls+smtp://mx1.fjordvik.example:25", "I2 -30 60", "", map[int]string{0: "L I2"}},
	{"mail", "starttls+smtp://mx2.fjordvik.example:25", "I2 -30 60", "", map[int]string{0: "L I2", 29: "L"}},
	{"mail", "starttls+imap://mail.fjordvik.example:143", "I2 -30 60", "", map[int]string{0: "L I2", 14: "down refused", 16: "L I2"}},
	{"internal", "intranet.gronnfjell.example", "OWNI -300 300", "", map[int]string{0: "L OWNI OWN"}},
	{"internal", "wiki.gronnfjell.example:8443", "OWNI -300 25", "", map[int]string{0: "L OWNI"}},
	{"internal", "git.gronnfjell.example", "OWNI -100 200", "", map[int]string{0: "L OWNI"}},
}

// newGallery is a server of a history of its own, see makeGallery.
func newGallery(t testing.TB) *Server {
	t.Helper()
	galleryOnce.Do(func() { galleryFiles = makeGallery(t) })
	dir := t.TempDir()
	for name, content := range galleryFiles {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := audit.Load(filepath.Join(dir, "tlschain.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := history.Open(t.Context(), filepath.Join(dir, "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &Server{Config: c, DB: db, Now: func() time.Time { return morning }, Version: "1.0.0", Getenv: os.Getenv, Report: func(err error) { t.Errorf("reported: %v", err) }}
}

// The files of the gallery, which is made once: each test has a copy.
var (
	galleryOnce  sync.Once
	galleryFiles map[string][]byte
)

// makeGallery audits all nights and tells a receiver that takes everything and
// one that fails.
func makeGallery(t testing.TB) map[string][]byte {
	t.Helper()
	all := exhibits
	for n := range 36 { // well, and renewed a month before the end
		first := -89 + 3*n%80
		e := exhibit{"websites", fmt.Sprintf("app%02d.fjordvik.example", n+1), fmt.Sprintf("I2 %d %d", first, first+90), fmt.Sprintf("I2 %d %d", first+59, first+149), map[int]string{0: "L I2"}}
		if night := first + 60 + galleryNights - 1; night > 0 && night < galleryNights {
			e.shows[night] = "N I2"
		}
		all = append(all, e)
	}
	config := "serve: {url: \"https://chains.fjordvik.example\"}\nreceivers:\n  ops: {exec: [\"true\"]}\n  pager: {exec: [\"false\"], only: error}\ngroups:\n"
	recipe := "at " + morning.Format(time.RFC3339) + galleryCA
	for _, group := range []string{"websites", "mail", "internal"} {
		config += "  " + group + ":\n    roots: roots.pem\n    pool: [pool.pem]\n    distrust: distrust.yaml\n    confirm: {times: 1}\n    notify: [ops, pager]\n    schedule: {cron: \"15 2 * * *\", time_zone: Europe/Oslo}\n    targets:\n      inline:\n"
		for i, e := range all {
			if e.group == group {
				config += "        - " + e.target + "\n"
			}
			for name, dates := range map[string]string{"L": e.leaf, "N": e.renewed} {
				var issuer string
				var from, to int
				if _, err := fmt.Sscan(dates, &issuer, &from, &to); err == nil && e.group == group {
					recipe += fmt.Sprintf("leaf %s%d by %s san=%s from=%+dd to=%+dd\n", name, i, issuer, hostIn(e.target), from, to)
				}
			}
		}
	}
	r, err := tlstest.ParseRecipe("gallery", recipe+"present L0\n")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for file, names := range map[string][]string{"roots.pem": {"R2", "OWN"}, "pool.pem": {"I2", "I3", "X3", "R3", "OWNI"}} {
		var text []byte
		for _, name := range names {
			text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.Cert(name)})...)
		}
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stolen := fmt.Sprintf("distrust:\n  - certificate: %x\n    who: our own security team\n    since: 2026-12-20\n", sha256.Sum256(r.Cert("I3")))
	if err := os.WriteFile(filepath.Join(dir, "distrust.yaml"), []byte(stolen), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "tlschain.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := audit.Load(filepath.Join(dir, "tlschain.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := history.Open(t.Context(), filepath.Join(dir, "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	report := func(err error) { t.Logf("reported: %v", err) }
	for night := range galleryNights {
		at := time.Date(2026, 11, 22, 1, 15, 0, 0, time.UTC).AddDate(0, 0, night-galleryNights+1)
		look := galleryLook(r, all, night, at)
		clock := audit.Clock{Now: func() time.Time { return at }}
		auditor := &audit.Auditor{Config: c, DB: db, Clock: clock, Getenv: os.Getenv, Report: report, Engine: func(*audit.Group, time.Time) (audit.ScanFunc, error) { return look, nil }}
		for _, group := range []string{"websites", "mail", "internal"} {
			if _, err := auditor.Run(t.Context(), group); err != nil {
				t.Fatal(err)
			}
		}
		notifier := &audit.Notifier{Config: c, DB: db, Clock: clock, Getenv: os.Getenv, Report: func(error) {}}
		if err := notifier.Queue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := notifier.Send(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
	for i, group := range []string{"websites", "mail", "internal"} {
		if err := db.Plan(t.Context(), group, history.Planned{Next: morning.Add(time.Duration(1100+i) * time.Minute)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	made := make(map[string][]byte)
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if made[file.Name()], err = os.ReadFile(filepath.Join(dir, file.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return made
}

func hostIn(target string) string {
	_, rest, found := strings.Cut(target, "://")
	if !found {
		rest = target
	}
	host, _, _ := strings.Cut(rest, ":")
	return host
}

// galleryLook judges what is shown in one night.
func galleryLook(r *tlstest.Recipe, all []exhibit, night int, at time.Time) audit.ScanFunc {
	set := func(names ...string) *chain.Set {
		var raw [][]byte
		for _, name := range names {
			raw = append(raw, r.Cert(name))
		}
		return setOf(raw)
	}
	profiles, _, err := client.Select(client.Profiles(catalog.Embedded(), at), []string{"broad"})
	if err != nil {
		panic(err)
	}
	for i, p := range profiles {
		profiles[i] = p.WithStore(set("R2", "OWN"))
	}
	criteria := rules.Criteria{At: at, Profiles: profiles, Known: []rules.Source{{Name: "pool", Set: set("I2", "I3", "X3", "R3", "OWNI")}}, Products: catalog.EmbeddedProducts()}
	judge := rules.NewJudge(criteria, new(chain.Verifier))
	planner := fix.New(judge, fix.Options{})
	return func(_ context.Context, targets iter.Seq[scanner.Target], keep func([]byte)) iter.Seq[[]reports.Endpoint] {
		return func(yield func([]reports.Endpoint) bool) {
			for t := range targets {
				for i, e := range all {
					if hostIn(e.target) != t.Host || e.shown(night) == "absent" {
						continue
					}
					one := e.observe(r, i, night, t)
					if !one.Captured() {
						if !yield([]reports.Endpoint{reports.NewEndpoint(one, t.Text, nil)}) {
							return
						}
						continue
					}
					presented := rules.Presentation{Name: t.ServerName}
					for _, raw := range one.Chain {
						keep(raw)
						presented.Entries = append(presented.Entries, chain.Read(raw))
					}
					verdict := judge.Judge([]rules.Presentation{presented})[0]
					planner.Fill(verdict)
					endpoint := reports.NewEndpoint(one, t.Text, verdict)
					for _, der := range endpoint.Corrected() {
						keep(der)
					}
					if !yield([]reports.Endpoint{endpoint}) {
						return
					}
				}
			}
		}
	}
}

// shown is what the host shows in a night.
func (e *exhibit) shown(night int) string {
	for ; night > 0; night-- {
		if what, ok := e.shows[night]; ok {
			return what
		}
	}
	return e.shows[0]
}

func (e *exhibit) observe(r *tlstest.Recipe, i, night int, t scanner.Target) *scanner.Observation {
	o := &scanner.Observation{Target: t, Addr: netip.AddrPortFrom(netip.MustParseAddr("192.0.2.7"), t.Port), Took: 38 * time.Millisecond}
	words := strings.Fields(e.shown(night))
	if words[0] == "down" {
		o.Failure = &scanner.Failure{Code: scanner.Code(words[1]), Message: "dial tcp 192.0.2.7:" + fmt.Sprint(t.Port) + ": " + words[1]}
		return o
	}
	o.Version, o.Cipher, o.Complete = tls.VersionTLS13, tls.TLS_AES_128_GCM_SHA256, true
	for _, name := range words {
		if name == "L" || name == "N" {
			name += fmt.Sprint(i)
		}
		o.Chain = append(o.Chain, r.Cert(name))
	}
	return o
}

func setOf(raw [][]byte) *chain.Set {
	certs := make([]*cert.Certificate, len(raw))
	for i := range raw {
		certs[i] = chain.Read(raw[i]).Cert
	}
	return chain.NewSet(certs)
}

// Time that goes by is no change: an endpoint begins another interval only for
// a reason, or with another certificate.
func TestNothingButChangesIsStored(t *testing.T) {
	s := newGallery(t)
	list, err := s.DB.Endpoints(t.Context(), history.Query{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		line, err := s.DB.Timeline(t.Context(), c.Endpoint.ID, 100)
		if err != nil {
			t.Fatal(err)
		}
		for i := range len(line) - 1 {
			if changes := audit.Classify([]history.Change{{Before: &line[i+1].Facts, After: &line[i].Facts}}); len(changes[0].Kinds) == 0 && line[i].Leaf == line[i+1].Leaf {
				t.Errorf("%s is in another state from audit %d on, and nobody can say why", c.Endpoint.Key, line[i].First)
			}
		}
	}
}
