package dashboard

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// samples are the lines about endpoints: others differ from scrape to scrape.
func samples(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if strings.Contains(line, "endpoint=") {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestMetricsPacked(t *testing.T) {
	h := handler(t, filled(t, ""))
	plain := get(h, "/metrics")
	packed := get(h, "/metrics", func(r *http.Request) { r.Header.Set("Accept-Encoding", "br, gzip") })
	if packed.Header().Get("Content-Encoding") != "gzip" || plain.Header().Get("Content-Encoding") != "" {
		t.Fatalf("encodings %q and %q", packed.Header().Get("Content-Encoding"), plain.Header().Get("Content-Encoding"))
	}
	r, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	want, got := samples(plain.Body.String()), samples(string(text))
	// Four endpoints, one of which shows no chain.
	if len(want) != 4+3+3 || strings.Join(got, "") != strings.Join(want, "") {
		t.Errorf("plain:\n%spacked:\n%s", strings.Join(want, ""), strings.Join(got, ""))
	}
}

// A hangUp is a scraper that goes away when the first byte comes.
type hangUp struct {
	*httptest.ResponseRecorder
	cancel func()
}

func (h hangUp) Write(b []byte) (int, error) {
	h.cancel()
	return h.ResponseRecorder.Write(b)
}

// What broke off in the middle does not end as if it were whole.
func TestMetricsBreakOff(t *testing.T) {
	s := filled(t, "")
	w, err := s.DB.Begin(t.Context(), "mail", now)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("long", 20_000) // more than is held back
	if err := w.Add(t.Context(), seen(long, 0), seen(long+"er", 0)); err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(t.Context(), now, true, ""); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	h := handler(t, s)
	recorder := httptest.NewRecorder()
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("the handler ended with %v", err)
		}
		if bytes.Contains(recorder.Body.Bytes(), []byte("tlschain_chain_not_after")) {
			t.Error("the last series was written")
		}
	}()
	h.ServeHTTP(hangUp{recorder, cancel}, httptest.NewRequest("GET", "http://127.0.0.1:8480/metrics", nil).WithContext(ctx))
	t.Error("the handler returned")
}
