package build

import (
	"bytes"
	"crypto/sha256"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

func TestRenew(t *testing.T) {
	ca := tlstest.For(t)
	a, b := ca.Root("A"), ca.Root("B")
	base := made(t, nil, fstest.MapFS{"1.csv": report(a), "stores.tsv": membership("toy-1", "2025", a)})
	now := time.Date(2027, 3, 4, 5, 6, 7, 0, time.UTC)

	u, err := Renew(base, fstest.MapFS{"ccadb/2027.csv": report(b)}, now)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := catalog.Read(bytes.NewReader(u.File))
	if err != nil {
		t.Fatal(err)
	}
	if got := kept.Source(sha256.Sum256(b.DER)); got != "CCADB 2027-03-04" {
		t.Errorf("the new certificate's source is %q, want CCADB 2027-03-04", got)
	}
	if got := kept.Source(sha256.Sum256(a.DER)); got != "test 2026" {
		t.Errorf("the old certificate's source is %q, want test 2026", got)
	}
	info := kept.Info()
	if info.CAs != 2 || info.Roots != 2 || !info.Updated.Equal(now) || info.Size != len(u.File) || len(info.Stores) != 1 {
		t.Errorf("info of the kept file: %+v", info)
	}
	if labels(u.Changes.Added) != "B" || len(u.Changes.Stores) != 0 {
		t.Errorf("changes: added %q, stores %+v", labels(u.Changes.Added), u.Changes.Stores)
	}

	// The same again is no change, and no other bytes.
	again, err := Renew(kept, fstest.MapFS{"ccadb/2027.csv": report(b)}, now)
	if err != nil {
		t.Fatal(err)
	}
	if !again.Changes.Empty() || !bytes.Equal(again.File, u.File) {
		t.Errorf("the same update again: %+v", again.Changes)
	}
	if _, err := Renew(base, fstest.MapFS{}, now); err == nil {
		t.Error("an update from an empty directory passes")
	}
}

// A store's own file is a snapshot of the day on which it is given, unless it
// says what is known already.
func TestRenewStores(t *testing.T) {
	ca := tlstest.For(t)
	a, b := ca.Root("A"), ca.Root("B")
	base := made(t, nil, fstest.MapFS{"1.csv": report(a, b), "stores.tsv": membership("toy-1", "2025", a)})
	chrome := func(until string, certs ...*tlstest.Cert) *fstest.MapFile {
		s := "sha256\tkind\tsct_not_after\tconstraint_from_version\n"
		for _, c := range certs {
			s += cert.Hash(sha256.Sum256(c.DER)).String() + "\troot\t" + until + "\t\n"
		}
		return file(s)
	}
	day := func(d int) time.Time { return time.Date(2027, 3, d, 5, 6, 7, 0, time.UTC) }

	first, err := Renew(base, fstest.MapFS{"chrome-root-store.tsv": chrome("", a, b)}, day(4))
	if err != nil {
		t.Fatal(err)
	}
	store, ok := first.Facts.Store("chrome-2027-03-04")
	if !ok || store.Client != "chrome" || len(store.Anchors.All()) != 2 || len(store.Constraints) != 0 {
		t.Fatalf("the store is %+v, %t", store, ok)
	}
	again, err := Renew(first.Facts, fstest.MapFS{"chrome-root-store.tsv": chrome("", b, a)}, day(5))
	if err != nil || len(again.Facts.Stores()) != 2 || !again.Changes.Empty() {
		t.Errorf("the same list a day later: %v, %+v", err, again.Changes)
	}
	dated, err := Renew(first.Facts, fstest.MapFS{"chrome-root-store.tsv": chrome("2027-06-30T00:00:00Z", a, b)}, day(5))
	if err != nil {
		t.Fatal(err)
	}
	if store, ok := dated.Facts.Store("chrome-2027-03-05"); !ok || len(store.Constraints) != 2 {
		t.Errorf("the same anchors with a limit: %+v, %t", store, ok)
	}
	if _, ok := dated.Facts.Store("chrome-2027-03-04"); !ok {
		t.Error("the older list is gone")
	}
	if _, err := Renew(first.Facts, fstest.MapFS{"chrome-root-store.tsv": chrome("", a)}, day(3)); err == nil {
		t.Error("a list passes by a clock that is behind the facts")
	}
	if _, err := Renew(base, fstest.MapFS{"chrome-root-store.tsv": file("sha256\tkind\tsct_not_after\tconstraint_from_version\n")}, day(4)); err == nil {
		t.Error("an empty list passes")
	}
}

func TestReports(t *testing.T) {
	all, err := Reports("https://example.org/ccadb/", 1996)
	if err != nil || len(all) != 3 || all[2].URL != "https://example.org/ccadb/AllCertificatePEMsCSVFormat?NotBeforeYear=1996" || all[2].Name != "ccadb/1996.csv" {
		t.Errorf("%v, %v", all, err)
	}
	for _, bad := range []string{"", "ccadb", "ftp://example.org", "https://"} {
		if _, err := Reports(bad, 2026); err == nil {
			t.Errorf("%q passes for an address", bad)
		}
	}
}

// Reading policies and lists again leaves the facts that were begun with as they
// are: others hold them, and read them meanwhile.
func TestRenewLeavesBaseAlone(t *testing.T) {
	ca := tlstest.For(t)
	a := ca.Root("A")
	hash := cert.Hash(sha256.Sum256(a.DER)).String()
	const header = "list\tanchor_sha256\tnot_before_until\texcept_sha256\texcept_until\tdate\tsource\n"
	policy := func(until string) *fstest.MapFile {
		return file(header + "policy:java-99\t" + hash + "\t" + until + "\t" + hash + "\t2025-01-01\t2025-01-01\there\n")
	}
	base := made(t, nil, fstest.MapFS{"1.csv": report(a), "anchor-constraints.tsv": policy("2024-01-01")})
	u, err := Renew(base, fstest.MapFS{"anchor-constraints.tsv": policy("2024-06-01")}, time.Date(2027, 3, 4, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	anchor := cert.Hash(sha256.Sum256(a.DER))
	before, after := base.Policy("java-99").Constraints[anchor], u.Facts.Policy("java-99").Constraints[anchor]
	if before.NotBeforeUntil.Month() != time.January || len(before.Except) != 1 {
		t.Errorf("the base became %+v", before)
	}
	if after.NotBeforeUntil.Month() != time.June || len(after.Except) != 1 {
		t.Errorf("the update is %+v", after)
	}
}
