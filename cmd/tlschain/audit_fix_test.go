package main

import (
	"bytes"
	"crypto/sha256"
	"path/filepath"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// The history has the bytes that fix a chain also where no server ever sent
// them.
func TestAuditKeepsFix(t *testing.T) {
	r, err := tlstest.ParseRecipe("site", `
at `+time.Now().UTC().Format(time.DateOnly)+`
name site.example.test
root R from=-400d to=+4000d
ca I by R from=-300d to=+2000d
leaf L by I san=site.example.test from=-20d to=+60d
present L
anchors R
pool I
`)
	if err != nil {
		t.Fatal(err)
	}
	server, err := tlstest.Serve(tlstest.Behaviour{Default: r.Identity()})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	dir := t.TempDir()
	write(t, dir, "roots.pem", pemOf(r.Anchors...))
	write(t, dir, "pool.pem", pemOf(r.Pool...))
	config := write(t, dir, "tlschain.yaml", []byte("groups:\n  web:\n    targets: {inline: [\"site.example.test@"+server.Addr().String()+"\"]}\n    clients: [go]\n    roots: roots.pem\n    pool: [pool.pem]\n"))
	if code, out := audited(t, "run", "--config", config); code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	db, err := history.Open(t.Context(), filepath.Join(dir, "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	h := history.Hash(sha256.Sum256(r.Cert("I")))
	der, err := db.DER(t.Context(), []history.Hash{h})
	if err != nil || !bytes.Equal(der[h], r.Cert("I")) {
		t.Errorf("the intermediate in the history: %x, %v", der[h], err)
	}
}
