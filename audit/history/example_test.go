package history_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// Two nights of one endpoint, and what changed between them.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "history-*")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	db, err := history.Open(ctx, filepath.Join(dir, "history.db"))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	var audits []int64
	for night, worst := range []int{0, 3} {
		at := time.Date(2026, 11, 22+night, 2, 0, 0, 0, time.UTC)
		w, err := db.Begin(ctx, "web", at)
		if err != nil {
			log.Fatal(err)
		}
		s := history.State{Hash: history.Hash{byte(night + 1)}, Doc: []byte("{}"), Facts: history.Facts{Status: "ok", Worst: worst}}
		if err := w.Add(ctx, history.Seen{Key: "www.example.com", Identity: "{}", State: s}); err != nil {
			log.Fatal(err)
		}
		if err := w.Finish(ctx, at.Add(time.Minute), true, "{}"); err != nil {
			log.Fatal(err)
		}
		audits = append(audits, w.ID)
	}
	changes, err := db.Diff(ctx, audits[0], audits[1])
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range changes {
		fmt.Println(c.Endpoint.Key, c.Before.Worst, c.After.Worst)
	}
	// Output:
	// www.example.com 0 3
}
