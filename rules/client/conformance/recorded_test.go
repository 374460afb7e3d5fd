package conformance

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest/variant"
)

// TestRecorded compares today's profiles with the verdicts of files that
// TestCertificates wrote, CONFORMANCE_RECORDED, separated by commas: the chains
// are made anew, and no client is run.
func TestRecorded(t *testing.T) {
	files := os.Getenv("CONFORMANCE_RECORDED")
	if files == "" {
		t.Skip("CONFORMANCE_RECORDED names no files")
	}
	byName := map[string]client{}
	for _, c := range clients() {
		byName[c.profile] = c
	}
	only := os.Getenv("CONFORMANCE_CLIENTS")
	now := time.Now()
	figures := newFamilyTable()
	made := map[string]*variant.Chain{}
	for file := range strings.SplitSeq(files, ",") {
		for _, row := range readRows(t, file) {
			c := byName[row[3]]
			if c.profile == "" || only != "" && !c.chosen() {
				continue
			}
			s := &sighting{specimen: &specimen{family: row[1], version: row[2], chain: made[row[0]]}, layer: row[6]}
			if s.chain == nil {
				changes, err := variant.Parse(row[0])
				if err != nil {
					t.Fatal(err)
				}
				if s.chain, err = variant.Make("recorded", changes, now); err != nil {
					t.Fatal(err)
				}
				made[row[0]] = s.chain
			}
			if s.isAboutCiphers() {
				continue
			}
			s.real = verdict{accepted: row[5] == "accept", message: row[7]}
			b, modelled := c.builder()
			s.modelled = modelled
			s.predicted = s.judge(c.profile, b, now)
			figures.add(c.profile, row[4], s)
			if s.differs() {
				figures.miss(c.profile, s)
			}
		}
	}
	t.Log(figures)
}

// readRows reads a table without its heading.
func readRows(t *testing.T, file string) [][]string {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}
