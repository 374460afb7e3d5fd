package reports

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/scanner/tlstest/golden"
)

// narrow makes ambiguous characters one column wide, whatever the locale of
// the machine that runs the tests says.
func narrow(t *testing.T) {
	was := twwidth.IsEastAsian()
	twwidth.SetEastAsian(false)
	t.Cleanup(func() { twwidth.SetEastAsian(was) })
}

func TestTable(t *testing.T) {
	narrow(t)
	for _, c := range []struct {
		name string
		o    Options
	}{
		{"table-80.txt", Options{Width: 80}},
		{"table-140.txt", Options{Width: 140}},
		{"table-pipe.txt", Options{}},
		{"table-ja.txt", Options{Width: 100, Lang: "ja"}},
		{"table-wide.txt", Options{Width: 80, Table: TableOptions{Wide: true}}},
		{"table-warning.txt", Options{Width: 80, Table: TableOptions{Only: rules.Warning, Columns: []string{"endpoint", "expires", "issuer"}}}},
		{"table-by-mend.txt", Options{Width: 80, Table: TableOptions{GroupBy: "mend"}}},
		{"table-by-rule.txt", Options{Width: 80, Table: TableOptions{GroupBy: "rule"}}},
		{"table-by-product.txt", Options{Width: 80, Table: TableOptions{GroupBy: "product"}}},
		{"table-by-issuer.txt", Options{Width: 80, Table: TableOptions{GroupBy: "issuer"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := show(t, "table", c.o)
			golden.Compare(t, "../testdata/reports/"+c.name, out)
			for _, line := range strings.Split(string(out), "\n") {
				if c.o.Width > 0 && !c.o.Table.Wide && columnsOf(line) > c.o.Width {
					t.Errorf("%d columns: %s", columnsOf(line), line)
				}
			}
			checkTerminal(t, out)
		})
	}
}

// checkTerminal reports whether text reaches a terminal as text.
func checkTerminal(t testing.TB, out []byte) {
	t.Helper()
	for _, r := range string(out) {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar) {
			t.Fatalf("%U reaches the terminal", r)
		}
	}
}

// The frame of the table stands in one column, whatever is in the cells.
func TestTableIsAligned(t *testing.T) {
	narrow(t)
	lines := strings.Split(string(show(t, "table", Options{Width: 80})), "\n")
	for _, line := range lines {
		if strings.HasPrefix(line, "│") && columnsOf(line) != columnsOf(lines[0]) {
			t.Errorf("%d columns under a frame of %d: %s", columnsOf(line), columnsOf(lines[0]), line)
		}
	}
}

// Colour adds escape sequences and changes nothing else.
func TestColour(t *testing.T) {
	narrow(t)
	plain, colour := show(t, "table", Options{Width: 80}), show(t, "table", Options{Width: 80, Colour: true})
	if !bytes.Contains(colour, []byte("\x1b[31m✗\x1b[0m")) {
		t.Error("no red cross")
	}
	stripped := string(colour)
	for _, code := range []string{"\x1b[0m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[35m", "\x1b[36m"} {
		stripped = strings.ReplaceAll(stripped, code, "")
	}
	if stripped != string(plain) {
		t.Error("colour changes the text")
	}
}

// Beyond the bound nothing is held: findings come out as they go in.
func TestTableFlows(t *testing.T) {
	narrow(t)
	var b bytes.Buffer
	w, err := New("table", &b, Options{Width: 80})
	if err != nil {
		t.Fatal(err)
	}
	var tally Tally
	for i := range maxRows + 2 {
		if i == maxRows && b.Len() > 0 {
			t.Fatal("something is printed although everything can be sorted")
		}
		e := incomplete(fmt.Sprintf("host%d.example.com", i))
		tally.Add(&e)
		if err := w.Endpoint(&e); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(b.String(), "host10001.example.com") {
		t.Error("the last finding is not out yet")
	}
	if err := w.End(tally.Summary(false)); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "✗ missing-intermediate"); n != maxRows+2 {
		t.Errorf("%d findings", n)
	}
	if !strings.Contains(b.String(), "10002 endpoints") {
		t.Error("no footer")
	}
}

func TestTableRefuses(t *testing.T) {
	for _, o := range []TableOptions{{GroupBy: "colour"}, {Columns: []string{"endpoint", "mood"}}} {
		if _, err := New("table", nil, Options{Table: o}); err == nil || !strings.Contains(err.Error(), "type") {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if _, err := New("pdf", nil, Options{}); err == nil || !strings.Contains(err.Error(), "ndjson") {
		t.Error(err)
	}
}

func TestWrap(t *testing.T) {
	narrow(t)
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"", 5, ""},
		{"one two three", 7, "one two|three"},
		{"sub.domain.example.com:443", 12, "sub.domain.|example.com:|443"},
		{"証明書が足りません。", 8, "証明書が|足りませ|ん。"},
		{"abcdefghij", 4, "abcd|efgh|ij"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301e\u0301|e\u0301"},
		{"a" + glue + "b c", 3, "a" + glue + "b|c"},
	} {
		if got := strings.Join(wrap(c.text, c.width, columnsOf), "|"); got != c.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

// eachLabel walks the words of two languages side by side.
func eachLabel(a, b labels, visit func(name, a, b string)) {
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range va.NumField() {
		visit(va.Type().Field(i).Name, va.Field(i).String(), vb.Field(i).String())
	}
}
