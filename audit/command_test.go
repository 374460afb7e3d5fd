package audit

import (
	"path/filepath"
	"testing"
)

// The command for an outlook names the history that was typed, and no password.
func TestOutlookCommandNamesTheHistory(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{
		"":              "",
		"my night.db":   " --db '" + filepath.Join(here, "my night.db") + "'",
		"/var/lib/h.db": " --db /var/lib/h.db",
		"postgres://tls:secret@db.example:5432/chains?password=secret&sslmode=verify-full": " --db 'postgres://tls@db.example:5432/chains?sslmode=verify-full'",
	} {
		c := &Config{File: "/etc/tlschain.yaml"}
		c.KeepIn(typed)
		for group, typed := range map[string]string{"": "", "web": " web"} {
			if got := c.OutlookCommand(group); got != "tlschain audit outlook --config /etc/tlschain.yaml"+want+typed {
				t.Errorf("%s %s: %s", typed, group, got)
			}
		}
	}
}
