package scanner

import (
	"net/netip"
	"sync"
)

// answeredKept bounds the endpoints that are remembered; lists that come back to
// one do so soon, as names of one server follow each other.
const answeredKept = 4096

// answered remembers the endpoints that have answered lately, so that their
// silence can be told from that of the dead.
type answered struct {
	mu    sync.Mutex
	known map[netip.AddrPort]bool
	order []netip.AddrPort // a ring, once it is full
	next  int
}

func (a *answered) add(addr netip.AddrPort) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil {
		a.known = make(map[netip.AddrPort]bool)
	}
	if a.known[addr] {
		return
	}
	a.known[addr] = true
	if len(a.order) < answeredKept {
		a.order = append(a.order, addr)
		return
	}
	delete(a.known, a.order[a.next])
	a.order[a.next] = addr
	a.next = (a.next + 1) % answeredKept
}

func (a *answered) has(addr netip.AddrPort) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.known[addr]
}
