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
// elsewhere or when it was right before.
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
		{"and then from the first", "ann", "192.0.2.1:1", 200},
		{"one that was right before", "bob", "192.0.2.1:1", 200},
		{"from IPv6", "bob", "[2001:db8::1]:1", 200},
	} {
		if w := get(h, "/rules", login(c.user, "right", c.from)); w.Code != c.code {
			t.Errorf("%s: %d, want %d", c.name, w.Code, c.code)
		}
	}
}

// A network of 2^64 addresses is one; so are all networks, when they are too many.
func TestGuessesFromManyAddresses(t *testing.T) {
	p, weak, err := readPasswords(usersFile(t, "right", "ann"))
	if err != nil || fmt.Sprint(weak) != "[ann]" {
		t.Fatal(weak, err)
	}
	try := func(from string) bool { return p.mayTry(attempt{"ann", networkOf(&http.Request{RemoteAddr: from})}) }
	allowed := 0
	for i := range 500 {
		if try(fmt.Sprintf("[2001:db8::%x]:1", i)) {
			allowed++
		}
	}
	if allowed > attemptsAtOnce+1 {
		t.Errorf("one network may try %d times", allowed)
	}
	for i := range 100_000 {
		try(fmt.Sprintf("[2001:db8:%x:%x::1]:1", i>>8, i&255))
	}
	if len(p.attempts) > maxAttempters+1 {
		t.Errorf("%d networks are remembered", len(p.attempts))
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
