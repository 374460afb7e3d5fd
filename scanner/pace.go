package scanner

import (
	"context"
	"sync"
)

// A pace limits the connections at once, to fewer while this machine is in
// distress: out of descriptors or ports. That servers keep silent or refuse is
// no such sign, and most of a scan may be that.
type pace struct {
	slots chan struct{}
	mu    sync.Mutex
	held  int // slots taken out of use
	calm  int // connections since the last sign of distress
}

const (
	// paceFloor is what stays in use at the worst.
	paceFloor = 4

	// paceCalm is how many connections without distress give one slot back.
	paceCalm = 20
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
func (p *pace) end(distress bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if distress {
		p.calm = 0
		if cap(p.slots)-p.held > paceFloor {
			p.held++
			return
		}
	} else if p.calm++; p.held > 0 && p.calm >= paceCalm {
		p.calm = 0
		p.held--
		<-p.slots
	}
	<-p.slots
}
