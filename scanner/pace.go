package scanner

import (
	"context"
	"sync"
)

// A pace limits the connections at once, to fewer while this machine is in
// distress. That servers keep silent or refuse is no such sign: most of a scan
// may be that.
type pace struct {
	slots chan struct{}
	mu    sync.Mutex
	held  int // slots taken out of use
	fine  int // connections since the last sign of distress
}

// distress is what a connection says about this machine, or the network next
// to it.
type distress int

const (
	calm      distress = iota
	congested          // an endpoint that had answered did not: perhaps too much is under way
	exhausted          // out of descriptors, ports or memory
)

const (
	// paceFloor is what stays in use at the worst. A congested scan keeps half
	// of its connections: it may have been the server after all.
	paceFloor = 4

	// paceFine is how many connections without distress give one slot back.
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

// end gives the slot back. After a connection in distress it stays taken
// instead, until enough others have gone well.
func (p *pace) end(sign distress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if sign == calm {
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
	if sign == congested {
		floor = max(floor, cap(p.slots)/2)
	}
	if cap(p.slots)-p.held > floor {
		p.held++
		return
	}
	<-p.slots
}
