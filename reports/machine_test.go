package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/golden"
)

// example converts the stored report and compares with the golden one.
func example(t *testing.T, format, file string, o Options) []byte {
	t.Helper()
	out, err := convert(t, stored(t, "v1.json"), format, o)
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "../testdata/reports/"+file, out)
	return out
}

func TestCSV(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(example(t, "csv", "example.csv", Options{}))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+len(exampleEndpoints()) {
		t.Errorf("%d rows", len(rows))
	}
	e := ofSeveralAudits()
	saved := append(e.AppendJSON(nil), '\n')
	out, err := convert(t, saved, "csv", Options{})
	if err != nil || !bytes.HasSuffix(out, []byte(",2026-05-01T02:00:00Z,2026-05-09T02:00:00Z,,,,\n")) {
		t.Errorf("of several audits: %v\n%s", err, out)
	}
}

func TestDisarm(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "plain": "plain", "a=b": "a=b",
		"=1+1": "'=1+1", "+1": "'+1", "-0a": "'-0a", "@SUM(A1)": "'@SUM(A1)", "＝1": "'＝1", "-4": "-4",
	} {
		if got := EscapeFormula(in); got != want {
			t.Errorf("disarm(%q) = %q", in, got)
		}
	}
}

func TestJUnit(t *testing.T) {
	junit(t, example(t, "junit", "example.xml", Options{}), 1)
	junit(t, show(t, "junit", Options{Detail: ruleCases}), len(rules.All()))
}

// junit holds that a report counts right, and how many cases an endpoint has.
func junit(t *testing.T, out []byte, cases int) {
	t.Helper()
	var doc struct {
		Suites []junitSuite `xml:"testsuite"`
	}
	if err := xml.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	for _, s := range doc.Suites {
		failures, errors, skipped := 0, 0, 0
		for _, c := range s.TestCases {
			if c.Failures != nil {
				failures++
			}
			if c.Error != nil {
				errors++
			}
			if c.Skipped != nil {
				skipped++
			}
		}
		if s.Tests != len(s.TestCases) || s.Failures != failures || s.Errors != errors || s.Skipped != skipped {
			t.Errorf("%s: the counts are wrong", s.Name)
		}
		if s.Errors == 0 && s.Tests != cases {
			t.Errorf("%s: %d cases, want %d", s.Name, s.Tests, cases)
		}
	}
}

func TestJUnitFollowsItsSchema(t *testing.T) {
	for _, detail := range []string{"", ruleCases} {
		cmd := exec.Command(tlstest.Program(t, "xmllint", "libxml2-utils"), "--noout", "--nonet", "--schema", "../testdata/reports/junit.xsd", "-")
		cmd.Stdin = bytes.NewReader(show(t, "junit", Options{Detail: detail}))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%q: %v\n%s", detail, err, out)
		}
	}
}

func TestSARIF(t *testing.T) {
	for _, lang := range []string{"en", "ja"} {
		file := "example.sarif"
		if lang == "ja" {
			file = "example-ja.sarif"
		}
		out := example(t, "sarif", file, Options{Lang: lang})
		if err := validSARIF(t, out); err != nil {
			t.Error(err)
		}
		report, err := sarif.FromBytes(out)
		if err != nil {
			t.Fatal(err)
		}
		run := report.Runs[0]
		if len(run.Tool.Driver.Rules) != len(rules.All()) {
			t.Errorf("%d rules", len(run.Tool.Driver.Rules))
		}
		suppressed := 0
		for _, r := range run.Results {
			if *run.Tool.Driver.Rules[r.RuleIndex].ID != *r.RuleID {
				t.Errorf("rule %d is not %s", r.RuleIndex, *r.RuleID)
			}
			suppressed += len(r.Suppressions)
		}
		if suppressed != 1 {
			t.Errorf("%d results are suppressed, want the waived one", suppressed)
		}
	}
}

// The validator must be able to say no.
func TestSARIFValidatorRefuses(t *testing.T) {
	out := strings.Replace(string(show(t, "sarif", Options{})), `"level":"error"`, `"level":"fatal"`, 1)
	if validSARIF(t, []byte(out)) == nil {
		t.Error("a level of fatal passes")
	}
}

// validSARIF holds a report against OASIS's schema, which is taken from the
// source of the SARIF library: it keeps it to itself, and what its own check
// looks at is what it would write.
func validSARIF(t testing.TB, doc []byte) error {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		t.Fatal(err)
	}
	source, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	literal := source.Scope.Lookup("schema").Decl.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.Trim(literal, "`")))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("sarif.json", schema); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

