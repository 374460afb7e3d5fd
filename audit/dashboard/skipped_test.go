package dashboard

import (
	"strings"
	"testing"
)

// What an audit could not look at is counted wherever its endpoints are.
func TestSkippedShown(t *testing.T) {
	h := handler(t, filled(t, ""))
	for path, want := range map[string]string{
		"/":                `<td class="number"><a href="/audits/2">7</a></td>`,
		"/audits":          `<td class="number">7</td>`,
		"/audits/2":        "7 lines that are no targets<br>hosts.txt:3: nonsense",
		"/api/v1/audits/2": `"skipped":7,"skipped_lines":["hosts.txt:3: nonsense"]`,
		"/api/v1/groups":   `"skipped":7`,
		"/metrics":         "\ntlschain_skipped_lines{group=\"web\"} 7\n",
	} {
		if text := get(h, path).Body.String(); !strings.Contains(text, want) {
			t.Errorf("%s lacks %q:\n%s", path, want, text)
		}
	}
}
