package scanner

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	// namesAtOnce bounds the lookups under way: each takes a descriptor, and
	// resolvers drop what comes too fast.
	namesAtOnce = 64

	// nameLife is how long an answer is used again. The lists that name a host
	// many times do so in neighbouring lines.
	nameLife = time.Minute

	// namesKept bounds the answers that are remembered.
	namesKept = 10_000
)

// LookupAt returns a lookup for a [Scanner] that asks one name server, at port
// 53 unless the address has another.
func LookupAt(server netip.AddrPort) func(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if server.Port() == 0 {
		server = netip.AddrPortFrom(server.Addr(), 53)
	}
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, network, server.String())
	}}
	return func(ctx context.Context, network, host string) ([]netip.Addr, error) {
		addrs, err := resolver.LookupNetIP(ctx, network, host)
		if err != nil {
			err = &askedServer{server, err}
		}
		return addrs, err
	}
}

// An askedServer is the failure of a lookup at a name server that the user chose.
type askedServer struct {
	server netip.AddrPort
	err    error
}

func (e *askedServer) Error() string { return fmt.Sprintf("asked %s: %v", e.server, e.err) }
func (e *askedServer) Unwrap() error { return e.err }

// names looks names up, each once at a time, and remembers the answers for a
// while.
type names struct {
	slots chan struct{}
	mu    sync.Mutex
	known map[string]*lookupAnswer
	order []string // of the known ones, oldest first
}

type lookupAnswer struct {
	done  chan struct{} // closed when the fields below are there
	addrs []netip.Addr
	err   error
	until time.Time
}

// lookup returns what look returns for the host, or has returned shortly
// before. Of several callers one does the work; its context is the scan's like
// theirs.
func (n *names) lookup(ctx context.Context, host string, now func() time.Time, look func() ([]netip.Addr, error)) ([]netip.Addr, error) {
	n.mu.Lock()
	if n.known == nil {
		n.known = make(map[string]*lookupAnswer)
		n.slots = make(chan struct{}, namesAtOnce)
	}
	a := n.known[host]
	if a != nil && !a.until.IsZero() && now().After(a.until) {
		a = n.renew(host)
	} else if a == nil {
		a = n.add(host)
	} else {
		n.mu.Unlock()
		select {
		case <-a.done:
			return a.addrs, a.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	n.mu.Unlock()
	defer close(a.done)
	select {
	case n.slots <- struct{}{}:
		a.addrs, a.err = look()
		<-n.slots
	case <-ctx.Done():
		a.err = ctx.Err()
	}
	n.mu.Lock()
	a.until = now().Add(nameLife)
	n.mu.Unlock()
	return a.addrs, a.err
}

func (n *names) renew(host string) *lookupAnswer {
	a := &lookupAnswer{done: make(chan struct{})}
	n.known[host] = a
	return a
}

func (n *names) add(host string) *lookupAnswer {
	if len(n.order) == namesKept {
		delete(n.known, n.order[0])
		n.order = n.order[1:]
	}
	n.order = append(n.order, host)
	return n.renew(host)
}
