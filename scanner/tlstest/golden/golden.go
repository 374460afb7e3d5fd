// Package golden compares what tests made with files that are kept, and writes
// those anew with go test -update. `make update` does that for all of them.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the files that tests compare with anew; look at the difference")

// Update reports whether files are to be written and not compared.
func Update() bool { return *update }

// Compare fails the test and shows the difference if the file at path does not
// hold got. With -update it writes the file.
func Compare(t testing.TB, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: run make update", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("%s is not current: run make update, and look at what it changes (-file +now):\n%s", path, diff)
	}
}
