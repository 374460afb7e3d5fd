package dashboard

import (
	"context"
	"strings"
	"testing"
	"time"
)

// Whoever looks on sees that a zone has no worker, before its group is overdue.
func TestWaitingForWorker(t *testing.T) {
	s := filled(t, "    zone: dmz\n")
	waiting := map[string]time.Time{"mail": now.Add(-40 * time.Minute)}
	s.Waiting = func(context.Context) (map[string]time.Time, error) { return waiting, nil }
	h := handler(t, s)
	shows := func(path, want string) {
		t.Helper()
		if page := get(h, path).Body.String(); !strings.Contains(page, want) {
			t.Errorf("%s lacks %q:\n%s", path, want, page)
		}
	}
	const metric, words = `tlschain_audit_waiting_seconds{group="mail",zone="dmz"} `, "for a worker of zone dmz since"
	shows("/metrics", metric+"2400\n")
	shows("/", words)
	shows("/groups/mail", words)
	shows("/api/v1/groups", `"zone":"dmz","waiting_since":"`)
	clear(waiting)
	shows("/metrics", metric+"0\n")
	for _, path := range []string{"/", "/groups/mail"} {
		if strings.Contains(get(h, path).Body.String(), words) {
			t.Errorf("%s: nothing waits", path)
		}
	}
	if page := get(h, "/metrics").Body.String(); strings.Contains(page, `waiting_seconds{group="web"`) {
		t.Error("a group in no zone waits for nobody")
	}
}
