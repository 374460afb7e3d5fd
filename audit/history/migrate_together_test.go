package history_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tlschain/tlschain/audit/history"
)

// TestManyMakeOneHistory holds that several processes may open an SQLite history that
// is not there yet.
func TestManyMakeOneHistory(t *testing.T) {
	for i := range 10 {
		where := filepath.Join(t.TempDir(), fmt.Sprint(i, ".db"))
		var together sync.WaitGroup
		for range 6 {
			together.Go(func() {
				db, err := history.Open(t.Context(), where)
				if err != nil {
					t.Error(err)
					return
				}
				db.Close()
			})
		}
		together.Wait()
	}
}
