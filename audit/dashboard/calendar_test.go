package dashboard

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"
)

const (
	opsToken  = "2f0c9c0a5b7e4d1f8a6b3c2d1e0f9a8b7c6d5e4f3a2b1c0d"
	bossToken = "bossbossbossbossbossbossboss"
)

// A calendar subscribes by a token in its URL, needs no password, and is nobody
// any more once the token is taken away.
func TestCalendarByToken(t *testing.T) {
	s := filled(t, "serve:\n  token: {env: PAGES}\n  calendar: {file: calendar.tokens}\n")
	s.Getenv = func(string) string { return "the-token-of-the-pages" }
	file := filepath.Join(s.Config.Dir, "calendar.tokens")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(opsToken + "\n" + bossToken + "\n")
	h := handler(t, s)
	for path, want := range map[string]int{
		"/calendar/" + opsToken + "/outlook.ics":             200,
		"/calendar/" + bossToken + "/outlook.ics?group=web":  200,
		"/calendar/" + bossToken + "/outlook.ics?group=x":    404,
		"/calendar/" + opsToken[1:] + "/outlook.ics":         404,
		"/calendar/" + opsToken + bossToken + "/outlook.ics": 404,
		"/calendar/the-token-of-the-pages/outlook.ics":       404,
		"/outlook": 401,
	} {
		w := get(h, path)
		if w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
		if w.Code != 200 {
			continue
		}
		if kind := w.Header().Get("Content-Type"); kind != "text/calendar; charset=utf-8" {
			t.Errorf("%s: %s", path, kind)
		}
		if _, err := ics.ParseCalendar(w.Body); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	write(bossToken)
	if w := get(h, "/calendar/"+opsToken+"/outlook.ics"); w.Code != 404 {
		t.Errorf("after the token was taken away: %d", w.Code)
	}
	if w := get(h, "/calendar/"+bossToken+"/outlook.ics"); w.Code != 200 {
		t.Errorf("the other's: %d", w.Code)
	}
	var told []string
	s.Report = func(err error) { told = append(told, err.Error()) }
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if w := get(h, "/calendar/"+bossToken+"/outlook.ics"); w.Code != 404 || len(told) != 1 || strings.Contains(told[0], bossToken) {
		t.Errorf("without the file: %d %q", w.Code, told)
	}
	write("short")
	if _, err := s.Handler(); err == nil || !strings.Contains(err.Error(), "serve.calendar: token 1 has less than 22 characters") {
		t.Errorf("a short token: %v", err)
	}
}

// Where no token is configured there is no calendar.
func TestNoCalendar(t *testing.T) {
	h := handler(t, filled(t, ""))
	for _, path := range []string{"/calendar/x/outlook.ics", "/calendar/" + opsToken + "/outlook.ics"} {
		if w := get(h, path); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
