package audit

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// One name leads to two servers, as split DNS does: the group that compares
// itself with the other one finds out, the more so as each server by itself is
// without fault.
func TestCompareWith(t *testing.T) {
	mk := tlstest.For(t)
	root := mk.Root("R")
	i := mk.Intermediate("I", root)
	inside, outside := mk.Leaf("inside", i), mk.Leaf("outside", i)
	one := mk.Serve(tlstest.Behaviour{Default: tlstest.Present(outside, i)})
	port := one.Addr().Port()
	mk.Serve(tlstest.Behaviour{Default: tlstest.Present(inside, i), Listen: fmt.Sprintf("127.0.0.2:%d", port)})

	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "roots.pem"), root.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	text := "groups:\n"
	for group, addr := range map[string]string{"outside": "127.0.0.1", "inside": "127.0.0.2", "also": "127.0.0.1"} {
		text += fmt.Sprintf("  %s:\n    targets: {inline: [\""+tlstest.ServerName+":%d\"]}\n    roots: roots.pem\n    clients: [go]\n"+
			"    resolve: [\""+tlstest.ServerName+":%s\"]\n    all_addresses: true\n    confirm: {times: 1}\n", group, port, addr)
		if group != "outside" {
			text += "    compare_with: [outside]\n"
		}
	}
	config, err := Parse([]byte(text), filepath.Join(dir, "tlschain.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := history.Open(t.Context(), filepath.Join(dir, "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	report := func(err error) { t.Error(err) }
	env := func(now time.Time) tlschain.Env { return tlschain.Env{Now: now} }
	a := &Auditor{Config: config, DB: db, Engine: NewEngine(env, db, report), Report: report}
	rules := func(group string) string {
		t.Helper()
		done, err := a.Run(t.Context(), group)
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for row, err := range db.Rows(t.Context(), done.ID) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, row.State.Facts.Rules)
			if row.State.Facts.Rules != "" && !bytes.Contains(row.State.Doc, []byte("outside was shown another leaf")) {
				t.Errorf("%s", row.State.Doc)
			}
		}
		return strings.Join(found, ";")
	}
	for _, c := range []struct{ group, want string }{
		{"inside", ""}, // the other group was never looked at
		{"outside", ""},
		{"inside", "vantage-differ=warning"},
		{"also", ""},
	} {
		if got := rules(c.group); got != c.want {
			t.Errorf("%s: %q, want %q", c.group, got, c.want)
		}
	}
}

func TestCompareWithUnknown(t *testing.T) {
	_, err := Parse([]byte("groups:\n  a:\n    targets: {inline: [a.example]}\n    compare_with: [b]\n"), "tlschain.yaml")
	if err == nil || !strings.Contains(err.Error(), `there is no other group "b"`) {
		t.Error(err)
	}
}
