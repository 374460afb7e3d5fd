package dashboard

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// usersFile is a file of users who have the same password, at little cost.
func usersFile(t *testing.T, password string, users ...string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, user := range users {
		text += user + ":" + string(hash) + "\n"
	}
	file := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func login(user, password, from string) func(*http.Request) {
	return func(r *http.Request) {
		r.SetBasicAuth(user, password)
		r.RemoteAddr = from
	}
}

// Who guesses passwords is soon not heard any more; whoever knows one is, from
// elsewhere or when it was right there before.
func TestGuessedPasswords(t *testing.T) {
	s := filled(t, "serve: {users: "+usersFile(t, "right", "ann", "bob")+"}\n")
	s.Report = func(error) {} // that bcrypt is too cheap here
	h := handler(t, s)
	if w := get(h, "/rules", login("bob", "right", "192.0.2.1:1000")); w.Code != 200 {
		t.Fatal(w.Code)
	}
	for _, user := range []string{"ann", "bob", "nobody", "root"} {
		codes, began := map[int]int{}, time.Now()
		for i := range 300 {
			codes[get(h, "/rules", login(user, fmt.Sprint("guess", i), fmt.Sprint("192.0.2.1:", 1000+i))).Code]++
		}
		if tried := codes[401]; codes[200] > 0 || tried > attemptsAtOnce+1+int(time.Since(began)/attemptEvery) {
			t.Errorf("%s: %v", user, codes)
		}
	}
	for _, c := range []struct {
		name, user, from string
		code             int
	}{
		{"the right one after too many, unknown as yet", "ann", "192.0.2.1:1", 429},
		{"the same from another network", "ann", "192.0.2.2:1", 200},
		{"which the first learns nothing by", "ann", "192.0.2.1:1", 429},
		{"one that was right there before", "bob", "192.0.2.1:1", 200},
		{"from IPv6", "bob", "[2001:db8::1]:1", 200},
	} {
		if w := get(h, "/rules", login(c.user, "right", c.from)); w.Code != c.code {
			t.Errorf("%s: %d, want %d", c.name, w.Code, c.code)
		}
	}
}

// Whoever has used up the attempts of users that there are not learns nothing of
// others: a name is answered alike, be there such a user or not.
func TestGuessedUsers(t *testing.T) {
	s := filled(t, "serve: {users: "+usersFile(t, "right", "ann")+"}\n")
	s.Report = func(error) {} // that bcrypt is too cheap here
	h := handler(t, s)
	guess := func(user string) int { return get(h, "/rules", login(user, "wrong", "192.0.2.1:1")).Code }
	for i := range 3 * attemptsAtOnce {
		guess(fmt.Sprint("nobody", i))
	}
	refused := 0
	for i := range 20 {
		if guess(fmt.Sprint("other", i)) == http.StatusTooManyRequests {
			refused++
		}
	}
	if ann := guess("ann"); ann != http.StatusUnauthorized || refused > 2 {
		t.Errorf("ann gets %d, and %d of 20 names that there are not are refused", ann, refused)
	}
}

// A network of 2^64 addresses is one; so are all networks, when they are too many.
func TestGuessesFromManyAddresses(t *testing.T) {
	g := newGuesses()
	try := func(from string) bool {
		_, may := g.mayTry(attempt{"ann", networkOf(&http.Request{RemoteAddr: from})})
		return may
	}
	allowed := 0
	for i := range 500 {
		if try(fmt.Sprintf("[2001:db8::%x]:1", i)) {
			allowed++
		}
	}
	if allowed > attemptsAtOnce+1 {
		t.Errorf("one network may try %d times", allowed)
	}
	began := time.Now()
	allowed = 0
	for i := range 100_000 {
		if try(fmt.Sprintf("[2001:db8:%x:%x::1]:1", i>>8, i&255)) {
			allowed++
		}
	}
	if most := allAtOnce + 1 + int(time.Since(began)/allEvery); allowed > most {
		t.Errorf("all networks together may try %d times, want at most %d", allowed, most)
	}
	if len(g.attempts) > maxAttempters+1 {
		t.Errorf("%d networks are remembered", len(g.attempts))
	}
}

// Tokens are guessed no faster than passwords are, wherever they are taken: by the
// pages, the API, /metrics and calendars, as bearer or as password, beside a file of
// users or without. The right one is none the worse from elsewhere, and from the same
// network where it was right before.
func TestGuessedTokens(t *testing.T) {
	bearer := func(token, from string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", "Bearer "+token)
			r.RemoteAddr = from
		}
	}
	users := "users: " + usersFile(t, "right", "ann")
	const token = "the-token-of-the-pages"
	for _, c := range []struct {
		name, serve, path string
		with              func(token, from string) func(*http.Request)
		wrong             int
	}{
		{"bearer", "token: {env: T}", "/rules", bearer, 401},
		{"bearer of the API", "token: {env: T}", "/api/v1/groups", bearer, 401},
		{"bearer of /metrics", "token: {env: T}, " + users, "/metrics", bearer, 401},
		{"password", "token: {env: T}", "/rules", func(token, from string) func(*http.Request) { return login("prometheus", token, from) }, 401},
		{"password beside users", "token: {env: T}, " + users, "/rules",
			func(token, from string) func(*http.Request) { return login(token, token, from) }, 401},
		{"calendar", "calendar: {env: T}", "/calendar/TOKEN/outlook.ics", func(_, from string) func(*http.Request) {
			return func(r *http.Request) { r.RemoteAddr = from }
		}, 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := filled(t, "serve: {"+c.serve+"}\n")
			s.Getenv, s.Report = func(string) string { return token }, func(error) {}
			h := handler(t, s)
			code := func(given, from string) int {
				w := get(h, strings.ReplaceAll(c.path, "TOKEN", given), c.with(given, from))
				if (w.Code == 429) != (w.Header().Get("Retry-After") != "") {
					t.Errorf("%d with Retry-After %q", w.Code, w.Header().Get("Retry-After"))
				}
				return w.Code
			}
			if got := code(token, "192.0.2.2:1"); got != 200 {
				t.Fatal(got)
			}
			codes, began := map[int]int{}, time.Now()
			for i := range 100 {
				codes[code(fmt.Sprint("a-guess-of-the-token-", i), fmt.Sprint("192.0.2.", 1+i%2, ":1"))]++
			}
			most := 2 * (attemptsAtOnce + 1 + int(time.Since(began)/attemptEvery))
			if looked := codes[c.wrong]; looked > most || looked+codes[429] != 100 {
				t.Errorf("of 100 guesses in two networks: %v", codes)
			}
			for from, want := range map[string]int{"192.0.2.1:1": 429, "192.0.2.2:1": 200, "192.0.2.3:1": 200} {
				if got := code(token, from); got != want {
					t.Errorf("the right one from %s: %d, want %d", from, got, want)
				}
			}
		})
	}
}

