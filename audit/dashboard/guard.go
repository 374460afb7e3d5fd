package dashboard

import (
	"bufio"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// safe adds the headers that keep a browser from doing anything but showing
// the page. No script runs, and pages fit into nobody's frame.
func safe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "+
			"base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// A guard lets those in who know the token or a password of the users file.
type guard struct {
	token []byte
	users map[string][]byte // bcrypt hashes
	hosts map[string]bool   // that a server without any password answers to

	mu    sync.Mutex
	known map[[32]byte]time.Time // passwords that were right lately: bcrypt is slow by design
	turns chan struct{}          // and must not take all processors
}

// knownFor is how long a right password needs no second bcrypt.
const knownFor = 5 * time.Minute

func (s *Server) newGuard() (*guard, error) {
	g := &guard{users: map[string][]byte{}, known: map[[32]byte]time.Time{}, turns: make(chan struct{}, 2)}
	token, err := s.Config.Serve.Token.Read(s.Config.Dir, s.Getenv)
	if err != nil {
		return nil, fmt.Errorf("serve.token: %w", err)
	}
	g.token = []byte(token)
	if file := s.Config.Serve.Users; file != "" {
		if !filepath.IsAbs(file) {
			file = filepath.Join(s.Config.Dir, file)
		}
		if err := g.readUsers(file); err != nil {
			return nil, fmt.Errorf("serve.users: %w", err)
		}
	}
	if !g.locked() {
		// Without a password, a page in the visitor's browser must not reach
		// this server by a name of its own that it lets point to 127.0.0.1.
		g.hosts = map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}
		if host, _, err := net.SplitHostPort(s.Config.Serve.Address()); err == nil {
			g.hosts[host] = true
		}
		if u, err := url.Parse(s.Config.Serve.URL); err == nil && u.Hostname() != "" {
			g.hosts[u.Hostname()] = true
		}
	}
	return g, nil
}

func (g *guard) locked() bool { return len(g.token) > 0 || len(g.users) > 0 }

func (g *guard) readUsers(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		user, hash, ok := strings.Cut(text, ":")
		if _, err := bcrypt.Cost([]byte(hash)); !ok || err != nil {
			return fmt.Errorf("%s:%d: this is not user:bcrypt-hash; htpasswd -B writes them", file, n)
		}
		g.users[user] = []byte(hash)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	if len(g.users) == 0 {
		return fmt.Errorf("%s: there is no user in it", file)
	}
	return nil
}

func (g *guard) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.locked() {
			host := r.Host
			if h, _, err := net.SplitHostPort(host); err == nil {
				host = h
			}
			if !g.hosts[strings.ToLower(strings.Trim(host, "[]"))] {
				http.Error(w, "this server does not go by that name; serve.url in tlschain.yaml tells it", http.StatusMisdirectedRequest)
				return
			}
		} else if !g.admits(r) {
			w.Header().Set("WWW-Authenticate", `Basic realm="tlschain", charset="UTF-8"`)
			refuse(w, r, "who are you?", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// admits takes the token as a bearer token, or as the password of any user
// name, for browsers; and the users' own passwords.
func (g *guard) admits(r *http.Request) bool {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return g.isToken(token)
	}
	user, password, ok := r.BasicAuth()
	return ok && (g.isToken(password) || g.isPassword(user, password))
}

func (g *guard) isToken(text string) bool {
	if len(g.token) == 0 {
		return false
	}
	a, b := sha256.Sum256([]byte(text)), sha256.Sum256(g.token) // equal lengths: the time tells nothing
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

func (g *guard) isPassword(user, password string) bool {
	hash, ok := g.users[user]
	if !ok {
		return false
	}
	sum := sha256.Sum256([]byte(user + "\x00" + password))
	now := time.Now()
	g.mu.Lock()
	fresh := now.Sub(g.known[sum]) < knownFor
	g.mu.Unlock()
	if fresh {
		return true
	}
	g.turns <- struct{}{}
	defer func() { <-g.turns }()
	if bcrypt.CompareHashAndPassword(hash, []byte(password)) != nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.known[sum] = now // only right ones: there are no more than users, and their old ones
	return true
}
