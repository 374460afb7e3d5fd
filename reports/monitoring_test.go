package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tlschain/tlschain/rules"
)

// perfdata is what the Monitoring Plugins Development Guidelines call
// performance data: 'label'=value[UOM];[warn];[crit];[min];[max].
var perfdata = regexp.MustCompile(`^([a-z_]+)=(-?[0-9]+)(;[0-9]*){0,4}$`)

// nagios writes endpoints and gives the output and the exit code.
func nagios(t *testing.T, endpoints ...Endpoint) (string, int) {
	t.Helper()
	var b strings.Builder
	w, err := New("nagios", &b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var tally Tally
	if err := w.Begin(exampleHeader()); err != nil {
		t.Fatal(err)
	}
	for i := range endpoints {
		tally.Add(&endpoints[i])
		if err := w.Endpoint(&endpoints[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(tally.Summary(false)); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.(ExitCoder).ExitCode()
}

func TestNagiosStates(t *testing.T) {
	all := exampleEndpoints()
	good, broken, down := all[0], all[1], all[6]
	hinted, accepted := good, good
	hinted.Findings = []Finding{{Rule: "root-in-chain", Severity: rules.Info, Message: "The root is sent."}}
	accepted.Findings = []Finding{{Rule: "expired-leaf", Severity: rules.Error, Message: "It has expired.", Waived: true}}
	warned := good
	warned.Findings = []Finding{{Rule: "expires-soon", Severity: rules.Warning, Message: "ends on 2026-11-30 | soon"}}
	for _, c := range []struct {
		name string
		list []Endpoint
		code int
		line string
	}{
		{"nothing", nil, 3, "TLSCHAIN UNKNOWN - nothing was judged | endpoints=0 critical=0;;0 warning=0;0 unknown=0\n"},
		{"good", []Endpoint{good}, 0, "TLSCHAIN OK - the chain is OK | endpoints=1 critical=0;;0 warning=0;0 unknown=0 days_left=129\n"},
		{"info only", []Endpoint{hinted}, 0, "TLSCHAIN OK - the chain is OK | "},
		{"waived", []Endpoint{accepted}, 0, "TLSCHAIN OK - the chain is OK | "},
		{"warning", []Endpoint{warned}, 1, "TLSCHAIN WARNING - good.example.com:443: expires-soon: ends on 2026-11-30 ¦ soon | endpoints=1 "},
		{"error", []Endpoint{broken}, 2, "TLSCHAIN CRITICAL - shop.example.com:443: missing-intermediate: "},
		{"unreachable", []Endpoint{down}, 3, "TLSCHAIN UNKNOWN - down.example.com:8443: "},
		{"a warning outweighs the unknown", []Endpoint{down, warned}, 1, "TLSCHAIN WARNING - 2 of 2 endpoints have problems, such as good.example.com:443: "},
		{"an error outweighs all", []Endpoint{down, warned, broken, good}, 2, "TLSCHAIN CRITICAL - 3 of 4 endpoints have problems, such as shop.example.com:443: "},
	} {
		out, code := nagios(t, c.list...)
		if code != c.code || !strings.HasPrefix(out, c.line) {
			t.Errorf("%s: exit code %d, want %d\n%s\nwant %s", c.name, code, c.code, out, c.line)
		}
		first, long, _ := strings.Cut(out, "\n")
		text, data, found := strings.Cut(first, "|")
		if !found || strings.Contains(data+long, "|") || strings.TrimSpace(text) == "" {
			t.Errorf("%s: the performance data is not told apart: %s", c.name, out)
		}
		for value := range strings.FieldsSeq(data) {
			if !perfdata.MatchString(value) {
				t.Errorf("%s: %q is no performance data", c.name, value)
			}
		}
	}
}

func TestNagiosIsBounded(t *testing.T) {
	many := make([]Endpoint, 500)
	for i := range many {
		many[i] = exampleEndpoints()[1]
	}
	out, _ := nagios(t, many...)
	if n := strings.Count(out, "\n"); n != 1+maxNagiosLines+1 || !strings.HasSuffix(out, "and 450 more\n") {
		t.Errorf("%d lines, the last %q", n, out[len(out)-40:])
	}
}

// A runner reads a workflow command up to the end of its line, and a property
// up to a comma or a colon: no text may hold either.
func TestGitHub(t *testing.T) {
	out := string(example(t, "github", "example.github.txt", Options{}))
	command := regexp.MustCompile(`^::(error|warning|notice) ((file|title)=[^:,]+,?)+::[^\r\n]+$`)
	for line := range strings.Lines(out) {
		if !command.MatchString(strings.TrimSuffix(line, "\n")) {
			t.Errorf("%q is no workflow command", line)
		}
	}
	if got := githubProperty("50%,a:b\r\n"); got != "50%25%2Ca%3Ab%0D%0A" {
		t.Error(got)
	}
}

func TestGitLab(t *testing.T) {
	var issues []struct {
		Description string
		CheckName   string `json:"check_name"`
		Fingerprint string
		Severity    string
		Location    struct {
			Path  string
			Lines struct{ Begin int }
		}
	}
	if err := json.Unmarshal(example(t, "gitlab", "example.gitlab.json", Options{}), &issues); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, i := range issues {
		if i.Description == "" || i.CheckName == "" || i.Location.Path == "" || i.Location.Lines.Begin != 1 {
			t.Errorf("not whole: %+v", i)
		}
		if seen[i.Fingerprint] {
			t.Errorf("%s: not the only one of its fingerprint", i.Description)
		}
		seen[i.Fingerprint] = true
		switch i.Severity {
		case "info", "minor", "major", "critical", "blocker":
		default:
			t.Errorf("severity %q", i.Severity)
		}
	}
	want := 0
	for _, e := range exampleEndpoints() {
		if e.Status == Failed {
			want++
		}
		for _, f := range e.Findings {
			if !f.Waived {
				want++
			}
		}
	}
	if len(issues) != want {
		t.Errorf("%d issues, want %d", len(issues), want)
	}
	if out, err := convert(t, []byte(strings.SplitAfter(string(stored(t, "example.ndjson")), "\n")[0]), "gitlab", Options{}); err != nil || strings.TrimSpace(string(out)) != "[\n]" {
		t.Errorf("without a finding: %q, %v", out, err)
	}
}

func TestCycloneDX(t *testing.T) {
	out := example(t, "cyclonedx", "example.cdx.json", Options{})
	if err := validCycloneDX(t, out); err != nil {
		t.Error(err)
	}
	var bom struct {
		Components []struct {
			Ref    string `json:"bom-ref"`
			Crypto struct {
				Asset string `json:"assetType"`
			} `json:"cryptoProperties"`
		}
		Services     []struct{ Name string }
		Dependencies []struct {
			Ref       string
			DependsOn []string
		}
	}
	if err := json.Unmarshal(out, &bom); err != nil {
		t.Fatal(err)
	}
	refs := map[string]bool{}
	kinds := map[string]int{}
	for _, c := range bom.Components {
		if refs[c.Ref] {
			t.Errorf("%s stands twice", c.Ref)
		}
		refs[c.Ref] = true
		kinds[c.Crypto.Asset]++
	}
	distinct := map[Hash]bool{}
	captured := 0
	for _, e := range exampleEndpoints() {
		if e.Status == OK {
			captured++
		}
		for _, c := range e.Chain {
			if !c.SPKISHA256.IsZero() {
				distinct[c.SHA256] = true
			}
		}
	}
	if kinds["certificate"] != len(distinct) || len(bom.Services) != captured {
		t.Errorf("%d certificates and %d services, want %d and %d", kinds["certificate"], len(bom.Services), len(distinct), captured)
	}
	for _, d := range bom.Dependencies {
		for _, on := range d.DependsOn {
			if !refs[on] {
				t.Errorf("%s depends on %s, which is not described", d.Ref, on)
			}
		}
	}
}

func TestCycloneDXValidatorRefuses(t *testing.T) {
	out := strings.Replace(string(show(t, "cyclonedx", Options{})), `"assetType": "certificate"`, `"assetType": "paper"`, 1)
	if validCycloneDX(t, []byte(out)) == nil {
		t.Error("an asset of paper passes")
	}
}

func TestQuantumLevel(t *testing.T) {
	for name, want := range map[string]int{"RSA": 0, "ECDSA-SHA384": 0, "Ed25519": 0, "ML-DSA-44": 2, "ML-DSA-65": 3, "ML-DSA-87": 5} {
		if got := quantumLevel(name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	for key, want := range map[string]int{"RSA 2048": 2048, "EC P-256": 256, "EC brainpoolP384r1": 384, "DSA 1024": 1024} {
		if got := keyBits(key); got == nil || *got != want {
			t.Errorf("%s: %v, want %d", key, got, want)
		}
	}
	for _, key := range []string{"Ed25519", "Ed448", "ML-DSA-65"} {
		if got := keyBits(key); got != nil {
			t.Errorf("%s: %d out of a name", key, *got)
		}
	}
}

// validCycloneDX holds a document against the standard's schema, which comes
// with the source of the library.
func validCycloneDX(t testing.TB, doc []byte) error {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	schema := filepath.Join(strings.TrimSpace(string(dir)), "schema")
	c := jsonschema.NewCompiler()
	for url, file := range map[string]string{
		"http://cyclonedx.org/schema/bom-1.6.schema.json":  "bom-1.6.schema.json",
		"http://cyclonedx.org/schema/spdx.schema.json":     "spdx.schema.json",
		"http://cyclonedx.org/schema/jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	} {
		add(t, c, url, filepath.Join(schema, file))
	}
	s, err := c.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

func add(t testing.TB, c *jsonschema.Compiler, url, file string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	source, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource(url, source); err != nil {
		t.Fatal(err)
	}
}

// What was given and could not be used is in the reports for machines, too.
func TestSkippedCounted(t *testing.T) {
	for format, want := range map[string]string{
		"sarif": `"hosts.txt:3 was skipped: no host name"`, "prometheus": "\ntlschain_skipped_lines{group=\"\"} 2\n",
		"github": "::error file=hosts.txt,line=3,title=skipped::hosts.txt:3: no host name\n::error title=skipped::example.com:99999: no port\n",
		"gitlab": `"location":{"path":"hosts.txt","lines":{"begin":3}}},` + "\n" + `{"description":"example.com:99999: no port",`,
		"junit":  `<testcase name="hosts.txt:3" classname="skipped" time="0">`,
	} {
		var b strings.Builder
		w, err := New(format, &b, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var tally Tally
		tally.SkipLine("hosts.txt", 3, "no host name")
		tally.Skip("example.com:99999", "no port")
		if err := errors.Join(w.Begin(exampleHeader()), w.End(tally.Summary(false))); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s lacks %q: %s", format, want, b.String())
		}
	}
}

// A file that is none beside good ones is unknown, in the one status line; after
// that line there is no other, whatever else goes wrong.
func TestNagiosSkipped(t *testing.T) {
	var b strings.Builder
	w, err := New("nagios", &b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	good := exampleEndpoints()[0]
	var tally Tally
	tally.Add(&good)
	tally.Skip("roots.pem", "no leaf | none")
	if err := errors.Join(w.Begin(exampleHeader()), w.Endpoint(&good), w.End(tally.Summary(false))); err != nil {
		t.Fatal(err)
	}
	code, err := w.(ExitCoder).Fail("no space left on device")
	if out := b.String(); err != nil || code != 3 || strings.Count(out, "TLSCHAIN ") != 1 ||
		!strings.HasPrefix(out, "TLSCHAIN UNKNOWN - roots.pem was skipped: no leaf ¦ none | endpoints=1 ") {
		t.Errorf("%d, %v: %s", code, err, out)
	}
}