// Guesses do not become free because somebody is logged in: not from elsewhere, and
// from the same network after so many that nobody there is believed.
func TestGuessesBesideALogin(t *testing.T) {
	s := filled(t, "serve: {users: "+usersFile(t, "right", "ann")+"}\n")
	s.Report = func(error) {} // that bcrypt is too cheap here
	h := handler(t, s)
	if w := get(h, "/rules", login("ann", "right", "192.0.2.1:1")); w.Code != 200 {
		t.Fatal(w.Code)
	}
	for _, from := range []string{"192.0.2.2:1", "192.0.2.1:1"} {
		for i := range wrongAtOnce + 100 {
			get(h, "/rules", login("ann", fmt.Sprint("guess", i), from))
		}
		if w := get(h, "/rules", login("ann", "right", from)); w.Code != 429 {
			t.Errorf("the right one after many guesses from %s: %d", from, w.Code)
		}
	}
}

// What is easily guessed is told of at the start.
func TestWeakSecretsAreToldOf(t *testing.T) {
	s := filled(t, "serve: {token: {env: TOKEN}, users: "+usersFile(t, "right", "ann")+"}\n")
	var told []string
	s.Getenv, s.Report = func(string) string { return "short" }, func(err error) { told = append(told, err.Error()) }
	handler(t, s)
	if all := strings.Join(told, "\n"); len(told) != 2 || !strings.Contains(all, "openssl rand") || !strings.Contains(all, "passwords of ann") ||
		strings.Contains(all, "short") {
		t.Errorf("told: %s", all)
	}
}

