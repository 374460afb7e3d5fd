package dashboard_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/dashboard"
	"github.com/tlschain/tlschain/audit/history"
)

// The dashboard is an http.Handler over a history.
func Example() {
	dir, err := os.MkdirTemp("", "dashboard-*")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	db, err := history.Open(context.Background(), filepath.Join(dir, "history.db"))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	server := &dashboard.Server{Config: new(audit.Config), DB: db, Now: time.Now, Report: func(err error) { log.Print(err) }}
	handler, err := server.Handler()
	if err != nil {
		log.Fatal(err)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest("GET", "/healthz", nil))
	fmt.Println(answer.Code)
	// Output:
	// 200
}
