package scanner

import (
	"net/netip"
	"sync"
)

// heardKept bounds the endpoints that are remembered; lists that come back to
// one do so soon, as names of one server follow each other.
const heardKept = 4096

// answered remembers the endpoints that have answered lately, so that their
// silence can be told from that of the dead.
type answered struct {
	mu    sync.Mutex
	known map[netip.AddrPort]bool
	order []netip.AddrPort // a ring, once it is full
	next  int
}

func (h *answered) add(addr netip.AddrPort) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.known == nil {
		h.known = make(map[netip.AddrPort]bool)
	}
	if h.known[addr] {
		return
	}
	h.known[addr] = true
	if len(h.order) < heardKept {
		h.order = append(h.order, addr)
		return
	}
	delete(h.known, h.order[h.next])
	h.order[h.next] = addr
	h.next = (h.next + 1) % heardKept
}

func (h *answered) has(addr netip.AddrPort) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.known[addr]
}

// sign tells what an observation says about this machine.
func (r *run) sign(o *Observation) distress {
	switch {
	case o.Captured():
		r.heard.add(o.Addr)
	case o.Failure == nil:
	case o.Failure.Code == Local:
		return exhausted
	case o.Failure.Code == Timeout && o.Addr.Addr().IsValid() && r.heard.has(o.Addr): // not through a proxy, where all look alike
		return congested
	}
	return calm
}
