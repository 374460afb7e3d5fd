package dashboard

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/time/rate"
)

// Passwords are those of the users file. Guessing them is slow by bcrypt, and
// by a bound on attempts; a right one is remembered for a while, so that neither
// slows down who knows it.
type passwords struct {
	hashes map[string][]byte // by user
	nobody []byte            // is compared for users that there are not: the time tells nothing

	mu       sync.Mutex
	known    map[[32]byte]time.Time // that were right lately
	attempts map[attempt]*rate.Limiter
	swept    time.Time
	turns    chan struct{} // bcrypt must not take all processors
}

// An attempt is what attempts are counted by. All users that there are not are
// one, and so are all networks of IPv4 and IPv6 that are too many to count.
type attempt struct {
	user string
	from netip.Prefix
}

const (
	// knownFor is how long a right password needs no second bcrypt.
	knownFor = 5 * time.Minute
	// minCost is the least cost of bcrypt that is taken without a word.
	minCost = 10
	// maxCost is the highest that is taken: a login takes seconds then, and twice
	// that with each step more.
	maxCost = 16

	attemptsAtOnce = 10
	attemptEvery   = 10 * time.Second // after those
	maxAttempters  = 1000
)

// readPasswords reads a file of lines user:bcrypt-hash; weak gets those users
// whose hashes are cheap to guess passwords by.
func readPasswords(file string) (p *passwords, weak []string, err error) {
	p = &passwords{hashes: map[string][]byte{}, known: map[[32]byte]time.Time{}, attempts: map[attempt]*rate.Limiter{},
		turns: make(chan struct{}, 2)}
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	highest := bcrypt.MinCost
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		user, hash, ok := strings.Cut(text, ":")
		cost, err := bcrypt.Cost([]byte(hash))
		if !ok || err != nil {
			return nil, nil, fmt.Errorf("%s:%d: this is not user:bcrypt-hash; htpasswd -B -C 12 writes them", file, n)
		}
		if cost > maxCost {
			return nil, nil, fmt.Errorf("%s:%d: cost %d is more than %d, with which each login takes seconds: htpasswd -B -C 12 writes less",
				file, n, cost, maxCost)
		}
		if cost < minCost {
			weak = append(weak, user)
		}
		highest = max(highest, cost)
		p.hashes[user] = []byte(hash)
	}
	if err := lines.Err(); err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", file, err)
	}
	if len(p.hashes) == 0 {
		return nil, nil, fmt.Errorf("%s: there is no user in it", file)
	}
	p.nobody, err = bcrypt.GenerateFromPassword([]byte("nobody"), highest)
	return p, weak, err
}

// check reports whether a password is that of a user, or that there were too
// many attempts to look.
func (p *passwords) check(r *http.Request, user, password string) (right, tooMany bool) {
	sum := sha256.Sum256([]byte(user + "\x00" + password))
	hash, ok := p.hashes[user]
	if ok && p.knows(sum) {
		return true, false
	}
	if !ok {
		user, hash = "", p.nobody
	}
	if !p.mayTry(attempt{user, networkOf(r)}) {
		return false, true
	}
	if !p.compare(r.Context(), hash, password) || !ok {
		return false, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known[sum] = time.Now() // only right ones: there are no more than users, and their old ones
	return true, false
}

func (p *passwords) knows(sum [32]byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Since(p.known[sum]) < knownFor
}

func (p *passwords) compare(ctx context.Context, hash []byte, password string) bool {
	select {
	case p.turns <- struct{}{}:
		defer func() { <-p.turns }()
	case <-ctx.Done():
		return false
	}
	return bcrypt.CompareHashAndPassword(hash, []byte(password)) == nil
}

// mayTry counts an attempt and reports whether it may be made.
func (p *passwords) mayTry(a attempt) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	limiter := p.attempts[a]
	if limiter == nil {
		p.sweep()
		if len(p.attempts) >= maxAttempters {
			a.from = netip.Prefix{}
		}
		if limiter = p.attempts[a]; limiter == nil {
			limiter = rate.NewLimiter(rate.Every(attemptEvery), attemptsAtOnce)
			p.attempts[a] = limiter
		}
	}
	return limiter.Allow()
}

// sweep forgets, now and then, those who have not tried for so long that they
// are as if they never had.
func (p *passwords) sweep() {
	if time.Since(p.swept) < attemptEvery {
		return
	}
	p.swept = time.Now()
	for other, limiter := range p.attempts {
		if limiter.Tokens() >= attemptsAtOnce {
			delete(p.attempts, other)
		}
	}
}

// networkOf is the network that a request comes from, as far as one machine may
// choose its addresses.
func networkOf(r *http.Request) netip.Prefix {
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Prefix{}
	}
	from, bits := address.Addr().Unmap().WithZone(""), 32
	if from.Is6() {
		bits = 64
	}
	network, _ := from.Prefix(bits)
	return network
}
