package dataupdate

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/publishertest"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

var (
	today = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	until = time.Date(2027, 6, 30, 23, 59, 59, 0, time.UTC)
)

// A world is publishers, and facts of a month ago that agree with them.
type world struct {
	*publishertest.Server
	roots  []*tlstest.Cert
	middle *tlstest.Cert // an intermediate that Chrome trusts by itself
	fresh  *tlstest.Cert // a root that is new today
	base   *catalog.Facts
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ca := tlstest.For(t)
	w := &world{Server: publishertest.Start(t), fresh: ca.Root("fresh")}
	w.Date = func() time.Time { return today }
	for i := range 12 {
		w.roots = append(w.roots, ca.Root(fmt.Sprint("root ", i)))
	}
	w.middle = ca.Intermediate("middle", w.roots[0])
	w.publish(t, w.roots)
	first := &Updater{Facts: &catalog.Facts{}, Now: func() time.Time { return today.AddDate(0, -1, 0) }, Homes: w.Homes(), Getenv: w.getenv}
	w.Date = first.Now
	o, err := first.Fetch(t.Context(), t.TempDir())
	if err != nil || o.Err() != nil {
		t.Fatal(err, o.Err())
	}
	w.base = o.Facts
	w.Date = func() time.Time { return today }
	return w
}

// publish has all sources say these roots.
func (w *world) publish(t *testing.T, roots []*tlstest.Cert) {
	for year := 1994; year <= today.Year(); year++ {
		w.Set(publishertest.Year(year), publishertest.Report())
	}
	w.Set(publishertest.Year(2016), publishertest.Report(roots...)) // when test roots begin
	w.Set(publishertest.Year(2024), publishertest.Report(w.middle))
	w.Set(publishertest.ChromeCerts, w.fresh.PEM())
	w.Set(publishertest.ChromeStore, w.textproto(roots))
	w.Set(publishertest.Mozilla, publishertest.Certdata(map[*tlstest.Cert]time.Time{roots[1]: until}, roots...))
	var keys []cert.Hash
	for _, r := range roots {
		keys = append(keys, hash(r))
	}
	w.Set(publishertest.OneCRL, publishertest.Revoked(keys...))
	w.Set(publishertest.Preloads, publishertest.Preloaded(append(roots, w.middle)...))
	w.Set(publishertest.DebianIndex, []byte(`<html><a href="ca-certificates_20210119_all.deb">old</a>
<a href="ca-certificates_20250419~deb12u1_all.deb">x</a> <a href="ca-certificates_20250419~deb12u2_all.deb">x</a></html>`))
	w.Set(publishertest.Debian, publishertest.Package(t, roots...))
}

func (w *world) textproto(roots []*tlstest.Cert) []byte {
	anchors := []publishertest.Anchor{{SHA256: hash(w.middle), Added: true}}
	for i, r := range roots {
		a := publishertest.Anchor{SHA256: hash(r)}
		if i < 4 {
			a.Until = until
		}
		if i == 0 {
			a.From = "139"
		}
		anchors = append(anchors, a)
	}
	return publishertest.Textproto(37, anchors...)
}

func hash(c *tlstest.Cert) cert.Hash { return sha256.Sum256(c.DER) }

func (w *world) getenv(name string) string {
	if name == "SSL_CERT_FILE" {
		return w.CAFile
	}
	return ""
}

func (w *world) updater() *Updater {
	return &Updater{Facts: w.base, Now: func() time.Time { return today }, Homes: w.Homes(), Getenv: w.getenv}
}

func newest(f *catalog.Facts, client string) *catalog.Store {
	var s *catalog.Store
	for _, x := range f.Stores() {
		if x.Client == client {
			s = x
		}
	}
	return s
}

// What publishers write means the same in the facts.
func TestFormats(t *testing.T) {
	w := newWorld(t)
	chrome := newest(w.base, "chrome")
	if n := len(chrome.Anchors.All()); n != 13 || len(chrome.Constraints) != 5 || chrome.Version != "Chrome Root Store 37" {
		t.Errorf("chrome has %d anchors, %d conditions, version %q", n, len(chrome.Constraints), chrome.Version)
	}
	if c := chrome.Constraints[hash(w.middle)]; !c.Intermediate || !c.Enforced {
		t.Errorf("the intermediate is %+v", c)
	}
	if c := chrome.Constraints[hash(w.roots[0])]; !c.SCTUntil.Equal(until) || c.From != "139" || c.Intermediate {
		t.Errorf("the first root is %+v", c)
	}
	mozilla := newest(w.base, "mozilla")
	if c := mozilla.Constraints[hash(w.roots[1])]; len(mozilla.Anchors.All()) != 12 || !c.NotBeforeUntil.Equal(until) {
		t.Errorf("mozilla has %d anchors, %+v", len(mozilla.Anchors.All()), c)
	}
	if s := newest(w.base, "debian"); len(s.Anchors.All()) != 12 || s.Version != "12 (ca-certificates 20250419~deb12u2)" {
		t.Errorf("debian has %d anchors, version %q", len(s.Anchors.All()), s.Version)
	}
	if p, ok := w.base.Preloads(); !ok || len(p.Certs.All()) != 13 {
		t.Errorf("preloads: %+v", p)
	}
	if r := w.base.Revocations(); len(r) != 1 || len(r[0].Entries) != 12 || r[0].Entries[0].Reason != "Mozilla bug 2091477" {
		t.Errorf("revocations: %+v", r)
	}
}

