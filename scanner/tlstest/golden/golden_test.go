package golden

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// failed keeps what a test would have failed with.
type failed struct {
	testing.TB
	said string
}

func (f *failed) Helper()                           {}
func (f *failed) Errorf(format string, args ...any) { f.said += fmt.Sprintf(format, args...) }
func (f *failed) Fatalf(format string, args ...any) { f.Errorf(format, args...); panic(f) }

func TestCompare(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "file")
	said := func(got string) string {
		f := &failed{TB: t}
		defer func() { recover() }()
		Compare(f, path, []byte(got))
		return f.said
	}
	*update = true
	said("one\ntwo\nthree\n")
	*update = false
	if text, err := os.ReadFile(path); err != nil || string(text) != "one\ntwo\nthree\n" {
		t.Fatalf("%q, %v", text, err)
	}
	if got := said("one\ntwo\nthree\n"); got != "" {
		t.Errorf("equal: %s", got)
	}
	// The spaces are cmp's own, and differ from run to run.
	if got := strings.Join(strings.Fields(said("one\n2\nthree\n")), " "); !strings.Contains(got, `- "two"`) || !strings.Contains(got, `+ "2"`) || !strings.Contains(got, "make update") {
		t.Errorf("different: %s", got)
	}
}
