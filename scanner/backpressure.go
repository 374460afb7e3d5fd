package scanner

import (
	"context"
	"sync"
)

// A pace limits the connections at once, to fewer while this machine is
// overloaded. That servers keep silent or refuse is no such sign: most of a scan
// may be that.
type pace struct {
	slots chan struct{}
	mu    sync.Mutex
	held  int // slots taken out of use
	fine  int // connections since the last sign of overload
}

// load is what a connection says about this machine, or the network next
// to it.
type load int

const (
	normal    load = iota
	congested      // an endpoint that had answered did not: perhaps too much is under way
	exhausted      // out of descriptors, ports or memory
)

const (
	// paceFloor is what stays in use at the worst. A congested scan keeps half
	// of its connections: it may have been the server after all.
	paceFloor = 4

	// paceFine is how many connections without a sign of overload give one slot back.
	paceFine = 20
)

func newPace(limit int) *pace { return &pace{slots: make(chan struct{}, limit)} }

// begin waits for a slot. The error is ctx's.
func (p *pace) begin(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// end gives the slot back. After a sign of overload it stays taken
// instead, until enough others have gone well.
func (p *pace) end(l load) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l == normal {
		if p.fine++; p.held > 0 && p.fine >= paceFine {
			p.fine = 0
			p.held--
			<-p.slots
		}
		<-p.slots
		return
	}
	p.fine = 0
	floor := paceFloor
	if l == congested {
		floor = max(floor, cap(p.slots)/2)
	}
	if cap(p.slots)-p.held > floor {
		p.held++
		return
	}
	<-p.slots
}

// idle is where a worker tells that it waits for something else than a connection:
// a name server, its turn at a crowded address, a limit of the caller's, the time of
// its next attempt. Another one can be connected meanwhile.
type idle chan struct{}

func (i idle) tell() {
	select {
	case i <- struct{}{}:
	default: // as many have told as there can be connections
	}
}

// loadOf is what an observation says about this machine.
func (r *run) loadOf(o *Observation) load {
	switch {
	case o.Captured():
		r.answered.add(o.Addr)
	case o.Failure == nil:
	case o.Failure.Code == Local:
		return exhausted
	case o.Failure.Code == Timeout && o.Addr.Addr().IsValid() && r.answered.has(o.Addr): // not through a proxy, where all look alike
		return congested
	}
	return normal
}