// A month later one root is new, for all; and the day after, nothing is.
func TestFetch(t *testing.T) {
	w := newWorld(t)
	w.publish(t, append(slices.Clone(w.roots), w.fresh))
	o, err := w.updater().Fetch(t.Context(), t.TempDir())
	if err != nil || o.Err() != nil {
		t.Fatal(err, o.Err())
	}
	if len(o.Changes.Stores) != 3 || len(o.Changes.Lists) != 2 {
		t.Errorf("changes: %+v", o.Changes)
	}
	if n := len(newest(w.base, "mozilla").Anchors.All()); n != 12 {
		t.Error("the facts in use were changed")
	}

	// Asked again, all say that nothing has changed, and send nothing.
	u := w.updater()
	text, err := o.State.Encode(o.File)
	if err != nil {
		t.Fatal(err)
	}
	u.Facts, u.State = o.Facts, readState(text, o.File)
	u.Now = func() time.Time { return today.Add(24 * time.Hour) }
	again, err := u.Fetch(t.Context(), t.TempDir())
	if err != nil || again.Err() != nil {
		t.Fatal(err, again.Err())
	}
	for _, r := range again.Feeds {
		if r.Taken {
			t.Errorf("%s was read again", r.Feed.ID)
		}
	}
	if !again.Changes.Empty() || !again.Facts.Updated().Equal(u.Now()) {
		t.Errorf("changes %+v, facts of %s", again.Changes, again.Facts.Updated())
	}
	if s := readState(text, append(o.File, 0)); s.Sources != nil {
		t.Error("what was had for other facts counts")
	}
}

// --force takes a list that lost half, and says what is gone.
func TestForce(t *testing.T) {
	w := newWorld(t)
	w.Set(publishertest.ChromeStore, w.textproto(w.roots[:6]))
	u := w.updater()
	u.Force, u.Only = true, []string{"chrome"}
	o, err := u.Fetch(t.Context(), t.TempDir())
	if err != nil || o.Err() != nil {
		t.Fatal(err, o.Err())
	}
	if r := o.Feeds[0]; !r.Taken || len(r.Losses) != 1 || r.Losses[0].Lost != 6 || len(r.Losses[0].Examples) != 3 {
		t.Errorf("%+v", r)
	}
	if n := len(newest(o.Facts, "chrome").Anchors.All()); n != 7 {
		t.Errorf("%d anchors", n)
	}
}

// A clock that is years off would have facts pass for new or old ones.
func TestClock(t *testing.T) {
	w := newWorld(t)
	for _, years := range []int{-5, 5} {
		u := w.updater()
		u.Now = func() time.Time { return today.AddDate(years, 0, 0) }
		o, err := u.Fetch(t.Context(), t.TempDir())
		if err == nil {
			err = o.Err()
		}
		if err == nil || !strings.Contains(err.Error(), "set the clock") || o != nil && o.File != nil {
			t.Errorf("%d years: %v", years, err)
		}
	}
}

// A server that is not who it says is not asked for anything.
func TestUnverified(t *testing.T) {
	w := newWorld(t)
	other := filepath.Join(t.TempDir(), "other.pem")
	if err := os.WriteFile(other, w.fresh.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	before := w.Asked(publishertest.Mozilla)
	u := w.updater()
	u.Getenv = func(name string) string { return map[string]string{"SSL_CERT_FILE": other}[name] }
	o, err := u.Fetch(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if o.File != nil || len(o.Feeds) != 6 || !strings.Contains(o.Err().Error(), "certificate signed by unknown authority") {
		t.Errorf("%v", o.Err())
	}
	if w.Asked(publishertest.Mozilla) != before {
		t.Error("it was asked nevertheless")
	}
	for _, bad := range []string{"http://192.0.2.1/x", "ftp://example.org", "nowhere"} {
		if CheckHome(bad) == nil {
			t.Errorf("%s passes for an address", bad)
		}
	}
}

// The proxy of the environment is used, and sees a name and no content.
func TestProxy(t *testing.T) {
	w := newWorld(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan string, 8)
	proxy := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.Host
		to, err := net.Dial("tcp", strings.TrimPrefix(w.URL, "https://"))
		if err != nil {
			http.Error(rw, err.Error(), http.StatusBadGateway)
			return
		}
		from, _, err := http.NewResponseController(rw).Hijack()
		if err != nil {
			to.Close()
			return
		}
		io.WriteString(from, "HTTP/1.1 200 Connected\r\n\r\n")
		go func() { io.Copy(to, from); to.Close() }()
		io.Copy(from, to)
		from.Close()
	})}
	go proxy.Serve(listener)
	t.Cleanup(func() { proxy.Close() })
	u := w.updater()
	u.Only, u.Homes = []string{"mozilla"}, map[string]string{"mozilla": "https://" + tlstest.ServerName + "/mozilla"}
	u.Getenv = func(name string) string {
		return map[string]string{"SSL_CERT_FILE": w.CAFile, "HTTPS_PROXY": "http://" + listener.Addr().String()}[name]
	}
	o, err := u.Fetch(t.Context(), t.TempDir())
	if err != nil || o.Err() != nil {
		t.Fatal(err, o.Err())
	}
	if got := <-asked; got != "CONNECT "+tlstest.ServerName+":443" {
		t.Errorf("the proxy was asked to %s", got)
	}
}

// Interrupted, it says so and has nothing.
func TestInterrupted(t *testing.T) {
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	w.Instead(publishertest.Mozilla, func(rw http.ResponseWriter, r *http.Request) {
		stop()
		<-r.Context().Done()
	})
	if o, err := w.updater().Fetch(ctx, t.TempDir()); err == nil {
		t.Errorf("%+v", o)
	}
}
