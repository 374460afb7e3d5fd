package client

import (
	"encoding/csv"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest/variant"
)

var writeRun = flag.String("write-run", "", "verdicts of TestNameConstraints of the conformance tests, files separated by commas, to write testdata/bettertls-run.tsv from")

const runFile = "testdata/bettertls-run.tsv"

// deriveRun reads what the conformance tests wrote.
func deriveRun(t *testing.T, files string) (lines []verdictLine) {
	t.Helper()
	cases := variant.NameCases()
	number := map[string][]int{}
	for n, c := range cases {
		text := variant.Text(c.Changes())
		number[text] = append(number[text], n)
	}
	verdicts := map[string][]byte{}
	for file := range strings.SplitSeq(files, ",") {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows[1:] {
			if verdicts[r[3]] == nil {
				verdicts[r[3]] = []byte(strings.Repeat("-", len(cases)))
			}
			for _, n := range number[r[0]] { // some cases are there twice
				verdicts[r[3]][n] = r[5][0]
			}
		}
	}
	for _, who := range slices.Sorted(maps.Keys(verdicts)) {
		lines = append(lines, verdictLine{nameSuite, who, string(verdicts[who])})
	}
	return lines
}

// TestRunNames predicts what real clients made of the cases of names when they
// were run here.
func TestRunNames(t *testing.T) {
	if *writeRun != "" {
		writeLines(t, runFile, "# Verdicts of real clients on BetterTLS's cases of name constraints, run by TestNameConstraints of the conformance tests and\n"+
			"# written by TestRunNames: suite, profile, and verdicts as in bettertls.tsv.\n", deriveRun(t, *writeRun))
	}
	predicted := predictNames(t)
	for _, l := range readLines(t, runFile) {
		l.compare(t, predicted[l.client], func(n int) bool { return slices.Contains(runUnlike[l.client], n) })
	}
}

// runUnlike are cases, by number, of which a client makes what is not modelled:
// alternative names that hold an address in ways of their own.
var runUnlike = map[string][]int{
	"botan-2.19":  {8865, 8866}, // an address of nine octets
	"wolfssl-5.5": {8851, 8852}, // the octets of an address in a name of another form
}
