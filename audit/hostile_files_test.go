//go:build unix

package audit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A list that is a pipe or a device is refused and not waited for, and a zone of a few
// lines cannot stand for names without end.
func TestListsThatNeverEnd(t *testing.T) {
	dir := t.TempDir()
	pipe, zone := filepath.Join(dir, "pipe"), filepath.Join(dir, "zone")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	text := "$ORIGIN " + strings.Repeat("long.", 30) + "example.\n$TTL 60\n" + strings.Repeat("$GENERATE 0-65535 a$ A 192.0.2.1\n", 2)
	for n := range 20 {
		text += fmt.Sprintf("$GENERATE 0-65535 b%d-$ A 192.0.2.1\n", n)
	}
	if err := os.WriteFile(zone, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		sources Sources
		want    string
	}{
		"a pipe":             {Sources{Files: []string{pipe}}, "no regular file"},
		"a device":           {Sources{Files: []string{"/dev/zero"}}, "no regular file"},
		"a zone of a pipe":   {Sources{ZoneFiles: []ZoneFile{{File: pipe}}}, "no regular file"},
		"a zone of a device": {Sources{ZoneFiles: []ZoneFile{{File: "/dev/zero"}}}, "no regular file"},
		"a zone of many":     {Sources{ZoneFiles: []ZoneFile{{File: zone}}}, "more than 64 MiB"},
	} {
		ended := make(chan string, 1)
		go func() {
			g := &Group{Dir: dir, Targets: c.sources}
			_, wrong := listed(t.Context(), g.lists(os.Getenv)[1])
			ended <- fmt.Sprint(errors.Join(wrong...))
		}()
		select {
		case said := <-ended:
			if !strings.Contains(said, c.want) {
				t.Errorf("%s: %.300s", what, said)
			}
		case <-time.After(time.Minute):
			t.Errorf("%s: it is waited for", what)
		}
	}
}
