package aia

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/fetch"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// loopback is the leave that tests need, and that nobody has by default.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func authority(t *testing.T) *tlstest.Cert { return tlstest.For(t).Root("R") }

func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

// ask asks for one URL, by a fetcher that may ask loopback.
func ask(t *testing.T, url string) Result {
	t.Helper()
	f := &Fetcher{Client: fetch.Client{Allow: loopback, Timeout: 5 * time.Second}}
	return f.Begin().Fetch(t.Context(), url)
}

func wantCode(t *testing.T, r Result, code fetch.Code) {
	t.Helper()
	if r.Failure == nil || r.Failure.Code != code || r.Certs != nil {
		t.Fatalf("got %d certificates and failure %v, want code %s", len(r.Certs), r.Failure, code)
	}
}

func TestFetchesADERCertificate(t *testing.T) {
	ca := authority(t)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(ca.DER) })
	r := ask(t, s.URL+"/ca.cer")
	if r.Failure != nil || len(r.Certs) != 1 || string(r.Certs[0]) != string(ca.DER) {
		t.Fatalf("got %d certificates, failure %v", len(r.Certs), r.Failure)
	}
}

func TestLoopbackIsRefusedByDefault(t *testing.T) {
	var asked atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { asked.Add(1) })
	var f Fetcher
	wantCode(t, f.Begin().Fetch(t.Context(), s.URL), fetch.Address)
	if asked.Load() != 0 {
		t.Error("the refused server was asked all the same")
	}
}

func TestRedirectToLoopbackIsRefused(t *testing.T) {
	var asked atomic.Int32
	inside := serve(t, func(w http.ResponseWriter, r *http.Request) { asked.Add(1) })
	// The outside is 127.0.0.1, which is allowed; 127.0.0.2 stands for what is not.
	target := strings.Replace(inside.URL, "127.0.0.1", "127.0.0.2", 1)
	outside := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target, http.StatusFound) })
	f := &Fetcher{Client: fetch.Client{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}}
	wantCode(t, f.Begin().Fetch(t.Context(), outside.URL), fetch.Address)
	if asked.Load() != 0 {
		t.Error("the redirect's target was asked")
	}
}

func TestRebindingIsRefusedOnTheNextConnection(t *testing.T) {
	var hosts []string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		hosts = append(hosts, r.Context().Value(http.LocalAddrContextKey).(interface{ String() string }).String())
		http.Redirect(w, r, "/again", http.StatusFound)
	})
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	lookups := 0
	f := &Fetcher{Client: fetch.Client{
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Resolve: func(context.Context, string) ([]netip.Addr, error) {
			lookups++
			if lookups == 1 {
				return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
			}
			return []netip.Addr{netip.MustParseAddr("127.0.0.2")}, nil
		},
	}}
	wantCode(t, f.Begin().Fetch(t.Context(), "http://ca.example"+port+"/"), fetch.Address)
	// One look-up for each connection, and none between check and connection.
	if len(hosts) != 1 || !strings.HasPrefix(hosts[0], "127.0.0.1:") || lookups != 2 {
		t.Errorf("connections to %v after %d look-ups", hosts, lookups)
	}
}

func TestOfMixedAddressesOnlyThePermittedAreAsked(t *testing.T) {
	ca := authority(t)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(ca.DER) })
	f := &Fetcher{Client: fetch.Client{
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Resolve: func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("127.0.0.1")}, nil
		},
	}}
	if r := f.Begin().Fetch(t.Context(), "http://ca.example"+s.URL[strings.LastIndex(s.URL, ":"):]); r.Failure != nil {
		t.Error(r.Failure)
	}
}

func TestLoopsAndLongWaysEnd(t *testing.T) {
	loop := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) })
	wantCode(t, ask(t, loop.URL+"/"), fetch.Redirect)
	var asked atomic.Int32
	long := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
	})
	wantCode(t, ask(t, long.URL+"/"), fetch.Redirect)
	if asked.Load() != 4 {
		t.Errorf("%d requests for 3 redirects", asked.Load())
	}
	away := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://127.0.0.1/", http.StatusFound)
	})
	wantCode(t, ask(t, away.URL), fetch.Redirect)
	file := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "file:///etc/passwd")
		w.WriteHeader(302)
	})
	wantCode(t, ask(t, file.URL), fetch.Redirect)
}

func TestOtherAnswers(t *testing.T) {
	html := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("<!DOCTYPE html><html>moved</html>")) })
	r := ask(t, html.URL)
	wantCode(t, r, fetch.Format)
	if !strings.Contains(r.Failure.Message, "a web page") {
		t.Error(r.Failure)
	}
	gone := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(410) })
	wantCode(t, ask(t, gone.URL), fetch.Status)
	empty := serve(t, func(w http.ResponseWriter, r *http.Request) {})
	wantCode(t, ask(t, empty.URL), fetch.Format)
	raw := tlstest.For(t).Script(func(c net.Conn) { c.Read(make([]byte, 1)); c.Write([]byte("220 ESMTP\r\n")) })
	wantCode(t, ask(t, "http://"+raw.Addr().String()), fetch.Connect)
}

