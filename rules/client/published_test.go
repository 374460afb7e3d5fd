package client

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest/variant"
)

var writePublished = flag.Bool("write-published", false, "write testdata/bettertls.tsv anew from the table of published verdicts")

const (
	publishedFile = "testdata/bettertls.tsv"
	nameSuite     = "nameconstraints"
	pathSuite     = "pathbuilding"
)

// A publishedClient is one of those whose verdicts BetterTLS's project publishes,
// and what predicts it. What it does otherwise is told with its reason.
type publishedClient struct {
	profile string
	unlike  func(c variant.NameCase) bool // cases of names in which the release of then, or the program around the verifier, does otherwise
	older   string                        // what has changed since then in how it builds paths; empty: nothing
}

// byCommonName are the cases in which only the common name has the host.
func byCommonName(c variant.NameCase) bool {
	common, names := "", ""
	for _, change := range c.Leaf {
		switch change.Word {
		case "cn":
			common = change.Value
		case "san":
			names = change.Value
		}
	}
	return common == c.Host && !slices.Contains(strings.Split(names, ","), "dns:"+c.Host) && !slices.Contains(strings.Split(names, ","), "ip:"+c.Host)
}

var publishedClients = map[string]publishedClient{
	"edge_win64_94.0.992.38":         {profile: "windows", unlike: byCommonName}, // the browser, not Windows, compares names: by Chromium's rules
	"chrome_win64_96.0.4664.110":     {profile: "windows", unlike: byCommonName},
	"safari_macos_605.1.15":          {profile: "apple"},
	"chrome_macos_97.0.4692.56":      {profile: "apple"}, // Chrome had no verifier of its own there
	"chromium_linux64_96.0.4664.110": {profile: "chrome", older: "it looks up 20 issuers at most"},
	"firefox_linux64_95.0":           {profile: "firefox", unlike: byCommonName}, // read common names of roots that were added
	"go_1.18beta1":                   {profile: "go-1.21", older: "1.18 rejects one list of 36, case 57; the release in use is asked itself"},
	"openssl_1.1.1f":                 {profile: "openssl-1.1.1", older: "1.1.1l accepts two more"},
	"openssl_1.1.1l":                 {profile: "openssl-1.1.1"},
	"openssl_3.0.1":                  {profile: "openssl-3.0"},
	"curl_7.68.0":                    {profile: "curl"},
	"node_16.13.2":                   {profile: "openssl-1.1.1"},
	"gnutls_3.6.13":                  {profile: "gnutls-3.7"},
	"gnutls_3.7.2":                   {profile: "gnutls-3.7"},
	"java_1.8.0_292":                 {profile: "java-17", older: "it takes 10 certificates at most"},
	"java_11.0.11":                   {profile: "java-17", older: "it takes 10 certificates at most"},
	"java_17.0.1":                    {profile: "java-17", older: "it takes 10 certificates at most"},
	"boringssl_a406ad7":              {profile: "boringssl-android"},
	"rustls_0.20.2":                  {profile: "rustls-0.20"},
}

// A verdictLine is what one client made of all cases of a suite: by number, a for
// accepted, r for rejected, a hyphen for not run.
type verdictLine struct{ suite, client, verdicts string }

// readPublished reads the file of published verdicts that is kept here.
func readPublished(t *testing.T) []verdictLine { return readLines(t, publishedFile) }

func readLines(t *testing.T, file string) (lines []verdictLine) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		field := strings.Fields(line)
		packed, err := base64.StdEncoding.DecodeString(field[2])
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		verdicts, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, verdictLine{field[0], field[1], string(verdicts)})
	}
	return lines
}

