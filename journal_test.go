package tlschain

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tlschain/tlschain/reports"
)

// FuzzJournal opens what a kill, a full disk or anybody else left of a journal: it is
// refused and stays as it is, or goes on with all its whole lines and nothing else.
func FuzzJournal(f *testing.F) {
	config := new(Config)
	added := []reports.Endpoint{{Target: "a.example", Host: "a.example", Port: 443}}
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	open := func(path string) (*Journal, error) {
		j, _, err := OpenJournal(path, config, "", at)
		return j, err
	}
	path := filepath.Join(f.TempDir(), "seed")
	j, err := open(path)
	if err != nil {
		f.Fatal(err)
	}
	for range 2 {
		if err := j.Add(added); err != nil {
			f.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		f.Fatal(err)
	}
	seed, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add(seed[:len(seed)-7])
	f.Add([]byte(nil))
	f.Add([]byte("no journal\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "journal")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		after := func() []byte {
			left, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			return left
		}
		j, err := open(path)
		if err != nil {
			if left := after(); !bytes.Equal(left, data) {
				t.Fatalf("refused (%v), and changed from %q to %q", err, data, left)
			}
			return
		}
		stored := func(j *Journal) (n int) {
			for _, err := range j.Stored() {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			return n
		}
		whole := bytes.Count(data, []byte("\n"))
		before := stored(j)
		if before != max(0, whole-1) {
			t.Fatalf("%d targets in %d whole lines", before, whole)
		}
		if err := j.Add(added); err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if kept := data[:bytes.LastIndexByte(data, '\n')+1]; !bytes.HasPrefix(after(), kept) {
			t.Fatalf("%q became %q", data, after())
		}
		if j, err = open(path); err != nil {
			t.Fatalf("not opened again: %v", err)
		}
		if n := stored(j); n != before+1 {
			t.Fatalf("%d targets and one more are %d", before, n)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