func TestPrometheus(t *testing.T) {
	out := example(t, "prometheus", "example.prom", Options{})
	text := expfmt.NewTextParser(model.UTF8Validation)
	families, err := text.TextToMetricFamilies(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	value := func(metric, endpoint string) float64 {
		for _, m := range families[metric].GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == "endpoint" && l.GetValue() == endpoint {
					return m.GetGauge().GetValue()
				}
			}
		}
		return -1
	}
	// The leaf ends in 2027; the path's intermediate later; the anchor does not count.
	if got, want := value("tlschain_chain_not_after_timestamp_seconds", "good.example.com:443"), float64(day("2027-04-01").Unix()); got != want {
		t.Errorf("expiry %v, want %v", got, want)
	}
	for endpoint, want := range map[string]float64{"good.example.com:443": 0, "shop.example.com:443": 4, "hostile.example.com:443": 7} {
		if got := value("tlschain_clients_refusing", endpoint); got != want {
			t.Errorf("%s: %v clients refuse, want %v", endpoint, got, want)
		}
	}
	if got := value("tlschain_endpoint_captured", "down.example.com:8443"); got != 0 {
		t.Errorf("captured %v", got)
	}
}

// An expired cross-certificate that no client's path uses is no alarm.
func TestPrometheusIgnoresStaleCrossCertificates(t *testing.T) {
	e := exampleEndpoints()[0]
	stale := caCert(2, "cross", "stale", rootDN, oldDN)
	stale.NotAfter = day("2021-09-30")
	e.Chain = append(e.Chain, stale)
	if got := e.Expires(); !got.Equal(day("2027-04-01")) {
		t.Error(got)
	}
	// An intermediate that ends before the leaf does count.
	e.Chain[1].NotAfter = day("2026-12-01")
	if got := e.Expires(); !got.Equal(day("2026-12-01")) {
		t.Error(got)
	}
}

// The same endpoint twice must not spoil the file for the collector.
func TestPrometheusTakesDuplicates(t *testing.T) {
	line := bytes.SplitAfter(stored(t, "example.ndjson"), []byte("\n"))[0]
	out, err := convert(t, append(line[:len(line):len(line)], line...), "prometheus", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(out, []byte("tlschain_endpoint_captured{")); n != 1 {
		t.Errorf("%d series", n)
	}
}

func TestDot(t *testing.T) {
	out := example(t, "dot", "example.dot", Options{})
	cmd := exec.Command(tlstest.Program(t, "dot", "graphviz"), "-Tplain")
	cmd.Stdin = bytes.NewReader(out)
	if plain, err := cmd.CombinedOutput(); err != nil || !bytes.HasPrefix(plain, []byte("graph ")) {
		t.Errorf("%v\n%s", err, plain)
	}
}

func TestMarkdown(t *testing.T) {
	example(t, "markdown", "example.md", Options{})
	example(t, "markdown", "example-ja.md", Options{Lang: "ja"})
}

func TestMarkdownIsInert(t *testing.T) {
	for in, want := range map[string]string{
		"a|b": `a\|b`, "<b>": "&lt;b&gt;", "@you": "@<!-- -->you", "#1": "#<!-- -->1", "[x](y)": `\[x\](y)`, "https://x": `https\://x`, "www.x": `www\.x`, "a_b": `a\_b`, "`c`": "\\`c\\`", "日本": "日本",
	} {
		if got := md(in); got != want {
			t.Errorf("md(%q) = %q, want %q", in, got, want)
		}
	}
	if got := mdCode("a``b`"); got != "``` a``b` ```" {
		t.Error(got)
	}
}

// No text of any language is missing its twin.
func TestLabels(t *testing.T) {
	en, ja := english(), japanese()
	eachLabel(en, ja, func(name, a, b string) {
		if a == "" || b == "" {
			t.Errorf("%s: %q, %q", name, a, b)
		}
		if strings.Count(a, "%") > 0 != (strings.Count(b, "%") > 0) && !strings.Contains(a, "|") {
			t.Errorf("%s: %q and %q take other values", name, a, b)
		}
	})
	for _, lang := range []string{"ja", "ja_JP.UTF-8", "ja-JP"} {
		if labelsFor(lang).lang != "ja" {
			t.Errorf("%s is not Japanese", lang)
		}
	}
	if labelsFor("jam").lang != "en" || labelsFor("").lang != "en" {
		t.Error("not English")
	}
}
