package catalog_test

import (
	"crypto"
	"encoding/csv"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
)

// What is known by hand of the hierarchy behind the SureServer FAQ.
func TestCybertrustJapanHierarchy(t *testing.T) {
	for _, want := range []struct {
		cn                 string
		total, sha1, sha2  int
		selfSigned, byRoot int // of them signed by their own key; by the key of Baltimore's root
	}{
		{"Cybertrust Japan Public CA G3", 5, 3, 2, 0, 5},
		// Four are in the folder of the hierarchy; CCADB also has the one of 2010 (870e77c5).
		{"Cybertrust Japan Public CA G2", 5, 4, 1, 0, 5},
		// Those of 2008, 2012 (two) and January 2014 by SHA-1; February 2014 and 2017 (two) by SHA-256.
		{"Cybertrust Japan EV CA G2", 7, 4, 3, 0, 1},
		{"Cybertrust Global Root", 9, -1, -1, 2, 7},
		{"Baltimore CyberTrust Root", 2, 2, 0, 1, 1},
	} {
		baltimore := keyOf(t, "Baltimore CyberTrust Root")
		total, sha1, sha2, self, byRoot := 0, 0, 0, 0, 0
		keys := make(map[cert.Hash]bool)
		for _, c := range named(want.cn) {
			total++
			keys[c.Key.SPKI] = true
			switch c.SignatureAlg.Hash {
			case crypto.SHA1:
				sha1++
			case crypto.SHA256:
				sha2++
			}
			if c.SignedBy == c.Key.SPKI {
				self++
			}
			if c.SignedBy == baltimore {
				byRoot++
			}
		}
		if len(keys) != 1 {
			t.Errorf("%s: %d keys, want one", want.cn, len(keys))
		}
		if total != want.total || self != want.selfSigned || byRoot != want.byRoot {
			t.Errorf("%s: %d certificates, %d by its own key, %d by Baltimore's; want %d, %d, %d",
				want.cn, total, self, byRoot, want.total, want.selfSigned, want.byRoot)
		}
		if want.sha1 >= 0 && (sha1 != want.sha1 || sha2 != want.sha2) {
			t.Errorf("%s: %d by SHA-1 and %d by SHA-256, want %d and %d", want.cn, sha1, sha2, want.sha1, want.sha2)
		}
	}
}

// keyOf returns the one key that certificates of this common name have.
func keyOf(t *testing.T, cn string) cert.Hash {
	t.Helper()
	list := named(cn)
	if len(list) == 0 {
		t.Fatalf("%s is not known", cn)
	}
	return list[0].Key.SPKI
}

// The root and its cross-certificate by GTE share subject and key, and nothing
// but issuer and fingerprint tells them apart.
func TestBaltimoreTwins(t *testing.T) {
	var self, cross *cert.Certificate
	for _, c := range named("Baltimore CyberTrust Root") {
		if c.SelfIssued() {
			self = c
		} else {
			cross = c
		}
	}
	if self == nil || cross == nil {
		t.Fatal("one of the two is not known")
	}
	if self.Subject.Canon != cross.Subject.Canon || self.Key.SPKI != cross.Key.SPKI {
		t.Error("subject or key differ")
	}
	if got := hex.EncodeToString(cross.SHA256[:4]); got != "940b8920" {
		t.Errorf("the cross-certificate's fingerprint begins with %s, want 940b8920", got)
	}
	if !self.NotAfter.Before(day("2025-05-13")) || !cross.NotAfter.Before(day("2018-08-14")) {
		t.Errorf("they end on %s and %s, want 2025-05-12 and 2018-08-13", self.NotAfter, cross.NotAfter)
	}
	if cross.SignedBy != keyOf(t, "GTE CyberTrust Global Root") {
		t.Error("the cross-certificate was not signed by GTE's key")
	}
	if got := catalog.Embedded().Source(cross.SHA256); got != "Cybertrust Japan hierarchy" {
		t.Errorf("the cross-certificate's source is %q; CCADB does not have it", got)
	}
	if got := catalog.Embedded().Source(self.SHA256); got != "CCADB 2026-08" {
		t.Errorf("the root's source is %q, want CCADB 2026-08", got)
	}
}

