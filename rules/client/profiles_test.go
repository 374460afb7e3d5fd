package client

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

func byID(t *testing.T, all []*Profile, id string) *Profile {
	t.Helper()
	for _, p := range all {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no profile %q", id)
	return nil
}

// Who is in the groups that people choose.
var (
	modernIDs = []string{
		"chrome", "firefox", "apple-26", "android-16", "android-17", "windows",
		"openjdk-17", "go", "openssl-3.0", "gnutls-3.7", "curl",
	}
	broadIDs = []string{ // besides
		"android-10", "android-11", "android-12", "android-13", "android-14", "android-15",
		"apple-15", "apple-16", "apple-17", "apple-18",
		"openssl-1.1.1", "node-20", "node-24", "python-3.11", "python-3.13", "rustls-0.23",
	}
)

func TestProfiles(t *testing.T) {
	all := Profiles(catalog.Embedded(), time.Time{})
	seen := map[string]bool{}
	for _, p := range all {
		if seen[p.ID] || p.ID == "" || p.Title == "" || p.Family == "" || p.Group == "" || p.BuilderEvidence == "" || p.StoreEvidence == "" {
			t.Errorf("a profile is incomplete or there twice: %+v", p)
		}
		seen[p.ID] = true
		if len(p.Store.All()) < 50 || p.StoreDate.IsZero() || p.StoreID == "" || len(p.Sources) == 0 {
			t.Errorf("%s: store %q of %v with %d anchors, sources %q", p.ID, p.StoreID, p.StoreDate, len(p.Store.All()), p.Sources)
		}
		if p.evidence() == Assumed && p.Notes == "" {
			t.Errorf("%s does not say what is assumed", p.ID)
		}
		if strings.HasPrefix(p.ID, "android-") || strings.HasPrefix(p.ID, "apple-") || p.Family == "windows" {
			// Conscrypt was run as it is since Android 10; of Apple's and of Windows's
			// verifier, verdicts are published.
			want := Assumed
			switch v := major(strings.TrimPrefix(p.ID, "android-")); {
			case v >= 10:
				want = Measured
			case strings.HasPrefix(p.ID, "apple-"), p.ID == "windows":
				want = Documented
			}
			if p.BuilderEvidence != want {
				t.Errorf("%s says that its builder is %s, want %s", p.ID, p.BuilderEvidence, want)
			}
		}
	}
	for id := range Builders() {
		byID(t, all, id)
	}
	for _, p := range all {
		want := Legacy
		switch {
		case slices.Contains(modernIDs, p.ID):
			want = Modern
		case slices.Contains(broadIDs, p.ID):
			want = Broad
		}
		if p.Group != want {
			t.Errorf("%s is in %s, not in %s", p.ID, p.Group, want)
		}
	}
	count := map[string]int{}
	for _, p := range all {
		count[p.Family]++
	}
	if count["android"] != 21 || count["apple"] != 6 || count["windows"] != 2 {
		t.Errorf("profiles by family: %v", count)
	}
}

// TestProfilesOfADate holds that clients without a version of their own take
// the snapshot of the date.
func TestProfilesOfADate(t *testing.T) {
	for at, want := range map[time.Time]string{
		day(2026, 11, 22): "mozilla-2026-05", day(2026, 4, 30): "mozilla-2026", day(2020, 6, 1): "mozilla-2020", day(2020, 1, 1): "mozilla-2020", day(2019, 12, 31): "mozilla-2019",
	} {
		all := Profiles(catalog.Embedded(), at)
		if got := byID(t, all, "firefox").StoreID; got != want {
			t.Errorf("firefox of %s has the store %s, want %s", at.Format(time.DateOnly), got, want)
		}
		if got := byID(t, all, "android-7.0").StoreID; got != "android-7.0" {
			t.Errorf("android-7.0 of %s has the store %s", at.Format(time.DateOnly), got)
		}
	}
	for _, id := range []string{"node-20", "node-24"} {
		if got := byID(t, Profiles(catalog.Embedded(), day(2026, 11, 29)), id).StoreID; got != id {
			t.Errorf("%s has the store %s", id, got)
		}
	}
	early := byID(t, Profiles(catalog.Embedded(), day(2010, 1, 1)), "firefox")
	if early.StoreID != "mozilla-2017" || early.evidence() != Assumed || !strings.Contains(early.Notes, "No snapshot") {
		t.Errorf("firefox of 2010: %s, %s, %s", early.StoreID, early.evidence(), early.Notes)
	}
	if got := Profiles(&catalog.Facts{}, time.Time{}); len(got) != 0 {
		t.Errorf("without facts there are %d profiles", len(got))
	}
}

func TestSelect(t *testing.T) {
	all := Profiles(catalog.Embedded(), time.Time{})
	ids := func(words ...string) (out []string) {
		chosen, _, err := Select(all, words)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range chosen {
			out = append(out, p.ID)
		}
		return out
	}
	if got := ids("modern"); len(got) != len(modernIDs) {
		t.Errorf("modern: %q", got)
	}
	if got := ids("broad"); len(got) != len(modernIDs)+len(broadIDs) {
		t.Errorf("broad: %q", got)
	}
	if len(ids("legacy"))+len(ids("broad")) != len(all) || len(ids("all")) != len(all) {
		t.Errorf("legacy %d, broad %d, all %d of %d", len(ids("legacy")), len(ids("broad")), len(ids("all")), len(all))
	}
	if got := ids("go", "curl", "go"); !slices.Equal(got, []string{"curl", "go"}) {
		t.Errorf("go,curl,go: %q", got)
	}
	_, named, err := Select(all, []string{"go", "modern"})
	if err != nil || !slices.Equal(named, []string{"go"}) {
		t.Errorf("named: %q, %v", named, err)
	}
	if _, _, err := Select(all, []string{"netscape"}); err == nil || !strings.Contains(err.Error(), `"netscape"`) {
		t.Errorf("an unknown word: %v", err)
	}
}

func TestStores(t *testing.T) {
	p := byID(t, Profiles(catalog.Embedded(), time.Time{}), "android-7.0")
	own := p.Store.All()
	extra := &cert.Certificate{Subject: cert.Name{Canon: "x"}}
	added := p.WithAdded(chain.NewSet([]*cert.Certificate{extra}))
	if got := added.Store.All(); len(got) != len(own)+1 || got[len(own)] != extra || added.StoreID != "android-7.0" {
		t.Errorf("added: %d anchors of %s", len(got), added.StoreID)
	}
	replaced := p.WithStore(chain.NewSet([]*cert.Certificate{extra, extra}))
	if got := replaced.Store.All(); len(got) != 2 || replaced.StoreID != "" || replaced.StoreEvidence != Measured {
		t.Errorf("replaced: %d anchors, %+v", len(got), replaced)
	}
	if len(p.Store.All()) != len(own) {
		t.Error("the profile itself has changed")
	}
}
