package dashboard

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/history/pgtest"
)

// BenchmarkPages is 100,000 endpoints in four groups, a tenth of them with
// findings, and a month of audits: go test -run - -bench Pages ./audit/dashboard
func BenchmarkPages(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { benchPages(b, filepath.Join(b.TempDir(), "history.db")) })
	b.Run("PostgreSQL", func(b *testing.B) { benchPages(b, pgtest.Start(b).Database(b)) })
}

func benchPages(b *testing.B, where string) {
	const endpoints, summary = 100_000, `{"endpoints":25000,"status":{"ok":25000},"worst":[22500,833,834,833],"troubles":[],"clients":["go"]}`
	dir := b.TempDir()
	yaml := "groups:\n"
	for g := range 4 {
		yaml += fmt.Sprintf("  group%d:\n    targets: {inline: [a.example]}\n", g)
	}
	config, err := audit.Parse([]byte(yaml), filepath.Join(dir, "tlschain.yaml"))
	if err != nil {
		b.Fatal(err)
	}
	db, err := history.Open(context.Background(), where)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for g := range 4 {
		for night := range 29 {
			w, err := db.Begin(b.Context(), fmt.Sprintf("group%d", g), now.AddDate(0, 0, night-30))
			if err != nil {
				b.Fatal(err)
			}
			if err := w.Finish(b.Context(), now.AddDate(0, 0, night-30), true, summary); err != nil {
				b.Fatal(err)
			}
		}
		w, err := db.Begin(b.Context(), fmt.Sprintf("group%d", g), now)
		if err != nil {
			b.Fatal(err)
		}
		var some []history.Seen
		for n := range endpoints / 4 {
			s := seen(fmt.Sprintf("host%d.example", n), 0)
			if n%10 == 0 {
				s.Worst, s.Rules, s.Bundle = 1+n%3, "wrong-order=warning", sha256.Sum256(fmt.Append(nil, n%500))
				s.Hash[0] ^= 1
			}
			s.Expires = now.AddDate(0, 0, n%400)
			if some = append(some, s); len(some) == 400 || n == endpoints/4-1 {
				if err := w.Add(b.Context(), some...); err != nil {
					b.Fatal(err)
				}
				some = nil
			}
		}
		if err := w.Finish(b.Context(), now, true, summary); err != nil {
			b.Fatal(err)
		}
	}
	s := &Server{Config: config, DB: db, Now: func() time.Time { return now }, Getenv: func(string) string { return "" }, Report: func(err error) { b.Error(err) }}
	h := handler(b, s)
	for name, path := range map[string]string{
		"overview": "/", "group": "/groups/group1", "first page": "/endpoints", "deep page": "/endpoints?after=host7000.example:443&after_severity=0&after_id=1",
		"search": "/endpoints?search=99.example", "rule": "/endpoints?rule=wrong-order", "endpoint": "/endpoints/5000", "metrics": "/metrics",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if w := get(h, path); w.Code != 200 {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