func TestStoresOfOldAndroid(t *testing.T) {
	f := catalog.Embedded()
	gte, baltimore := named("GTE CyberTrust Global Root")[0], named("Baltimore CyberTrust Root")[0]
	for id, want := range map[string]struct{ gte, baltimore bool }{
		"android-2.2": {true, false},
		"android-2.3": {true, true}, "android-3": {true, true},
		"android-4.0": {true, true}, "android-4.4": {true, true},
		"mozilla-2026": {false, false},
	} {
		s, ok := f.Store(id)
		if !ok {
			t.Errorf("no store %s", id)
			continue
		}
		if got := s.Anchors.Anchors(gte); got != want.gte {
			t.Errorf("%s holds GTE: %v, want %v", id, got, want.gte)
		}
		if got := s.Anchors.Anchors(baltimore); got != want.baltimore {
			t.Errorf("%s holds Baltimore: %v, want %v", id, got, want.baltimore)
		}
	}
}

// Android 10 to 13 hold an older certificate of today's GTS Root R1.
func TestStoresAreComparedByKey(t *testing.T) {
	anchor := func(id string) *cert.Certificate {
		s, ok := catalog.Embedded().Store(id)
		if !ok {
			t.Fatalf("no store %s", id)
		}
		for _, c := range s.Anchors.All() {
			if c.Subject.Common == "GTS Root R1" {
				return c
			}
		}
		t.Fatalf("%s holds no GTS Root R1", id)
		return nil
	}
	old, now := anchor("android-10"), anchor("android-17")
	if old.SHA256 == now.SHA256 {
		t.Error("android-10 holds today's certificate, want an older one")
	}
	if old.Key.SPKI != now.Key.SPKI {
		t.Error("the key of GTS Root R1 in android-10 is not today's")
	}
	s, _ := catalog.Embedded().Store("android-10")
	if !s.Anchors.Anchors(now) {
		t.Error("android-10 does not trust today's GTS Root R1 by key")
	}
}

func TestStoresHaveDatesAndSources(t *testing.T) {
	for _, s := range catalog.Embedded().Stores() {
		if s.Client == "" || s.Version == "" || s.Date.IsZero() || s.Source == "" || len(s.Anchors.All()) < 50 {
			t.Errorf("store %q lacks something: %+v", s.ID, *s)
		}
	}
	s, _ := catalog.Embedded().Store("apple-26")
	if s.Client != "apple" || s.Version != "iOS 26, macOS 26" || !s.Date.Equal(day("2025-12-28")) {
		t.Errorf("apple-26 is %s %s of %s", s.Client, s.Version, s.Date)
	}
}

// An independent computation found which stores need each cross-certificate:
// those that hold its signer's key and not its own. Our tables must agree.
func TestCrossCertificatesNeededByStore(t *testing.T) {
	dir := published(t)
	file, err := os.Open(filepath.Join(dir, "crosssigns.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in := csv.NewReader(file)
	in.Comma, in.LazyQuotes = '\t', true
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	col := make(map[string]int)
	for i, h := range rows[0] {
		col[h] = i
	}
	f := catalog.Embedded()
	table, err := os.ReadFile(filepath.Join(dir, "stores.tsv")) // the computation knew these stores only
	if err != nil {
		t.Fatal(err)
	}
	var stores []*catalog.Store
	for _, s := range f.Stores() {
		if strings.Contains(string(table), "\n"+s.ID+"\t") {
			stores = append(stores, s)
		}
	}
	checked := 0
	for _, row := range rows[1:] {
		get := func(name string) string { return row[col[name]] }
		sha, err := hex.DecodeString(get("sha256"))
		if err != nil {
			t.Fatal(err)
		}
		k, ok := f.Find(cert.Hash(sha))
		if !ok {
			t.Errorf("%s: not known", get("sha256"))
			continue
		}
		if k.Cert.SignatureAlg.Name != get("signature_algorithm") || k.Cert.NotAfter.Format("2006-01-02") != get("not_after") {
			t.Errorf("%s: %s until %s, want %s until %s", get("sha256"), k.Cert.SignatureAlg.Name, k.Cert.NotAfter, get("signature_algorithm"), get("not_after"))
		}
		var need []string
		for _, s := range stores {
			if len(s.Anchors.BySPKI(k.Cert.SignedBy)) > 0 && len(s.Anchors.BySPKI(k.Cert.Key.SPKI)) == 0 {
				need = append(need, s.ID)
			}
		}
		var want []string
		if list := get("stores_that_need_it"); list != "" {
			want = strings.Split(list, ",")
		}
		slices.Sort(need)
		slices.Sort(want)
		if !slices.Equal(need, want) {
			t.Errorf("%s %s: needed by\n%v, want\n%v", get("subject"), get("sha256"), need, want)
		}
		checked++
	}
	if checked != 253 {
		t.Errorf("checked %d cross-certificates, want 253", checked)
	}
}
