package dashboard

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tlschain/tlschain/audit"
)

// A waiverRoom remembers for a minute what waivers are for: to find out, all that
// the last audits saw is read.
type waiverRoom struct {
	mu   sync.Mutex
	read time.Time
	uses []audit.WaiverUse
}

func (s *Server) waiverUses(ctx context.Context) ([]audit.WaiverUse, error) {
	room := &s.waiverRoom
	room.mu.Lock()
	defer room.mu.Unlock()
	if age := s.Now().Sub(room.read); age >= 0 && age < time.Minute {
		return room.uses, nil
	}
	uses, err := s.Config.Waivers(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(uses, func(a, b audit.WaiverUse) int { return a.Expires.Compare(b.Expires.Time) })
	room.read, room.uses = s.Now(), uses
	return uses, nil
}

// waivers is the page of what was accepted, what ends next first.
func (s *Server) waivers(r *http.Request) (string, any, error) {
	uses, err := s.waiverUses(r.Context())
	return "waivers", struct {
		Title string
		Now   time.Time
		Uses  []audit.WaiverUse
	}{"Waivers", s.Now(), uses}, err
}

func (s *Server) apiWaivers(r *http.Request) (any, error) {
	uses, err := s.waiverUses(r.Context())
	out := make([]audit.WaiverEntry, len(uses))
	for i := range uses {
		out[i] = uses[i].Entry(s.Now())
	}
	return out, err
}
