package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/client"
)

// clients chrome --format json is the list that Chrome ships: compared with the
// file of facts where that is there.
func TestClientsJSON(t *testing.T) {
	var out, errs strings.Builder
	if code := run(t.Context(), []string{"clients", "chrome", "--format", "json"}, nil, &out, &errs, os.Getenv); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	var got client.Description
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatal(err)
	}
	roots, alone, dated := 0, 0, 0
	found := map[string]client.DescribedAnchor{}
	for _, a := range got.Anchors {
		found[a.SHA256] = a
		if a.Intermediate {
			alone++
			if !a.Enforced {
				t.Errorf("%s: its own dates do not count", a.Subject)
			}
		} else {
			roots++
		}
		if a.SCTUntil != nil {
			dated++
		}
	}
	if roots != 100 || alone != 15 || dated != 24 {
		t.Errorf("%d roots, %d intermediates, %d dated", roots, alone, dated)
	}
	file, err := os.Open("../../../shared/data/distrust/chrome-root-store.tsv")
	if err != nil {
		t.Logf("not compared with the published list: %v", err)
		return
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		a, ok := found[row[0]]
		until := ""
		if a.SCTUntil != nil {
			until = a.SCTUntil.UTC().Format("2006-01-02")
		}
		if !ok || a.Intermediate == (row[1] == "root") || !strings.HasPrefix(row[2], until) || (until == "") != (row[2] == "") {
			t.Errorf("%v: got %+v, %v", row, a, ok)
		}
	}
	if len(rows)-1 != len(found) {
		t.Errorf("%d anchors, want %d", len(found), len(rows)-1)
	}
}

// Any client with any store.
func TestClientAtStore(t *testing.T) {
	for word, want := range map[string]string{
		"curl@mozilla": "mozilla-2026-05", "python-3.11@certifi": "certifi-2026.10.19", "go@debian-12": "debian-12", "openjdk-17@chrome": "chrome-156",
		"openjdk-17@java-21": "java-21", "java-17@java": "java-25",
	} {
		var out, errs strings.Builder
		if code := run(t.Context(), []string{"clients", word, "--format", "json"}, nil, &out, &errs, os.Getenv); code != 0 {
			t.Errorf("%s: exit code %d: %s", word, code, errs.String())
			continue
		}
		var got client.Description
		if err := json.Unmarshal([]byte(out.String()), &got); err != nil || got.Store != want || got.Client != word {
			t.Errorf("%s: %s has store %s, want %s (%v)", word, got.Client, got.Store, want, err)
		}
	}
	for word, want := range map[string]string{"curl@nowhere": "no trust store", "nobody@mozilla": "no client"} {
		var out, errs strings.Builder
		if code := run(t.Context(), []string{"check", "--clients", word, "x.pem"}, nil, &out, &errs, os.Getenv); code != 2 || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: exit code %d: %s", word, code, errs.String())
		}
	}
}
