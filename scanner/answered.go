package scanner

import (
	"hash/maphash"
	"net/netip"
	"sync/atomic"
)

// answered remembers the endpoints that have answered lately, so that their
// silence can be told from that of the dead. One that has its place in common with
// a later one is forgotten: lists that come back to an endpoint do so soon, as
// names of one server follow each other.
type answered struct {
	seed  maphash.Seed
	known [1 << 12]atomic.Uint64 // hashes of endpoints, each at the place that it gives; 0: none
}

func newAnswered() *answered { return &answered{seed: maphash.MakeSeed()} }

func (a *answered) add(addr netip.AddrPort) {
	hash, place := a.slot(addr)
	place.Store(hash)
}

func (a *answered) has(addr netip.AddrPort) bool {
	hash, place := a.slot(addr)
	return place.Load() == hash
}

func (a *answered) slot(addr netip.AddrPort) (hash uint64, place *atomic.Uint64) {
	hash = maphash.Comparable(a.seed, addr) | 1 // never that of an empty place
	return hash, &a.known[hash>>1%uint64(len(a.known))]
}
