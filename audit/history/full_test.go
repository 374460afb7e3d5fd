//go:build linux

package history_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tlschain/tlschain/audit/history"
)

// A full disk is reported, loses nothing that was stored before, and hurts no
// longer than it lasts.
func TestDiskFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can mount the small file system that this fills")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("this machine lets nobody mount a file system: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	where := filepath.Join(dir, "history.db")
	db := open(t, where)
	night(t, db, "web", 0, seen("a", "A"), seen("b", "B"))

	w := begin(t, db, "web", 1)
	overflow(t, w, 100, "full")
	// What was there still is, and half of the audit is not shown.
	expect(t, "timeline of a", intervals(t, db, "web", "a"), "1-1 A")
	expect(t, "rows", len(rows(t, db, 1)), 2)
	list, err := db.Endpoints(t.Context(), history.Query{})
	if err != nil || len(list) != 2 {
		t.Errorf("%d endpoints, %v", len(list), err)
	}
	room(t, db, dir)
}

// overflow stores 50,000 bytes at a time until the disk is full, which the error
// must say.
func overflow(t *testing.T, w *history.Writer, most int, full string) {
	t.Helper()
	random := rand.NewChaCha8([32]byte{})
	var err error
	for n := 0; err == nil; n++ {
		s := seen(fmt.Sprint("host", n), fmt.Sprint("state", n))
		s.Chain[0].DER = make([]byte, 50_000)
		random.Read(s.Chain[0].DER)
		err = w.Add(t.Context(), s)
		if n > most {
			t.Fatalf("more than %d times 50,000 bytes fit in", most)
		}
	}
	if !strings.Contains(err.Error(), full) || !strings.Contains(err.Error(), "audit 2") {
		t.Errorf("the error names neither what was done nor why it failed: %v", err)
	}
}

// room is made by somebody: the next audit joins what the failed one had stored.
func room(t *testing.T, db *history.DB, dir string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
		t.Fatal(err)
	}
	night(t, db, "web", 2, seen("a", "A"), seen("b", "B2"))
	expect(t, "timeline of b", intervals(t, db, "web", "b"), "1-1 B, 3-3 B2")
	failed, err := db.Audit(t.Context(), 2)
	if err != nil || failed.State != history.Partial {
		t.Errorf("%+v %v", failed, err)
	}
}
