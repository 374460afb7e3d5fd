package dashboard

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tlschain/tlschain/reports"
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
		if !isText(r.URL) {
			refuse(w, r, "this address is not text in UTF-8", http.StatusBadRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isText reports whether all that an address says can be looked for: PostgreSQL
// takes neither other bytes nor NUL, and what is no query would be passed over.
func isText(u *url.URL) bool {
	text := func(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil || !text(u.Path) {
		return false
	}
	for name, values := range query {
		if !text(name) || slices.ContainsFunc(values, func(v string) bool { return !text(v) }) {
			return false
		}
	}
	return true
}

// A guard lets those in who know the token or a password of the users file.
type guard struct {
	token []byte
	users *passwords // nil: there is no such file
	tries *guesses
	hosts map[string]bool // that a server without any password answers to
}

// minToken is the least length of a token that is taken without a word.
const minToken = 16

func (s *Server) newGuard() (*guard, error) {
	g := &guard{tries: s.tries}
	token, err := s.Config.Serve.Token.Read(s.Config.Dir, s.Getenv)
	if err != nil {
		return nil, fmt.Errorf("serve.token: %w", err)
	}
	if g.token = []byte(token); token != "" && len(token) < minToken {
		s.Report(fmt.Errorf("serve.token has less than %d characters and can be guessed; openssl rand -hex 24 makes one", minToken))
	}
	if file := s.Config.Serve.Users; file != "" {
		s.warnOfReaders("serve.users", s.path(file))
		users, weak, err := readPasswords(s.path(file))
		if err != nil {
			return nil, fmt.Errorf("serve.users: %w", err)
		}
		if g.users = users; len(weak) > 0 {
			s.Report(fmt.Errorf("serve.users: whoever gets the file soon guesses the passwords of %s; htpasswd -B -C 12 makes that dear",
				reports.Clean(strings.Join(weak, ", "))))
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

func (g *guard) locked() bool { return len(g.token) > 0 || g.users != nil }

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
		} else if admitted, tooMany := g.admits(r); tooMany {
			refuseGuess(w, r)
			return
		} else if !admitted {
			w.Header().Set("WWW-Authenticate", `Basic realm="tlschain", charset="UTF-8"`)
			refuse(w, r, "who are you?", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refuseGuess answers whoever has guessed too often.
func refuseGuess(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", strconv.Itoa(int(attemptEvery.Seconds())))
	refuse(w, r, "too many passwords were wrong; wait a little", http.StatusTooManyRequests)
}

// admits takes the token as a bearer token, or as the password of any user
// name, for browsers; and the users' own passwords.
func (g *guard) admits(r *http.Request) (admitted, tooMany bool) {
	asToken := func(text string, right bool) (admitted, tooMany bool) {
		return g.tries.check(attempt{"token", networkOf(r)}, text, func() bool { return right })
	}
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return asToken(token, g.isToken(token))
	}
	user, password, ok := r.BasicAuth()
	if !ok {
		return false, false
	}
	if right := g.isToken(password); right || g.users == nil {
		return asToken(password, right)
	}
	admitted, tooMany = g.users.check(r, g.tries, user, password)
	if !admitted && len(g.token) > 0 { // it was a guess of the token as well, and is answered as the right one would be
		_, tooManyTokens := asToken(password, false)
		tooMany = tooMany || tooManyTokens
	}
	return admitted, tooMany
}

func (g *guard) isToken(text string) bool {
	if len(g.token) == 0 {
		return false
	}
	a, b := sha256.Sum256([]byte(text)), sha256.Sum256(g.token) // equal lengths: the time tells nothing
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
