package client

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest/variant"
)

// TestLearnedCertificates holds what was learned of single certificates. The
// conformance tests show the same chains to the clients themselves
// (CONFORMANCE_CHANGES=@../testdata/learned.txt).
func TestLearnedCertificates(t *testing.T) {
	f, err := os.Open("testdata/learned.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	builders := Builders()
	for _, p := range Profiles(catalog.Embedded(), time.Time{}) {
		if _, measured := builders[p.ID]; !measured {
			builders[p.ID] = p.Builder
		}
	}
	now := time.Now()
	for n, lines := 0, bufio.NewScanner(f); lines.Scan(); n++ {
		text, answers, ok := strings.Cut(lines.Text(), "|")
		if !ok {
			continue // a comment
		}
		changes, err := variant.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		made, err := variant.Make(fmt.Sprint("learned", n), changes, now)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var list, anchors []chain.Entry
		for _, der := range made.Presented {
			list = append(list, chain.Read(der))
		}
		for _, der := range made.Anchors {
			anchors = append(anchors, chain.Read(der))
		}
		for answer := range strings.FieldsSeq(answers) {
			id, version, _ := strings.Cut(answer[1:], "/")
			b, ok := builders[id]
			if !ok {
				t.Fatalf("there is no client %q", id)
			}
			p := &Profile{ID: id, Builder: b, Store: storeOf(anchors)}
			versions := map[string]uint16{"1.2": tls12, "1.3": tls13, "": tls13}
			if b.TLS12 && version == "" {
				version = "1.2"
			}
			q := Question{Name: made.Host, At: now, TLS: versions[version]}
			if got := p.Judge(new(chain.Verifier).Begin(), list, q); got.Accepted != (answer[0] == '+') {
				t.Errorf("%s%s: accepted is %v: %s", text, answer, got.Accepted, got.Reason)
			}
		}
	}
}
