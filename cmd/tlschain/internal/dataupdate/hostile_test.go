package dataupdate

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/publishertest"
	"github.com/tlschain/tlschain/rules/cert"
)

// Whatever comes instead of a source, that source stays as it was, the error
// says what is wrong, and the others are taken.
func TestHostile(t *testing.T) {
	w := newWorld(t)
	half := w.roots[:6]
	sent := new(countingWriter)
	body := func(b []byte) http.HandlerFunc { return func(rw http.ResponseWriter, _ *http.Request) { rw.Write(b) } }
	cut := func(b []byte) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Length", fmt.Sprint(len(b)))
			rw.Write(b[:len(b)/2])
		}
	}
	endless := func(rw http.ResponseWriter, r *http.Request) {
		line := bytes.Repeat([]byte("# nothing of interest\n"), 4096)
		for {
			n, err := rw.Write(line)
			sent.n += int64(n)
			if err != nil {
				return
			}
		}
	}
	bomb := func(rw http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("gzip is not asked for: the test tests nothing")
		}
		rw.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(rw)
		defer z.Close()
		for range 4096 { // 4 GB
			if _, err := z.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	}
	plain := func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "http://"+r.Host+"/elsewhere", http.StatusFound)
	}
	html := body([]byte("\n<!DOCTYPE html><title>Sign in</title>"))
	later := func(years int) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Date", today.AddDate(years, 0, 0).Format(http.TimeFormat))
			rw.Write([]byte("x"))
		}
	}
	for _, c := range []struct {
		what, path string
		answer     http.HandlerFunc
		feed, want string
	}{
		{"cut", publishertest.ChromeStore, cut(w.textproto(w.roots)), "chrome", "it is cut"},
		{"cut without a length", publishertest.ChromeStore, body(w.textproto(w.roots)[:700]), "chrome", "root_store.textproto: line"},
		{"cut", publishertest.Mozilla, cut(publishertest.Certdata(nil, w.roots...)), "mozilla", "it is cut"},
		{"cut within a number", publishertest.Mozilla, body(publishertest.Certdata(nil, w.roots...)[:1500]), "mozilla", "no octal number"},
		{"cut within a value", publishertest.Mozilla, body(wholeLines(publishertest.Certdata(nil, w.roots...)[:1500])), "mozilla", "the file ends within CKA_VALUE"},
		{"cut JSON", publishertest.OneCRL, body(publishertest.Revoked(hash(w.fresh))[:90]), "onecrl", "unexpected end of JSON"},
		{"cut report", publishertest.Year(2016), body(publishertest.Report(w.roots...)[:5000]), "ccadb", "2016.csv"},
		{"gigabytes", publishertest.OneCRL, endless, "onecrl", "larger than 16 MB"},
		{"gigabytes", publishertest.Year(2020), endless, "ccadb", "larger than 64 MB"},
		{"a bomb", publishertest.Preloads, bomb, "preloads", "larger than 32 MB"},
		{"a bomb in a package", publishertest.Debian, body(publishertest.Archive(t, large(t))), "debian", "unpacks to more than 32 MB"},
		{"HTML", publishertest.Mozilla, html, "mozilla", "a web page came instead"},
		{"HTML", publishertest.Debian, html, "debian", "a web page came instead"},
		{"half", publishertest.ChromeStore, body(w.textproto(half)), "chrome", "6 of 13 anchors of chrome; --force"},
		{"half", publishertest.Mozilla, body(publishertest.Certdata(nil, half...)), "mozilla", "6 of 12 anchors of mozilla"},
		{"half", publishertest.Debian, body(publishertest.Package(t, half...)), "debian", "6 of 12 anchors of debian"},
		{"half", publishertest.OneCRL, body(publishertest.Revoked(hash(w.roots[0]), hash(w.roots[1]))), "onecrl", "10 of 12 entries of Mozilla's OneCRL"},
		{"half", publishertest.Preloads, body(publishertest.Preloaded(half...)), "preloads", "7 of 13 intermediates"},
		{"half", publishertest.Year(2016), body(publishertest.Report(half...)), "ccadb", "6 of 12 CA certificates of 2016"},
		{"none", publishertest.Year(2016), body(publishertest.Report()), "ccadb", "12 of 12 CA certificates of 2016"},
		{"no conditions", publishertest.ChromeStore, body(publishertest.Textproto(38, plainAnchors(w)...)), "chrome", "4 of 4 conditions of chrome"},
		{"a condition of days to come", publishertest.ChromeStore,
			body(bytes.ReplaceAll(w.textproto(w.roots), []byte("sct_not_after_sec"), []byte("moon_phase"))), "chrome", "moon_phase"},
		{"an unknown anchor", publishertest.ChromeStore, body(publishertest.Textproto(38, publishertest.Anchor{SHA256: cert.Hash{1}})), "chrome", "no file has that certificate"},
		{"plain HTTP", publishertest.Mozilla, plain, "mozilla", "which is not encrypted"},
		{"a server from the past", publishertest.OneCRL, later(-5), "onecrl", "set the clock"},
		{"a server from the future", publishertest.OneCRL, later(5), "onecrl", "set the clock"},
		{"an error", publishertest.Preloads, http.NotFound, "preloads", "the server says 404"},
		{"nothing", publishertest.Preloads, body(nil), "preloads", "it is empty"},
		{"an index without packages", publishertest.DebianIndex, body([]byte("<html></html>")), "debian", "lists no package"},
	} {
		t.Run(c.what+" "+c.feed, func(t *testing.T) {
			w.publish(t, append(slices.Clone(w.roots), w.fresh))
			w.Instead(c.path, c.answer)
			sent.n = 0
			o, err := w.updater().Fetch(t.Context(), t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			taken := 0
			for _, r := range o.Feeds {
				if r.Taken {
					taken++
				}
				if r.Feed.ID == c.feed && (r.Err == nil || !strings.Contains(r.Err.Error(), c.want)) {
					t.Errorf("%s: %v, want %q", c.feed, r.Err, c.want)
				}
			}
			if taken != 5 {
				t.Errorf("%d of the other 5 sources were taken: %v", taken, o.Err())
			}
			if sent.n > 100<<20 {
				t.Errorf("%d MB were read of what does not end", sent.n>>20)
			}
			fresh := map[string]int{"chrome": 14, "mozilla": 13, "debian": 13}
			for _, client := range []string{"chrome", "mozilla", "debian"} {
				want := fresh[client]
				if client == c.feed {
					want--
				}
				if n := len(newest(o.Facts, client).Anchors.All()); n != want {
					t.Errorf("%s has %d anchors, want %d", client, n, want)
				}
			}
			if n := len(o.Facts.Revocations()[0].Entries); n != map[bool]int{true: 12, false: 13}[c.feed == "onecrl"] {
				t.Errorf("OneCRL has %d entries", n)
			}
		})
	}
}

func wholeLines(text []byte) []byte { return text[:bytes.LastIndexByte(text, '\n')+1] }

// large is a tar file with a file of 100 MB, which packs to next to nothing.
func large(t *testing.T) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: "./large", Mode: 0o644, Size: 100 << 20}); err != nil {
		t.Fatal(err)
	}
	w.Write(make([]byte, 100<<20))
	w.Close()
	return b.Bytes()
}

type countingWriter struct{ n int64 }

func plainAnchors(w *world) (all []publishertest.Anchor) {
	all = append(all, publishertest.Anchor{SHA256: hash(w.middle), Added: true})
	for _, r := range w.roots {
		all = append(all, publishertest.Anchor{SHA256: hash(r)})
	}
	return all
}
