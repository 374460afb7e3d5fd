package audit

import (
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

func schedule(t *testing.T, text string) *Schedule {
	t.Helper()
	var s Schedule
	if err := yaml.UnmarshalWithOptions([]byte(text), &s, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return &s
}

// following lists the next times as local text.
func following(t *testing.T, s *Schedule, from string, n int) (out []string) {
	t.Helper()
	at, err := time.Parse(time.RFC3339, from)
	if err != nil {
		t.Fatal(err)
	}
	for range n {
		at = s.Next("web", at)
		if at.IsZero() {
			return append(out, "never")
		}
		out = append(out, at.In(s.TimeZone.location()).Format("2006-01-02 15:04 MST"))
	}
	return out
}

func TestNext(t *testing.T) {
	for _, c := range []struct {
		name, schedule, from string
		want                 []string
	}{
		{"UTC by default", `cron: "15 2 * * *"`, "2026-05-01T02:15:00Z", []string{"2026-05-02 02:15 UTC"}},
		{"a second before", `cron: "15 2 * * *"`, "2026-05-01T02:14:59Z", []string{"2026-05-01 02:15 UTC"}},
		{"local time", `{cron: "15 2 * * *", time_zone: Asia/Tokyo}`, "2026-05-01T12:00:00Z", []string{"2026-05-02 02:15 JST"}},
		// 2026-03-29 02:00 CET does not exist in Berlin: clocks go to 03:00.
		{"a skipped hour comes just after", `{cron: "30 2 * * *", time_zone: Europe/Berlin}`, "2026-03-27T12:00:00Z",
			[]string{"2026-03-28 02:30 CET", "2026-03-29 03:30 CEST", "2026-03-30 02:30 CEST"}},
		// 2026-10-25 02:30 comes twice in Berlin.
		{"a repeated hour counts once", `{cron: "30 2 * * *", time_zone: Europe/Berlin}`, "2026-10-24T12:00:00Z",
			[]string{"2026-10-25 02:30 CEST", "2026-10-26 02:30 CET"}},
		{"from within the repeated hour", `{cron: "30 2 * * *", time_zone: Europe/Berlin}`, "2026-10-25T01:10:00Z", // 02:10 CET, the second one
			[]string{"2026-10-26 02:30 CET"}},
		{"hourly over the repeated hour", `{cron: "0 * * * *", time_zone: Europe/Berlin}`, "2026-10-24T22:30:00Z",
			[]string{"2026-10-25 01:00 CEST", "2026-10-25 02:00 CEST", "2026-10-25 03:00 CET"}},
		// 2026-03-08 02:00 EST does not exist in New York.
		{"another zone's gap", `{cron: "0 2 * * *", time_zone: America/New_York}`, "2026-03-07T12:00:00Z",
			[]string{"2026-03-08 03:00 EDT", "2026-03-09 02:00 EDT"}},
		// Samoa skipped 2011-12-30 whole.
		{"a skipped day", `{cron: "0 2 * * *", time_zone: Pacific/Apia}`, "2011-12-29T13:00:00Z",
			[]string{"2011-12-31 02:00 +14", "2012-01-01 02:00 +14"}},
		{"weekdays", `cron: "0 2 * * mon"`, "2026-05-01T00:00:00Z", []string{"2026-05-04 02:00 UTC", "2026-05-11 02:00 UTC"}},
		{"blackout of dates", `{cron: "0 2 * * *", blackouts: [{from_date: 2026-12-20, to_date: 2027-01-03}]}`, "2026-12-18T03:00:00Z",
			[]string{"2026-12-19 02:00 UTC", "2027-01-04 02:00 UTC"}},
		{"blackout past midnight", `{cron: "0 */6 * * *", blackouts: [{from_time: "22:00", to_time: "06:00"}]}`, "2026-05-01T00:00:00Z",
			[]string{"2026-05-01 06:00 UTC", "2026-05-01 12:00 UTC", "2026-05-01 18:00 UTC", "2026-05-02 06:00 UTC"}},
		{"leap day", `cron: "0 2 29 2 *"`, "2026-05-01T00:00:00Z", []string{"2028-02-29 02:00 UTC"}},
		{"never", `cron: "0 2 31 2 *"`, "2026-05-01T00:00:00Z", []string{"never"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := following(t, schedule(t, c.schedule), c.from, len(c.want))
			for i := range c.want {
				if got[i] != c.want[i] {
					t.Errorf("after %s: got %v, want %v", c.from, got, c.want)
					break
				}
			}
		})
	}
}

// Over a whole year in zones with and without daylight saving, a nightly audit
// comes once on each date, and never before the moment it was asked for.
func TestNextEveryNightOnce(t *testing.T) {
	for _, zone := range []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca"} {
		for _, cron := range []string{"30 2 * * *", "0 2 * * *", "59 1 * * *", "0 0 * * *", "45 2 * * *"} {
			s := schedule(t, `{cron: "`+cron+`", time_zone: `+zone+`}`)
			at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
			var last string
			for range 365 {
				next := s.Next("web", at)
				if !next.After(at) {
					t.Fatalf("%s %s: %v does not come after %v", zone, cron, next, at)
				}
				date := next.In(s.TimeZone.location()).Format(time.DateOnly)
				if day, err := time.Parse(time.DateOnly, last); err == nil && day.AddDate(0, 0, 1).Format(time.DateOnly) != date {
					t.Errorf("%s %s: %s is followed by %s", zone, cron, last, date)
				}
				last, at = date, next
			}
		}
	}
}

func TestJitter(t *testing.T) {
	s := schedule(t, `{cron: "0 2 * * *", jitter: 20m}`)
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	different := map[time.Duration]bool{}
	for _, group := range []string{"a", "b", "c", "d", "e"} {
		first := s.Next(group, at)
		shift := first.Sub(at.Add(2 * time.Hour))
		different[shift] = true
		if shift < 0 || shift > 20*time.Minute {
			t.Errorf("%s: shifted by %v", group, shift)
		}
		if second := s.Next(group, first); second.Sub(first) != 24*time.Hour {
			t.Errorf("%s: %v is followed by %v", group, first, second)
		}
	}
	if len(different) < 4 {
		t.Errorf("five groups begin at %d different times", len(different))
	}
}
