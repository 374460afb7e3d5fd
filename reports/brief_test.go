package reports

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/scanner/tlstest/golden"
)

// inDetail is the example report in which one certificate is always described in
// the same way, as those of one program are.
func inDetail(t *testing.T, format, detail string) []byte {
	t.Helper()
	full := bytes.ReplaceAll(show(t, "json", Options{}), []byte(`"deviations":["negative-serial"]`), []byte(`"deviations":[]`))
	out, err := convert(t, full, format, Options{Detail: detail})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A brief report is small, follows its schema, and becomes the full one again,
// byte for byte, in whatever form it is.
func TestBriefIsTheWholeReport(t *testing.T) {
	full := inDetail(t, "json", "")
	for _, format := range []string{"json", "ndjson"} {
		brief := inDetail(t, format, briefDetail)
		golden.Compare(t, "../testdata/reports/brief."+format, brief)
		if format == "json" {
			validate(t, "schema-brief.json", brief)
		}
		back, err := convert(t, brief, "json", Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(back, full) {
			t.Errorf("%s: the full report is another", format)
		}
		for _, to := range []string{"json", "ndjson"} {
			again, err := convert(t, brief, to, Options{Detail: briefDetail})
			if err != nil || !bytes.Equal(again, inDetail(t, to, briefDetail)) {
				t.Errorf("from %s to %s, briefly: it changed (%v)", format, to, err)
			}
		}
	}
	// A full report that was judged by other clients than its header names.
	other := strings.Replace(string(full), `"clients":["chrome",`, `"clients":["safari",`, 1)
	brief, err := convert(t, []byte(other), "ndjson", Options{Detail: briefDetail})
	if err != nil {
		t.Fatal(err)
	}
	if back, err := convert(t, brief, "json", Options{}); err != nil || string(back) != other {
		t.Errorf("with other clients in the header, the full report is another (%v)", err)
	}
}

// The certificates of endpoints are described once, and each line comes before
// it is needed: what is cut off behind an endpoint takes nothing from it.
func TestBriefNDJSONStreams(t *testing.T) {
	brief := inDetail(t, "ndjson", briefDetail)
	full := bytes.SplitAfter(inDetail(t, "ndjson", ""), []byte("\n"))
	var head []byte
	n := 0
	for _, line := range bytes.SplitAfter(brief, []byte("\n")) {
		head = append(head, line...)
		if !bytes.HasPrefix(line, []byte(`{"target"`)) {
			continue
		}
		n++
		back, err := convert(t, head, "ndjson", Options{})
		if err != nil || !bytes.Equal(back, bytes.Join(full[:n], nil)) {
			t.Fatalf("after %d endpoints: %v", n, err)
		}
	}
	if n != len(exampleEndpoints()) {
		t.Error(n)
	}
}

// A certificate that is described nowhere is told of, and its hash is kept.
func TestBriefLacksDescriptions(t *testing.T) {
	var kept []byte
	for _, line := range bytes.SplitAfter(inDetail(t, "ndjson", briefDetail), []byte("\n")) {
		if !bytes.HasPrefix(line, []byte(`{"certificate"`)) {
			kept = append(kept, line...)
		}
	}
	r, err := NewReader(bytes.NewReader(kept))
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range r.Endpoints() {
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range e.Chain {
			if c.SHA256.IsZero() || c.Role == "" || c.Subject != "" {
				t.Fatalf("%s: %+v", e.Name(), c)
			}
		}
	}
	if r.Lacking() == 0 {
		t.Error("nobody is told")
	}
}

func TestBriefRefuses(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"target":"x","status":"ok","verdicts":[{"path":1}],"paths":[[]]}`, "path 1 of 1"},
		{`{"target":"x","status":"ok","verdicts":[{"path":-1}],"paths":[[]]}`, "path -1"},
		{`{"report":{"schema_version":2}}`, "newer tlschain"},
		{`{"target":"x","status":"ok","product":"` + strings.Repeat("a", maxValue+1<<20) + `"}`, "more than 64 MiB"},
		{`{"target":"x","status":"ok","findings":[` + strings.Repeat("{},", maxObjects+maxRead) + `{}]}`, "more than 250000 objects"},
		{`{"target":"x","status":"ok","rules":[` + strings.Repeat(`"",`, maxCommas+maxRead) + `""]}`, "or 2000000 values"},
		{`{"schema_version":1,"detail":"brief","endpoints":[{"target":"x","status":"ok","verdicts":[]}],"certificates":{}}`, "no array"},
	} {
		if _, err := convert(t, []byte(c.in), "ndjson", Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.90s: %v, want something on %q", c.in, err, c.want)
		}
	}
	for _, o := range []Options{{Detail: "long"}, {Detail: briefDetail, Fields: []string{"target"}}} {
		if _, err := New("json", nil, o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	if _, err := New("csv", nil, Options{Detail: briefDetail}); err == nil {
		t.Error("brief CSV is made")
	}
}

// Reports of parts, merged, are the report of the whole.
func TestMerge(t *testing.T) {
	write := func(format, detail string, part []Endpoint) []byte {
		var b bytes.Buffer
		out, err := New(format, &b, Options{Detail: detail})
		if err != nil {
			t.Fatal(err)
		}
		var tally Tally
		if err := out.Begin(exampleHeader()); err != nil {
			t.Fatal(err)
		}
		for i := range part {
			tally.Add(&part[i])
			if err := out.Endpoint(&part[i]); err != nil {
				t.Fatal(err)
			}
		}
		tally.Skip("hosts.txt:3", "it is no target")
		if err := out.End(tally.Summary(false)); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	all := exampleEndpoints()
	for i := range all {
		for j := range all[i].Chain {
			all[i].Chain[j].Deviations = nil
		}
	}
	want := write("json", "", all)
	var readers []*Reader
	for i, in := range [][]byte{
		write("json", "", all[:3]), write("ndjson", briefDetail, all[3:5]), write("json", briefDetail, all[5:]),
	} {
		r, err := NewReader(bytes.NewReader(in))
		if err != nil {
			t.Fatal(i, err)
		}
		readers = append(readers, r)
	}
	var b bytes.Buffer
	w, _ := New("json", &b, Options{})
	if err := Merge(w, readers); err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("another report:\n%s", cmp.Diff(strings.Split(string(want), ","), strings.Split(b.String(), ",")))
	}
	// Clients that differ are no one report's.
	other := strings.Replace(string(want), `"clients":["chrome",`, `"clients":["safari",`, 1)
	readers = nil
	for _, in := range []string{string(want), other} {
		r, err := NewReader(strings.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		readers = append(readers, r)
	}
	if err := Merge(w, readers); err != ErrOtherClients {
		t.Error(err)
	}
}

// With as many clients as are usual, a brief endpoint has a fifth of the full
// one's size at the most.
func TestBriefIsSmall(t *testing.T) {
	sizes := map[string]int{}
	for _, detail := range []string{"full", briefDetail} {
		var b bytes.Buffer
		w, err := New("ndjson", &b, Options{Detail: detail})
		if err != nil {
			t.Fatal(err)
		}
		h := exampleHeader()
		e := benchEndpoint()
		h.Clients = nil
		for i := range e.Clients {
			e.Clients[i].Client = fmt.Sprintf("client-%d", i)
			h.Clients = append(h.Clients, e.Clients[i].Client)
		}
		if err := w.Begin(h); err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			if err := w.Endpoint(&e); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.End(Summary{}); err != nil {
			t.Fatal(err)
		}
		sizes[detail] = b.Len()
	}
	if 5*sizes[briefDetail] > sizes["full"] {
		t.Errorf("brief has %d bytes, full %d", sizes[briefDetail], sizes["full"])
	}
}

// A finding about all clients does not list them, and has them again when it is
// read; one about none keeps its empty list.
func TestBriefFindingsOfAllClients(t *testing.T) {
	e := served("all.example.com")
	e.Findings = []Finding{{Rule: "untrusted-root", Clients: byName(exampleHeader().Clients)}, {Rule: "root-in-chain"}}
	var b bytes.Buffer
	w, err := New("ndjson", &b, Options{Detail: briefDetail})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Begin(exampleHeader()); err != nil {
		t.Fatal(err)
	}
	if err := w.Endpoint(&e); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), `"positions":[],"message":"","fix":"","waived"`); n != 1 {
		t.Errorf("%d findings without clients:\n%s", n, b.String())
	}
	back, err := convert(t, b.Bytes(), "ndjson", Options{})
	if want := e.AppendJSON(nil); err != nil || string(back) != string(want)+"\n" {
		t.Errorf("%v:\n%s\n%s", err, back, want)
	}
}
