package dashboard

import (
	"testing"
	"time"
)

// A time away is told in words that people say: never 0 of a unit, nor 1 of many.
func TestUntil(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for away, want := range map[time.Duration]string{
		0: "in less than a minute", 59 * time.Second: "in less than a minute", -time.Second: "less than a minute ago",
		time.Minute: "in 1 minute", 2 * time.Minute: "in 2 minutes", 59 * time.Minute: "in 59 minutes", time.Hour: "in 1 hour",
		-90 * time.Minute: "1 hour ago", 47 * time.Hour: "in 47 hours", 48 * time.Hour: "in 2 days", -90 * 24 * time.Hour: "90 days ago",
	} {
		if got := until(now, now.Add(away)); got != want {
			t.Errorf("%v: %q, want %q", away, got, want)
		}
	}
	if got := until(now, time.Time{}); got != "unknown" {
		t.Error(got)
	}
}
