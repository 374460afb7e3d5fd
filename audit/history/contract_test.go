package history_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/history/pgtest"
)

// contract is what both databases must do alike. Each case gets a history of
// its own and the text that opens it again.
var contract = []struct {
	name string
	test func(t *testing.T, db *history.DB, where string)
}{
	{"quiet nights stretch one interval", quietNights},
	{"a change begins an interval", changeBeginsInterval},
	{"changes of a night", changesOfNight},
	{"gone and back", goneAndBack},
	{"what is equal is stored once", storedOnce},
	{"half an audit is not shown", halfAudit},
	{"a killed audit joins at the next", killedAudit},
	{"a writer that was taken for dead", takenAudit},
	{"a partial audit reached only some", partialAudit},
	{"diff of any two audits", diffAnyTwo},
	{"rows come back whole", rowsWhole},
	{"lists are paged worst first", pagedLists},
	{"endpoints are found and counted by tags", tagged},
	{"keys by their beginning", keysByBeginning},
	{"what endpoints present", presented},
	{"expiry and mends", expiryAndFixes},
	{"counts agree with lists", countsAgree},
	{"one audit of a group at a time", oneAtATime},
	{"many groups locked at once", manyLocks},
	{"the schedule is kept", scheduleKept},
	{"nobody is told twice", noticesOnce},
	{"pruning keeps what is", pruning},
	{"several groups at once", severalGroups},
	{"leaves in their order", leavesInOrder},
	{"bytes of mends are kept", fixesKept},
	{"a range of audits", rangeOfAudits},
	{"a long range", longRange},
	{"opening again keeps all", openAgain},
	{"turns apart", turnsApart},
}

func TestContractSQLite(t *testing.T) {
	for _, c := range contract {
		t.Run(c.name, func(t *testing.T) {
			where := filepath.Join(t.TempDir(), "history.db")
			c.test(t, open(t, where), where)
		})
	}
}

func TestContractPostgreSQL(t *testing.T) {
	server := pgtest.Start(t)
	for _, c := range contract {
		t.Run(c.name, func(t *testing.T) {
			where := server.Database(t)
			c.test(t, open(t, where), where)
		})
	}
}

func open(t testing.TB, where string) *history.DB {
	t.Helper()
	db, err := history.Open(context.Background(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
