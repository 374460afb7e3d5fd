package dashboard

import (
	"bufio"
	"context"
	"fmt"
	"hash/maphash"
	"net/http"
	"os"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// Passwords are those of the users file. Guessing them is slow by bcrypt, and
// by a bound on attempts.
type passwords struct {
	hashes map[string][]byte // by user
	nobody []byte            // is compared for users that there are not: the time tells nothing
	turns  chan struct{}     // bcrypt must not take all processors
	seed   maphash.Seed      // of users that there are not
}

const (
	// minCost is the least cost of bcrypt that is taken without a word.
	minCost = 10
	// maxCost is the highest that is taken: a login takes seconds then, and twice
	// that with each step more.
	maxCost = 16
)

// readPasswords reads a file of lines user:bcrypt-hash; weak gets those users
// whose hashes are cheap to guess passwords by.
func readPasswords(file string) (p *passwords, weak []string, err error) {
	p = &passwords{hashes: map[string][]byte{}, turns: make(chan struct{}, 2), seed: maphash.MakeSeed()}
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

// nobodies is as how many users those count that there are not. They come back faster
// than all together may guess: if they could be used up, whoever still has attempts
// then would be told apart, as one that there is.
const nobodies = 128

// check reports whether a password is that of a user, or that there were too
// many attempts to look.
func (p *passwords) check(r *http.Request, g *guesses, user, password string) (right, tooMany bool) {
	hash, ok := p.hashes[user]
	of := attempt{"user " + user, networkOf(r)}
	if !ok {
		hash, of.of = p.nobody, fmt.Sprint("no user ", maphash.String(p.seed, user)%nobodies)
	}
	return g.check(of, password, func() bool { return p.compare(r.Context(), hash, password) && ok })
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
