package history_test

import (
	"sync"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// However many reserve turns, each gets its own: all of them together take as
// long as they take.
func turnsApart(t *testing.T, db *history.DB, where string) {
	const callers, calls, n, every = 4, 5, 10, time.Minute
	begun := time.Now()
	var all sync.WaitGroup
	for range callers {
		other := open(t, where)
		all.Go(func() {
			for range calls {
				if _, err := other.Turns(t.Context(), "group web", n, every); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	wait, err := db.Turns(t.Context(), "group web", 1, every)
	if took := callers * calls * n * every; err != nil || wait > took || wait < took-time.Since(begun)-time.Millisecond {
		t.Errorf("the next turn is in %v, %v", wait, err)
	}
	if wait, err := db.Turns(t.Context(), "network 192.0.2.0/24", 1, every); err != nil || wait != 0 {
		t.Errorf("of another name: %v, %v", wait, err)
	}
	if err := db.ForgetTurns(t.Context()); err != nil {
		t.Error(err)
	}
	if wait, err := db.Turns(t.Context(), "group web", 1, every); err != nil || wait < time.Minute {
		t.Errorf("what is not over was forgotten: %v, %v", wait, err)
	}
}