// derivePublished makes the same from the table of the published verdicts, whose
// numbers of 2021 lack one case.
func derivePublished(t *testing.T) (lines []verdictLine) {
	t.Helper()
	f, err := os.Open(filepath.Join(truthDir, "bettertls-published.csv.gz"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the table of published verdicts is not beside the repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cases := variant.NameCases()
	verdicts := map[[2]string][]byte{}
	for _, r := range rows[1:] {
		n, err := strconv.Atoi(r[2])
		if err != nil {
			t.Fatal(err)
		}
		size := betterTLSCases
		if r[1] == nameSuite {
			size = len(cases)
			if r[0] == "a738c208" && n >= 6 {
				n++
			}
			if cases[n].Expected != r[3] {
				t.Fatalf("case %d is to be %s, and ours is %s", n, r[3], cases[n].Expected)
			}
		}
		if publishedClients[r[4]].profile == "" {
			continue
		}
		key := [2]string{r[1], r[4]}
		if verdicts[key] == nil {
			verdicts[key] = bytes.Repeat([]byte("-"), size)
		}
		verdicts[key][n] = r[5][0]
	}
	for key, v := range verdicts {
		lines = append(lines, verdictLine{key[0], key[1], string(v)})
	}
	slices.SortFunc(lines, func(a, b verdictLine) int {
		return cmp.Or(cmp.Compare(a.suite, b.suite), cmp.Compare(a.client, b.client))
	})
	return lines
}

// TestPublishedFile holds the file here to the table that it is from.
func TestPublishedFile(t *testing.T) {
	lines := derivePublished(t)
	if *writePublished {
		writeLines(t, publishedFile, "# Verdicts on the cases of BetterTLS that its project publishes (github.com/Netflix/bettertls, Apache-2.0), written by\n"+
			"# TestPublishedFile: suite, client, and by the number of the case a (accepted), r (rejected) or - (not run), as gzip in base64.\n", lines)
	}
	if kept := readPublished(t); !slices.Equal(kept, lines) {
		t.Error("the file is not what the table says; write it with -write-published")
	}
}

// writeLines writes a file of verdicts.
func writeLines(t *testing.T, file, head string, lines []verdictLine) {
	t.Helper()
	var out strings.Builder
	out.WriteString(head)
	for _, l := range lines {
		var packed bytes.Buffer
		z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		io.WriteString(z, l.verdicts)
		z.Close()
		fmt.Fprintf(&out, "%s\t%s\t%s\n", l.suite, l.client, base64.StdEncoding.EncodeToString(packed.Bytes()))
	}
	if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// publishedProfiles is what predicts the published clients, with one store.
func publishedProfiles(store *chain.Set) (profiles []*Profile) {
	all := Builders()
	all["windows"], all["apple"] = rowOf("windows").verifier(), apple().verifier()
	for _, c := range publishedClients {
		if !slices.ContainsFunc(profiles, func(p *Profile) bool { return p.ID == c.profile }) {
			profiles = append(profiles, &Profile{ID: c.profile, Builder: all[c.profile], Store: store})
		}
	}
	return profiles
}

// nameChains makes the chains of the suite's cases. What differs between them is
// a few leaves and the constraints of a CA of one name and key.
type nameChains struct {
	leaves, cas map[string]chain.Entry
	above       chain.Entry
	store       *chain.Set
}

func (m *nameChains) list(t *testing.T, c variant.NameCase) []chain.Entry {
	t.Helper()
	leaf, ca := variant.Text(c.Leaf), variant.Text(c.CA)
	if m.leaves == nil {
		m.leaves, m.cas = map[string]chain.Entry{}, map[string]chain.Entry{}
	}
	_, hasLeaf := m.leaves[leaf]
	_, hasCA := m.cas[ca]
	if !hasLeaf || !hasCA {
		made, err := variant.Make("suite", c.Changes(), truthAt)
		if err != nil {
			t.Fatal(err)
		}
		m.leaves[leaf], m.cas[ca] = chain.Read(made.Presented[0]), chain.Read(made.Presented[1])
		if m.store == nil {
			m.above = chain.Read(made.Presented[2])
			m.store = chain.NewSet([]*cert.Certificate{chain.Read(made.Anchors[0]).Cert})
		}
	}
	return []chain.Entry{m.leaves[leaf], m.cas[ca], m.above}
}

var predictedNames map[string][]Verdict

// predictNames gives, by profile, the predictions for all cases of names.
func predictNames(t *testing.T) map[string][]Verdict {
	t.Helper()
	if predictedNames != nil {
		return predictedNames
	}
	cases := variant.NameCases()
	var m nameChains
	m.list(t, cases[0])
	profiles := publishedProfiles(m.store)
	for _, l := range readLines(t, runFile) {
		if !slices.ContainsFunc(profiles, func(p *Profile) bool { return p.ID == l.client }) {
			profiles = append(profiles, &Profile{ID: l.client, Builder: Builders()[l.client], Store: m.store})
		}
	}
	predictedNames = map[string][]Verdict{}
	v := new(chain.Verifier)
	for _, c := range cases {
		for _, got := range Judge(profiles, v.Begin(), m.list(t, c), Question{Name: c.Host, At: truthAt}) {
			predictedNames[got.Client] = append(predictedNames[got.Client], got)
		}
	}
	return predictedNames
}

// TestPublishedNames predicts every published verdict on the suite's cases of name
// constraints.
func TestPublishedNames(t *testing.T) {
	cases, predicted := variant.NameCases(), predictNames(t)
	for _, line := range readPublished(t) {
		if line.suite != nameSuite {
			continue
		}
		about := publishedClients[line.client]
		line.compare(t, predicted[about.profile], func(n int) bool { return about.unlike != nil && about.unlike(cases[n]) })
	}
}

// compare holds predictions to the verdicts of a client; unlike tells the cases in
// which it does otherwise for a known reason.
func (l verdictLine) compare(t *testing.T, predicted []Verdict, unlike func(int) bool) {
	t.Helper()
	run, otherwise, wrong := 0, 0, 0
	for n, real := range l.verdicts {
		if real == '-' {
			continue
		}
		run++
		switch got := predicted[n]; {
		case got.Accepted == (real == 'a'):
		case unlike != nil && unlike(n):
			otherwise++
		default:
			if wrong++; wrong <= 10 {
				t.Errorf("%s, %s case %d: really %c: %s", l.client, l.suite, n, real, got.Reason)
			}
		}
	}
	t.Logf("%-32s %d of %d, %d otherwise for a known reason", l.client, run-otherwise-wrong, run, otherwise)
}
