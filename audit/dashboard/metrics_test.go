package dashboard

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
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

// exposed reads series with the parser of Prometheus.
func exposed(t *testing.T, text io.Reader) map[string]*dto.MetricFamily {
	t.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(text)
	if err != nil {
		t.Fatal(err)
	}
	return families
}

// labelSets are the sets of labels that a metric's samples have.
func labelSets(f *dto.MetricFamily) []string {
	var sets []string
	for _, m := range f.Metric {
		var names []string
		for _, l := range m.Label {
			names = append(names, l.GetName())
		}
		slices.Sort(names)
		sets = append(sets, strings.Join(names, " "))
	}
	slices.Sort(sets)
	return slices.Compact(sets)
}

// A name has one type, one meaning and one set of labels, whether an audit is
// served or exported, and the samples of endpoints agree.
func TestOneNameOneSetOfLabels(t *testing.T) {
	s := filled(t, "serve: {tag_labels: [team, cost-center]}\n")
	w, err := s.DB.Begin(t.Context(), "mail", now)
	if err != nil {
		t.Fatal(err)
	}
	one := seen("a.example", 1)
	one.Tags = history.NewTags(map[string]string{"team": "mail \"x\"", "cost-center": "7"})
	one.Doc = bytes.Replace(one.Doc, []byte("{"), []byte(`{"tags":{"group":"mail","team":"mail \"x\"","cost-center":"7"},`), 1)
	one.Hash = sha256.Sum256(one.Doc)
	if err := errors.Join(w.Add(t.Context(), one), w.Finish(t.Context(), now, true, `{"skipped":1}`)); err != nil {
		t.Fatal(err)
	}
	var exported bytes.Buffer
	report, err := reports.New("prometheus", &exported, reports.Options{TagLabels: s.Config.Serve.TagLabels})
	if err != nil {
		t.Fatal(err)
	}
	errs := []error{report.Begin(reports.Header{})}
	for row, err := range s.DB.Rows(t.Context(), w.ID) {
		e, err2 := audit.Endpoint(row.Endpoint, row.State)
		errs = append(errs, err, err2, report.Endpoint(&e))
	}
	errs = append(errs, report.End(reports.Summary{Skipped: []reports.Skipped{{Reason: "nonsense"}}}))
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	text := exported.String()
	a, b := exposed(t, get(handler(t, s), "/metrics").Body), exposed(t, &exported)
	common := 0
	for name, f := range a {
		other := b[name]
		if other == nil {
			continue
		}
		common++
		if sets, others := labelSets(f), labelSets(other); len(sets) != 1 || !slices.Equal(sets, others) {
			t.Errorf("%s has labels %q served and %q exported", name, sets, others)
		}
		if f.GetHelp() != other.GetHelp() || f.GetType() != other.GetType() {
			t.Errorf("%s is %q, %v served and %q, %v exported", name, f.GetHelp(), f.GetType(), other.GetHelp(), other.GetType())
		}
	}
	if common != 6 {
		t.Errorf("%d names are in both", common)
	}
	for _, want := range []string{
		`tlschain_severity{endpoint="a.example:443",group="mail",address="",server_name="a.example",tag_team="mail \"x\"",tag_cost_center="7"} 3`,
		`tlschain_findings{group="mail",rule="missing-intermediate",severity="error"} 1`,
		`tlschain_endpoints{group="mail",state="error",status="ok"} 1`,
		`tlschain_endpoints{group="mail",state="unreachable",status="failed"} 0`,
		`tlschain_skipped_lines{group="mail"} 1`,
	} {
		if served := get(handler(t, s), "/metrics").Body.String(); !strings.Contains(served, want) || !strings.Contains(text, want) {
			t.Errorf("%s is served: %v, exported: %v", want, strings.Contains(served, want), strings.Contains(text, want))
		}
	}
}
