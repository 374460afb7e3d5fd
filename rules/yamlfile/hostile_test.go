package yamlfile_test

import (
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/yamlfile"
)

// TestHostileYAML: 4 MiB of commas took 1.5 GB of memory. What anchors repeat is
// refused for its type.
func TestHostileYAML(t *testing.T) {
	bomb := "waivers: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for i := range 20 {
		level := string(rune('a' + i))
		above := "*a0"
		if i > 0 {
			above = "*" + string(rune('a'+i-1))
		}
		bomb += level + ": &" + level + " [" + strings.Repeat(above+", ", 8) + above + "]\n"
	}
	for what, c := range map[string]struct{ text, want string }{
		"many values":         {"waivers: [" + strings.Repeat("a,", 2_000_000) + "]", "more than 500,000 values"},
		"no text":             {"\n" + strings.Repeat("\x00", 1<<20), "line 2: this is no text"},
		"anchors":             {bomb, "this is a text, but keys belong here"},
		"an anchor in itself": {"waivers: &a\n- *a\n", "sequence was used where mapping is expected"},
	} {
		var into struct {
			Waivers []struct {
				Rule string `yaml:"rule"`
			} `yaml:"waivers"`
		}
		if _, err := yamlfile.Read([]byte(c.text), &into); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %.200v; want %q", what, err, c.want)
		}
	}
}
