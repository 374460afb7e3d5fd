package main

import (
	"os"
	"strings"
	"testing"
)

// Every command in the README can be typed as it stands there.
func TestReadmeCommands(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	code := false
	for i, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "```") {
			code = !code
			continue
		}
		line = strings.TrimPrefix(line, "$ ")
		if !code || !strings.HasPrefix(line, name+" ") {
			continue
		}
		line, _, _ = strings.Cut(line, " # ")
		tried++
		if _, err := arrange(new(process).app(), strings.Fields(line)[1:]); err != nil {
			t.Errorf("README.md:%d: %s: %v", i+1, line, err)
		}
	}
	if tried < 10 {
		t.Errorf("found %d commands", tried)
	}
}

// The table of what comes home is the one that the scanner's tests write.
func TestReadmeShowsWhatComesHome(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("../../scanner/testdata/openssl.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), string(table)) {
		t.Error("README.md does not hold scanner/testdata/openssl.md as it is now: copy it there")
	}
}