// besieged is a server that really listens.
func besieged(t *testing.T, yaml string) (s *Server, address string) {
	t.Helper()
	s = filled(t, "serve: {listen: \"127.0.0.1:0\""+yaml+"}\n")
	listener, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	h := handler(t, s)
	go func() { ended <- s.Serve(ctx, listener, h) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return s, listener.Addr().String()
}

// More connections than are allowed wait outside: they take none of the
// descriptors that audits need, and are answered when others have gone.
func TestManyConnections(t *testing.T) {
	const more = 200
	_, address := besieged(t, "")
	open := func() int {
		all, _ := os.ReadDir("/proc/self/fd")
		return len(all)
	}
	before, most := open(), maxConnections()
	var held []net.Conn
	for range most + more {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, "GET / HTTP/1.1\r\nHost: ")
		held = append(held, conn)
	}
	if taken := open() - before - len(held); taken > most+10 {
		t.Errorf("%d connections were taken, %d at most", taken, most)
	}
	late := held[len(held)-1]
	io.WriteString(late, "localhost\r\n\r\n")
	for _, conn := range held[:len(held)-1] {
		conn.Close()
	}
	answer := make([]byte, 15)
	if _, err := io.ReadFull(late, answer); err != nil || string(answer) != "HTTP/1.1 200 OK" {
		t.Errorf("the last one is answered %q, %v", answer, err)
	}
	late.Close()
}

// Streams of HTTP/2 that are opened and reset at once cost nobody else anything.
// Whether their sender loses the connection depends on how far its requests are
// answered meanwhile.
func TestResetStreams(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePair(t, cert, key, "chains.example")
	_, address := besieged(t, ", cert: "+cert+", key: "+key)
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, http2.ClientPreface)
	framer := http2.NewFramer(conn, conn)
	framer.WriteSettings()
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, f := range []hpack.HeaderField{{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: "https"}, {Name: ":authority", Value: "127.0.0.1"}, {Name: ":path", Value: "/endpoints"}} {
		encoder.WriteField(f)
	}
	first, err := framer.ReadFrame()
	if err != nil {
		t.Fatal(err)
	}
	if settings, ok := first.(*http2.SettingsFrame); !ok {
		t.Errorf("the server begins with %v", first)
	} else if n, _ := settings.Value(http2.SettingMaxConcurrentStreams); n != 50 {
		t.Errorf("%d streams at once, want 50", n)
	}
	go io.Copy(io.Discard, conn)
	var ended error
	for id := uint32(1); id < 200_000 && ended == nil; id += 2 {
		ended = framer.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: block.Bytes(), EndStream: true, EndHeaders: true})
		ended = errors.Join(ended, framer.WriteRSTStream(id, http2.ErrCodeCancel))
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
	response, err := client.Get("https://" + address + "/endpoints")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 200 || response.ProtoMajor != 2 {
		t.Errorf("somebody else is answered %v", response)
	}
}

// Nobody's log has an error for a visitor who left, whatever the database calls
// that; others' errors are reported.
func TestVisitorsWhoLeave(t *testing.T) {
	for _, left := range []bool{true, false} {
		var reported []error
		s := &Server{Report: func(err error) { reported = append(reported, err) }}
		ctx, cancel := context.WithCancel(t.Context())
		if left {
			cancel()
		}
		s.fail(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/endpoints", nil), errors.New("interrupted (9)"))
		if cancel(); left != (len(reported) == 0) {
			t.Errorf("left %t: %v", left, reported)
		}
	}
}
