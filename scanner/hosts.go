package scanner

import (
	"context"
	"net/netip"
	"sync"
)

// hosts limits the connections at once to one address. A thousand names may
// share one small server. Loopback has no limit: it is one's own.
type hosts struct {
	limit int // 0 means none
	mu    sync.Mutex
	at    map[netip.Addr]*host
}

type host struct {
	slots chan struct{}
	users int // connected or waiting; the last one out removes the entry
}

// enter waits for a place at addr, and tells if it does. The error is ctx's.
func (h *hosts) enter(ctx context.Context, addr netip.Addr, waits idle) (leave func(), err error) {
	if h.limit == 0 || addr.IsLoopback() || !addr.IsValid() {
		return func() {}, nil
	}
	h.mu.Lock()
	if h.at == nil {
		h.at = make(map[netip.Addr]*host)
	}
	place := h.at[addr]
	if place == nil {
		place = &host{slots: make(chan struct{}, h.limit)}
		h.at[addr] = place
	}
	place.users++
	h.mu.Unlock()

	forget := func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if place.users--; place.users == 0 {
			delete(h.at, addr)
		}
	}
	leave = func() { <-place.slots; forget() }
	select {
	case place.slots <- struct{}{}:
		return leave, nil
	default:
		waits.tell()
	}
	select {
	case place.slots <- struct{}{}:
		return leave, nil
	case <-ctx.Done():
		forget()
		return nil, ctx.Err()
	}
}
