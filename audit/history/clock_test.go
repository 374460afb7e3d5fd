package history_test

import (
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/history/pgtest"
)

// The database's clock is set, and it is the one that counts: what was said while
// it was ahead holds nobody up once it is back.
func TestPostgreSQLClockIsSet(t *testing.T) {
	server, set := pgtest.StartClocked(t)
	where := server.Database(t)
	set(time.Hour)
	db := open(t, where)
	if off := time.Until(db.Now().Add(-time.Hour)).Abs(); off > time.Minute {
		t.Errorf("the database's clock is taken to be %v, %v off", db.Now(), off)
	}
	if ahead := db.ClockAhead() + time.Hour; ahead.Abs() > time.Minute {
		t.Errorf("this machine's is ahead by %v", db.ClockAhead())
	}
	const every = time.Second
	if _, err := db.Turns(t.Context(), "group web", 3, every); err != nil {
		t.Fatal(err)
	}
	if err := db.Beat(t.Context(), "gone", "dmz"); err != nil {
		t.Fatal(err)
	}
	notice := history.Notice{Audit: 1, Group: "web", Receiver: "hook", At: db.Now(), Title: "t", Body: "b"}
	if err := db.Queue(t.Context(), notice); err != nil {
		t.Fatal(err)
	}
	if mine, err := db.Claim(t.Context(), 1, 0); err != nil || !mine {
		t.Fatalf("%v, %v", mine, err)
	}

	set(2 * time.Hour)
	if mine, err := db.Claim(t.Context(), 1, 0); err != nil || mine {
		t.Errorf("set ahead since it was claimed: %v, %v", mine, err)
	}
	set(0)
	if err := db.Beat(t.Context(), "me", "dmz"); err != nil { // and learns that it was set
		t.Fatal(err)
	}
	if off := time.Until(db.Now()).Abs(); off > time.Minute {
		t.Errorf("set back, it is taken to be %v, %v off", db.Now(), off)
	}
	for range 2 {
		if wait, err := db.Turns(t.Context(), "group web", 1, every); err != nil || wait > time.Minute {
			t.Errorf("the next turn is in %v, %v", wait, err)
		}
	}
	// Who was there when it was set knows that claims and workers may be of before:
	// they have a while to say so again.
	if mine, err := db.Claim(t.Context(), 1, 0); err != nil || mine {
		t.Errorf("somebody may be sending it: %v, %v", mine, err)
	}
	if all, err := db.Workers(t.Context(), time.Minute); err != nil || len(all) != 2 {
		t.Errorf("%v, %v", all, err)
	}
	later := open(t, where) // as does who came when that is over
	if all, err := later.Workers(t.Context(), time.Minute); err != nil || len(all) != 1 || all[0].ID != "me" {
		t.Errorf("who told an hour ahead: %v, %v", all, err)
	}
	if mine, err := later.Claim(t.Context(), 1, 0); err != nil || !mine {
		t.Errorf("a claim of an hour ahead: %v, %v", mine, err)
	}
}
