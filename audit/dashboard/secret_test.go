package dashboard

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/audit/history/pgtest"
)

// The pages are served by TLS 1.2 and later, with suites that keep what was
// recorded secret when the key is lost.
func TestTLSOfThePages(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePair(t, cert, key, "chains.example")
	_, address := besieged(t, ", cert: "+cert+", key: "+key)
	var weak []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if name := suite.Name; !strings.Contains(name, "ECDHE") && suite.SupportedVersions[0] < tls.VersionTLS13 || strings.Contains(name, "RC4") || strings.Contains(name, "3DES") {
			weak = append(weak, suite.ID)
		}
	}
	for name, c := range map[string]struct {
		config *tls.Config
		served bool
	}{
		"TLS 1.0": {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}, false},
		"TLS 1.1": {&tls.Config{MinVersion: tls.VersionTLS11, MaxVersion: tls.VersionTLS11}, false},
		"TLS 1.2": {&tls.Config{MaxVersion: tls.VersionTLS12}, true},
		"TLS 1.3": {&tls.Config{MinVersion: tls.VersionTLS13}, true},
		"weak":    {&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: weak}, false},
	} {
		c.config.InsecureSkipVerify = true
		conn, err := tls.Dial("tcp", address, c.config)
		if err == nil {
			conn.Close()
		}
		if (err == nil) != c.served {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Files with secrets that all users can read are told of, and serve all the same.
func TestFilesThatAllCanRead(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePair(t, cert, key, "chains.example")
	users := usersFile(t, "right", "ann")
	for _, file := range []string{key, users} {
		if err := os.Chmod(file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := filled(t, "serve: {listen: \"127.0.0.1:0\", cert: "+cert+", key: "+key+", users: "+users+"}\n")
	var told []string
	s.Report = func(err error) { told = append(told, err.Error()) }
	listener, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	handler(t, s)
	all := strings.Join(told, "\n")
	for _, want := range []string{"serve.key: every user of this machine can read " + key, "serve.users: every user of this machine can read " + users} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not said: %s", want, all)
		}
	}
}

// A hash that takes days to compare is refused when it is read.
func TestCostOfPasswordsIsBounded(t *testing.T) {
	hash := "$2a$%02d$" + strings.Repeat("a", 53)
	for cost, want := range map[int]bool{10: true, 17: false, 31: false} {
		file := filepath.Join(t.TempDir(), "users")
		if err := os.WriteFile(file, fmt.Appendf(nil, "ann:"+hash+"\n", cost), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := readPasswords(file)
		if (err == nil) != want || err != nil && !strings.Contains(err.Error(), "users:1: cost") {
			t.Errorf("cost %d: %v", cost, err)
		}
	}
}

// When the database is gone, nobody is told where it is or what opens it: neither
// visitors nor the log.
func TestNoSecretIsTold(t *testing.T) {
	server := pgtest.Start(t)
	where := server.Database(t)
	s := filledAt(t, "serve: {calendar: {env: TOKENS}, token: {env: TOKEN}}\n", where+"&password=s3cret-password")
	const token, calendar = "s3cret-token-of-the-pages", "s3cret-token-of-calendars"
	s.Getenv = func(name string) string { return map[string]string{"TOKEN": token, "TOKENS": calendar}[name] }
	var told []string
	s.Report = func(err error) { told = append(told, err.Error()) }
	h := handler(t, s)
	paths := []string{"/", "/endpoints", "/endpoints/1", "/endpoints.csv", "/audits/1", "/metrics", "/healthz", "/waivers", "/outlook", "/api/v1/groups",
		"/api/v1/endpoints", "/api/v1/audits/1/endpoints", "/calendar/" + calendar + "/outlook.ics"}
	ask := func(bearer string) {
		for _, path := range paths {
			w := get(h, path, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+bearer) })
			if text := fmt.Sprint(w.Body, w.Header()); strings.Contains(text, "s3cret") || strings.Contains(text, "pgtest") {
				t.Errorf("%s: %s", path, text)
			}
		}
	}
	ask(token)
	ask("s3cret-wrong")
	if len(told) > 0 {
		t.Errorf("told: %q", told)
	}
	server.Crash(t)
	defer server.Run(t)
	ask(token)
	if all := strings.Join(told, "\n"); len(told) == 0 || strings.Contains(all, "s3cret") {
		t.Errorf("told: %s", all)
	}
}
