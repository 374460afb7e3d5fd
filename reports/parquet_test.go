package reports

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"
)

// writeRows writes rows with our writer, and returns the file as the library's
// reader sees it, and the bytes.
func writeRows(t *testing.T, rows []parquetRow) (*parquet.File, []byte) {
	t.Helper()
	var b bytes.Buffer
	f, err := newParquetFile(&b)
	if err == nil {
		err = f.begin()
	}
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if err := f.add(&rows[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	read, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return read, b.Bytes()
}

// randomRow fills what a row may hold: nothing, one, or several of each.
func randomRow(r *rand.Rand) parquetRow {
	text := func() string {
		return strings.Repeat("ä", r.IntN(3)) + fmt.Sprint(r.IntN(30)) + strings.Repeat("x", r.IntN(2)*r.IntN(300))
	}
	texts := func() (out []string) {
		for range r.IntN(4) {
			out = append(out, text())
		}
		return out
	}
	row := parquetRow{
		Target: text(), STARTTLS: text(), Issuer: text(), Rules: texts(), Missing: texts(), DNSNames: texts(),
		Certificates: int32(r.Int32()) - 1<<30, ClientsRefusing: r.Int32N(30),
	}
	if r.IntN(2) == 0 {
		n, at := r.Int32()-1<<30, time.UnixMilli(r.Int64N(1<<43)-1<<42).UTC()
		row.Port, row.DaysLeft, row.NotBefore, row.LastSeen = &n, &n, &at, &at
	}
	for range r.IntN(3) {
		row.Tags = append(row.Tags, parquetTag{text(), text()})
	}
	return row
}

// What is written is what parquet-go reads, over several row groups, and the
// schema is the one that it makes of the same type.
func TestParquetIsReadByItsLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 1))
	for _, count := range []int{0, 1, 7, 2*parquetGroup + 3} {
		rows := make([]parquetRow, count)
		for i := range rows {
			rows[i] = randomRow(r)
		}
		file, content := writeRows(t, rows)
		got, err := parquet.Read[parquetRow](bytes.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatalf("%d rows: %v", count, err)
		}
		if diff := cmp.Diff(rows, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%d rows: %.2000s", count, diff)
		}
		if groups := (count + parquetGroup - 1) / parquetGroup; len(file.RowGroups()) != groups {
			t.Errorf("%d rows: %d row groups, want %d", count, len(file.RowGroups()), groups)
		}
		want := strings.Replace(parquet.SchemaOf(parquetRow{}).String(), "parquetRow", "endpoints", 1)
		if got := file.Schema().String(); got != want {
			t.Errorf("the schema:\n%s\nwant:\n%s", got, want)
		}
	}
}

// Readers skip row groups by the least and the greatest of their values.
func TestParquetStatistics(t *testing.T) {
	days := func(n int32) *int32 { return &n }
	long := strings.Repeat("z", longestBound+1)
	file, _ := writeRows(t, []parquetRow{
		{Target: "b", Subject: long, DaysLeft: days(-3), DNSNames: []string{"x", "a"}}, {Target: "é", DaysLeft: days(90)}, {Target: "a"},
	})
	for name, want := range map[string]string{
		"target": "a..é 0", "subject": "none 0", "days_left": "-3..90 1", "dns_names.list.element": "a..x 2", "seen_at": "none 3",
	} {
		leaf, _ := file.Schema().Lookup(strings.Split(name, ".")...)
		chunk := file.RowGroups()[0].ColumnChunks()[leaf.ColumnIndex].(*parquet.FileColumnChunk)
		got := "none"
		if least, greatest, ok := chunk.Bounds(); ok {
			got = fmt.Sprintf("%v..%v", least, greatest)
		}
		if got += fmt.Sprint(" ", chunk.NullCount()); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Hosts choose the names in their certificates: a row group is written before
// they fill the memory.
func TestParquetGroupIsBounded(t *testing.T) {
	names := make([]string, 100)
	for i := range names {
		names[i] = strings.Repeat("n", 10_000)
	}
	rows := make([]parquetRow, 150)
	for i := range rows {
		rows[i].DNSNames = names
	}
	if file, _ := writeRows(t, rows); len(file.RowGroups()) != 3 {
		t.Errorf("150 MB of names are in %d row groups, want 3 of at most %d MiB", len(file.RowGroups()), parquetGroupBytes>>20)
	}
}
