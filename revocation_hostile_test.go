package tlschain

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/revocation"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// TestHostileCRLs: what a certificate's URL leads to may be anything, and costs
// no more than it may.
func TestHostileCRLs(t *testing.T) {
	mk := tlstest.For(t)
	root := mk.Root("R")
	var sent atomic.Int64
	zeros := make([]byte, 1<<20)
	pour := func(w http.ResponseWriter, total int64) {
		for range total / int64(len(zeros)) {
			n, err := w.Write(zeros)
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
	}
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 256 {
		z.Write(zeros)
	}
	z.Close()
	var inner atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inner.Add(1) }))
	defer inside.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/announced":
			w.Header().Set("Content-Length", "209715200")
			pour(w, 200<<20)
		case "/unannounced":
			pour(w, 200<<20)
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb.Bytes())
		case "/inner":
			http.Redirect(w, r, strings.Replace(inside.URL, "127.0.0.1", "169.254.169.254", 1), http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/page":
			w.Write([]byte("<html>moved</html>"))
		case "/drip":
			for tick := time.NewTicker(time.Millisecond); r.Context().Err() == nil; <-tick.C {
				w.Write([]byte{0x30})
				w.(http.Flusher).Flush()
			}
		}
	}))
	defer s.Close()
	for _, x := range []struct{ path, fault string }{
		{"/announced", "no CRL has over"}, {"/unannounced", "no CRL has so many"}, {"/bomb", "no CRL"}, {"/inner", "not of the public Internet"},
		{"/round", "loop"}, {"/page", "no CRL"}, {"/drip", "no whole answer in time"},
	} {
		c := asking(t, root)
		if x.path == "/drip" {
			c.options.revoker.client.Timeout = 100 * time.Millisecond
		}
		sent.Store(0)
		leaf := mk.Leaf(tlstest.ServerName, root, names(s.URL+x.path, ""))
		a := answersOf(t, c, leaf).Revocation
		if len(a) != 1 || a[0].Status != revocation.Unavailable || !strings.Contains(a[0].Fault, x.fault) {
			t.Errorf("%s: %+v, want %q", x.path, a, x.fault)
		}
		if n := sent.Load(); n > 2*maxList {
			t.Errorf("%s: %d bytes were taken", x.path, n)
		}
	}
	if inner.Load() != 0 {
		t.Error("an inner server was asked")
	}
}

// TestManyURLs: a chain that names many URLs makes us fetch a few.
func TestManyURLs(t *testing.T) {
	mk := tlstest.For(t)
	url, asked := ca(t, nil)
	root := mk.Root("R")
	chain := []*tlstest.Cert{}
	top := root
	for i := range 30 {
		label := string(rune('A' + i))
		top = mk.Intermediate("CA "+label, top, names(url+"/"+label+".crl", url+"/"+label), func(c *tlstest.Template) {
			c.CRLDistributionPoints = append(c.CRLDistributionPoints, url+"/2"+label, url+"/3"+label)
			c.MaxPathLen, c.MaxPathLenZero = -1, false
		})
		chain = append([]*tlstest.Cert{top}, chain...)
	}
	chain = append([]*tlstest.Cert{mk.Leaf(tlstest.ServerName, top)}, chain...)
	v := answersOf(t, asking(t, root), chain...)
	if n := asked.Load(); n > maxTargetFetches {
		t.Errorf("%d URLs were asked for", n)
	}
	if last := v.Revocation[len(v.Revocation)-1]; !strings.Contains(last.Fault, "already made us fetch") {
		t.Errorf("%+v", last)
	}
}

// TestOneListForAll: endpoints of one CA cost one fetch, however many are judged
// at a time, and a failure is not asked for again either.
func TestOneListForAll(t *testing.T) {
	mk := tlstest.For(t)
	url, asked := ca(t, nil)
	root := mk.Root("R")
	c := asking(t, root)
	leaf := mk.Leaf(tlstest.ServerName, root, names(url+"/none.crl", ""))
	done := make(chan bool)
	for range 20 {
		go func() { defer func() { done <- true }(); answersOf(t, c, leaf) }()
	}
	for range 20 {
		<-done
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}
