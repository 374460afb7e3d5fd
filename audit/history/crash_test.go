//go:build linux

package history_test

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/history/pgtest"
)

// PostgreSQL dies in the middle of an audit and comes back: what was stored is
// there, nothing half is shown, and the same process goes on.
func TestPostgreSQLDies(t *testing.T) {
	server := pgtest.Start(t)
	where := server.Database(t)
	db := open(t, where)
	night(t, db, "web", 0, seen("a", "A"), seen("b", "B"))
	unlock, err := db.Lock(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	w := begin(t, db, "web", 1)
	add(t, w, seen("a", "A2"))

	server.Crash(t)
	for what, err := range map[string]error{
		"storing what audit 2 saw": w.Add(t.Context(), seen("b", "B2")), "ending audit 2": w.Finish(t.Context(), day(1), true, ""), "asking the history": db.Ping(t.Context()),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), what+": ") {
			t.Errorf("without a database: %v; want what could not be done: %s", err, what)
		}
	}
	if _, err := history.Open(t.Context(), where); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("opening it: %v", err)
	}
	unlock() // the lock went with the server

	server.Run(t)
	expect(t, "timeline of a", intervals(t, db, "web", "a"), "1-1 A")
	expect(t, "rows of the audit before", len(rows(t, db, 1)), 2)
	half, err := db.Audit(t.Context(), w.ID)
	if err != nil || half.State != history.Running {
		t.Errorf("the audit under way: %+v %v", half, err)
	}
	for _, err := range db.Rows(t.Context(), w.ID) {
		if err == nil {
			t.Error("half an audit is shown")
		}
	}
	if unlock, err = db.Lock(t.Context(), "web"); err != nil {
		t.Fatalf("locking the group again: %v", err)
	}
	defer unlock()
	next := night(t, db, "web", 2, seen("a", "A2"), seen("b", "B2")) // the crash cost some numbers
	expect(t, "timeline of a", intervals(t, db, "web", "a"), fmt.Sprintf("1-1 A, 2-%d A2", next))
	expect(t, "timeline of b", intervals(t, db, "web", "b"), fmt.Sprintf("1-1 B, %d-%d B2", next, next))
	if half, err = db.Audit(t.Context(), w.ID); err != nil || half.State != history.Partial || half.Endpoints != 1 {
		t.Errorf("the audit that PostgreSQL died in: %+v %v", half, err)
	}
}

// The disk of PostgreSQL's tables is full: reported, nothing is lost, and the
// next audit goes well when there is room.
func TestPostgreSQLDiskFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can mount the small file system that this fills")
	}
	server := pgtest.Start(t)
	dir, err := os.MkdirTemp("", "pgfull")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(dir) })
	// A new database takes 8 MB.
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=12m"); err != nil {
		t.Skipf("this machine lets nobody mount a file system: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	server.Give(t, dir)
	where := small(t, server.Database(t), dir)
	db := open(t, where)
	night(t, db, "web", 0, seen("a", "A"), seen("b", "B"))

	w := begin(t, db, "web", 1)
	overflow(t, w, 400, "No space left")
	expect(t, "timeline of a", intervals(t, db, "web", "a"), "1-1 A")
	expect(t, "rows", len(rows(t, db, 1)), 2)
	room(t, db, dir)
}

// The disk of PostgreSQL's write-ahead log is full, which ends the server: it is
// said what could not be done, and with room and a server nothing is lost.
func TestPostgreSQLLogDiskFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can mount the small file system that this fills")
	}
	dir, err := os.MkdirTemp("", "pgwal")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(dir) })
	// A file of the log takes 16 MB.
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=52m"); err != nil {
		t.Skipf("this machine lets nobody mount a file system: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	server := pgtest.Start(t)
	server.MoveLog(t, dir)
	db := open(t, server.Database(t))
	night(t, db, "web", 0, seen("a", "A"), seen("b", "B"))

	overflow(t, begin(t, db, "web", 1), 2000, "storing what audit 2 saw: ")
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=200m"); err != nil {
		t.Fatal(err)
	}
	server.Run(t)
	expect(t, "timeline of a", intervals(t, db, "web", "a"), "1-1 A")
	expect(t, "rows", len(rows(t, db, 1)), 2)
	night(t, db, "web", 2, seen("a", "A"), seen("b", "B2"))
	half, err := db.Audit(t.Context(), 2)
	if err != nil || half.State != history.Partial {
		t.Errorf("%+v %v", half, err)
	}
	expect(t, "timeline of b", intervals(t, db, "web", "b"), "1-1 B, "+fmt.Sprintf("%[1]d-%[1]d B2", latest(t, db)))
}

func latest(t *testing.T, db *history.DB) int64 {
	t.Helper()
	list, err := db.Audits(t.Context(), "web", 0, 1)
	if err != nil || len(list) == 0 {
		t.Fatal(err)
	}
	return list[0].ID
}

// small makes a database whose tables are in a folder, beside the one given.
func small(t *testing.T, beside, dir string) string {
	t.Helper()
	raw, err := sql.Open("pgx", beside)
	if err != nil {
		t.Fatal(err)
	}
	_, err1 := raw.Exec("CREATE TABLESPACE small LOCATION '" + dir + "'")
	_, err2 := raw.Exec("CREATE DATABASE small TABLESPACE small")
	if err := errors.Join(err1, err2, raw.Close()); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(beside)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/small"
	return u.String()
}
