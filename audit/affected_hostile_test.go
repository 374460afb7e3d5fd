package audit

import (
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/tlschain/tlschain/reports"
)

// TestAffectedIsClean holds that whatever stands in a history, no format shows
// what acts instead of being read.
func TestAffectedIsClean(t *testing.T) {
	for _, text := range []string{
		"\x1b[2J\x1b]0;x\x07", "\x1b]8;;http://evil.example\x1b\\here", "\u202egnp", "zero\u200bwidth", "a\r\nb", "a\x00b", "]]>", "=1+1", "\"} 1",
	} {
		for format, write := range map[string]func(AffectedList, io.Writer) error{
			"table": AffectedList.Table, "json": AffectedList.JSON, "csv": AffectedList.CSV,
		} {
			found := AffectedList{{
				Group: text, Endpoint: text, Certificates: []reports.Match{{Subject: text}}, Spans: []Span{{Audits: 1}}, Now: StillAffected,
			}}
			cleanAffected(found)
			var b bytes.Buffer
			if err := write(found, &b); err != nil {
				t.Fatal(err)
			}
			if at := strings.IndexFunc(b.String(), func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) }); at >= 0 {
				t.Errorf("%s of %q: %q", format, text, b.String()[at:])
			}
			if format != "csv" {
				continue
			}
			rows, err := csv.NewReader(&b).ReadAll()
			if err != nil || len(rows) != 2 {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			for _, cell := range rows[1] {
				if strings.HasPrefix(cell, "=") {
					t.Errorf("a formula: %q", cell)
				}
			}
		}
	}
}
