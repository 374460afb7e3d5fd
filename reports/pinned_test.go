package reports

import (
	"bytes"
	"strings"
	"testing"
)

// What a saved report says to type reaches the address that the user gave, as the
// report of the scan did; what is no target is not taken from a foreign report.
func TestSavedReportKeepsTheAddress(t *testing.T) {
	for typed, want := range map[string]string{
		"shop.example.com@192.0.2.7:443": "tlschain fix shop.example.com@192.0.2.7:443",
		"":                               "tlschain fix shop.example.com",
		"-o/etc/passwd":                  "tlschain fix shop.example.com",
		"a b\x1b[2J":                     "tlschain fix shop.example.com",
	} {
		e := incomplete("shop.example.com")
		e.PinnedTarget, e.fix = typed, bytesOf(e.Bundle)
		e.Severity = e.Worst()
		for _, format := range []string{"html", "table", "markdown"} {
			out, err := convert(t, append(e.AppendJSON(nil), '\n'), format, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if format != "markdown" && !bytes.Contains(out, []byte(want)) || bytes.Contains(out, []byte("passwd")) || bytes.Contains(out, []byte("@")) != strings.Contains(want, "@") && format == "table" || bytes.ContainsRune(out, 0x1b) {
				t.Errorf("%q as %s does not say %s", typed, format, want)
			}
		}
	}
}
