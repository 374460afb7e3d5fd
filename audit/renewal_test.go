package audit

import (
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// A year of one host whose certificate lasts 90 days and is renewed a month
// before its end, until nobody does so any more.
func TestLateRenewal(t *testing.T) {
	w := newWorld()
	a := auditorOf(t, w, "    confirm: {times: 1}\n", "a.example", "b.example")
	valid := func(host string, from time.Time) {
		w.set(host, "valid "+from.Format(time.DateOnly)+"/"+from.AddDate(0, 0, 90).Format(time.DateOnly))
	}
	begin := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC) // renewed on May 1, June 30, August 29, and then no more
	valid("b.example", begin)                            // of which no renewal is ever seen
	told := map[string]string{}
	for day := range 210 {
		date := begin.AddDate(0, 0, day)
		if day%60 == 0 && day < 180 {
			valid("a.example", date)
		}
		if day == 200 {
			valid("a.example", date)
		}
		if day > 0 {
			if text := material(t, a, runNight(t, a).ID); text != "" {
				told[date.Format(time.DateOnly)] = text
			}
		} else {
			runNight(t, a)
		}
		w.sleep(24 * time.Hour)
	}
	// The last one runs out on November 27. A month before is October 28; what
	// is clearly later is when less than 20 of the 30 days are left.
	if len(told) != 2 || told["2026-11-07"] != "a.example: late" || told["2026-11-17"] != "a.example: renewed" {
		t.Errorf("told: %v", told)
	}
	audits, err := a.DB.Audits(t.Context(), "web", 0, 500)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := a.DB.Diff(t.Context(), audits[20].ID, audits[15].ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Classify(changes) {
		if want := "a.example:443: late: not renewed, which is usual by 2026-10-28; it runs out on 2026-11-27; no findings"; c.Material() && c.String() != want {
			t.Errorf("diff tells %q, want %q", c.String(), want)
		}
	}
	if len(changes) != 1 {
		t.Errorf("diff over the night when it was late: %v", changes)
	}
}

func TestUsualRenewal(t *testing.T) {
	const day = 24 * time.Hour
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	// Each leaf: the day it begins, how long it lasts, the day it was first seen.
	type leaf struct{ from, life, seen int }
	for name, c := range map[string]struct {
		past []leaf
		life int
		want time.Duration
	}{
		"nothing seen":               {nil, 90, 0},
		"no renewal seen":            {[]leaf{{0, 90, 0}}, 90, 0},
		"a month before":             {[]leaf{{0, 90, 0}, {60, 90, 60}}, 90, 30 * day},
		"seen only weeks later":      {[]leaf{{0, 90, 0}, {60, 90, 75}}, 90, 15 * day},
		"the median":                 {[]leaf{{0, 90, 0}, {60, 90, 60}, {130, 90, 130}, {215, 90, 215}}, 90, 20 * day},
		"lifetimes become shorter":   {[]leaf{{0, 90, 0}, {60, 45, 60}}, 45, 15 * day},
		"lifetimes become longer":    {[]leaf{{0, 90, 0}, {60, 200, 60}}, 200, 30 * day},
		"a key was lost":             {[]leaf{{0, 90, 0}, {10, 90, 10}}, 90, 0},
		"forgotten":                  {[]leaf{{0, 90, 0}, {95, 90, 95}}, 90, 0},
		"put back":                   {[]leaf{{10, 90, 70}, {0, 90, 71}}, 90, 0},
		"two servers, two leaves":    {[]leaf{{0, 90, 70}, {10, 90, 71}, {0, 90, 72}, {10, 90, 73}}, 90, 0},
		"only the newest five count": {[]leaf{{0, 90, 0}, {50, 90, 50}, {110, 90, 110}, {170, 90, 170}, {230, 90, 230}, {290, 90, 290}, {350, 90, 350}}, 90, 30 * day},
	} {
		var past []history.Leaf
		for _, l := range c.past {
			from := begin.AddDate(0, 0, l.from)
			past = append(past, history.Leaf{SHA256: history.Hash{byte(l.from + 1)}, NotBefore: from, NotAfter: from.AddDate(0, 0, l.life), FirstSeen: begin.AddDate(0, 0, l.seen)})
		}
		if got := usually(past, time.Duration(c.life)*day); got != c.want {
			t.Errorf("%s: %v before the end, want %v", name, got, c.want)
		}
	}
}

// Nothing is wrong yet with a certificate that is late, and who asked for
// warnings only wants to know.
func TestLateIsAWarning(t *testing.T) {
	well := &history.Facts{Status: "ok"}
	late := &history.Facts{Status: "ok", Due: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)}
	bad := Classify([]history.Change{{Before: well, After: late}, {Before: late, After: well}})
	for _, c := range []struct {
		r             Receiver
		late, renewed bool
	}{
		{Receiver{}, true, true}, {Receiver{Only: "warning"}, true, true}, {Receiver{Only: "error"}, false, false},
		{Receiver{Events: []string{"late"}}, true, false}, {Receiver{Events: []string{"renewed"}}, false, true}, {Receiver{Events: []string{"worse", "better"}}, false, false},
	} {
		if late, renewed := c.r.wants(&bad[0]), c.r.wants(&bad[1]); late != c.late || renewed != c.renewed {
			t.Errorf("%+v is told when late: %v, when renewed: %v", c.r, late, renewed)
		}
	}
	if got := english.headline("web", bad, nil, nil); got != "tlschain: web: 1 not renewed as usual, 1 well again" {
		t.Error(got)
	}
}