func TestAGigabyteIsNotRead(t *testing.T) {
	var sent atomic.Int64
	ended := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		for piece := make([]byte, 64<<10); sent.Load() < 1<<30; {
			n, err := w.Write(piece)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	wantCode(t, ask(t, s.URL), fetch.TooLarge)
	<-ended
	if sent.Load() > 64<<20 { // what sockets on both sides may buffer is far less
		t.Errorf("%d bytes were taken", sent.Load())
	}
	announced := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Content-Length", "1073741824") })
	wantCode(t, ask(t, announced.URL), fetch.TooLarge)
}

func TestAHeaderOfAMegabyteIsNotRead(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) })
	wantCode(t, ask(t, s.URL), fetch.Connect)
}

func TestHangAndDripCostTheTimeLimit(t *testing.T) {
	hang := serve(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	f := &Fetcher{Client: fetch.Client{Allow: loopback, Timeout: 50 * time.Millisecond}}
	wantCode(t, f.Begin().Fetch(t.Context(), hang.URL), fetch.Timeout)
	drip := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for tick := time.NewTicker(5 * time.Millisecond); r.Context().Err() == nil; {
			select {
			case <-tick.C:
				w.Write([]byte{0x30})
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
			}
		}
	})
	wantCode(t, f.Begin().Fetch(t.Context(), drip.URL), fetch.Timeout)
}

func TestOneFetchForEachURL(t *testing.T) {
	ca := authority(t)
	var asked atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path == "/bad" {
			w.WriteHeader(404)
			return
		}
		w.Write(ca.DER)
	})
	f := &Fetcher{Client: fetch.Client{Allow: loopback}}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			session := f.Begin()
			if r := session.Fetch(t.Context(), s.URL+"/good"); r.Failure != nil || len(r.Certs) != 1 {
				t.Error(r.Failure)
			}
			if r := session.Fetch(t.Context(), s.URL+"/bad"); r.Failure == nil || r.Failure.Code != fetch.Status {
				t.Error("a failure was forgotten")
			}
		})
	}
	all.Wait()
	if asked.Load() != 2 {
		t.Errorf("two URLs were asked for %d times", asked.Load())
	}
}

func TestAnInterruptedFetchIsNotRemembered(t *testing.T) {
	ca := authority(t)
	started, ctx := make(chan struct{}), context.Context(nil)
	ctx, cancel := context.WithCancel(t.Context())
	var asked atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			close(started)
			<-r.Context().Done()
			return
		}
		w.Write(ca.DER)
	})
	f := &Fetcher{Client: fetch.Client{Allow: loopback}}
	go func() { <-started; cancel() }()
	wantCode(t, f.Begin().Fetch(ctx, s.URL), fetch.Canceled)
	if r := f.Begin().Fetch(t.Context(), s.URL); r.Failure != nil {
		t.Errorf("the interruption of one is an answer to another: %v", r.Failure)
	}
}

func TestATargetsBudgetIsItsOwn(t *testing.T) {
	ca := authority(t)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(ca.DER) })
	f := &Fetcher{Client: fetch.Client{Allow: loopback}}
	greedy := f.Begin()
	for range maxFetches {
		if r := greedy.Fetch(t.Context(), s.URL); r.Failure != nil {
			t.Fatal(r.Failure)
		}
	}
	wantCode(t, greedy.Fetch(t.Context(), s.URL), fetch.TooMany)
	if r := f.Begin().Fetch(t.Context(), s.URL); r.Failure != nil {
		t.Error(r.Failure)
	}
}

func TestProxiesOfTheEnvironmentAreIgnored(t *testing.T) {
	ca := authority(t)
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(ca.DER) })
	if r := ask(t, s.URL); r.Failure != nil {
		t.Error(r.Failure)
	}
}

func TestAGivenProxyIsUsed(t *testing.T) {
	ca := authority(t)
	var asked string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { asked = r.URL.String(); w.Write(ca.DER) })
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	f := &Fetcher{Client: fetch.Client{Proxy: u}}
	if r := f.Begin().Fetch(t.Context(), "http://ca.example/ca.cer"); r.Failure != nil || asked != "http://ca.example/ca.cer" {
		t.Errorf("the proxy was asked for %q: %v", asked, r.Failure)
	}
	wantCode(t, f.Begin().Fetch(t.Context(), "http://169.254.169.254/latest"), fetch.Address)
}
