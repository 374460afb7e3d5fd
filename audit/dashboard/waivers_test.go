package dashboard

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What was accepted is shown with who did, why, until when, and what it is for.
func TestWaiversPage(t *testing.T) {
	s := filled(t, "")
	if text := get(handler(t, s), "/waivers").Body.String(); !strings.Contains(text, "No group has waivers") {
		t.Errorf("without waivers:\n%s", text)
	}
	s = filled(t, "")
	s.Config.Groups["web"].Waivers = "waivers.yaml"
	file := `
waivers:
  - {rule: missing-intermediate, endpoint: "*.example", reason: <b>old</b> printers, owner: office, ticket: OPS-1, expires: 2030-01-01}
  - {rule: weak-key, endpoint: "*", reason: nobody knows, expires: 2020-01-01}
`
	if err := os.WriteFile(filepath.Join(s.Config.Dir, "waivers.yaml"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	h := handler(t, s)
	text := get(h, "/waivers").Body.String()
	for _, want := range []string{
		`2020-01-01 <span class="mark warning">ended</span>`, "&lt;b&gt;old&lt;/b&gt; printers (office, OPS-1)", `title="a.example:443">1</td>`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}
	if want := `"owner":"office","ticket":"OPS-1","expires":"2030-01-01T00:00:00Z","ended":false,"matches":1,"endpoints":["a.example:443"]`; !strings.Contains(get(h, "/api/v1/waivers").Body.String(), want) {
		t.Errorf("the API lacks %s", want)
	}
}
