package dataupdate

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/catalog/build"
)

// What one machine exports, another takes as it is; and nothing that was cut or
// swapped on its way, or is older.
func TestExport(t *testing.T) {
	w := newWorld(t)
	files, err := exported(w.base)
	if err != nil {
		t.Fatal(err)
	}
	stick := func(change func(fs fstest.MapFS)) fstest.MapFS {
		fs := fstest.MapFS{}
		for name, data := range files {
			fs[name] = &fstest.MapFile{Data: slices.Clone(data)}
		}
		if change != nil {
			change(fs)
		}
		return fs
	}
	closed := func(base *catalog.Facts) *Updater {
		return &Updater{Facts: base, Now: func() time.Time { return today }, Getenv: func(string) string { return "" }}
	}
	o, err := closed(&catalog.Facts{}).Read(t.Context(), stick(nil))
	if err != nil || o.Err() != nil {
		t.Fatal(err, o.Err())
	}
	if !bytes.Equal(o.File, files[FactsFile]) || !build.Compare(w.base, o.Facts).Empty() {
		t.Error("what was read is not what was exported")
	}
	again, err := exported(o.Facts)
	if err != nil || !bytes.Equal(again[FactsFile], files[FactsFile]) || !bytes.Equal(again[manifestFile], files[manifestFile]) {
		t.Errorf("exported again it differs: %v", err)
	}
	newer, err := build.Confirm(w.base, today)
	if err != nil {
		t.Fatal(err)
	}
	small, err := build.Renew(&catalog.Facts{}, fstest.MapFS{"a.pem": {Data: w.fresh.PEM()}}, today)
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		base *catalog.Facts
		fs   fstest.MapFS
		want string
	}{
		"cut":     {w.base, stick(func(fs fstest.MapFS) { fs[FactsFile].Data = fs[FactsFile].Data[:500] }), "copy both again"},
		"cut too": {w.base, stick(func(fs fstest.MapFS) { fs[FactsFile].Data = fs[FactsFile].Data[:500]; delete(fs, manifestFile) }), "facts"},
		"swapped": {w.base, stick(func(fs fstest.MapFS) { fs[FactsFile].Data = small.File }), "copy both again"},
		"older":   {newer.Facts, stick(nil), "older than those in use"},
		"small":   {w.base, fstest.MapFS{FactsFile: {Data: small.File}}, "13 of 14 CA certificates"},
		"empty":   {w.base, fstest.MapFS{"README": {}}, "found no facts.bin"},
	} {
		o, err := closed(c.base).Read(t.Context(), c.fs)
		if err == nil {
			err = o.Err()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || o != nil && o.File != nil {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
	}
	u := closed(newer.Facts)
	u.Force = true
	if o, err := u.Read(t.Context(), stick(nil)); err != nil || o.Err() != nil || o.File == nil {
		t.Errorf("older ones by --force: %v", err)
	}
}
