package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// On the demo's faults, fix fixes all that can be fixed without the CA; for
// the rest it says why, in words, and writes nothing.
func TestFixOnTheDemo(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	endpoints, err := tlstest.Demo(now)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	roots, pool := write(t, dir, "roots.pem", pemOf(endpoints[0].Anchors...)), write(t, dir, "pool.pem", pemOf(endpoints[0].Pool...))
	beyond := map[string]string{ // what only the CA, or the owner, can fix
		"portal.clinic.example":       "expired",
		"www.theatre.example":         "name-mismatch",
		"printer.office.example":      "self-signed",
		"intranet.gronnfjell.example": "untrusted-root",
	}
	for _, e := range endpoints {
		t.Run(e.Name, func(t *testing.T) {
			s, err := tlstest.Serve(tlstest.Behaviour{Default: e.Identity})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			fixes := filepath.Join(t.TempDir(), "mends")
			common := []string{"--at", now.Format(time.RFC3339), "--roots", roots, "--pool", pool}
			tls := func(args ...string) (int, string) {
				var out bytes.Buffer
				code := run(context.Background(), append(args, common...), strings.NewReader(""), &out, &out, func(string) string { return "" })
				return code, out.String()
			}
			code, out := tls("fix", "-d", fixes, e.Name+"@"+s.Addr().String())
			files, _ := os.ReadDir(fixes)
			switch why := beyond[e.Name]; {
			case e.Fault == "":
				if code != exitClean || !strings.Contains(out, "Nothing to fix") || len(files) != 0 {
					t.Errorf("exit code %d, %d files\n%s", code, len(files), out)
				}
			case why != "":
				if code != exitFindings || !strings.Contains(out, why) || len(files) != 0 {
					t.Errorf("%s: exit code %d, %d files\n%s", e.Fault, code, len(files), out)
				}
			default:
				if code != exitClean || len(files) != 1 {
					t.Fatalf("%s: exit code %d, %d files\n%s", e.Fault, code, len(files), out)
				}
				code, out = tls("check", "--fail-on", "info", "--server-name", e.Name, filepath.Join(fixes, files[0].Name()))
				if code != exitClean {
					t.Errorf("%s: the file that mends it has findings\n%s", e.Fault, out)
				}
			}
		})
	}
}
