package dashboard

import (
	"crypto/sha256"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Guesses bound how often secrets may be guessed: of each network, and of all
// together. A secret that was right is remembered for the network that it came from,
// so that guesses of others there hardly disturb who knows it.
type guesses struct {
	mu       sync.Mutex
	known    map[given]time.Time // that were right lately
	attempts map[attempt]*tries
	all      *rate.Limiter
	swept    time.Time
}

// An attempt is what attempts are counted by: whose secret it is, and where it came
// from. Users that there are not are 128, and all networks that are too many to
// count are one.
type attempt struct {
	of   string
	from netip.Prefix
}

// A given is what somebody gave as a secret, and where it came from.
type given struct {
	attempt
	sum [sha256.Size]byte
}

// Tries are those of one attempt that are left.
type tries struct {
	unknown *rate.Limiter // of secrets that were not right lately
	wrong   *rate.Limiter // after which not even those that were are believed
}

const (
	// knownFor is how long a secret that was right is one that was right lately.
	knownFor = 5 * time.Minute

	attemptsAtOnce = 10
	attemptEvery   = 10 * time.Second // after those
	maxAttempters  = 10_000

	// wrongAtOnce wrong ones from a network, and then one in attemptEvery, are borne
	// before those that know the secret there are refused too: else guesses would be
	// free as long as somebody there is logged in.
	wrongAtOnce = 1000

	allAtOnce = 1000
	allEvery  = 100 * time.Millisecond // after those
)

func newGuesses() *guesses {
	return &guesses{known: map[given]time.Time{}, attempts: map[attempt]*tries{}, all: rate.NewLimiter(rate.Every(allEvery), allAtOnce)}
}

// check reports whether a secret is right, or that there were too many attempts to
// look.
func (g *guesses) check(a attempt, secret string, right func() bool) (admitted, tooMany bool) {
	who := given{a, sha256.Sum256([]byte(secret))}
	if g.knows(who) {
		return true, false
	}
	tries, may := g.mayTry(a)
	if !may {
		return false, true
	}
	if !right() {
		tries.wrong.Allow()
		return false, false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.known[who] = time.Now() // only right ones, and the old ones are swept
	return true, false
}

// knows reports whether a secret was right lately, where it is not guessed too often.
func (g *guesses) knows(who given) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Since(g.known[who]) >= knownFor {
		return false
	}
	if tries := g.attempts[who.attempt]; tries != nil && tries.wrong.Tokens() < 1 {
		return false
	}
	g.known[who] = time.Now()
	return true
}

// mayTry counts an attempt and reports whether it may be made.
func (g *guesses) mayTry(a attempt) (*tries, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	of := g.attempts[a]
	if of == nil {
		g.sweep()
		if len(g.attempts) >= maxAttempters {
			a.from = netip.Prefix{}
		}
		if of = g.attempts[a]; of == nil {
			of = &tries{rate.NewLimiter(rate.Every(attemptEvery), attemptsAtOnce), rate.NewLimiter(rate.Every(attemptEvery), wrongAtOnce)}
			g.attempts[a] = of
		}
	}
	if !of.unknown.Allow() || !g.all.Allow() {
		of.wrong.Allow()
		return of, false
	}
	return of, true
}

// sweep forgets, now and then, those who have not tried for so long that they
// are as if they never had.
func (g *guesses) sweep() {
	if time.Since(g.swept) < attemptEvery {
		return
	}
	g.swept = time.Now()
	for other, tries := range g.attempts {
		if tries.unknown.Tokens() >= attemptsAtOnce && tries.wrong.Tokens() >= wrongAtOnce {
			delete(g.attempts, other)
		}
	}
	for who, when := range g.known {
		if time.Since(when) >= knownFor {
			delete(g.known, who)
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
